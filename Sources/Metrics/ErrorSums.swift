/// Sums over real-valued targets, per output and in double precision: absolute and squared errors, and the targets'
/// mean and squared deviations from it.
///
/// The deviations are taken from the mean of each update and then combined by the rule of Chan, Golub and LeVeque
/// ("Algorithms for computing the sample variance", 1983). A sum of squares less the square of a sum would lose all
/// digits where targets are large beside their spread.
package final class ErrorSums {
    private let outputs: Int
    private let variance: Bool
    private let absolute: UnsafeMutableBufferPointer<Double>
    private let squared: UnsafeMutableBufferPointer<Double>
    private let mean: UnsafeMutableBufferPointer<Double>
    private let deviation: UnsafeMutableBufferPointer<Double>
    // Mean and deviations of one update.
    private let partMean: UnsafeMutableBufferPointer<Double>
    private let partDeviation: UnsafeMutableBufferPointer<Double>
    private var rows = 0

    init(outputs: Int, variance: Bool) {
        self.outputs = outputs
        self.variance = variance
        func zeros() -> UnsafeMutableBufferPointer<Double> {
            let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: outputs)
            buffer.initialize(repeating: 0)
            return buffer
        }
        absolute = zeros()
        squared = zeros()
        mean = zeros()
        deviation = zeros()
        partMean = zeros()
        partDeviation = zeros()
    }

    deinit {
        for buffer in [absolute, squared, mean, deviation, partMean, partDeviation] { buffer.deallocate() }
    }

    func update(_ predictions: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int) {
        var index = 0
        for _ in 0..<rows {
            for output in 0..<outputs {
                let error = Double(predictions[index]) - Double(targets[index])
                absolute[output] += abs(error)
                squared[output] += error * error
                index += 1
            }
        }
        if variance { measureTargets(targets, rows: rows) }
        self.rows += rows
    }

    private func measureTargets(_ targets: UnsafePointer<Float>, rows: Int) {
        partMean.update(repeating: 0)
        partDeviation.update(repeating: 0)
        for row in 0..<rows {
            for output in 0..<outputs { partMean[output] += Double(targets[row * outputs + output]) }
        }
        for output in 0..<outputs { partMean[output] /= Double(rows) }
        for row in 0..<rows {
            for output in 0..<outputs {
                let difference = Double(targets[row * outputs + output]) - partMean[output]
                partDeviation[output] += difference * difference
            }
        }
        combine(mean: partMean, deviation: partDeviation, rows: rows)
    }

    private func combine(
        mean otherMean: UnsafeMutableBufferPointer<Double>,
        deviation otherDeviation: UnsafeMutableBufferPointer<Double>,
        rows otherRows: Int
    ) {
        guard otherRows > 0 else { return }
        let share = Double(otherRows) / Double(rows + otherRows)
        for output in 0..<outputs {
            let difference = otherMean[output] - mean[output]
            deviation[output] += otherDeviation[output] + difference * difference * Double(rows) * share
            mean[output] += difference * share
        }
    }

    func merge(_ other: ErrorSums) {
        for output in 0..<outputs {
            absolute[output] += other.absolute[output]
            squared[output] += other.squared[output]
        }
        combine(mean: other.mean, deviation: other.deviation, rows: other.rows)
        rows += other.rows
    }

    func reset() {
        for output in 0..<outputs {
            absolute[output] = 0
            squared[output] = 0
            mean[output] = 0
            deviation[output] = 0
        }
        rows = 0
    }

    /// Per sum its outputs. The number of rows is the set's.
    func append(to state: inout [Double]) {
        for sums in [absolute, squared, mean, deviation] { state.append(contentsOf: sums) }
    }

    func restore(_ state: inout MetricState, rows seen: Int) throws(MetricError) {
        rows = seen
        for output in 0..<outputs { absolute[output] = try state.sum() }
        for output in 0..<outputs { squared[output] = try state.sum() }
        for output in 0..<outputs { mean[output] = try state.next() }
        for output in 0..<outputs { deviation[output] = try state.sum() }
    }

    /// What is measured of one output of several.
    package struct OfOutput: Sendable, Equatable {
        package let meanAbsoluteError: Double
        package let rootMeanSquaredError: Double
        /// NaN where the variance is not measured, and for fewer than two rows.
        package let r2: Double
    }

    /// Of each output alone.
    var byOutput: [OfOutput] {
        (0..<outputs).map { output in
            OfOutput(
                meanAbsoluteError: absolute[output] / Double(rows),
                rootMeanSquaredError: (squared[output] / Double(rows)).squareRoot(),
                r2: variance && rows >= 2 ? r2(of: output) : .nan)
        }
    }

    private func r2(of output: Int) -> Double {
        if deviation[output] != 0 { return 1 - squared[output] / deviation[output] }
        if squared[output].isNaN { return .nan }
        return squared[output] == 0 ? 1.0 : 0
    }

    var meanAbsoluteError: Double { absolute.reduce(0, +) / Double(rows * outputs) }

    var rootMeanSquaredError: Double { (squared.reduce(0, +) / Double(rows * outputs)).squareRoot() }

    var r2: Double {
        guard rows >= 2 else { return .nan }
        return (0..<outputs).map(r2).reduce(0, +) / Double(outputs)
    }
}
