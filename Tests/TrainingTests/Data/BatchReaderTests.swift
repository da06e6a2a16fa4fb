import Testing

@testable import Training

@Suite struct BatchReaderTests {
    private func rows(_ order: EpochOrder) -> [Int64] {
        Array(UnsafeBufferPointer(start: order.rows, count: order.count))
    }

    private func order(_ rows: Int, seed: UInt64 = 1, epoch: Int = 0, shuffled: Bool = true) throws -> [Int64] {
        self.rows(try EpochOrder(rows: rows, shuffled: shuffled, seed: seed, epoch: epoch))
    }

    @Test(arguments: [1, 2, 3, 100, 1257])
    func anOrderHasEachRowOnce(count: Int) throws {
        #expect(try order(count).sorted() == (0..<Int64(count)).map { $0 })
    }

    @Test func anOrderFollowsFromTheSeedAndTheEpochAlone() throws {
        let first = try order(100)
        #expect(try order(100) == first)
        #expect(try order(100, epoch: 1) != first)
        #expect(try order(100, seed: 2) != first)
        #expect(try order(100, seed: 2) != order(100, epoch: 1))
        #expect(first != (0..<100).map { $0 })
    }

    @Test func withoutShufflingTheRowsStayInOrder() throws {
        #expect(try order(5, shuffled: false) == [0, 1, 2, 3, 4])
        #expect(try order(5, epoch: 9, shuffled: false) == [0, 1, 2, 3, 4])
        #expect(rows(try EpochOrder([4, 4, 2])) == [4, 4, 2])
    }

    /// Each row at each place equally often: with 8 rows a table of 64 counts, whose sum of squared deviations over
    /// the expectation is χ² with 49 degrees of freedom, 85 with a probability of one in a thousand.
    @Test func everyRowComesToEveryPlaceEquallyOften() throws {
        let (count, epochs) = (8, 4000)
        var table = Array(repeating: 0, count: count * count)
        for epoch in 0..<epochs {
            for (place, row) in try order(count, seed: 42, epoch: epoch).enumerated() {
                table[place * count + Int(row)] += 1
            }
        }
        let expected = Double(epochs) / Double(count)
        let chi = table.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chi < 85)
        // Far below the mean, orders would be too even to be random.
        #expect(chi > 20)
    }

    @Test func batchesCoverTheEpochAndTheLastMayBeShort() throws {
        let reader = BatchReader(rows: 10, batchSize: 4, shuffled: true, seed: 7)
        #expect(reader.batchesPerEpoch == 3)
        let order = try reader.epoch(0)
        let batches = (0..<3).map { BatchReader.batch($0, of: order, size: 4) }
        #expect(batches.map(\.count) == [4, 4, 2])
        #expect(batches.flatMap { Array(UnsafeBufferPointer(start: $0.rows, count: $0.count)) } == rows(order))
        #expect(BatchReader(rows: 8, batchSize: 4, shuffled: true, seed: 7).batchesPerEpoch == 2)
        #expect(BatchReader(rows: 3, batchSize: 4, shuffled: true, seed: 7).batchesPerEpoch == 1)
    }

    /// In turn, as a fit asks; again, as a second fit does; and in any order.
    @Test(arguments: [[0, 1, 2, 3, 4], [0, 0, 1, 1, 0, 1], [5, 3, 4, 5, 0, 1, 1, 2, 9]])
    func whatIsPreparedAheadIsTheEpochThatWasAskedFor(epochs: [Int]) throws {
        let reader = BatchReader(rows: 50, batchSize: 8, shuffled: true, seed: 11)
        for epoch in epochs { #expect(try rows(reader.epoch(epoch)) == order(50, seed: 11, epoch: epoch)) }
    }
}
