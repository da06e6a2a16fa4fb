import Network

@testable import Metrics

/// Predictions and targets of the same rows, made by formulas that a line of NumPy repeats.
struct MetricFixture {
    var predictions: [Float]
    var targets: [Float]
    var rows: Int

    /// 60 rows, 4 classes, no equal scores in a row:
    /// `p[i, j] = ((i*37 + j*90 + i*j*11) % 97) / 97`, `y[i] = (i*7 + i//5) % 4`.
    static let classes = MetricFixture(
        predictions: make(width: 4) { i, j in fraction(i * 37 + j * 90 + i * j * 11, 97) },
        targets: make(width: 1) { i, _ in Float((i * 7 + i / 5) % 4) }, rows: 60)

    /// 60 rows, one output, many equal scores: `s[i] = ((i*29 + i//4) % 23) / 23`, `b[i] = (i*i + i//3) % 3 == 0`.
    static let binary = MetricFixture(
        predictions: make(width: 1) { i, _ in fraction(i * 29 + i / 4, 23) },
        targets: make(width: 1) { i, _ in (i * i + i / 3) % 3 == 0 ? 1 : 0 }, rows: 60)

    /// 60 rows, 3 outputs: `S[i, j] = ((i*29 + j*17 + i//4) % 23) / 23`, `B[i, j] = (i*i + j*i//3) % 3 == 0`.
    static let multilabel = MetricFixture(
        predictions: make(width: 3) { i, j in fraction(i * 29 + j * 17 + i / 4, 23) },
        targets: make(width: 3) { i, j in (i * i + j * i / 3) % 3 == 0 ? 1 : 0 }, rows: 60)

    /// 60 rows, 2 outputs: `Y[i, o] = ((i*31 + o*7) % 41)/4 + o*10`, `Q[i, o] = Y[i, o] + ((i*13 + o*5) % 17 - 8)/8`.
    static let regression: MetricFixture = {
        let targets = make(width: 2) { i, o in Float((i * 31 + o * 7) % 41) / 4 + Float(o * 10) }
        let errors = make(width: 2) { i, o in Float((i * 13 + o * 5) % 17 - 8) / 8 }
        return MetricFixture(predictions: zip(targets, errors).map { $0 + $1 }, targets: targets, rows: 60)
    }()

    private static func make(width: Int, _ value: (Int, Int) -> Float) -> [Float] {
        (0..<60 * width).map { value($0 / width, $0 % width) }
    }

    private static func fraction(_ number: Int, _ divisor: Int) -> Float {
        Float(number % divisor) / Float(divisor)
    }

    /// The labels as one-hot rows.
    func oneHot(_ classes: Int) -> MetricFixture {
        var result = self
        result.targets = targets.flatMap { label in (0..<classes).map { Float($0) == label ? 1 : 0 } }
        return result
    }
}

extension MetricSet {
    /// Takes in a part of the fixture's rows, by default all, counted in samples.
    func update(_ fixture: MetricFixture, _ range: Range<Int>? = nil) {
        let rows = layout.rowsPerSample
        let range = range ?? 0..<fixture.rows / rows
        if layout.form.element == .int32 {
            let labels = fixture.targets.map { Int32($0) }
            fixture.predictions.withUnsafeBufferPointer { predictions in
                labels.withUnsafeBufferPointer { labels in
                    guard let prediction = predictions.baseAddress, let label = labels.baseAddress else { return }
                    update(
                        predictions: prediction + range.lowerBound * rows * layout.form.predictionWidth,
                        labels: label + range.lowerBound * rows, samples: range.count)
                }
            }
            return
        }
        fixture.predictions.withUnsafeBufferPointer { predictions in
            fixture.targets.withUnsafeBufferPointer { targets in
                guard let prediction = predictions.baseAddress, let target = targets.baseAddress else { return }
                update(
                    predictions: prediction + range.lowerBound * rows * layout.form.predictionWidth,
                    targets: target + range.lowerBound * rows * layout.form.targetWidth, samples: range.count)
            }
        }
    }
}

/// The values of metrics over some rows.
func measureMetrics(
    _ kinds: [any Metric], _ form: TargetForm, logits: Bool = false, predictions: [Float], targets: [Float]
) throws -> [Double] {
    let rows = predictions.count / form.predictionWidth
    let set = try MetricSet(
        kinds: kinds, layout: MetricLayout(form: form, predictionsAreLogits: logits), capacity: rows)
    set.update(MetricFixture(predictions: predictions, targets: targets, rows: rows))
    return set.values()
}

/// Whether two lists agree to 12 digits, NaN equal to NaN.
func metricsAgree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count
        && zip(a, b).allSatisfy { ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
}
