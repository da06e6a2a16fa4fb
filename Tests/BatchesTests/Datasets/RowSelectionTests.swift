import Testing

@testable import Batches

@Suite struct RowSelectionTests {
    @Test func allRows() {
        let all = RowSelection(all: 5)
        #expect(all.count == 5)
        #expect((0..<5).map { all[$0] } == [0, 1, 2, 3, 4])
        #expect(all.positions(in: 1..<3) == 1..<3)
        #expect(all.positions(in: 3..<9) == 3..<5)
        #expect(all.positions(in: 7..<9).isEmpty)
    }

    @Test func someRows() {
        let some = RowSelection([2, 3, 7, 11])
        #expect(some.count == 4)
        #expect((0..<4).map { some[$0] } == [2, 3, 7, 11])
    }

    /// Against going through all of them.
    @Test(arguments: [[], [0], [4], [2, 3, 7, 11], [0, 1, 2, 3, 4, 5], [5, 11]] as [[Int64]])
    func placesInARange(rows: [Int64]) {
        let some = RowSelection(rows)
        for lower in 0..<13 {
            for upper in lower..<14 {
                let expected = rows.indices.filter { (lower..<upper).contains(Int(rows[$0])) }
                #expect(Array(some.positions(in: lower..<upper)) == expected, "\(lower)..<\(upper)")
            }
        }
    }
}
