public import Configuration
public import Kernels

/// y = f(x ∗ᵀ W + b): the transpose of a convolution, which enlarges images by its strides. Sometimes called deconvolution.
///
/// (x ∗ᵀ W)[i·sh + u - t, j·sw + v - l, o] sums x[i, j, c]·W[u, v, o, c] over all that falls on a place, where (t, l) is the
/// padding of the convolution that leads back.
///
/// Shapes: x (h, w, c), W (kh, kw, filters, c), b (filters), y (h·sh, w·sw, filters) with padding `same`, and
/// (h·sh + max(kh - sh, 0), …) with `valid`. W is filled by `kernelInitializer`, glorot_uniform unless given.
public struct Conv2DTranspose: Layer {
    public let filters: Int
    /// Height and width of the window.
    public let kernelSize: [Int]
    /// The factors along height and width.
    public let strides: [Int]
    public let padding: Padding
    public let activation: Activation
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer

    public init(
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        activation: Activation = .linear, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros
    ) {
        self.filters = filters
        self.kernelSize = [kernelSize.0, kernelSize.1]
        self.strides = [strides.0, strides.1]
        self.padding = padding
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
    }

    init(reading reader: ObjectReader) {
        filters = reader.requiredInteger("filters", in: 1...) ?? 1
        kernelSize = reader.requiredIntegers("kernel_size", in: 1..., count: 2) ?? [1, 1]
        strides = reader.integers("strides", in: 1..., count: 2) ?? [1, 1]
        padding = reader.choice("padding", default: .valid)
        activation = reader.choice("activation", default: ActivationName.linear).activation
        useBias = reader.bool("use_bias", default: true)
        kernelInitializer = reader.initializer("kernel_initializer", default: .glorotUniform)
        biasInitializer = reader.initializer("bias_initializer", default: .zeros)
    }

    public var type: String { "conv2d_transpose" }
    public var hasParameters: Bool { true }

    public var configuration: [JSONNode.Member] {
        [
            .init("filters", JSONNode(filters)), .init("kernel_size", JSONNode(kernelSize.map { JSONNode($0) })),
            .init("strides", JSONNode(strides.map { JSONNode($0) })),
            .init("padding", JSONNode(padding.rawValue)),
            .init("activation", JSONNode(ActivationName(activation).rawValue)),
            .init("use_bias", JSONNode(useBias)), .init("kernel_initializer", kernelInitializer.configuration),
            .init("bias_initializer", biasInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let (x, graph) = (inputs[0], inputs[0].graph)
        guard x.type.shape.rank == 3 else {
            throw GraphError(
                "conv2d_transpose: takes images of height×width×channels, but was given \(x.type.shape); "
                    + "a layer of type 'reshape' can make them")
        }
        guard filters > 0 else { throw GraphError("conv2d_transpose: filters must be 1 or more, but is \(filters)") }
        try checkWindow(type, kernelSize, strides)
        let kernel = graph.parameter(
            Shape(kernelSize + [filters, x.type.shape.last]), kernelInitializer, name: "\(name)/kernel")
        let bias = useBias ? [graph.parameter([filters], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let y = try graph.apply(
            ConvolutionTransposeOperator(stride: strides, same: padding == .same), to: [x, kernel] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "Conv2DTranspose",
            [
                .init("filters", JSONNode(filters)), .init("kernel_size", JSONNode(kernelSize.map { JSONNode($0) })),
                .init("strides", JSONNode(strides.map { JSONNode($0) })),
                .init("padding", JSONNode(padding.rawValue)), .init("data_format", "channels_last"),
                .init("activation", ActivationName(activation).keras), .init("use_bias", JSONNode(useBias)),
            ])
    }
}
