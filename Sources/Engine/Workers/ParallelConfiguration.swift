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

    /// Nil for `"workers"`: as many as workers.
    public var shards: Int?

    package init(reading reader: ObjectReader?) {
        let limit = 1...4096
        if case .integer(let count) = reader?.integerOrWord(
            "workers", in: limit, words: ["auto"], default: .word("auto"))
        {
            workers = count
        }
        if case .integer(let count) = reader?.integerOrWord(
            "shards", in: limit, words: ["workers"], default: .word("workers"))
        {
            shards = count
        }
        reader?.finish()
    }

    /// A shard of less work than this, in floating-point operations, costs more to share than it saves.
    static let leastWork = 1_000_000

    /// The numbers for this machine: no more shards than a batch has samples, for these would stay empty, nor, unless
    /// the config says how many, so many that each has next to nothing to do.
    /// - Parameter operations: what a step of one sample takes, in floating-point operations.
    public func resolved(batchSize: Int, operations: Int) -> Parallelism {
        let worthwhile = max(batchSize.multipliedReportingOverflow(by: operations).partialValue / Self.leastWork, 1)
        let given: Int? =
            switch override {
            case nil: workers
            case .automatic: nil
            case .count(let count): count
            }
        let wanted = given ?? min(AvailableCPUs.count, shards ?? batchSize)
        return Parallelism(workers: wanted, shards: shards ?? min(wanted, worthwhile))
    }

    package var configuration: JSONNode {
        [
            "workers": workers.map { JSONNode($0) } ?? "auto",
            "shards": shards.map { JSONNode($0) } ?? "workers",
        ]
    }
}
