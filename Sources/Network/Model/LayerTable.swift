public import Kernels

/// Each layer of a model with its output shape, its number of parameters and its cost.
public struct LayerTable: Sendable {
    /// One layer.
    public struct Row: Sendable, Equatable {
        public let name: String
        public let type: String
        public let inputs: [String]
        /// The shape of the layer's result for one sample.
        public let output: Shape
        /// The number of its parameters (elements), frozen ones and states included.
        public let parameters: Int
        /// The number of floating-point operations of a forward pass for one sample. A multiply-add counts as two.
        public let operations: Int
    }
    public let rows: [Row]
    /// The parameters of all layers.
    package let layout: ParameterLayout
    /// What the first layer takes without saying so.
    package let firstInput: String

    /// - Throws: `ModelError` where shapes do not fit.
    public init(_ model: Model) throws(ModelError) {
        let graph = Graph()
        let built = try model.build(in: graph)
        let nodes = graph.nodes.indices(ofLayers: model.steps.count)
        layout = ParameterLayout(graph.nodes)
        firstInput = model.inputs[0].name
        rows = model.steps.indices.map { index in
            let (step, result) = (model.steps[index], built.layers[index])
            var parameters = 0
            var operations = 0
            for node in nodes[index].lazy.map({ graph.nodes[$0] }) {
                switch node.kind {
                case .parameter: parameters += node.type.shape.count
                case .operation(let operation, let inputs):
                    operations += operation.operations(
                        inputs: inputs.map { graph.nodes[$0].type }, output: node.type)
                case .input, .constant: break
                }
            }
            return Row(
                name: step.name, type: step.layer.type, inputs: step.inputs, output: result.type.shape,
                parameters: parameters, operations: operations)
        }
    }

    /// The number of parameters of the whole model.
    public var parameters: Int { rows.reduce(0) { $0 + $1.parameters } }
    /// The number of floating-point operations of the whole model's forward pass for one sample.
    public var operations: Int { rows.reduce(0) { $0 + $1.operations } }
}
