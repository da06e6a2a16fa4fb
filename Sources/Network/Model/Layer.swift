public import Configuration
public import Kernels

/// A building block of a model as a person names it: `dense`, `conv2d`, with Keras's vocabulary.
///
/// A layer is what stands in a config; applied to variables it adds its operators and parameters to their graph.
/// A new layer is one file, and a line in `LayerRegistry`.
public protocol Layer: Sendable {
    /// The value of `type` in a config.
    var type: String { get }

    /// The keys of a config besides `type`, `name`, `inputs` and those of `LayerTraining`, with their values.
    var configuration: [JSONNode.Member] { get }

    /// Whether it takes one input or joins several.
    var takesSeveralInputs: Bool { get }

    /// Whether it adds parameters to the graph, so that its config takes the keys of `LayerTraining`: `trainable`, for one.
    var hasParameters: Bool { get }

    /// The type of elements that it wants of the model's input, where it takes that: floats unless it says otherwise, as one
    /// that looks up tokens does.
    var inputElement: ElementType { get }

    /// Adds the layer to the graph of its inputs.
    /// - Parameter name: the layer's name, which its nodes bear and its parameters begin with.
    /// - Throws: `GraphError` where the inputs do not fit.
    func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable

    /// The layer in a Keras model file.
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
