import Configuration
public import Kernels
import Network

/// `loss`: a name, or an object with the name as `type` and the loss's constants.
public struct LossConfiguration: Sendable, Hashable {
    public var function: LossFunction
    /// The last layer gives logits, not probabilities.
    public var fromLogits: Bool
    /// The label that a sparse categorical cross-entropy passes over.
    public var ignoreClass: Int?

    public init(_ function: LossFunction, fromLogits: Bool = false, ignoreClass: Int? = nil) {
        self.function = function
        self.fromLogits = fromLogits
        self.ignoreClass = ignoreClass
    }

    /// The loss of an objective, as a model file keeps it.
    public init(_ objective: Objective) {
        self.init(objective.loss, fromLogits: objective.predictsLogits, ignoreClass: objective.ignoredLabel)
    }

    /// A model with this loss.
    /// - Throws: `ObjectiveError` where the loss does not fit the last layer; `ModelError`, `GraphError`.
    package func objective(_ model: Model) throws -> Objective {
        try Objective(model, loss: function, fromLogits: fromLogits, ignoring: ignoreClass)
    }

    static let names = [
        "mean_squared_error", "mean_absolute_error", "huber", "binary_crossentropy", "categorical_crossentropy",
        "sparse_categorical_crossentropy",
    ]

    public init(reading reader: ObjectReader, key: String) {
        self.init(.meanSquaredError(factor: 1))
        switch reader.requiredStringOrObject(key) {
        case nil: break
        case .string(let word):
            guard let function = Self.function(word, reader: nil) else {
                let near = nearestWord(to: word, among: Self.names)
                let hint = near.map { "did you mean '\($0)'?" } ?? "known are \(Self.names.joined(separator: ", "))"
                reader.fail("unknown loss '\(word)'; \(hint)", key: key)
                return
            }
            self.function = function
        case .object(let object):
            if let word = object.requiredWord("type", among: Self.names, noun: "loss"),
                let function = Self.function(word, reader: object)
            {
                self.function = function
                fromLogits = function.isCrossEntropy ? object.bool("from_logits", default: false) : false
                if function == .sparseCategoricalCrossEntropy {
                    ignoreClass = object.optionalInteger("ignore_class", in: Objective.labels)
                }
            }
            object.finish()
        }
    }

    private static func function(_ name: String, reader: ObjectReader?) -> LossFunction? {
        switch name {
        case "mean_squared_error":
            .meanSquaredError(factor: Float(reader?.number("factor", .positive, default: 1) ?? 1))
        case "mean_absolute_error": .meanAbsoluteError
        case "huber": .huber(delta: Float(reader?.number("delta", .positive, default: 1) ?? 1))
        case "binary_crossentropy": .binaryCrossEntropy
        case "categorical_crossentropy": .categoricalCrossEntropy
        case "sparse_categorical_crossentropy": .sparseCategoricalCrossEntropy
        default: nil
        }
    }

    public var name: String {
        switch function {
        case .meanSquaredError: "mean_squared_error"
        case .meanAbsoluteError: "mean_absolute_error"
        case .huber: "huber"
        case .binaryCrossEntropy: "binary_crossentropy"
        case .categoricalCrossEntropy: "categorical_crossentropy"
        case .sparseCategoricalCrossEntropy: "sparse_categorical_crossentropy"
        }
    }

    package var configuration: JSONNode {
        var members: [JSONNode.Member] = [.init(key: "type", value: JSONNode(name))]
        func number(_ value: Float) -> JSONNode { JSONNode(Double(value.description) ?? Double(value)) }
        switch function {
        case .meanSquaredError(let factor): members.append(.init(key: "factor", value: number(factor)))
        case .huber(let delta): members.append(.init(key: "delta", value: number(delta)))
        case .meanAbsoluteError: break
        case .binaryCrossEntropy, .categoricalCrossEntropy, .sparseCategoricalCrossEntropy:
            members.append(.init(key: "from_logits", value: JSONNode(fromLogits)))
        }
        if let ignoreClass { members.append(.init(key: "ignore_class", value: JSONNode(ignoreClass))) }
        return JSONNode(.object(members))
    }
}
