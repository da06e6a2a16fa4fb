public import Kernels

/// An input of a model. Layers name it in their `inputs`, as they name other layers.
public struct ModelInput: Sendable, Hashable {
    public let name: String
    /// The shape of one sample.
    public let shape: Shape

    public init(_ name: String, _ shape: Shape) { (self.name, self.shape) = (name, shape) }

    /// Names that can't be saved, or that two inputs have.
    static func problems(of inputs: [ModelInput]) -> [ModelError.Problem] {
        var seen: Set<String> = []
        var messages = inputs.isEmpty ? ["a model needs at least one input"] : []
        for input in inputs {
            if let problem = LayerName.problem(input.name) {
                messages.append("the name of an input \(problem)")
            } else if !seen.insert(input.name).inserted {
                messages.append("two inputs are called '\(input.name)'")
            }
        }
        return messages.map { .init(layer: nil, message: $0) }
    }
}
