import Configuration
import Machine
import Network

/// `parallel` of a config: the numbers of workers and shards, each a number or a word.
public struct ParallelConfiguration: Sendable, Hashable {
    /// The number of worker threads. Nil for `"auto"`: one for each CPU that the process may use.
    public var workers: Int?
    /// What the command line says instead of `workers`. No part of the config, since it makes no other run.
    package var override: Override?

    package enum Override: Sendable, Hashable {
        case automatic
        case count(Int)
    }

    /// The number of shards of a batch, or of each part of an accumulated batch. Nil for `"workers"`, and for `"auto"`:
    /// the number then follows from the model and the batch size.
    public var shards: Int?
    /// Whether `shards` is `"workers"`: as many shards as workers, but no more than have enough work to be worth
    /// sharing. The results then depend on the machine.
    public var shardsFollowWorkers = false
    /// Whether workers are pinned to CPUs. Nil to pin them only where a launcher has restricted the process to as many
    /// CPUs as there are workers.
    public var isPinned: Bool?

    package init(reading reader: ObjectReader?) {
        let limit = 1...Parallelism.mostShards
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
    package func resolved(batchSize: Int, accumulate: Int = 1, for objective: Objective) -> Parallelism {
        resolved(
            batchSize: batchSize, accumulate: accumulate, operations: objective.training.operationsPerSample,
            parameters: objective.layout.trainedCount)
    }

    /// - Parameters:
    ///   - operations: what a step takes of one sample, in floating-point operations.
    ///   - parameters: the number of those that are trained.
    func resolved(batchSize: Int, accumulate: Int = 1, operations: Int, parameters: Int) -> Parallelism {
        let wanted = given ?? AvailableCPUs.count
        let most = max(Parallelism.mostShards / accumulate, 1)
        let own =
            shards
            ?? min(
                most,
                shardsFollowWorkers
                    ? min(wanted, max(batchSize, 1), worthwhile(batchSize: batchSize, operations: operations))
                    : DefaultShards(batchSize: batchSize, operations: operations, parameters: parameters).count)
        var result = Parallelism(workers: wanted, shards: own * accumulate)
        result.isPinned = isPinned ?? (result.workers > 1 && AvailableCPUs.isNarrowed(to: result.workers))
        return result
    }

    /// As many shards as have work enough to be shared: a million floating-point operations each.
    private func worthwhile(batchSize: Int, operations: Int) -> Int {
        let (work, overflows) = batchSize.multipliedReportingOverflow(by: operations)
        return max((overflows ? .max : work) / 1_000_000, 1)
    }

    /// The number of workers that somebody has named.
    private var given: Int? {
        switch override {
        case nil: workers
        case .automatic: nil
        case .count(let count): count
        }
    }

    /// What is to be said where fewer workers or shards do anything than were asked for; nil where all do.
    /// - Parameters:
    ///   - batchSize: as `resolved` takes it, and so `accumulate`.
    ///   - isResumed: the run has begun already, so that its shards are what they are.
    package func note(
        _ parallelism: Parallelism, batchSize: Int, accumulate: Int = 1, isResumed: Bool
    ) -> String? {
        let own = parallelism.shards / max(accumulate, 1)
        let busy = min(own, batchSize) * accumulate
        guard let given, given > busy else {
            guard own > batchSize else { return nil }
            return "parallel.shards is \(own), but a batch has \(batchSize) "
                + "\(batchSize == 1 ? "sample" : "samples"); the other shards stay empty"
        }
        let cut = "\(given) workers were asked for, but \(busy) \(busy == 1 ? "works" : "work"), since "
        if own >= batchSize {
            return cut + "a batch has \(busy) \(busy == 1 ? "sample" : "samples"); to use more, make it larger"
        }
        let shares = "a batch has \(busy) \(busy == 1 ? "shard" : "shards")"
        if isResumed { return cut + shares + ", as when the run began" }
        let most = batchSize * accumulate
        let all = (min(given, most) + accumulate - 1) / accumulate
        return shards == nil
            ? cut + "the others would have next to nothing to do; parallel.shards set to \(all) makes them share it"
            : cut + shares + "; to use \(given <= most ? "them all" : "more"), set parallel.shards to \(all)"
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
