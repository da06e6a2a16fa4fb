import Kernels

/// A convolution over images, channels last.
///
/// Inputs: x (h, w, c), W (kh, kw, c / groups, o) and, if it has one, b (o). Result: (h', w', o).
package struct Convolution2DOperator: Operator {
    package let stride: [Int]
    package let same: Bool
    package let dilation: [Int]
    /// Each group of o / groups filters sees as many channels of its own.
    package let groups: Int
    package var activation: Activation

    /// - Parameters:
    ///   - stride: down and across.
    ///   - same: zeros stand around the image so that the result has ⌈n / stride⌉ positions for n.
    ///   - dilation: the steps between neighbouring taps of the window.
    package init(
        stride: [Int] = [1, 1], same: Bool, dilation: [Int] = [1, 1], groups: Int = 1, activation: Activation = .linear
    ) {
        self.stride = stride
        self.same = same
        self.dilation = dilation
        self.groups = groups
        self.activation = activation
    }

    package var name: String { "conv2d" }

    private func window(_ weights: Shape, over image: Shape) -> Window2D {
        Window2D(
            size: (weights[0], weights[1]), stride: (stride[0], stride[1]), dilation: (dilation[0], dilation[1]),
            same: same, over: (image[0], image[1]))
    }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (image, weights) = (inputs[0].shape, inputs[1].shape)
        guard image.rank == 3, weights.rank == 4, weights[2] * groups == image[2],
            weights[3] % groups == 0, inputs[0].isBatched
        else {
            throw GraphError("conv2d: takes images of height×width×channels, but was given \(image)")
        }
        let positions = window(weights, over: image).positions(over: (image[0], image[1]))
        guard positions.height > 0, positions.width > 0 else {
            throw GraphError(
                "conv2d: a window of \(weights[0])×\(weights[1]) does not fit into images of \(image); "
                    + "use padding 'same' or a smaller kernel_size")
        }
        return .batched([positions.height, positions.width, weights[3]])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let (image, weights) = (request.inputs[0].shape, request.inputs[1].shape)
        let wanted = request.gradients
        return try Convolution2DKernel(
            request.context, samples: request.samples, image: (image[0], image[1], image[2]), filters: weights[3],
            groups: groups, window: window(weights, over: image), hasBias: request.inputs.count > 2, activation: activation,
            gradients: (wanted[0], wanted[1], wanted.count > 2 && wanted[2]))
    }

    package var backwardReads: (inputs: Bool, output: Bool) { (true, activation != .linear) }

    /// Those of the definition: Winograd's algorithm needs fewer.
    package func operations(inputs: [TensorType], output: TensorType) -> Int {
        let weights = inputs[1].shape
        return 2 * weights[0] * weights[1] * weights[2] * output.shape.count
    }

    package func fusing(_ activation: Activation) -> (any Operator)? {
        guard self.activation == .linear else { return nil }
        var fused = self
        fused.activation = activation
        return fused
    }
}
