import Foundation
import Kernels
import Network

/// The scores and truths of all rows, kept so that the area under the ROC curve is exact.
///
/// The area is the probability that a positive row scores above a negative one, equal scores counting half: the
/// statistic of Mann and Whitney (1947), from the ranks of the positives with equal scores sharing their mean rank.
/// Scores are logits wherever they are there: above some 17 a sigmoid rounds to 1, and probabilities that are equal only
/// by rounding would tie. A score that is NaN loses every comparison: the lowest of a positive row, the highest of a negative one.
package final class RankingScores {
    private let form: TargetForm
    private let width: Int
    /// What a row has of truths, and of labels.
    private let truthWidth, labelWidth: Int
    /// The label whose rows are not kept; `Int.min` for none.
    private let ignored: Int
    /// Rows × width.
    private var scores: UnsafeMutablePointer<Float>
    /// Of binary targets: rows × outputs.
    private var truths: UnsafeMutablePointer<Float>
    /// Of classes: one for each row, −1 if there is none.
    private var labels: UnsafeMutablePointer<Int32>
    private var rows = 0
    private var capacity: Int
    /// What was computed of the rows that are here, since that sorts them.
    private var ready: [(area: Double, positives: Int, negatives: Int)]?

    /// `capacity` is in rows.
    init(form: TargetForm, ignored: Int, capacity: Int) {
        self.form = form
        self.ignored = ignored
        width = form.predictionWidth
        (truthWidth, labelWidth) = form.classes == nil ? (width, 0) : (0, 1)
        self.capacity = capacity
        scores = .allocate(capacity: capacity * width)
        truths = .allocate(capacity: capacity * truthWidth)
        labels = .allocate(capacity: capacity * labelWidth)
    }

    deinit {
        scores.deallocate()
        truths.deallocate()
        labels.deallocate()
    }

    /// To be called before rows are added.
    private func reserve(_ needed: Int) {
        ready = nil
        guard needed > capacity else { return }
        let grown = max(needed, capacity * 2)
        func grow<T>(_ buffer: inout UnsafeMutablePointer<T>, _ width: Int) {
            let larger = UnsafeMutablePointer<T>.allocate(capacity: grown * width)
            larger.moveInitialize(from: buffer, count: rows * width)
            buffer.deallocate()
            buffer = larger
        }
        grow(&scores, width)
        grow(&truths, truthWidth)
        grow(&labels, labelWidth)
        capacity = grown
    }

    /// - Parameters:
    ///   - areLogits: whether the scores come before the sigmoid or the softmax.
    ///   - targets: a label for each row, or as many floats as there are classes or outputs.
    func update(_ predictions: UnsafePointer<Float>, areLogits: Bool, _ targets: TensorPointer, rows added: Int) {
        reserve(rows + added)
        let newScores = scores + rows * width
        var kept = added
        switch targets {
        case .int32(let labels): kept = keep(predictions, labels, rows: added)
        case .float32(let targets):
            newScores.initialize(from: predictions, count: added * width)
            if form.classes == nil {
                (truths + rows * truthWidth).initialize(from: targets, count: added * truthWidth)
            } else {
                for row in 0..<added {
                    (labels + rows + row).initialize(to: Int32(greatestIndex(targets + row * width, width)))
                }
            }
        }
        // A sigmoid keeps the order of its column. A softmax does not: it weighs a row's classes against each other.
        if areLogits, form.classes != nil {
            for row in 0..<kept { Self.takeLogOdds(newScores + row * width, width) }
        }
        rows += kept
    }

    /// Appends rows but those of the ignored label.
    /// - Returns: how many.
    private func keep(_ predictions: UnsafePointer<Float>, _ targets: UnsafePointer<Int32>, rows added: Int) -> Int {
        let (newScores, newLabels) = (scores + rows * width, labels + rows)
        var kept = 0
        for row in 0..<added where Int(targets[row]) != ignored {
            (newScores + kept * width).initialize(from: predictions + row * width, count: width)
            (newLabels + kept).initialize(to: Int32(classIndex(targets[row], classes: width)))
            kept += 1
        }
        return kept
    }

    /// Turns a row of logits z into log(p / (1 - p)) = z - log Σ e^(z of the others) for the p of its softmax. It orders as
    /// p does, and tells apart those that round to 0 or to 1. A softmax with NaN is NaN throughout.
    package static func takeLogOdds(_ row: UnsafeMutablePointer<Float>, _ count: Int) {
        var (greatest, second, place) = (-Float.infinity, -Float.infinity, 0)
        var hasNaN = false
        for i in 0..<count {
            if row[i] > greatest {
                (second, greatest, place) = (greatest, row[i], i)
            } else {
                second = max(second, row[i])
            }
            hasNaN = hasNaN || row[i].isNaN
        }
        guard !hasNaN, greatest.isFinite else { return row.update(repeating: .nan, count: count) }
        // Of the classes other than the greatest, as parts of the second and of the greatest.
        var (ofSecond, ofGreatest) = (0.0, 0.0)
        for i in 0..<count where i != place {
            ofSecond += exp(Double(row[i]) - Double(second))
            ofGreatest += exp(Double(row[i]) - Double(greatest))
        }
        for i in 0..<count where i != place {
            let distance = Double(row[i]) - Double(greatest)
            row[i] = Float(distance - log1p(ofGreatest - exp(distance)))
        }
        row[place] = second.isFinite ? Float(Double(greatest) - Double(second) - log(ofSecond)) : .infinity
    }

    func merge(_ other: RankingScores) {
        reserve(rows + other.rows)
        (scores + rows * width).initialize(from: other.scores, count: other.rows * width)
        (truths + rows * truthWidth).initialize(from: other.truths, count: other.rows * truthWidth)
        (labels + rows * labelWidth).initialize(from: other.labels, count: other.rows * labelWidth)
        rows += other.rows
    }

    func reset() { (rows, ready) = (0, nil) }

    /// Rows, scores, truths or labels.
    func append(to state: inout [Double]) {
        state.reserveCapacity(state.count + 1 + rows * (width + truthWidth + labelWidth))
        state.append(Double(rows))
        for index in 0..<rows * width { state.append(Double(scores[index])) }
        for index in 0..<rows * truthWidth { state.append(Double(truths[index])) }
        for index in 0..<rows * labelWidth { state.append(Double(labels[index])) }
    }

    /// The state must end with this one, whose length is checked before room is made for it.
    func restore(_ state: inout MetricState, rows seen: Int) throws(MetricError) {
        let restored = try state.count(upTo: seen)
        if ignored == .min, restored != seen { throw MetricState.mismatch }
        let (numbers, overflows) = restored.multipliedReportingOverflow(by: width + truthWidth + labelWidth)
        guard !overflows, numbers == state.remaining else { throw MetricState.mismatch }
        reserve(restored)
        for index in 0..<restored * width { (scores + index).initialize(to: try state.float()) }
        // The truth of a binary output is what the data say; a label is one of the classes, or −1 for none.
        for index in 0..<restored * truthWidth { (truths + index).initialize(to: try state.float()) }
        for index in 0..<restored * labelWidth {
            guard let label = Int32(exactly: try state.next()), label >= -1, Int(label) < width else {
                throw MetricState.mismatch
            }
            (labels + index).initialize(to: label)
        }
        rows = restored
    }

    /// The mean over classes or outputs; NaN where one of them lacks positive or negative rows.
    func areaUnderCurve() -> Double { areas().reduce(0) { $0 + $1.area } / Double(width) }

    /// Of each class or output the area, which is NaN where it lacks positive or negative rows, and how many it has of both.
    func areas() -> [(area: Double, positives: Int, negatives: Int)] {
        if let ready { return ready }
        var ranked: [(score: Float, positive: Bool)] = []
        ranked.reserveCapacity(rows)
        var areas: [(area: Double, positives: Int, negatives: Int)] = []
        for column in 0..<width {
            ranked.removeAll(keepingCapacity: true)
            for row in 0..<rows {
                let positive = labelWidth == 0 ? truths[row * width + column] > 0.5 : Int(labels[row]) == column
                let score = scores[row * width + column]
                ranked.append((score.isNaN ? (positive ? -.infinity : .infinity) : score, positive))
            }
            let positives = ranked.count { $0.positive }
            areas.append((Self.areaUnderCurve(&ranked), positives, ranked.count - positives))
        }
        ready = areas
        return areas
    }

    static func areaUnderCurve(_ ranked: inout [(score: Float, positive: Bool)]) -> Double {
        ranked.sort { $0.score < $1.score }
        var positives = 0
        var doubledRanks = 0
        var start = 0
        while start < ranked.count {
            var end = start
            var found = 0
            while end < ranked.count && ranked[end].score == ranked[start].score {
                found += ranked[end].positive ? 1 : 0
                end += 1
            }
            // Ranks start + 1 ... end share their mean, (start + 1 + end) / 2; doubled, it is a whole number.
            doubledRanks += found * (start + 1 + end)
            positives += found
            start = end
        }
        let negatives = ranked.count - positives
        guard positives > 0, negatives > 0 else { return .nan }
        return Double(doubledRanks - positives * (positives + 1)) / (2 * Double(positives) * Double(negatives))
    }
}
