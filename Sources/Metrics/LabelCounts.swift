import Kernels

/// Counts for rows that belong to exactly one class: how often the true class is among the greatest predictions, and
/// how often each class is taken for which.
///
/// A row that holds a NaN, or whose label is out of range, is a miss. A row of the ignored label is none at all.
final class LabelCounts {
    private let classes: Int
    /// The label that does not count; `Int.min` for none.
    private let ignored: Int
    /// For each of `hits`, how many of the greatest predictions count: 1 is accuracy.
    private let depths: UnsafeMutableBufferPointer<Int>
    private let hits: UnsafeMutableBufferPointer<Int>
    /// classes × (classes + 1), true by predicted; the last column is of rows with a NaN. Empty if not counted.
    private let table: UnsafeMutableBufferPointer<Int>
    private var rows = 0

    init(classes: Int, ignored: Int, depths: [Int], counting: Bool) {
        self.classes = classes
        self.ignored = ignored
        self.depths = .allocate(capacity: depths.count)
        _ = self.depths.initialize(from: depths)
        hits = .allocate(capacity: depths.count)
        hits.initialize(repeating: 0)
        table = .allocate(capacity: counting ? classes * (classes + 1) : 0)
        table.initialize(repeating: 0)
    }

    deinit {
        depths.deallocate()
        hits.deallocate()
        table.deallocate()
    }

    /// - Parameter targets: a label for each row, or as many floats as there are classes.
    func update(_ predictions: UnsafePointer<Float>, _ targets: TensorPointer, rows: Int) {
        switch targets {
        case .int32(let labels):
            var skipped = 0
            for row in 0..<rows {
                guard Int(labels[row]) != ignored else {
                    skipped &+= 1
                    continue
                }
                count(classIndex(labels[row], classes: classes), in: predictions + row * classes)
            }
            self.rows += rows - skipped
        case .float32(let targets):
            for row in 0..<rows {
                count(greatestIndex(targets + row * classes, classes), in: predictions + row * classes)
            }
            self.rows += rows
        }
    }

    /// Counts a row, if it has a label of one of the classes.
    @inline(__always)
    private func count(_ label: Int, in row: UnsafePointer<Float>) {
        guard label >= 0 else { return }
        if !depths.isEmpty {
            let rank = rank(of: label, in: row)
            for i in 0..<depths.count where rank < depths[i] { hits[i] &+= 1 }
        }
        if !table.isEmpty {
            let predicted = greatestIndex(row, classes)
            table[label * (classes + 1) + (predicted < 0 ? classes : predicted)] &+= 1
        }
    }

    /// The number of classes that come before `label` by prediction; of equal ones the lower comes first. With a NaN
    /// in the row it is the number of classes, beyond every depth.
    ///
    /// Counting needs no branch on the data, and so no guess of the processor's; searching for the greatest does. Left
    /// to itself the compiler puts branches here too, hence the explicit vectors.
    @inline(__always)
    private func rank(of label: Int, in row: UnsafePointer<Float>) -> Int {
        typealias Lanes = SIMD4<Float>
        guard classes >= 4 else { return slowRank(of: label, in: row) }
        let score = Lanes(repeating: row[label])
        var greater = SIMD4<Int32>.zero
        var notLess = SIMD4<Int32>.zero
        @inline(__always)
        func count(_ values: Lanes) {
            greater &+= SIMD4<Int32>.zero.replacing(with: 1, where: values .> score)
            notLess &+= SIMD4<Int32>.one.replacing(with: 0, where: values .< score)
        }
        var start = 0
        while start &+ 4 <= classes {
            count(UnsafeRawPointer(row + start).loadUnaligned(as: Lanes.self))
            start &+= 4
        }
        if start < classes {
            // The last four values, of which those that were counted give way to one that never comes before.
            let counted = SIMD4<Int32>(0, 1, 2, 3) .< Int32(truncatingIfNeeded: start &+ 4 &- classes)
            let last = UnsafeRawPointer(row + (classes &- 4)).loadUnaligned(as: Lanes.self)
            count(last.replacing(with: -.infinity, where: counted))
        }
        // Usually all values but the score itself are greater or less. If not, one is equal to it or NaN, or the score
        // is −infinity.
        let before = greater.wrappedSum()
        return notLess.wrappedSum() == before &+ 1 ? Int(before) : slowRank(of: label, in: row)
    }

    @inline(never)
    private func slowRank(of label: Int, in row: UnsafePointer<Float>) -> Int {
        var before = 0
        for i in 0..<classes {
            if row[i].isNaN { return classes }
            if row[i] > row[label] || (row[i] == row[label] && i < label) { before += 1 }
        }
        return before
    }

    func merge(_ other: LabelCounts) {
        for i in 0..<hits.count { hits[i] += other.hits[i] }
        for i in 0..<table.count { table[i] += other.table[i] }
        rows += other.rows
    }

    func reset() {
        hits.update(repeating: 0)
        table.update(repeating: 0)
        rows = 0
    }

    /// The share of rows whose true class is among the `depth` greatest; nil if that depth is not counted.
    func hitRate(depth: Int) -> Double? {
        depths.firstIndex(of: depth).map { Double(hits[$0]) / Double(rows) }
    }

    var confusion: ConfusionMatrix? {
        table.isEmpty ? nil : ConfusionMatrix(classes: classes, table: table)
    }

    /// Rows, hits, table.
    func append(to state: inout [Double]) {
        state.append(Double(rows))
        for count in hits { state.append(Double(count)) }
        for count in table { state.append(Double(count)) }
    }

    /// - Parameter rows: those that the set has seen, the ignored ones included.
    func restore(_ state: inout MetricState, rows seen: Int) throws(MetricError) {
        rows = try state.count(upTo: seen)
        if ignored == .min, rows != seen { throw MetricState.mismatch }
        for i in 0..<hits.count { hits[i] = try state.count(upTo: rows) }
        // A label out of range is in no place of the table, so that it may hold less than all rows.
        var left = rows
        for i in 0..<table.count {
            table[i] = try state.count(upTo: left)
            left -= table[i]
        }
    }
}

/// The class that a label stands for, or −1 if there is no such class.
@inline(__always)
package func classIndex(_ label: Int32, classes: Int) -> Int {
    label >= 0 && Int(label) < classes ? Int(label) : -1
}

/// The index of the first greatest value, or −1 if a value is NaN.
@inline(__always)
package func greatestIndex(_ values: UnsafePointer<Float>, _ count: Int) -> Int {
    var greatest = -Float.infinity
    var index = 0
    for i in 0..<count where !(values[i] <= greatest) {
        if values[i].isNaN { return -1 }
        greatest = values[i]
        index = i
    }
    return index
}
