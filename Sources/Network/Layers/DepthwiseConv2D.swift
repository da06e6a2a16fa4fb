public import Configuration
public import Kernels

/// y = f(x ∗ W + b), where each channel is convolved by itself with `depthMultiplier` kernels of its own.
///
/// Shapes: x (h, w, c), W (kh, kw, c, m), b (c·m), y (h', w', c·m): channel c's results stand beside each other. W is filled
/// by `depthwiseInitializer`, glorot_uniform unless given.
public struct DepthwiseConv2D: Layer {
    let window: DepthwiseWindow
    public let activation: Activation
    public let useBias: Bool
    public let biasInitializer: Initializer

    public init(
        kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid, depthMultiplier: Int = 1,
        dilationRate: (Int, Int) = (1, 1), activation: Activation = .linear, useBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
    ) {
        window = DepthwiseWindow(
            kernelSize: [kernelSize.0, kernelSize.1], strides: [strides.0, strides.1], padding: padding,
            depthMultiplier: depthMultiplier, dilationRate: [dilationRate.0, dilationRate.1],
            initializer: depthwiseInitializer)
        (self.activation, self.useBias, self.biasInitializer) = (activation, useBias, biasInitializer)
    }

    init(reading reader: ObjectReader) {
        window = DepthwiseWindow(reading: reader)
        activation = reader.choice("activation", default: ActivationName.linear).activation
        useBias = reader.bool("use_bias", default: true)
        biasInitializer = reader.initializer("bias_initializer", default: .zeros)
    }

    public var type: String { "depthwise_conv2d" }
    public var hasParameters: Bool { true }

    public var configuration: [JSONNode.Member] {
        window.configuration + [
            .init("activation", JSONNode(ActivationName(activation).rawValue)), .init("use_bias", JSONNode(useBias)),
            .init("depthwise_initializer", window.initializer.configuration),
            .init("bias_initializer", biasInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let graph = inputs[0].graph
        let (kernel, operation) = try window.kernel(for: inputs[0], type, name: name)
        let filters = kernel.type.shape.last
        let bias = useBias ? [graph.parameter([filters], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let y = try graph.apply(operation, to: [inputs[0], kernel] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "DepthwiseConv2D",
            window.keras + [
                .init("activation", ActivationName(activation).keras), .init("use_bias", JSONNode(useBias)),
            ])
    }
}

/// y = f((x ∗ W) · V + b): each channel convolved by itself, then all of them mixed at each place.
///
/// Shapes: x (h, w, c), W (kh, kw, c, m), V (1, 1, c·m, filters), b (filters), y (h', w', filters). Chollet, "Xception: deep
/// learning with depthwise separable convolutions", CVPR 2017.
public struct SeparableConv2D: Layer {
    public let filters: Int
    let window: DepthwiseWindow
    public let activation: Activation
    public let useBias: Bool
    public let pointwiseInitializer: Initializer
    public let biasInitializer: Initializer

    public init(
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        depthMultiplier: Int = 1, dilationRate: (Int, Int) = (1, 1), activation: Activation = .linear,
        useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
        pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
    ) {
        self.filters = filters
        window = DepthwiseWindow(
            kernelSize: [kernelSize.0, kernelSize.1], strides: [strides.0, strides.1], padding: padding,
            depthMultiplier: depthMultiplier, dilationRate: [dilationRate.0, dilationRate.1],
            initializer: depthwiseInitializer)
        (self.activation, self.useBias) = (activation, useBias)
        (self.pointwiseInitializer, self.biasInitializer) = (pointwiseInitializer, biasInitializer)
    }

    init(reading reader: ObjectReader) {
        filters = reader.requiredInteger("filters", in: 1...) ?? 1
        window = DepthwiseWindow(reading: reader)
        activation = reader.choice("activation", default: ActivationName.linear).activation
        useBias = reader.bool("use_bias", default: true)
        pointwiseInitializer = reader.initializer("pointwise_initializer", default: .glorotUniform)
        biasInitializer = reader.initializer("bias_initializer", default: .zeros)
    }

    public var type: String { "separable_conv2d" }
    public var hasParameters: Bool { true }

    public var configuration: [JSONNode.Member] {
        [.init("filters", JSONNode(filters))] + window.configuration + [
            .init("activation", JSONNode(ActivationName(activation).rawValue)), .init("use_bias", JSONNode(useBias)),
            .init("depthwise_initializer", window.initializer.configuration),
            .init("pointwise_initializer", pointwiseInitializer.configuration),
            .init("bias_initializer", biasInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let graph = inputs[0].graph
        guard filters > 0 else { throw GraphError("separable_conv2d: filters must be 1 or more, but is \(filters)") }
        let (kernel, operation) = try window.kernel(for: inputs[0], type, name: name)
        let pointwise = graph.parameter(
            [1, 1, kernel.type.shape.last, filters], pointwiseInitializer, name: "\(name)/pointwise_kernel")
        let bias = useBias ? [graph.parameter([filters], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let channels = try graph.apply(operation, to: [inputs[0], kernel], name: name)
        let y = try graph.apply(
            Convolution2DOperator(same: false), to: [channels, pointwise] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "SeparableConv2D",
            [.init("filters", JSONNode(filters))] + window.keras + [
                .init("activation", ActivationName(activation).keras), .init("use_bias", JSONNode(useBias)),
            ])
    }
}

/// What depthwise and separable convolutions have in common: a window that slides over each channel by itself.
struct DepthwiseWindow: Sendable {
    /// Height and width of the window.
    var kernelSize: [Int]
    var strides: [Int]
    var padding: Padding
    /// The kernels of each channel.
    var depthMultiplier: Int
    var dilationRate: [Int]
    var initializer: Initializer

    init(
        kernelSize: [Int], strides: [Int], padding: Padding, depthMultiplier: Int, dilationRate: [Int],
        initializer: Initializer
    ) {
        (self.kernelSize, self.strides, self.padding) = (kernelSize, strides, padding)
        (self.depthMultiplier, self.dilationRate, self.initializer) = (depthMultiplier, dilationRate, initializer)
    }

    init(reading reader: ObjectReader) {
        kernelSize = reader.requiredIntegers("kernel_size", in: 1..., count: 2) ?? [1, 1]
        strides = reader.integers("strides", in: 1..., count: 2) ?? [1, 1]
        padding = reader.choice("padding", default: .valid)
        depthMultiplier = reader.integer("depth_multiplier", in: 1..., default: 1)
        dilationRate = reader.integers("dilation_rate", in: 1..., count: 2) ?? [1, 1]
        initializer = reader.initializer("depthwise_initializer", default: .glorotUniform)
        if dilationRate != [1, 1], strides != [1, 1] {
            reader.fail("must be 1 where strides are not: Keras has only one of the two", key: "dilation_rate")
        }
    }

    var configuration: [JSONNode.Member] {
        [
            .init("kernel_size", JSONNode(kernelSize.map { JSONNode($0) })),
            .init("strides", JSONNode(strides.map { JSONNode($0) })),
            .init("padding", JSONNode(padding.rawValue)), .init("depth_multiplier", JSONNode(depthMultiplier)),
            .init("dilation_rate", JSONNode(dilationRate.map { JSONNode($0) })),
        ]
    }

    var keras: [JSONNode.Member] { configuration + [.init("data_format", "channels_last")] }

    /// The kernel of an image's channels, each a group of its own, and what convolves with it.
    /// - Throws: `GraphError` where the input is no image, or sizes are out of range.
    func kernel(
        for x: Variable, _ type: String, name: String
    ) throws(GraphError) -> (kernel: Variable, operation: Convolution2DOperator) {
        guard x.type.shape.rank == 3 else {
            throw GraphError(
                "\(type): takes images of height×width×channels, but was given \(x.type.shape); "
                    + "a layer of type 'reshape' can make them")
        }
        guard depthMultiplier > 0 else { throw GraphError("\(type): depth_multiplier must be 1 or more") }
        try checkWindow(type, kernelSize, strides, dilationRate)
        let channels = x.type.shape.last
        let kernel = x.graph.parameter(
            Shape(kernelSize + [channels, depthMultiplier]), initializer, name: "\(name)/depthwise_kernel")
        let grouped = try x.graph.apply(
            ReshapeOperator(Shape(kernelSize + [1, channels * depthMultiplier])), to: [kernel], name: name)
        return (
            grouped,
            Convolution2DOperator(stride: strides, same: padding == .same, dilation: dilationRate, groups: channels)
        )
    }
}
