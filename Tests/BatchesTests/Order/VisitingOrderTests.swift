import Kernels
import Testing

@testable import Batches

@Suite struct VisitingOrderTests {
    /// The rows of an epoch, window by window.
    private func windows(_ order: VisitingOrder, epoch: Int = 0) -> [[Int64]] {
        order.windows(epoch: epoch).map { window in
            var places = Array(repeating: Int64(-1), count: window.count)
            places.withUnsafeMutableBufferPointer {
                guard let base = $0.baseAddress else { return }
                order.order(of: window, into: base)
                order.rows(of: window, in: base)
            }
            return places
        }
    }

    private func rows(_ order: VisitingOrder, epoch: Int = 0) -> [Int64] { windows(order, epoch: epoch).flatMap { $0 } }

    private func plain(_ rows: Int, seed: UInt64 = 1, shuffled: Bool = true) -> VisitingOrder {
        VisitingOrder(RowSelection(all: rows), isShuffled: shuffled, seed: seed)
    }

    /// Blocks of 10 rows, the last one shorter.
    private func blocked(
        _ count: Int, window: Int, seed: UInt64 = 1, shuffled: Bool = true, selection: RowSelection? = nil
    ) -> VisitingOrder {
        let blocks = stride(from: 0, to: count, by: 10).map { $0..<min($0 + 10, count) }
        return VisitingOrder(
            selection ?? RowSelection(all: count), blocks: blocks, windowRows: window, isShuffled: shuffled, seed: seed)
    }

    @Test(arguments: [1, 2, 3, 100, 1257])
    func anOrderHasEachRowOnce(count: Int) {
        #expect(rows(plain(count)).sorted() == [Int64](0..<Int64(count)))
        for window in [1, 10, 25, 100, 5000] {
            #expect(rows(blocked(count, window: window)).sorted() == [Int64](0..<Int64(count)), "\(window)")
        }
    }

    @Test func anOrderFollowsFromTheSeedAndTheEpochAlone() {
        for make in [{ plain(100, seed: $0) }, { blocked(100, window: 30, seed: $0) }] as [(UInt64) -> VisitingOrder] {
            let first = rows(make(1))
            #expect(rows(make(1)) == first)
            #expect(rows(make(1), epoch: 1) != first)
            #expect(rows(make(2)) != first)
            #expect(rows(make(2)) != rows(make(1), epoch: 1))
            #expect(first != [Int64](0..<100))
        }
    }

    @Test func withoutShufflingTheRowsStayInOrder() {
        #expect(rows(plain(5, shuffled: false)) == [0, 1, 2, 3, 4])
        #expect(rows(plain(5, shuffled: false), epoch: 9) == [0, 1, 2, 3, 4])
        #expect(rows(blocked(35, window: 20, shuffled: false), epoch: 3) == [Int64](0..<35))
    }

    @Test func windowsHaveWholeBlocksUpToTheirSize() {
        let order = blocked(95, window: 32)
        for epoch in 0..<20 {
            let windows = order.windows(epoch: epoch)
            #expect(windows.map(\.index) == Array(windows.indices))
            #expect(windows.allSatisfy { $0.epoch == epoch && $0.count <= 32 })
            #expect(windows.map { $0.blocks.reduce(0) { $0 + order.blocks[$1].count } } == windows.map(\.count))
            // No two neighbours would have gone into one window.
            #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.count + $1.count > 32 })
            var first = 0
            for window in windows {
                #expect(window.first == first)
                first += window.count
            }
            #expect(first == 95)
            #expect(windows.flatMap { $0.blocks }.sorted() == Array(order.blocks.indices))
        }
        // A block that is larger than a window makes it as large.
        #expect(blocked(95, window: 3).windowRows == 10)
    }

    @Test func aWindowHasTheRowsOfItsBlocksMixed() {
        let order = blocked(200, window: 50)
        for (window, rows) in zip(order.windows(epoch: 2), windows(order, epoch: 2)) {
            let own = window.blocks.flatMap { order.blocks[$0].map { Int64($0) } }
            #expect(rows.sorted() == own.sorted())
            #expect(rows != own)
        }
        // Two windows of the same size are not mixed in the same way.
        let places = order.windows(epoch: 0).prefix(2).map { window in
            var places = Array(repeating: Int64(0), count: window.count)
            order.order(of: window, into: &places)
            return places
        }
        #expect(places[0].count == places[1].count && places[0] != places[1])
    }

    /// So a window over everything, cut into one block, changes nothing of a run.
    @Test func theFirstWindowOfOneBlockIsThePlainShuffle() {
        let one = VisitingOrder(
            RowSelection(all: 60), blocks: [0..<60], windowRows: 60, isShuffled: true, seed: 4)
        #expect(rows(one, epoch: 3) == rows(plain(60, seed: 4), epoch: 3))
        let small = VisitingOrder(
            RowSelection(all: 90), blocks: [0..<60, 60..<90], windowRows: 60, isShuffled: false, seed: 4)
        #expect(rows(small) == [Int64](0..<90))
    }

    @Test func aSelectionIsVisitedInItsOwnRows() {
        let own: [Int64] = (0..<40).map { Int64($0) * 3 + 1 }
        let selection = RowSelection(own)
        let whole = VisitingOrder(selection, isShuffled: true, seed: 2)
        #expect(rows(whole).sorted() == own)
        #expect(rows(whole) != own)
        let blocked = blocked(40, window: 20, selection: selection)
        #expect(rows(blocked).sorted() == own)
    }

    /// Each row at each place equally often: with 8 rows a table of 64 counts, whose sum of squared deviations over
    /// the expectation is χ² with 49 degrees of freedom, 85 with a probability of one in a thousand.
    @Test func everyRowComesToEveryPlaceEquallyOften() {
        let (count, epochs) = (8, 4000)
        let pairs = stride(from: 0, to: 8, by: 2).map { $0..<$0 + 2 }
        for order in [
            plain(count, seed: 42),
            VisitingOrder(RowSelection(all: count), blocks: pairs, windowRows: 4, isShuffled: true, seed: 42),
        ] {
            var table = Array(repeating: 0, count: count * count)
            for epoch in 0..<epochs {
                for (place, row) in rows(order, epoch: epoch).enumerated() { table[place * count + Int(row)] += 1 }
            }
            let expected = Double(epochs) / Double(count)
            let chi = table.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
            #expect(chi < 85)
            // Far below the mean, orders would be too even to be random.
            #expect(chi > 20)
        }
    }
}
