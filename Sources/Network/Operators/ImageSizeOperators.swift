import Kernels

/// Images with zeros around them: (h, w, c) becomes (top + h + bottom, left + w + right, c).
package struct ZeroPadding2DOperator: Operator {
    /// Rows above and below, columns to the left and to the right.
    package let rows: [Int]
    package let columns: [Int]

    package var name: String { "zero_padding2d" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }
    package func operations(inputs: [TensorType], output: TensorType) -> Int { 0 }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let image = try inputs[0].image(for: name)
        return .batched([rows[0] + image.height + rows[1], columns[0] + image.width + columns[1], image.channels])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let image = request.inputs[0].shape
        return ZeroPadding2DKernel(
            samples: request.samples, image: (image[0], image[1], image[2]), top: rows[0], bottom: rows[1],
            left: columns[0], right: columns[1])
    }
}

/// Images enlarged by whole factors: (h, w, c) becomes (h·down, w·across, c).
package struct UpSampling2DOperator: Operator {
    /// Down and across.
    package let factors: [Int]
    package let interpolation: Interpolation

    package var name: String { "up_sampling2d" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let image = try inputs[0].image(for: name)
        return .batched([image.height * factors[0], image.width * factors[1], image.channels])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let image = request.inputs[0].shape
        return UpSampling2DKernel(
            samples: request.samples, image: (image[0], image[1], image[2]), factors: (factors[0], factors[1]),
            interpolation)
    }
}

extension TensorType {
    /// - Throws: `GraphError` for what is no batch of images.
    func image(for operation: String) throws(GraphError) -> (height: Int, width: Int, channels: Int) {
        guard shape.rank == 3, isBatched else {
            throw GraphError(
                "\(operation): takes images of height×width×channels, but was given \(shape); "
                    + "a layer of type 'reshape' can make them")
        }
        return (shape[0], shape[1], shape[2])
    }
}
