/// Counts for independent yes-or-no outputs: per output, how often yes and no are predicted as which.
final class BinaryCounts {
    private let outputs: Int
    /// Of each output.
    private let thresholds: UnsafeMutableBufferPointer<Float>
    /// Outputs × 2 × 3, true (no, yes) by predicted (no, yes, NaN).
    private let table: UnsafeMutableBufferPointer<Int>
    private static let cells = 6

    /// - Parameter thresholds: of each output, above which it predicts yes.
    init(_ thresholds: [Float]) {
        outputs = thresholds.count
        self.thresholds = .allocate(capacity: outputs)
        _ = self.thresholds.initialize(from: thresholds)
        table = .allocate(capacity: outputs * Self.cells)
        table.initialize(repeating: 0)
    }

    deinit {
        table.deallocate()
        thresholds.deallocate()
    }

    func update(_ predictions: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int) {
        var index = 0
        for _ in 0..<rows {
            for output in 0..<outputs {
                let prediction = predictions[index]
                let column = prediction > thresholds[output] ? 1 : prediction == prediction ? 0 : 2
                table[output * Self.cells + (targets[index] > 0.5 ? 3 : 0) + column] &+= 1
                index += 1
            }
        }
    }

    func merge(_ other: BinaryCounts) {
        for i in 0..<table.count { table[i] += other.table[i] }
    }

    func reset() { table.update(repeating: 0) }

    func append(to state: inout [Double]) {
        for count in table { state.append(Double(count)) }
    }

    func restore(_ state: inout MetricState, rows: Int) throws(MetricError) {
        for output in 0..<outputs {
            var left = rows
            for cell in output * Self.cells..<(output + 1) * Self.cells {
                table[cell] = try state.count(upTo: left)
                left -= table[cell]
            }
            if left != 0 { throw MetricState.mismatch }
        }
    }

    func confusion(of output: Int) -> ConfusionMatrix {
        let start = output * Self.cells
        return ConfusionMatrix(
            classes: 2, table: UnsafeMutableBufferPointer(rebasing: table[start..<start + Self.cells]))
    }

    /// The share of right values over all outputs together.
    var accuracy: Double {
        let correct = (0..<outputs).reduce(0) { $0 + confusion(of: $1).correct }
        return Double(correct) / Double(table.reduce(0, +))
    }

    /// The unweighted mean of a figure over outputs.
    func mean(_ figure: (ConfusionMatrix) -> Double) -> Double {
        (0..<outputs).reduce(0) { $0 + figure(confusion(of: $1)) } / Double(outputs)
    }
}
