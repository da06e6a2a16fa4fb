import Kernels
import Testing

@testable import Batches

@Suite struct RowsByClassTests {
    private let labels = [5, -1, 5, 0, -1, 5]

    @Test func rowsStandClassAfterClass() {
        let rows = RowsByClass(rows: 6, labels: labels)
        #expect(rows.rows == [1, 4, 3, 0, 2, 5])
        #expect(rows.sizes == [2, 1, 3])
        let plain = RowsByClass(rows: 3, labels: nil)
        #expect(plain.rows == [0, 1, 2] && plain.sizes == [3])
        #expect(RowsByClass(rows: 0, labels: []).sizes == [])
    }

    @Test func theShuffleKeepsToTheClasses() {
        let many = (0..<100).map { $0 % 3 }
        var rows = RowsByClass(rows: 100, labels: many)
        var random = Philox(seed: 1, stream: .splitting)
        rows.shuffle(&random)
        #expect(rows.rows.map { many[$0] } == many.sorted())
        #expect(rows.rows.sorted() == Array(0..<100))
        // Each class with numbers of its own.
        var apart = RowsByClass(rows: 100, labels: many)
        apart.shuffle { Philox(seed: 1, stream: .shuffling, index: $0) }
        #expect(apart.rows.map { many[$0] } == many.sorted())
        #expect(apart.rows != rows.rows)
    }

    @Test func rowsAreDealtInOrder() {
        var dealt: [Int: Int] = [:]
        RowsByClass(rows: 6, labels: labels).deal([[1, 1], [0, 1], [2, 1]]) { dealt[$0] = $1 }
        #expect(dealt == [1: 0, 4: 1, 3: 1, 0: 0, 2: 0, 5: 1])
    }
}
