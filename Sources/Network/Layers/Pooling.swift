public import Configuration
public import Kernels

/// Max or average pooling over images, channels last: `max_pooling2d`, `average_pooling2d`.
///
/// y[i, j, c] is the maximum or the mean of channel c of x under the window at (i, j), padding left out. The gradient
/// of a maximum goes to the first of equal elements.
///
/// Shapes: x (h, w, c), y (h', w', c); see `Padding` for h' and w'. The strides are the window's size unless given.
public struct Pooling: Layer {
    public let reduction: PoolingReduction
    /// Height and width of the window.
    public let poolSize: [Int]
    /// The window's steps along height and width.
    public let strides: [Int]
    public let padding: Padding

    public init(
        _ reduction: PoolingReduction, poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil,
        padding: Padding = .valid
    ) {
        self.reduction = reduction
        self.poolSize = [poolSize.0, poolSize.1]
        self.strides = strides.map { [$0.0, $0.1] } ?? self.poolSize
        self.padding = padding
    }

    init(reading reader: ObjectReader, _ reduction: PoolingReduction) {
        self.reduction = reduction
        poolSize = reader.integers("pool_size", in: 1..., count: 2) ?? [2, 2]
        strides = reader.integers("strides", in: 1..., count: 2) ?? poolSize
        padding = reader.choice("padding", default: .valid)
    }

    public var type: String { reduction == .max ? "max_pooling2d" : "average_pooling2d" }

    public var configuration: [JSONNode.Member] {
        [
            .init("pool_size", JSONNode(poolSize.map { JSONNode($0) })),
            .init("strides", JSONNode(strides.map { JSONNode($0) })),
            .init("padding", JSONNode(padding.rawValue)),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard (poolSize + strides).allSatisfy((1...Window2D.largest).contains) else {
            throw GraphError("\(type): pool_size and strides must be from 1 to \(Window2D.largest)")
        }
        return try inputs[0].graph.apply(
            Pooling2DOperator(reduction, size: poolSize, stride: strides, same: padding == .same), to: inputs,
            name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            reduction == .max ? "MaxPooling2D" : "AveragePooling2D",
            configuration + [.init("data_format", "channels_last")])
    }
}

/// The mean of each channel over the whole image: (h, w, c) becomes (c), or (1, 1, c) with `keepDims`.
public struct GlobalAveragePooling2D: Layer {
    public let keepDims: Bool

    public init(keepDims: Bool = false) { self.keepDims = keepDims }
    init(reading reader: ObjectReader) { keepDims = reader.bool("keepdims", default: false) }

    public var type: String { "global_average_pooling2d" }
    public var configuration: [JSONNode.Member] { [.init("keepdims", JSONNode(keepDims))] }
    public var keras: KerasLayer { globalPooling("GlobalAveragePooling2D", keepDims) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].pooledOverAll(.average, keepDims: keepDims, name: name)
    }
}

/// The largest of each channel over the whole image: (h, w, c) becomes (c), or (1, 1, c) with `keepDims`.
public struct GlobalMaxPooling2D: Layer {
    public let keepDims: Bool

    public init(keepDims: Bool = false) { self.keepDims = keepDims }
    init(reading reader: ObjectReader) { keepDims = reader.bool("keepdims", default: false) }

    public var type: String { "global_max_pooling2d" }
    public var configuration: [JSONNode.Member] { [.init("keepdims", JSONNode(keepDims))] }
    public var keras: KerasLayer { globalPooling("GlobalMaxPooling2D", keepDims) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].pooledOverAll(.max, keepDims: keepDims, name: name)
    }
}

private func globalPooling(_ className: String, _ keepDims: Bool) -> KerasLayer {
    KerasLayer(
        className,
        [.init("data_format", "channels_last")] + (keepDims ? [.init("keepdims", JSONNode(keepDims))] : []))
}

extension Variable {
    fileprivate func pooledOverAll(
        _ reduction: PoolingReduction, keepDims: Bool, name: String
    ) throws(GraphError) -> Variable {
        let pooled = try graph.apply(
            Pooling2DOperator(reduction, size: nil, stride: [1, 1], same: false), to: [self], name: name)
        guard !keepDims else { return pooled }
        return try graph.apply(ReshapeOperator([pooled.type.shape.last]), to: [pooled], name: name)
    }
}
