import HDF5
import Kernels
import TestSupport
import Testing

@testable import Batches

@Suite struct SplittingTests {
    private func data(_ count: Int, targets: [[Float]]? = nil) throws -> Dataset {
        try Dataset(inputs: (0..<count).map { [Float($0)] }, targets: targets)
    }

    private func rows(_ selection: RowSelection) -> [Int] { (0..<selection.count).map { selection[$0] } }

    /// Ascending, disjoint, and together all.
    private func expectPartition(
        _ splits: [RowSelection], of all: [Int], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for split in splits { #expect(rows(split) == rows(split).sorted(), sourceLocation: sourceLocation) }
        #expect(splits.flatMap(rows).sorted() == all, sourceLocation: sourceLocation)
    }

    // MARK: - Fractions

    @Test(arguments: [
        (1000, [0.1, 0.2], [700, 100, 200]), (1797, [0.1, 0.1], [1437, 180, 180]), (10, [0.25], [8, 2]),
        (3, [0.33, 0.33], [1, 1, 1]), (100, [0.29], [71, 29]), (7, [0.5], [4, 3]),
    ])
    func theTotalsAreThoseOfTheLargestRemainder(count: Int, fractions: [Double], totals: [Int]) throws {
        let splits = try Splitting.split(data(count), fractions: fractions, seed: 1, labels: nil)
        #expect(splits.map(\.count) == totals)
        expectPartition(splits, of: Array(0..<count))
        let labels = (0..<count).map { $0 * $0 % 3 }
        let stratified = try Splitting.split(data(count), fractions: fractions, seed: 1, labels: labels)
        #expect(stratified.map(\.count) == totals)
        expectPartition(stratified, of: Array(0..<count))
    }

    @Test func theSeedDecides() throws {
        let data = try data(500)
        let splits = { (seed: UInt64) in try Splitting.split(data, fractions: [0.3], seed: seed, labels: nil) }
        #expect(try splits(1) == splits(1))
        #expect(try splits(1) != splits(2))
        let labels = (0..<500).map { $0 % 4 }
        let stratified = { (seed: UInt64) in try Splitting.split(data, fractions: [0.3], seed: seed, labels: labels) }
        #expect(try stratified(1) == stratified(1))
        #expect(try stratified(1) != stratified(2))
    }

    /// Each row is as likely as another: of 200 splits, each row is in about a fifth.
    @Test func allRowsAreAlikeToChance() throws {
        let data = try data(50)
        var counts = Array(repeating: 0, count: 50)
        for seed in 0..<200 as Range<UInt64> {
            let splits = try Splitting.split(data, fractions: [0.2], seed: seed, labels: nil)
            for row in rows(splits[1]) { counts[row] += 1 }
        }
        // Five deviations of a binomial distribution.
        #expect(counts.allSatisfy { abs(Double($0) - 40) < 5 * (200 * 0.2 * 0.8).squareRoot() })
    }

    /// Skewed classes, among them one of a single row.
    @Test(arguments: [[0.1, 0.2], [0.37], [0.05, 0.05, 0.05], [0.3333, 0.3333]])
    func everyClassIsDividedInProportion(fractions: [Double]) throws {
        let sizes = [500, 103, 41, 17, 5, 1, 222]
        var labels = sizes.enumerated().flatMap { Array(repeating: $0 * 3 - 2, count: $1) }
        var random = Philox(seed: 3, stream: .shuffling)
        labels.shuffle(using: &random)
        let splits = try Splitting.split(data(labels.count), fractions: fractions, seed: 5, labels: labels)
        expectPartition(splits, of: Array(0..<labels.count))
        let shares = [1 - fractions.reduce(0, +)] + fractions
        #expect(splits.map(\.count) == Splitting.largestRemainder(labels.count, shares))
        for (index, size) in sizes.enumerated() {
            for (split, share) in zip(splits, shares) {
                let count = rows(split).count { labels[$0] == index * 3 - 2 }
                #expect(abs(Double(count) - share * Double(size)) < 1 + 1e-9, "class \(index)")
            }
        }
    }

    @Test func aSelectionIsDividedByItsRows() throws {
        let own = stride(from: 1, to: 300, by: 3).map { Int64($0) }
        let part = try data(300).selecting(RowSelection(own))
        let labels = own.indices.map { $0 % 2 }
        let splits = try Splitting.split(part, fractions: [0.2], seed: 1, labels: labels)
        expectPartition(splits, of: own.map { Int($0) })
        // The row 1 + 3i has the label i mod 2.
        #expect(rows(splits[1]).count { ($0 - 1) / 3 % 2 == 0 } == 10)
        let folds = try Splitting.folds(part, count: 3, seed: 1, labels: labels)
        expectPartition(folds.map(\.validation), of: own.map { Int($0) })
    }

    @Test(arguments: [
        (
            [0.5, 0.5], 9,
            "the fractions 0.5 and 0.5 can't be cut off: each must be above 0, and together they must leave something "
                + "below 1 for training"
        ),
        (
            [0.0], 9,
            "the fractions 0.0 can't be cut off: each must be above 0, and together they must leave something below 1 "
                + "for training"
        ),
        ([0.01], 9, "inputs has 9 rows, too few for the splits: a fraction of 0.01 would get none of them"),
        ([0.9], 2, "inputs has 2 rows, too few for the splits: training would get none of them"),
    ])
    func impossibleSplitsAreRefused(fractions: [Double], count: Int, sentence: String) throws {
        let data = try data(count)
        #expect(throws: DataError(sentence)) {
            try Splitting.split(data, fractions: fractions, seed: 1, labels: nil)
        }
    }

    // MARK: - Folds

    @Test(arguments: [2, 3, 7, 20])
    func everyRowIsValidatedOnce(count: Int) throws {
        let labels = (0..<200).map { $0 % 10 == 0 ? 1 : 0 }
        for labels in [nil, labels] {
            let folds = try Splitting.folds(data(200), count: count, seed: 3, labels: labels)
            #expect(folds.count == count)
            expectPartition(folds.map(\.validation), of: Array(0..<200))
            for fold in folds {
                expectPartition([fold.training, fold.validation], of: Array(0..<200))
                #expect([200 / count, (200 + count - 1) / count].contains(fold.validation.count))
                guard let labels else { continue }
                let own = rows(fold.validation).count { labels[$0] == 1 }
                #expect([20 / count, (20 + count - 1) / count].contains(own))
            }
        }
    }

    @Test func theSeedDecidesTheFolds() throws {
        let data = try data(100)
        let folds = { (seed: UInt64) in try Splitting.folds(data, count: 4, seed: seed, labels: nil).map(\.validation) }
        #expect(try folds(1) == folds(1))
        #expect(try folds(1) != folds(2))
        // The first fold is not the split of the same size.
        #expect(try folds(1)[0] != Splitting.split(data, fractions: [0.25], seed: 1, labels: nil)[1])
    }

    @Test func impossibleFoldsAreRefused() throws {
        let data = try data(6)
        #expect(throws: DataError("1 folds make no cross-validation; give 2 or more")) {
            try Splitting.folds(data, count: 1, seed: 1, labels: nil)
        }
        #expect(throws: DataError("inputs has 6 rows, too few for 7 folds; give at most 6")) {
            try Splitting.folds(data, count: 7, seed: 1, labels: nil)
        }
        #expect(
            throws: DataError(
                "targets has 2 rows of the class 9, too few for 3 folds with rows of every class; "
                    + "give fewer folds or don't stratify")
        ) { try Splitting.folds(data, count: 3, seed: 1, labels: [4, 4, 9, 4, 4, 9]) }
    }

    // MARK: - Labels

    @Test func labelsOfEveryForm() throws {
        #expect(
            try Splitting.labels(of: data(8, targets: [[0], [2], [1], [2], [-1], [0], [1], [1]]))
                == [0, 2, 1, 2, -1, 0, 1, 1])
        #expect(
            try Splitting.labels(of: data(6, targets: [[0, 1], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1]]))
                == [1, 0, 0, 1, 1, 1])
    }

    @Test func labelsOfASelectionInAFile() throws {
        let directory = try TestDirectory()
        let file = try directory.hdf5 { root in
            try root.createDataset("/x", .float32, shape: [8, 1]).write([Float](repeating: 1, count: 8))
            try root.createDataset("/y", .uint8, shape: [8]).write([3, 1, 1, 3, 3, 3, 1, 1] as [UInt8])
        }
        let data = try Dataset(reading: DataSource(file: file, inputs: "/x", targets: "/y"))
        #expect(try Splitting.labels(of: data.selecting(RowSelection([0, 2, 3, 7]))) == [3, 1, 3, 1])
    }

    /// 2^53 and the numbers beside it, of which doubles have every second one alone.
    @Test(arguments: [HDF5ElementType.int64, .uint64])
    func labelsStayIntegers(type: HDF5ElementType) throws {
        let directory = try TestDirectory()
        let labels = [9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_992, 9_007_199_254_740_993]
        let file = try directory.hdf5 { root in
            try root.createDataset("/x", .float32, shape: [4, 1]).write([1, 2, 3, 4] as [Float])
            try root.createDataset("/y", type, shape: [4]).write(labels.map { Int64($0) })
        }
        let data = try Dataset(reading: DataSource(file: file, inputs: "/x", targets: "/y"))
        #expect(try Splitting.labels(of: data) == labels)
        #expect(try Splitting.split(data, fractions: [0.5], seed: 1, labels: Splitting.labels(of: data)).count == 2)
    }

    @Test func aLabelBeyondIntegersIsRefused() throws {
        let directory = try TestDirectory()
        let file = try directory.hdf5 { root in
            try root.createDataset("/x", .float32, shape: [3, 1]).write([1, 2, 3] as [Float])
            try root.createDataset("/y", .uint64, shape: [3]).write([1, 1, UInt64.max])
        }
        let data = try Dataset(reading: DataSource(file: file, inputs: "/x", targets: "/y"))
        #expect(
            throws: DataError(
                "data.stratify needs class labels, but \(file): /y holds 18446744073709551615 in row 2, which is "
                    + "beyond the integers of 64 bits")
        ) { try Splitting.labels(of: data) }
    }

    @Test func targetsThatAreNoLabelsAreRefused() throws {
        func expect(_ sentence: String, _ targets: [[Float]]?, sourceLocation: SourceLocation = #_sourceLocation) throws
        {
            let data = try data(4, targets: targets)
            #expect(
                throws: DataError("data.stratify needs class labels, but \(sentence)"), sourceLocation: sourceLocation
            ) { try Splitting.labels(of: data) }
        }
        try expect("inputs comes without targets", nil)
        try expect("targets holds 0.5 in row 2, which is no whole number", [[1], [1], [0.5], [0.25]])
        try expect(
            "targets holds 2 numbers in row 1 that are not one 1 among zeros", [[1, 0], [1, 1], [0, 1], [0, 1]])
        try expect(
            "targets holds 2 numbers in row 3 that are not one 1 among zeros", [[1, 0], [1, 0], [0, 1], [0, 0]])
        try expect("targets holds 4 different numbers in 4 rows", [[10], [20], [30], [40]])
    }
}
