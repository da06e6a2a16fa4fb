import Configuration
import Machine

/// `parallel`: workers and shards, each a number or a word.
public struct ParallelConfiguration: Sendable, Hashable {
    /// Nil for `"auto"`: as many as the CPUs that the process may use.
    public var workers: Int?
    /// What the command line says instead of `workers`. No part of the config, since it makes no other run.
    public var override: Override?

    public enum Override: Sendable, Hashable {
        case automatic
        case count(Int)
    }

    /// The number of parts of a batch; nil for `"auto"` and `"workers"`.
    public var shards: Int?
    /// Whether there are as many shards as workers, so that the results follow the machine: `"workers"`.
    public var shardsFollowWorkers = false
    /// Whether each worker stays on one CPU; nil: where a launcher has given the process as many CPUs as there are workers.
    public var isPinned: Bool?

    package init(reading reader: ObjectReader?) {
        let limit = 1...4096
        if case .integer(let count) = reader?.integerOrWord(
            "workers", in: limit, words: ["auto"], default: .word("auto"))
        {
            workers = count
        }
        switch reader?.integerOrWord("shards", in: limit, words: ["auto", "workers"], default: .word("auto")) {
        case .integer(let count): shards = count
        case .word(let word): shardsFollowWorkers = word == "workers"
        case nil: break
        }
        isPinned = reader?.optionalBool("pin")
        reader?.finish()
    }

    /// The numbers for this machine.
    /// - Parameters:
    ///   - batchSize: the samples of a part of a batch, all of it where gradients are not accumulated.
    ///   - accumulate: the parts of a batch, each of which is cut into so many shards.
    ///   - operations: what a step takes of one sample, in floating-point operations.
    ///   - parameters: the number of those that are trained.
    public func resolved(batchSize: Int, accumulate: Int = 1, operations: Int, parameters: Int) -> Parallelism {
        let given: Int? =
            switch override {
            case nil: workers
            case .automatic: nil
            case .count(let count): count
            }
        let wanted = given ?? AvailableCPUs.count
        let own = shards ?? DefaultShards(batchSize: batchSize, operations: operations, parameters: parameters).count
        let whole = (shardsFollowWorkers ? min(wanted, max(batchSize, 1)) : own) * accumulate
        var result = Parallelism(workers: wanted, shards: whole)
        result.isPinned = isPinned ?? (result.workers > 1 && AvailableCPUs.isNarrowed(to: result.workers))
        return result
    }

    package var configuration: JSONNode {
        var node: JSONNode = [
            "workers": workers.map { JSONNode($0) } ?? "auto",
            "shards": shards.map { JSONNode($0) } ?? (shardsFollowWorkers ? "workers" : "auto"),
        ]
        if let isPinned { node["pin"] = JSONNode(isPinned) }
        return node
    }
}
