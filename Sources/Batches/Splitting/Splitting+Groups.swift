import Kernels

/// Splits in which the rows with the same value of a column stay together.
///
/// The numbers come from Philox's stream `splitting`, with the index 2 for fractions and 3 for folds.
extension Splitting {
    /// Divides the rows by fractions of their number, whole groups at a time.
    ///
    /// The groups come in random order, whatever their sizes. Each goes to the split that lacks most rows among those that it
    /// still fits into; where it fits into none, to the one that it overfills least. A split that is then empty gets the
    /// group whose size is nearest to what it was to have. Few groups are exchanged at last where that brings the splits
    /// nearer to their fractions. With labels, groups are dealt as `StratifiedGroups` does, in the same random order.
    /// - Parameter labels: the stratum of each row; nil to divide without regard to them.
    /// - Returns: as `split(_:fractions:seed:labels:)` does.
    /// - Throws: `DataError` for impossible fractions, and where there are fewer groups than splits.
    static func split(
        _ data: Dataset, fractions: [Double], seed: UInt64, together column: SplitColumn, labels: [Int]? = nil
    ) throws -> [RowSelection] {
        let totals = try totals(data, fractions)
        guard column.sizes.count >= totals.count else { throw tooFew(column, "\(totals.count) splits") }
        let owners: [Int]
        if let labels {
            var groups = StratifiedGroups(column, labels, totals)
            groups.deal(mixed(column.sizes.count, seed: seed, index: 2))
            owners = groups.owners
        } else {
            owners = groups(column.sizes, totals, seed: seed)
        }
        return totals.indices.map { split in rows(of: data) { owners[column.ranks[$0]] == split } }
    }

    /// The split of each group.
    static func groups(_ sizes: [Int], _ totals: [Int], seed: UInt64) -> [Int] {
        let order = mixed(sizes.count, seed: seed, index: 2)
        var lack = totals
        var owners = Array(repeating: 0, count: sizes.count)
        var counts = totals.map { _ in 0 }
        for group in order {
            let fitting = lack.indices.filter { lack[$0] >= sizes[group] }
            let split = (fitting.isEmpty ? Array(lack.indices) : fitting).max { (lack[$0], $1) < (lack[$1], $0) } ?? 0
            owners[group] = split
            lack[split] -= sizes[group]
            counts[split] += 1
        }
        while let empty = counts.firstIndex(of: 0) {
            let movable = order.filter { counts[owners[$0]] > 1 }
            guard let group = movable.min(by: { abs(sizes[$0] - totals[empty]) < abs(sizes[$1] - totals[empty]) })
            else { break }
            counts[owners[group]] -= 1
            counts[empty] += 1
            lack[owners[group]] += sizes[group]
            lack[empty] -= sizes[group]
            owners[group] = empty
        }
        if sizes.count <= fewGroups { improve(&owners, sizes, lack) }
        return owners
    }

    /// Of more groups chance comes near to the totals by itself.
    private static let fewGroups = 100

    /// Exchanges two groups of different splits as long as that lowers Σ lack², the best such pair first.
    private static func improve(_ owners: inout [Int], _ sizes: [Int], _ lack: [Int]) {
        var lack = lack
        while true {
            var best = (gain: 0, first: 0, second: 0)
            for first in sizes.indices {
                for second in sizes.indices where sizes[first] > sizes[second] && owners[first] != owners[second] {
                    let difference = sizes[first] - sizes[second]
                    let (from, to) = (lack[owners[first]], lack[owners[second]])
                    // from² + to² - (from + difference)² - (to - difference)²
                    let gain = 2 * difference * (to - from - difference)
                    if gain > best.gain { best = (gain, first, second) }
                }
            }
            guard best.gain > 0 else { return }
            let difference = sizes[best.first] - sizes[best.second]
            lack[owners[best.first]] += difference
            lack[owners[best.second]] -= difference
            owners.swapAt(best.first, best.second)
        }
    }

    /// Divides the rows into folds, whole groups at a time: the largest group first, each to the fold that has fewest rows
    /// so far (the rule of Graham, "Bounds on multiprocessing timing anomalies", 1969); groups of one size come in random
    /// order. With labels, groups are dealt as `StratifiedGroups` does, those whose strata are most uneven first.
    /// - Parameter labels: the stratum of each row; nil to divide without regard to them.
    /// - Throws: `DataError` where there are fewer groups than folds.
    static func folds(
        _ data: Dataset, count folds: Int, seed: UInt64, together column: SplitColumn, labels: [Int]? = nil
    ) throws -> [(training: RowSelection, validation: RowSelection)] {
        guard folds >= 2 else { throw DataError("\(folds) folds make no cross-validation; give 2 or more") }
        guard column.sizes.count >= folds else { throw tooFew(column, "\(folds) folds") }
        let order = mixed(column.sizes.count, seed: seed, index: 3)
        // A stable sort, so that the mixed order stays among equals.
        func descending(by key: [Double]) -> [Int] {
            order.enumerated().sorted { (key[$1.element], $0.offset) < (key[$0.element], $1.offset) }.map(\.element)
        }
        let owners: [Int]
        if let labels {
            var groups = StratifiedGroups(
                column, labels, largestRemainder(labels.count, Array(repeating: 1 / Double(folds), count: folds)))
            groups.deal(descending(by: column.sizes.indices.map(groups.unevenness)))
            owners = groups.owners
        } else {
            owners = smallestFirst(descending(by: column.sizes.map(Double.init)), column.sizes, folds)
        }
        return (0..<folds).map { fold in
            (
                rows(of: data) { owners[column.ranks[$0]] != fold }, rows(of: data) { owners[column.ranks[$0]] == fold }
            )
        }
    }

    /// Each group to the fold that has fewest rows so far.
    private static func smallestFirst(_ order: [Int], _ sizes: [Int], _ folds: Int) -> [Int] {
        var filled = Array(repeating: 0, count: folds)
        var owners = Array(repeating: 0, count: sizes.count)
        for group in order {
            let fold = filled.indices.min { (filled[$0], $0) < (filled[$1], $1) } ?? 0
            owners[group] = fold
            filled[fold] += sizes[group]
        }
        return owners
    }

    private static func mixed(_ count: Int, seed: UInt64, index: Int) -> [Int] {
        var order = Array(0..<count)
        var random = Philox(seed: seed, stream: .splitting, index: index)
        order.withUnsafeMutableBufferPointer { random.shuffle($0) }
        return order
    }

    private static func tooFew(_ column: SplitColumn, _ parts: String) -> DataError {
        let values = column.sizes.count == 1 ? "1 value" : "\(column.sizes.count) different values"
        return DataError(
            "\(column.place) has \(values), too few for \(parts) in which rows with the same value stay together"
                + (column.warning == nil ? "" : "; each file counts them anew: " + SplitColumn.numbering))
    }
}
