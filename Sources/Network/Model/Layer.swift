public import Configuration
public import Kernels

/// A layer of a model, such as `dense` or `conv2d`, named and configured as in Keras.
///
/// A layer is a value that holds its settings. `apply` adds its operators and parameters to a graph.
/// Each kind is one file, and one line in `LayerRegistry`.
public protocol Layer: Sendable {
    /// The value of `type` in a config.
    var type: String { get }

    /// The keys of a config besides `type`, `name`, `inputs` and those of `LayerTraining`, with their values.
    var configuration: [JSONNode.Member] { get }

    /// Whether it joins several inputs. A layer that says false, the default, is given exactly one.
    var takesSeveralInputs: Bool { get }

    /// Whether it adds parameters to the graph. Its config then takes the keys of `LayerTraining`, such as `trainable`.
    var hasParameters: Bool { get }

    /// The element type that it needs where it takes an input of the model: float32, unless it says otherwise. A layer
    /// that looks up tokens says int32.
    var inputElement: ElementType { get }

    /// Adds the layer to the graph of its inputs.
    /// - Parameter name: the layer's name. Its nodes have this name, and its parameters `name/kernel` and the like.
    /// - Returns: the layer's result.
    /// - Throws: `GraphError` where the inputs do not fit.
    func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable

    /// The layer as a Keras model file describes it.
    var keras: KerasLayer { get }
}

extension Layer {
    public var configuration: [JSONNode.Member] { [] }
    public var takesSeveralInputs: Bool { false }
    public var hasParameters: Bool { false }
    public var inputElement: ElementType { .float32 }
}

/// A layer as Keras describes it in a model file: the class, and the config without the name.
public struct KerasLayer: Sendable {
    public let className: String
    public let configuration: [JSONNode.Member]

    public init(_ className: String, _ configuration: [JSONNode.Member] = []) {
        self.className = className
        self.configuration = configuration
    }
}

extension JSONNode.Member {
    init(_ key: String, _ value: JSONNode) { self.init(key: key, value: value) }
}
