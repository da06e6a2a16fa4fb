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
        counts = fractions.counts(of: rows)
        var assignment = [UInt8](repeating: 0, count: rows)
        Self.assign(Array(0..<rows), counts, seed: seed, index: 0, &assignment)
        self.assignment = assignment
    }

    /// Rows at random within each class, so that each split has its share of each. What rounding takes from a split in
    /// one class it gets in the next.
    init(labels: [Int], _ fractions: SplitFractions, seed: UInt64) {
        var classes: [Int: [Int]] = [:]
        for (row, label) in labels.enumerated() { classes[label, default: []].append(row) }
        var assignment = [UInt8](repeating: 0, count: labels.count)
        var totals = Array(repeating: 0, count: fractions.parts.count)
        var carry = Array(repeating: 0.0, count: fractions.parts.count)
        for (index, (_, rows)) in classes.sorted(by: { $0.key < $1.key }).enumerated() {
            let counts = fractions.counts(of: rows.count, carry: &carry)
            for (part, count) in counts.enumerated() { totals[part] += count }
            Self.assign(rows, counts, seed: seed, index: index + 1, &assignment)
        }
        self.assignment = assignment
        counts = totals
    }

    private static func assign(
        _ rows: [Int], _ counts: [Int], seed: UInt64, index: Int, _ assignment: inout [UInt8]
    ) {
        var rows = rows
        // Fisher and Yates's shuffle, written out so that it never changes with a library.
        var random = Philox(seed: seed, stream: .shuffling, index: index)
        for last in stride(from: rows.count - 1, to: 0, by: -1) {
            rows.swapAt(last, Int(random.next().multipliedFullWidth(by: UInt64(last + 1)).high))
        }
        var start = 0
        for (part, count) in counts.enumerated() {
            for row in rows[start..<start + count] { assignment[row] = UInt8(part) }
            start += count
        }
    }
}
