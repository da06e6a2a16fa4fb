import Kernels
import Testing

@testable import Engine
@testable import Network

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

    /// Rounds of one operator and of two, whose places are not beside each other.
    private let rounds: [Coupling.Round] = [[3..<22], [22..<31, 0..<3], [31..<40]].map { places in
        Coupling.Round(parts: places.map { .init(node: $0.lowerBound, number: 0, places: $0) })
    }

    @Test("Any number of workers adds along the tree", arguments: [1, 2, 3, 5, 8, 13], [1, 2, 3, 5])
    func combined(shards: Int, workers: Int) throws {
        let sums = try BatchSums(count: 40, shards: shards)
        for (number, round) in rounds.enumerated() {
            for shard in 0..<shards {
                for part in round.parts {
                    for place in part.places { sums.partial(of: shard)[place] = value(shard, place + number) }
                }
            }
            for worker in 0..<workers { sums.combine(round, worker: worker, of: workers) }
        }
        for (number, round) in rounds.enumerated() {
            for part in round.parts {
                for place in part.places {
                    #expect(sums.combined.doubles[place] == tree(0..<shards, place + number))
                }
            }
        }
    }

    @Test func aShardWithoutSamplesAddsZeros() throws {
        let sums = try BatchSums(count: 6, shards: 2)
        for place in 0..<6 { (sums.partial(of: 0)[place], sums.partial(of: 1)[place]) = (Double(place), 9) }
        let round = Coupling.Round(parts: [0..<2, 3..<6].map { .init(node: 0, number: 0, places: $0) })
        sums.clear(1, round)
        // The sums of no other round.
        #expect((0..<6).map { sums.partial(of: 1)[$0] } == [0, 0, 9, 0, 0, 0])
        sums.combine(round, worker: 0, of: 1)
        #expect([0, 1, 3, 4, 5].map { sums.combined.doubles[$0] } == [0, 1, 3, 4, 5])
    }
}
