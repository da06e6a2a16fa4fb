public import Configuration
import Kernels

/// A layer that makes one of several inputs, element by element.
///
/// Where shapes differ they are stretched as in Keras: the shorter gets ones in front, and a dimension of 1 is repeated. So
/// (h, w, c) is multiplied by (c) channel by channel, and by (h, w, 1) place by place. At equal values the gradient of a
/// maximum or a minimum goes to the first.
public protocol Merging: Layer {
    init()
}

extension Merging {
    public var type: String { "\(Self.self)".lowercased() }
    public var takesSeveralInputs: Bool { true }
    public var keras: KerasLayer { KerasLayer("\(Self.self)") }

    fileprivate func merge(
        _ inputs: [Variable], _ operation: BinaryKernel.Operation, name: String
    ) throws(GraphError) -> Variable {
        guard inputs.count > 1 else { throw GraphError("\(type): takes two or more inputs, but was given one") }
        var result = inputs[0]
        for input in inputs.dropFirst() {
            guard result.type.shape.stretched(with: input.type.shape) != nil else {
                throw GraphError(
                    "\(type): the shapes \(result.type.shape) and \(input.type.shape) do not fit: their dimensions must be "
                        + "equal or 1")
            }
            result = try result.graph.apply(BinaryOperator(operation), to: [result, input], name: name)
        }
        return result
    }
}

/// The sum of two or more inputs.
public struct Add: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try merge(inputs, .add, name: name)
    }
}

/// The first input less the second.
public struct Subtract: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard inputs.count < 3 else { throw GraphError("subtract: takes two inputs, but was given \(inputs.count)") }
        return try merge(inputs, .subtract, name: name)
    }
}

/// The product of two or more inputs.
public struct Multiply: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try merge(inputs, .multiply, name: name)
    }
}

/// The mean of two or more inputs.
public struct Average: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let sum = try merge(inputs, .add, name: name)
        return try sum.graph.apply(
            BinaryOperator(.divide), to: [sum, sum.graph.constant(Float(inputs.count))], name: name)
    }
}

/// The largest of two or more inputs.
public struct Maximum: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try merge(inputs, .maximum, name: name)
    }
}

/// The smallest of two or more inputs.
public struct Minimum: Merging {
    public init() {}

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try merge(inputs, .minimum, name: name)
    }
}

/// Concatenates two or more inputs along an axis, the last unless given. Their other dimensions must be equal.
public struct Concatenate: Layer {
    /// The axis of a sample's shape, without the batch: 0 is the first, -1 the last. Keras counts the batch as axis 0.
    public let axis: Int

    public init(axis: Int = -1) { self.axis = axis }

    init(reading reader: ObjectReader) { axis = reader.integer("axis", default: -1) }

    public var type: String { "concatenate" }
    public var takesSeveralInputs: Bool { true }
    public var configuration: [JSONNode.Member] { [.init("axis", JSONNode(axis))] }
    /// With the axis as Keras counts it.
    public var keras: KerasLayer {
        KerasLayer("Concatenate", [.init("axis", JSONNode(axis < 0 ? axis : axis + 1))])
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard inputs.count > 1 else { throw GraphError("concatenate: takes two or more inputs, but was given one") }
        return try inputs[0].graph.apply(ConcatenateOperator(axis: axis), to: inputs, name: name)
    }
}
