public import Configuration
import Kernels

/// Flattens each sample into a vector, row-major: (h, w, c) becomes (h·w·c).
public struct Flatten: Layer {
    public init() {}

    public var type: String { "flatten" }
    public var keras: KerasLayer { KerasLayer("Flatten", [.init("data_format", "channels_last")]) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].graph.apply(ReshapeOperator([inputs[0].type.shape.count]), to: inputs, name: name)
    }
}

/// Gives each sample another shape, row-major, with the same number of elements. One dimension may be -1: it follows
/// from the number of elements and the other dimensions.
public struct Reshape: Layer {
    public let targetShape: [Int]

    public init(_ targetShape: [Int]) { self.targetShape = targetShape }

    init(reading reader: ObjectReader) {
        targetShape = reader.requiredIntegers("target_shape", in: (-1)...) ?? []
        if targetShape.contains(0) || targetShape.count(where: { $0 == -1 }) > 1 {
            reader.fail("must hold whole numbers of 1 or more, and at most one -1", key: "target_shape")
        }
    }

    public var type: String { "reshape" }
    public var configuration: [JSONNode.Member] {
        [.init("target_shape", JSONNode(targetShape.map { JSONNode($0) }))]
    }
    public var keras: KerasLayer { KerasLayer("Reshape", configuration) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let known = targetShape.filter { $0 != -1 }
        guard known.allSatisfy({ $0 > 0 }), targetShape.count - known.count <= 1 else {
            throw GraphError("reshape: target_shape takes numbers of 1 or more, and at most one -1")
        }
        var product = 1
        for dimension in known {
            let (value, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw GraphError("reshape: target_shape is too large") }
            product = value
        }
        let shape = Shape(targetShape.map { $0 == -1 ? inputs[0].type.shape.count / product : $0 })
        return try inputs[0].graph.apply(ReshapeOperator(shape), to: inputs, name: name)
    }
}

/// Dropout: in training each element is set to 0 with probability `rate`, and the others are multiplied by
/// 1 / (1 - rate). In evaluation and prediction nothing is changed.
///
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014; this is the
/// inverted form, which scales in training rather than in prediction.
public struct Dropout: Layer {
    /// The probability that an element is dropped, 0 ≤ rate < 1.
    public let rate: Double

    public init(_ rate: Double) { self.rate = rate }

    init(reading reader: ObjectReader) {
        rate = reader.requiredNumber("rate", .between(0, 1, includingUpper: false)) ?? 0
    }

    public var type: String { "dropout" }
    public var configuration: [JSONNode.Member] { [.init("rate", JSONNode(rate))] }
    public var keras: KerasLayer { KerasLayer("Dropout", configuration) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard rate >= 0, rate < 1 else {
            throw GraphError("dropout: rate must be 0 or more and below 1, but is \(rate)")
        }
        return try inputs[0].graph.apply(DropoutOperator(rate: rate), to: inputs, name: name)
    }
}
