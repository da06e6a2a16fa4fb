public import Configuration
public import Kernels

/// The padding of images for a window that slides over them. A convolution reads it as zeros; a pooling leaves it out.
public enum Padding: String, CaseIterable, Sendable {
    /// No padding: ⌊(n - size) / stride⌋ + 1 positions along an axis of length n.
    case valid
    /// Padding for ⌈n / stride⌉ positions along an axis of length n, half on either side. An odd row or column is added
    /// at the end, as in Keras.
    case same
}

/// y = f(x ∗ W + b): a convolution over images, channels last.
///
/// As in Keras the kernel is not flipped: (x ∗ W)[i, j, o] = Σ x[i·sh + u, j·sw + v, c]·W[u, v, c, o], summed over u, v
/// and c, with strides (sh, sw) and x padded.
///
/// Shapes: x (h, w, c), W (kh, kw, c, filters), b (filters), y (h', w', filters); see `Padding` for h' and w'. W is
/// filled by `kernelInitializer`, glorot_uniform unless given; b by `biasInitializer`, zeros unless given.
public struct Conv2D: Layer {
    public let filters: Int
    /// Height and width of the window.
    public let kernelSize: [Int]
    /// The window's steps along height and width.
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

    public var type: String { "conv2d" }
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
                "conv2d: takes images of height×width×channels, but was given \(x.type.shape); "
                    + "a layer of type 'reshape' can make them")
        }
        guard filters > 0 else { throw GraphError("conv2d: filters must be 1 or more, but is \(filters)") }
        guard (kernelSize + strides).allSatisfy((1...Window2D.largest).contains) else {
            throw GraphError("conv2d: kernel_size and strides must be from 1 to \(Window2D.largest)")
        }
        let kernel = graph.parameter(
            Shape(kernelSize + [x.type.shape.last, filters]), kernelInitializer, name: "\(name)/kernel")
        let bias = useBias ? [graph.parameter([filters], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let y = try graph.apply(
            Convolution2DOperator(stride: strides, same: padding == .same), to: [x, kernel] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "Conv2D",
            [
                .init("filters", JSONNode(filters)), .init("kernel_size", JSONNode(kernelSize.map { JSONNode($0) })),
                .init("strides", JSONNode(strides.map { JSONNode($0) })),
                .init("padding", JSONNode(padding.rawValue)), .init("data_format", "channels_last"),
                .init("activation", ActivationName(activation).keras), .init("use_bias", JSONNode(useBias)),
            ])
    }
}
