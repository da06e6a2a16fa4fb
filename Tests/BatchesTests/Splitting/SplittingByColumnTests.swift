import HDF5
import TestSupport
import Testing

@testable import Batches

/// Splits by the values of a column: groups that stay together, times, and quantiles of targets.
@Suite struct SplittingByColumnTests {
    private func data(_ count: Int) throws -> Dataset { try Dataset(inputs: (0..<count).map { [Float($0)] }) }

    private func rows(_ selection: RowSelection) -> [Int] { (0..<selection.count).map { selection[$0] } }

    /// Groups of random sizes, some of them large, on random rows.
    private func randomGroups(_ random: inout SeededRandom) -> [Double] {
        let groups = Int.random(in: 8...60, using: &random)
        let sizes = (0..<groups).map { _ in
            Int.random(in: 0..<10, using: &random) == 0
                ? Int.random(in: 20...60, using: &random) : Int.random(in: 1...8, using: &random)
        }
        var values = sizes.enumerated().flatMap { Array(repeating: Double($0 * 7 - 20), count: $1) }
        values.shuffle(using: &random)
        return values
    }

    @Test(arguments: 0..<60)
    func nobodyStandsOnTwoSides(seed: Int) throws {
        var random = SeededRandom(seed)
        let values = randomGroups(&random)
        let data = try data(values.count)
        let column = SplitColumn(.numbers(values), place: "c")
        let fractions = [[0.2], [0.1, 0.2], [0.3, 0.3]][seed % 3]
        let splits = try Splitting.split(data, fractions: fractions, seed: UInt64(seed), together: column)
        #expect(splits.flatMap(rows).sorted() == Array(0..<values.count))
        let owners = splits.map { Set(rows($0).map { values[$0] }) }
        for (first, own) in owners.enumerated() {
            #expect(!own.isEmpty)
            for other in owners[(first + 1)...] { #expect(own.isDisjoint(with: other)) }
        }
        // A side misses its number of rows by no more than the largest group.
        let largest = column.sizes.max() ?? 0
        for (split, total) in zip(splits, try Splitting.totals(data, fractions)) {
            #expect(abs(split.count - total) <= largest, "\(split.count) for \(total)")
        }
        let again = try Splitting.split(data, fractions: fractions, seed: UInt64(seed), together: column)
        #expect(again == splits)
    }

    @Test(arguments: 0..<40)
    func foldsAreAPartitionOfGroups(seed: Int) throws {
        var random = SeededRandom(seed + 1000)
        let values = randomGroups(&random)
        let data = try data(values.count)
        let column = SplitColumn(.texts(values.map { "p\($0)" }), place: "c")
        let count = 2 + seed % 6
        let folds = try Splitting.folds(data, count: count, seed: UInt64(seed), together: column)
        #expect(folds.flatMap { rows($0.validation) }.sorted() == Array(0..<values.count))
        for fold in folds {
            #expect((rows(fold.training) + rows(fold.validation)).sorted() == Array(0..<values.count))
            #expect(
                Set(rows(fold.training).map { values[$0] }).isDisjoint(
                    with: Set(rows(fold.validation).map { values[$0] })))
            #expect(fold.validation.count > 0)
        }
        let sizes = folds.map(\.validation.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= column.sizes.max() ?? 0)
    }

    /// Groups of one row each come to the very fractions, and the seed decides; the order of the rows does not.
    @Test func groupsAreChosenByTheirValuesAndTheSeed() throws {
        let values = (0..<200).map { Double($0) }
        let splits = { (seed: UInt64, values: [Double]) in
            try Splitting.split(
                data(values.count), fractions: [0.1, 0.2], seed: seed, together: .init(.numbers(values), place: "c")
            ).map { Set(rows($0).map { values[$0] }) }
        }
        let first = try splits(1, values)
        #expect(first.map(\.count) == [140, 20, 40])
        #expect(try splits(2, values) != first)
        #expect(try splits(1, Array(values.reversed())) == first)
    }

    /// No size of a group is more likely on one side than on another, unless it does not fit.
    @Test func theSizeOfAGroupDoesNotDecide() throws {
        let sizes = (0..<40).map { $0 % 2 == 0 ? 4 : 1 }
        let values = sizes.enumerated().flatMap { Array(repeating: Double($0), count: $1) }
        let column = SplitColumn(.numbers(values), place: "c")
        let data = try data(values.count)
        var large = 0
        var all = 0
        for seed in 0..<200 as Range<UInt64> {
            let split = try Splitting.split(data, fractions: [0.3], seed: seed, together: column)[1]
            let groups = Set(rows(split).map { Int(values[$0]) })
            large += groups.count { $0 % 2 == 0 }
            all += groups.count
        }
        #expect(abs(Double(large) / Double(all) - 0.5) < 0.06, "\(large) of \(all)")
    }

    @Test func tooFewValuesAreRefused() throws {
        let column = SplitColumn(.numbers([1, 1, 2, 2]), place: "a.h5: /g")
        #expect(
            throws: DataError(
                "a.h5: /g has 2 different values, too few for 3 splits in which rows with the same value stay together")
        ) { try Splitting.split(data(4), fractions: [0.25, 0.25], seed: 1, together: column) }
        #expect(
            throws: DataError(
                "a.h5: /g has 2 different values, too few for 4 folds in which rows with the same value stay together")
        ) { try Splitting.folds(data(4), count: 4, seed: 1, together: column) }
        #expect(
            throws: DataError(
                "a.h5: /t has the same value in each row, too few for 2 splits in which equal times stay together")
        ) { try Splitting.split(data(4), fractions: [0.5], byTime: .init(.numbers([3, 3, 3, 3]), place: "a.h5: /t")) }
    }

    // MARK: - Times

    @Test(arguments: 0..<40)
    func theNewestRowsAreTheTest(seed: Int) throws {
        var random = SeededRandom(seed)
        let count = Int.random(in: 20...200, using: &random)
        let values = (0..<count).map { _ in Double(Int.random(in: -5...(5 + seed * 4), using: &random)) }
        let splits = try Splitting.split(
            data(count), fractions: [0.2, 0.1], byTime: SplitColumn(.numbers(values), place: "c"))
        #expect(splits.flatMap(rows).sorted() == Array(0..<count))
        let times = splits.map { rows($0).map { values[$0] } }
        for (older, newer) in zip(times, times.dropFirst()) {
            #expect((older.max() ?? 0) < (newer.min() ?? 0))
        }
    }

    @Test(arguments: [
        ([1, 1, 1, 1, 1], [3, 2], [3]), ([3, 3, 4], [7, 3], [2]), ([8, 1, 1], [8, 1, 1], [1, 2]),
        ([1, 1, 8], [8, 1, 1], [1, 2]), ([2, 6, 2], [5, 5], [1]), ([5, 5], [9, 1], [1]),
    ])
    func cutsLieBetweenTimes(sizes: [Int], totals: [Int], cuts: [Int]) {
        #expect(Splitting.cuts(sizes, totals) == cuts)
    }

    // MARK: - Quantiles

    @Test(arguments: [40, 100, 1003])
    func everyTenthOfTheTargetsIsDividedInProportion(count: Int) throws {
        var random = SeededRandom(count)
        // Skewed, and with many equal ones.
        let targets = (0..<count).map { _ -> Float in
            let value = Float.random(in: 0...1, using: &random)
            return value < 0.3 ? 0 : value * value * value * 1e5
        }
        let data = try Dataset(inputs: targets.map { [$0] }, targets: targets.map { [$0] })
        let strata = try Splitting.quantiles(of: data)
        let parts = min(10, count / 5)
        #expect(Set(strata) == Set(0..<parts))
        for (row, stratum) in strata.enumerated() {
            for (other, higher) in strata.enumerated() where higher > stratum {
                #expect(targets[other] >= targets[row])
            }
        }
        let splits = try Splitting.split(data, fractions: [0.2, 0.1], seed: 3, labels: strata)
        for (split, share) in zip(splits, [0.7, 0.2, 0.1]) {
            for stratum in 0..<parts {
                let whole = strata.count { $0 == stratum }
                let own = rows(split).count { strata[$0] == stratum }
                #expect(abs(Double(own) - share * Double(whole)) < 1 + 1e-9)
            }
        }
        let folds = try Splitting.folds(
            data, count: 7, seed: 3, labels: Splitting.quantiles(of: data, folds: 7))
        #expect(folds.flatMap { rows($0.validation) }.sorted() == Array(0..<count))
    }

    @Test func quantilesAreOfOneNumber() throws {
        let data = try Dataset(inputs: [[1], [2]], targets: [[1, 2], [3, 4]])
        #expect(
            throws: DataError(
                "data.stratify keeps the quantiles of one number, but targets holds 2 for each sample; leave it out")
        ) { try Splitting.quantiles(of: data) }
        #expect(Splitting.strata(of: [3, 1, 2], folds: 0) == [0, 0, 0])
    }
}
