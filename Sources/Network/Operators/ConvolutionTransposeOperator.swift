import Kernels

/// The transpose of a convolution over images, channels last.
///
/// Inputs: x (h', w', c), W (kh, kw, o, c) and, if it has one, b (o). Result: (h, w, o) with h = h'·stride where `same`, else
/// h = h'·stride + max(kh - stride, 0).
package struct ConvolutionTransposeOperator: Operator {
    package let stride: [Int]
    package let same: Bool

    package init(stride: [Int] = [1, 1], same: Bool) { (self.stride, self.same) = (stride, same) }

    package var name: String { "conv2d_transpose" }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (image, weights) = (inputs[0].shape, inputs[1].shape)
        guard image.rank == 3, weights.rank == 4, weights[3] == image[2], inputs[0].isBatched else {
            throw GraphError("\(name): takes images of height×width×channels, but was given \(image)")
        }
        var size: [Int] = []
        for axis in 0..<2 {
            let (rows, overflow) = image[axis].multipliedReportingOverflow(by: stride[axis])
            guard !overflow, rows < Int(Int32.max) else { throw GraphError("\(name): the images would be too large") }
            size.append(rows + (same ? 0 : max(weights[axis] - stride[axis], 0)))
        }
        return .batched(Shape(size + [weights[2]]))
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let (weights, result) = (request.inputs[1].shape, request.output.shape)
        let image = (height: result[0], width: result[1], channels: result[2])
        return try ConvolutionTransposeKernel(
            request.context, samples: request.samples, image: image, channels: weights[3],
            window: Window2D(
                size: (weights[0], weights[1]), stride: (stride[0], stride[1]), same: same,
                over: (result[0], result[1])),
            hasBias: request.inputs.count > 2, gradients: (request.gradients[0], request.gradients[1]))
    }

    package func operations(inputs: [TensorType], output: TensorType) -> Int {
        let weights = inputs[1].shape
        return 2 * weights[0] * weights[1] * weights[2] * inputs[0].shape.count
    }
}
