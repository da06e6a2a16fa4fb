public import Configuration
import Kernels

/// All dimensions of a sample in one, row-major: (h, w, c) becomes (h·w·c).
public struct Flatten: Layer {
    public init() {}

    public var type: String { "flatten" }
    public var keras: KerasLayer { KerasLayer("Flatten", [.init("data_format", "channels_last")]) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].graph.apply(ReshapeOperator([inputs[0].type.shape.count]), to: inputs, name: name)
    }
}

/// A sample's elements under another shape, of which one dimension may be -1: as many as are left.
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

/// In training each element becomes 0 with probability `rate`, and the others grow by 1 / (1 - rate).
public struct Dropout: Layer {
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

/// The sum of two or more inputs of one shape.
public struct Add: Layer {
    public init() {}

    public var type: String { "add" }
    public var takesSeveralInputs: Bool { true }
    public var keras: KerasLayer { KerasLayer("Add") }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        for input in inputs where input.type != inputs[0].type {
            throw GraphError(
                "add: takes inputs of one shape, but \(inputs[0].type.shape) and \(input.type.shape) differ")
        }
        guard inputs.count > 1 else { throw GraphError("add: takes two or more inputs, but was given one") }
        var sum = inputs[0]
        for input in inputs.dropFirst() {
            sum = try sum.graph.apply(BinaryOperator(.add), to: [sum, input], name: name)
        }
        return sum
    }
}

/// The inputs side by side along an axis of a sample, the last unless given.
public struct Concatenate: Layer {
    /// Counted without the batch, 0 for the first; negative ones from the last, -1.
    public let axis: Int

    public init(axis: Int = -1) { self.axis = axis }

    init(reading reader: ObjectReader) { axis = reader.integer("axis", default: -1) }

    public var type: String { "concatenate" }
    public var takesSeveralInputs: Bool { true }
    public var configuration: [JSONNode.Member] { [.init("axis", JSONNode(axis))] }
    /// Keras counts the batch as axis 0.
    public var keras: KerasLayer {
        KerasLayer("Concatenate", [.init("axis", JSONNode(axis < 0 ? axis : axis + 1))])
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard inputs.count > 1 else { throw GraphError("concatenate: takes two or more inputs, but was given one") }
        return try inputs[0].graph.apply(ConcatenateOperator(axis: axis), to: inputs, name: name)
    }
}
