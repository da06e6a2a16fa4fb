import RunSupport
import Testing

@testable import Engine
@testable import Runs

/// Workers and shards that would have nothing to do.
@Suite struct ParallelConfigurationTests {
    private func note(
        _ parallel: String, batch: Int, accumulate: Int = 1, operations: Int = 1 << 30,
        workers: ParallelConfiguration.Override? = nil,
        isResumed: Bool = false
    ) throws -> String? {
        var own = try RunConfiguration(smallest("parallel=\(parallel)"), directory: "").parallel
        own.override = workers
        return own.note(
            own.resolved(batchSize: batch, accumulate: accumulate, operations: operations, parameters: 100),
            batchSize: batch, accumulate: accumulate, isResumed: isResumed)
    }

    @Test func whereAllWorkNothingIsSaid() throws {
        #expect(try note(#"{"workers": 4, "shards": 4}"#, batch: 32) == nil)
        #expect(try note(#"{"workers": 2, "shards": 8}"#, batch: 8) == nil)
        #expect(try note(#"{"workers": 4}"#, batch: 32) == nil)
        // Whoever leaves it to the machine has asked for no number.
        #expect(try note("{}", batch: 1) == nil)
        #expect(try note(#"{"workers": 8, "shards": 2}"#, batch: 32, workers: .automatic) == nil)
    }

    @Test func workersWithoutAShardAreTold() throws {
        #expect(
            try note(#"{"workers": 8, "shards": 4}"#, batch: 32)
                == "8 workers were asked for, but 4 work, since a batch has 4 shards; to use them all, set parallel.shards "
                + "to 8")
        #expect(
            try note(#"{"shards": 1}"#, batch: 2, workers: .count(3))
                == "3 workers were asked for, but 1 works, since a batch has 1 shard; to use more, set parallel.shards to 2"
        )
        #expect(
            try note(#"{"workers": 2, "shards": 3}"#, batch: 32, workers: .count(5), isResumed: true)
                == "5 workers were asked for, but 3 work, since a batch has 3 shards, as when the run began")
        #expect(
            try note(#"{"workers": 4}"#, batch: 32, operations: 1000)
                == "4 workers were asked for, but 1 works, since the others would have next to nothing to do; "
                + "parallel.shards set to 4 makes them share it")
    }

    /// Each part of a batch has its own shards.
    @Test func accumulatedPartsCount() throws {
        #expect(try note(#"{"workers": 4, "shards": 2}"#, batch: 32, accumulate: 2) == nil)
        #expect(
            try note(#"{"workers": 8, "shards": 2}"#, batch: 32, accumulate: 2)
                == "8 workers were asked for, but 4 work, since a batch has 4 shards; to use them all, set parallel.shards "
                + "to 4")
    }

    @Test func shardsWithoutASampleAreTold() throws {
        #expect(
            try note(#"{"workers": 8, "shards": 8}"#, batch: 3)
                == "8 workers were asked for, but 3 work, since a batch has 3 samples; to use more, make it larger")
        #expect(
            try note(#"{"workers": 2, "shards": 64}"#, batch: 32)
                == "parallel.shards is 64, but a batch has 32 samples; the other shards stay empty")
    }
}
