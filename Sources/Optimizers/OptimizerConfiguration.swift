import Configuration

/// `optimizer`: a name, or an object with the name as `type`, the rule's constants, a `schedule` and one way of
/// clipping gradients. The constants are read by the optimizer and the schedule themselves.
package enum OptimizerConfiguration {
    package static func read(_ root: ObjectReader, key: String) -> (any Optimizer, any Schedule, GradientClipping) {
        guard let (kind, reader) = OptimizerRegistry.kinds.required(key, in: root) else {
            return (.adam(learningRate: 0.001), .constant, .none)
        }
        let result = (kind.init(reading: reader), schedule(reader), clipping(reader))
        reader.finish()
        return result
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

    package static func configuration(
        _ optimizer: any Optimizer, _ schedule: any Schedule, _ clipping: GradientClipping = .none
    ) -> JSONNode {
        var node = optimizer.typedConfiguration
        node["schedule"] = schedule.typedConfiguration
        if let member = member(clipping) { node[member.key] = member.value }
        return node
    }
}
