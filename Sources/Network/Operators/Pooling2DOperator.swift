import Kernels

/// The largest or the mean of a window that slides over images, channels last.
///
/// Input (h, w, c); result (h', w', c).
package struct Pooling2DOperator: Operator {
    package let reduction: PoolingReduction
    /// Down and across; nil for the whole image.
    package let size: [Int]?
    package let stride: [Int]
    package let same: Bool

    package init(_ reduction: PoolingReduction, size: [Int]?, stride: [Int], same: Bool) {
        self.reduction = reduction
        self.size = size
        self.stride = stride
        self.same = same
    }

    package var name: String { "\(reduction) pooling" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }

    private func window(over image: Shape) -> Window2D {
        let size = self.size ?? [image[0], image[1]]
        return Window2D(
            size: (size[0], size[1]), stride: (stride[0], stride[1]), same: same, over: (image[0], image[1]))
    }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let image = inputs[0].shape
        guard image.rank == 3, inputs[0].isBatched else {
            throw GraphError("\(name): takes images of height×width×channels, but was given \(image)")
        }
        let positions = window(over: image).positions(over: (image[0], image[1]))
        guard positions.height > 0, positions.width > 0 else {
            let size = self.size ?? []
            throw GraphError(
                "\(name): a window of \(Shape(size)) does not fit into images of \(image); "
                    + "use padding 'same' or a smaller pool_size")
        }
        return .batched([positions.height, positions.width, image[2]])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let image = request.inputs[0].shape
        return Pooling2DKernel(
            request.context, samples: request.samples, image: (image[0], image[1], image[2]),
            window: window(over: image), reduction: reduction)
    }

    /// The largest of relu(x) is relu of the largest x, of which there are fewer.
    package func commutes(with activation: Activation) -> Bool { reduction == .max && activation.commutesWithMaximum }

    package func operations(inputs: [TensorType], output: TensorType) -> Int {
        let size = self.size ?? [inputs[0].shape[0], inputs[0].shape[1]]
        return size[0] * size[1] * output.shape.count
    }
}
