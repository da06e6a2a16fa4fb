import Configuration

/// `optimizer`: a name, or an object with the name as `type`, the rule's constants, a `schedule` and one way of
/// clipping gradients.
enum OptimizerConfiguration {
    static let names = ["sgd", "adam", "adamw"]

    static func read(_ root: ObjectReader, key: String) -> (Optimizer, Schedule, GradientClipping) {
        let fallback = Optimizer.adam(learningRate: 0.001)
        switch root.requiredStringOrObject(key) {
        case nil: return (fallback, .constant, .none)
        case .string(let word):
            // The short form is the long one without constants, so that there is one place for the defaults.
            if names.contains(word) {
                let reader = ObjectReader(["type": JSONNode(word)], path: key, diagnostics: root.diagnostics)
                return (optimizer(word, reader), .constant, .none)
            }
            let near = nearestWord(to: word, among: names)
            let hint = near.map { "did you mean '\($0)'?" } ?? "known are \(names.joined(separator: ", "))"
            root.fail("unknown optimizer '\(word)'; \(hint)", key: key)
            return (fallback, .constant, .none)
        case .object(let reader):
            guard let word = reader.requiredWord("type", among: names, noun: "optimizer") else {
                return (fallback, .constant, .none)
            }
            let result = (optimizer(word, reader), schedule(reader), clipping(reader))
            reader.finish()
            return result
        }
    }

    private static func optimizer(_ name: String, _ reader: ObjectReader) -> Optimizer {
        switch name {
        case "sgd":
            let momentum = reader.number("momentum", .between(0, 1, includingUpper: false), default: 0)
            let nesterov = reader.bool("nesterov", default: false)
            if nesterov && momentum == 0 {
                reader.fail("needs a momentum above 0, such as \"momentum\": 0.9", key: "nesterov")
            }
            return .sgd(
                learningRate: reader.number("learning_rate", .positive, default: 0.01), momentum: momentum,
                nesterov: nesterov, weightDecay: reader.number("weight_decay", .atLeast(0), default: 0))
        default:
            let unit = NumberBounds.between(0, 1, includingUpper: false)
            let rate = reader.number("learning_rate", .positive, default: 0.001)
            let beta1 = reader.number("beta_1", unit, default: 0.9)
            let beta2 = reader.number("beta_2", unit, default: 0.999)
            let epsilon = reader.number("epsilon", .positive, default: 1e-7)
            let decay = reader.number("weight_decay", .atLeast(0), default: name == "adamw" ? 0.004 : 0)
            return name == "adamw"
                ? .adamW(learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
                : .adam(learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
        }
    }

    private static func schedule(_ reader: ObjectReader) -> Schedule {
        guard let schedule = reader.object("schedule") else { return .constant }
        let type = schedule.requiredWord("type", among: ["constant", "cosine"], noun: "schedule")
        defer { schedule.finish() }
        guard type == "cosine" else { return .constant }
        return .cosine(
            warmupEpochs: schedule.number("warmup_epochs", .atLeast(0), default: 0),
            final: schedule.number("final", .between(0, 1), default: 0))
    }

    /// The clipping by its key; nil without one.
    private static func member(_ clipping: GradientClipping) -> (key: String, value: JSONNode)? {
        switch clipping {
        case .none: nil
        case .value(let limit): ("clipvalue", JSONNode(limit))
        case .norm(let limit): ("clipnorm", JSONNode(limit))
        case .globalNorm(let limit): ("global_clipnorm", JSONNode(limit))
        }
    }

    private static func clipping(_ reader: ObjectReader) -> GradientClipping {
        let kinds: [(key: String, make: (Double) -> GradientClipping)] = [
            ("clipvalue", { .value($0) }), ("clipnorm", { .norm($0) }), ("global_clipnorm", { .globalNorm($0) }),
        ]
        var found: (key: String, clipping: GradientClipping)?
        for (key, make) in kinds {
            guard let limit = reader.optionalNumber(key, .positive) else { continue }
            if let found {
                reader.fail("stands beside '\(found.key)'; gradients are clipped in one way, leave one out", key: key)
            } else {
                found = (key, make(limit))
            }
        }
        return found?.clipping ?? .none
    }

    static func configuration(
        _ optimizer: Optimizer, _ schedule: Schedule, _ clipping: GradientClipping = .none
    ) -> JSONNode {
        var node = configuration(optimizer, shape: configuration(schedule))
        if let member = member(clipping) { node[member.key] = member.value }
        return node
    }

    private static func configuration(_ schedule: Schedule) -> JSONNode {
        switch schedule {
        case .constant: ["type": "constant"]
        case .cosine(let warmup, let final):
            ["type": "cosine", "warmup_epochs": JSONNode(warmup), "final": JSONNode(final)]
        }
    }

    private static func configuration(_ optimizer: Optimizer, shape: JSONNode) -> JSONNode {
        switch optimizer {
        case .sgd(let rate, let momentum, let nesterov, let decay):
            return [
                "type": "sgd", "learning_rate": JSONNode(rate), "momentum": JSONNode(momentum),
                "nesterov": JSONNode(nesterov), "weight_decay": JSONNode(decay), "schedule": shape,
            ]
        case .adam(let rate, let beta1, let beta2, let epsilon, let decay),
            .adamW(let rate, let beta1, let beta2, let epsilon, let decay):
            var name = "adam"
            if case .adamW = optimizer { name = "adamw" }
            return [
                "type": JSONNode(name), "learning_rate": JSONNode(rate), "beta_1": JSONNode(beta1),
                "beta_2": JSONNode(beta2), "epsilon": JSONNode(epsilon), "weight_decay": JSONNode(decay),
                "schedule": shape,
            ]
        }
    }
}
