import Configuration

/// `optimizer`: a name, or an object with the name as `type`, the rule's constants, a `schedule`, one way of clipping
/// gradients and, where the rule has a weight decay, what is excluded from it. The constants are read by the optimizer and
/// the schedule themselves.
package struct OptimizerConfiguration {
    package var optimizer: any Optimizer = .adam(learningRate: 0.001)
    package var schedule: any Schedule = .constant
    package var clipping = GradientClipping.none
    /// Kinds of parameters, names of layers and parameters, and patterns; what they mean is known when there is a network.
    package var excludedFromWeightDecay: [String] = []

    package static let exclusionKey = "exclude_from_weight_decay"

    package init(
        _ optimizer: any Optimizer, _ schedule: any Schedule, _ clipping: GradientClipping = .none,
        excludedFromWeightDecay: [String] = []
    ) {
        self.optimizer = optimizer
        self.schedule = schedule
        self.clipping = clipping
        self.excludedFromWeightDecay = excludedFromWeightDecay
    }

    package init(_ root: ObjectReader, key: String) {
        guard let (kind, reader) = OptimizerRegistry.kinds.required(key, in: root) else { return }
        optimizer = kind.init(reading: reader)
        schedule = Self.schedule(reader)
        clipping = Self.clipping(reader)
        if kind.hasWeightDecay { excludedFromWeightDecay = Self.exclusions(reader) }
        reader.finish()
    }

    private static func exclusions(_ reader: ObjectReader) -> [String] {
        let words = reader.strings(exclusionKey) ?? []
        for (index, word) in words.enumerated() {
            if word.isEmpty { reader.fail("must not be empty", key: exclusionKey, index: index) }
            if words[..<index].contains(word) { reader.fail("names '\(word)' twice", key: exclusionKey, index: index) }
        }
        return words
    }

    private static func schedule(_ reader: ObjectReader) -> any Schedule {
        guard let keys = reader.object("schedule") else { return .constant }
        defer { keys.finish() }
        return ScheduleRegistry.kinds.type(of: keys)?.init(reading: keys) ?? .constant
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

    package var configuration: JSONNode {
        var node = optimizer.typedConfiguration
        node["schedule"] = schedule.typedConfiguration
        if let member = Self.member(clipping) { node[member.key] = member.value }
        if !excludedFromWeightDecay.isEmpty {
            node[Self.exclusionKey] = JSONNode(excludedFromWeightDecay.map { JSONNode($0) })
        }
        return node
    }
}
