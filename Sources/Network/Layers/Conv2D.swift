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
/// As in Keras the kernel is not flipped: (x ∗ W)[i, j, o] = Σ x[i·sh + u·dh, j·sw + v·dw, c]·W[u, v, c, o], summed over u,
/// v and c, with strides (sh, sw), dilation (dh, dw) and x padded. With groups filter o sees the channels of its own group
/// alone.
///
/// Shapes: x (h, w, c), W (kh, kw, c / groups, filters), b (filters), y (h', w', filters); see `Padding` for h' and w'. W is
/// filled by `kernelInitializer`, glorot_uniform unless given; b by `biasInitializer`, zeros unless given.
public struct Conv2D: Layer {
    public let filters: Int
    /// Height and width of the window.
    public let kernelSize: [Int]
    /// The window's steps along height and width.
    public let strides: [Int]
    public let padding: Padding
    /// The steps between neighbouring taps of the window along height and width.
    public let dilationRate: [Int]
    /// How many groups of channels and filters stand beside each other.
    public let groups: Int
    public let activation: Activation
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer

    public init(
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        dilationRate: (Int, Int) = (1, 1), groups: Int = 1, activation: Activation = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
    ) {
        self.filters = filters
        self.kernelSize = [kernelSize.0, kernelSize.1]
        self.strides = [strides.0, strides.1]
        self.padding = padding
        self.dilationRate = [dilationRate.0, dilationRate.1]
        self.groups = groups
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
        dilationRate = reader.integers("dilation_rate", in: 1..., count: 2) ?? [1, 1]
        groups = reader.integer("groups", in: 1..., default: 1)
        if dilationRate != [1, 1], strides != [1, 1] {
            reader.fail("must be 1 where strides are not: Keras has only one of the two", key: "dilation_rate")
        }
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
            .init("dilation_rate", JSONNode(dilationRate.map { JSONNode($0) })), .init("groups", JSONNode(groups)),
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
        try checkWindow(type, kernelSize, strides, dilationRate)
        let channels = x.type.shape.last
        guard groups > 0, channels % groups == 0, filters % groups == 0 else {
            throw GraphError(
                "conv2d: \(channels) channels and \(filters) filters can't both be divided into \(groups) groups")
        }
        let kernel = graph.parameter(
            Shape(kernelSize + [channels / groups, filters]), kernelInitializer, name: "\(name)/kernel")
        let bias = useBias ? [graph.parameter([filters], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let y = try graph.apply(
            Convolution2DOperator(stride: strides, same: padding == .same, dilation: dilationRate, groups: groups), to: [x, kernel] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "Conv2D",
            [
                .init("filters", JSONNode(filters)), .init("kernel_size", JSONNode(kernelSize.map { JSONNode($0) })),
                .init("strides", JSONNode(strides.map { JSONNode($0) })),
                .init("padding", JSONNode(padding.rawValue)), .init("data_format", "channels_last"),
            ] + (dilationRate == [1, 1] ? [] : [.init("dilation_rate", JSONNode(dilationRate.map { JSONNode($0) }))])
                + (groups == 1 ? [] : [.init("groups", JSONNode(groups))]) + [
                    .init("activation", ActivationName(activation).keras), .init("use_bias", JSONNode(useBias)),
                ])
    }
}

/// - Throws: `GraphError` for sizes and steps that no image has, or a dilation beside strides.
func checkWindow(_ type: String, _ size: [Int], _ strides: [Int], _ dilation: [Int] = [1, 1]) throws(GraphError) {
    let places = zip(size, dilation).map { ($0 - 1).multipliedReportingOverflow(by: $1) }
    guard (size + strides + dilation).allSatisfy((1...Window2D.largest).contains),
        places.allSatisfy({ !$0.overflow && $0.partialValue < Window2D.largest })
    else {
        throw GraphError("\(type): kernel_size, strides and dilation_rate must be from 1 to \(Window2D.largest)")
    }
    guard strides == [1, 1] || dilation == [1, 1] else {
        throw GraphError("\(type): dilation_rate must be 1 where strides are not: Keras has only one of the two")
    }
}
