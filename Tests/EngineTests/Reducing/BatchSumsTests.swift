import Kernels
import Testing

@testable import Engine

@Suite struct BatchSumsTests {
    /// (a + b) + c and a + (b + c) differ in these.
    private func value(_ shard: Int, _ place: Int) -> Double {
        1 / Double(3 + 7 * shard + 11 * place) * (shard % 2 == 0 ? 1 : -1)
    }

    private func tree(_ shards: Range<Int>, _ place: Int) -> Double {
        guard shards.count > 1 else { return value(shards.lowerBound, place) }
        let (left, right) = ReductionTree.halves(of: shards)
        return tree(left, place) + tree(right, place)
    }

    @Test("Any number of workers adds along the tree", arguments: [1, 2, 3, 5, 8, 13], [1, 2, 3, 5])
    func combined(shards: Int, workers: Int) throws {
        let sums = try BatchSums(count: 40, largest: 19, shards: shards)
        for round in [3..<22, 22..<40, 0..<3] {
            for shard in 0..<shards {
                for place in 0..<round.count { sums.partial(of: shard)[place] = value(shard, place) }
            }
            for worker in 0..<workers { sums.combine(round, worker: worker, of: workers) }
        }
        for round in [3..<22, 22..<40, 0..<3] {
            for place in 0..<round.count {
                #expect(sums.combined.doubles[round.lowerBound + place] == tree(0..<shards, place))
            }
        }
    }

    @Test func aShardWithoutSamplesAddsZeros() throws {
        let sums = try BatchSums(count: 4, largest: 4, shards: 2)
        for place in 0..<4 { (sums.partial(of: 0)[place], sums.partial(of: 1)[place]) = (Double(place), 9) }
        sums.clear(1, count: 4)
        sums.combine(0..<4, worker: 0, of: 1)
        #expect((0..<4).map { sums.combined.doubles[$0] } == [0, 1, 2, 3])
    }
}
