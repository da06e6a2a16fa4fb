import Batches
internal import Kernels

/// Which row goes into which split: a function of the number of rows (or their labels), the fractions and the seed.
struct SplitPlan: Sendable {
    /// The split of each row.
    let assignment: [UInt8]
    /// Rows of each split.
    let counts: [Int]

    static let mostSplits = 256

    /// Rows at random.
    init(rows: Int, _ fractions: SplitFractions, seed: UInt64) {
        self.init(RowsByClass(rows: rows, labels: nil), [fractions.counts(of: rows)], seed: seed, firstIndex: 0)
    }

    /// Rows at random within each class, so that each split has its share of each. What rounding takes from a split in
    /// one class it gets in the next.
    init(labels: [Int], _ fractions: SplitFractions, seed: UInt64) {
        let rows = RowsByClass(rows: labels.count, labels: labels)
        var carry = Array(repeating: 0.0, count: fractions.parts.count)
        let counts = rows.sizes.map { fractions.counts(of: $0, carry: &carry) }
        self.init(rows, counts, seed: seed, firstIndex: 1)
    }

    /// - Parameters:
    ///   - counts: for each class how many rows each split gets.
    ///   - first: which of the shuffle's random streams the first class has.
    private init(_ rows: RowsByClass, _ counts: [[Int]], seed: UInt64, firstIndex first: Int) {
        var rows = rows
        rows.shuffle { Philox(seed: seed, stream: .shuffling, index: first + $0) }
        var assignment = [UInt8](repeating: 0, count: rows.rows.count)
        rows.deal(counts) { assignment[$0] = UInt8($1) }
        self.assignment = assignment
        self.counts = counts.dropFirst().reduce(counts.first ?? []) { zip($0, $1).map(+) }
    }
}
