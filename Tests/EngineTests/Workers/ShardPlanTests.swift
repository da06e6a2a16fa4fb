import Testing

@testable import Engine

@Suite struct ShardPlanTests {
    @Test(arguments: [(1, 1), (3, 2), (8, 3), (5, 5), (16, 7)])
    func shardsCoverTheBatchAndWorkersCoverTheShards(shards: Int, workers: Int) {
        let plan = ShardPlan(shards: shards, workers: workers)
        for batch in [1, 2, 7, 31, 64] {
            let ranges = (0..<shards).map { plan.samples(of: $0, in: batch) }
            #expect(ranges.flatMap { Array($0) } == Array(0..<batch))
            let sizes = ranges.map(\.count)
            #expect(sizes.max()! - sizes.min()! <= 1)
        }
        #expect((0..<workers).flatMap { Array(plan.shards(of: $0)) } == Array(0..<shards))
    }

    @Test func workersWithoutAShardAreLeftOut() {
        #expect(Parallelism(workers: 6, shards: 4) == Parallelism(workers: 4, shards: 4))
        #expect(Parallelism(workers: 3).shards == 3)
    }
}
