import TestSupport
import Testing

@testable import Batches

/// Groups that stay whole, and shares of classes that stay near.
@Suite struct StratifiedGroupsTests {
    private struct Rows {
        var groups: [Double] = []
        var labels: [Int] = []

        /// Groups of some rows, each mostly of one class; the classes are rare and frequent ones.
        init(_ groups: Int, _ random: inout SeededRandom) {
            for group in 0..<groups {
                let own = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][group % 10]
                for _ in 0..<Int.random(in: 1...9, using: &random) {
                    self.groups.append(Double(group))
                    labels.append(
                        Int.random(in: 0..<5, using: &random) == 0 ? Int.random(in: 0...2, using: &random) : own)
                }
            }
        }

        var data: Dataset { get throws { try Dataset(inputs: groups.map { [Float($0)] }) } }
        var column: SplitColumn { SplitColumn(.numbers(groups), place: "c") }

        /// How far a side's shares of the classes are from those of all rows, at the most.
        func deviation(_ side: RowSelection) -> Double {
            let own = (0..<side.count).map { labels[side[$0]] }
            return (0...2).map { label in
                abs(
                    Double(own.count { $0 == label }) / Double(own.count)
                        - Double(labels.count { $0 == label }) / Double(labels.count))
            }.max() ?? 0
        }
    }

    private func rows(_ selection: RowSelection) -> [Int] { (0..<selection.count).map { selection[$0] } }

    @Test(arguments: 0..<30)
    func sharesStayNear(seed: Int) throws {
        var random = SeededRandom(seed)
        let rows = Rows([30, 60, 250][seed % 3], &random)
        let (data, column) = (try rows.data, rows.column)
        let fractions = [[0.2], [0.2, 0.2]][seed % 2]
        let splits = try Splitting.split(
            data, fractions: fractions, seed: UInt64(seed), together: column, labels: rows.labels)
        #expect(splits.flatMap(self.rows).sorted() == Array(rows.labels.indices))
        let groups = splits.map { Set(self.rows($0).map { rows.groups[$0] }) }
        for (index, own) in groups.enumerated() {
            for other in groups[(index + 1)...] { #expect(own.isDisjoint(with: other)) }
        }
        for (split, total) in zip(splits, try Splitting.totals(data, fractions)) {
            #expect(abs(split.count - total) <= 5, "\(split.count) for \(total)")
            #expect(rows.deviation(split) < 0.08, "\(rows.deviation(split))")
        }
        #expect(
            try Splitting.split(
                data, fractions: fractions, seed: UInt64(seed), together: column, labels: rows.labels) == splits)
        #expect(
            try Splitting.split(
                data, fractions: fractions, seed: UInt64(seed) + 1, together: column, labels: rows.labels) != splits)
    }

    @Test(arguments: 0..<20)
    func foldsKeepShares(seed: Int) throws {
        var random = SeededRandom(seed + 100)
        let rows = Rows([40, 150][seed % 2], &random)
        let count = 2 + seed % 4
        let folds = try Splitting.folds(
            rows.data, count: count, seed: UInt64(seed), together: rows.column, labels: rows.labels)
        #expect(folds.flatMap { self.rows($0.validation) }.sorted() == Array(rows.labels.indices))
        for fold in folds {
            #expect(
                Set(self.rows(fold.training).map { rows.groups[$0] }).isDisjoint(
                    with: Set(self.rows(fold.validation).map { rows.groups[$0] })))
            #expect(rows.deviation(fold.validation) < 0.12, "\(rows.deviation(fold.validation))")
            #expect(abs(fold.validation.count - rows.labels.count / count) <= 6)
        }
    }

    /// Without labels the same groups come to other shares.
    @Test func labelsMakeTheDifference() throws {
        var (with, without) = (0.0, 0.0)
        for seed in 0..<20 {
            var random = SeededRandom(seed)
            let rows = Rows(40, &random)
            with += rows.deviation(
                try Splitting.split(
                    rows.data, fractions: [0.25], seed: UInt64(seed), together: rows.column, labels: rows.labels)[1])
            without += rows.deviation(
                try Splitting.split(rows.data, fractions: [0.25], seed: UInt64(seed), together: rows.column)[1])
        }
        #expect(with < without / 4, "\(with), \(without)")
    }

    /// As many groups as sides: each side has one.
    @Test func noSideIsEmpty() throws {
        let column = SplitColumn(.numbers([1, 1, 1, 1, 1, 1, 2, 3]), place: "c")
        var groups = StratifiedGroups(column, [0, 0, 0, 1, 1, 1, 0, 1], [4, 2, 2])
        groups.deal([0, 1, 2])
        #expect(Set(groups.owners) == [0, 1, 2])
    }

    @Test func aColumnOfSomeRows() {
        let whole = SplitColumn(.texts(["b", "a", "c", "b", "a"]), place: "c")
        let part = whole.selecting([0, 2, 3])
        let read = SplitColumn(.texts(["b", "c", "b"]), place: "c")
        #expect(part.ranks == read.ranks && part.sizes == read.sizes && part.word(0) == "'b'" && part.word(1) == "'c'")
        let missing = SplitColumn(.numbers([3, .nan, 1]), place: "c")
        #expect(missing.ranks == [1, -1, 0] && missing.selecting([1, 2]).ranks == [-1, 0])
    }
}
