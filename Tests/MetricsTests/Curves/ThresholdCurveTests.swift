import TestSupport
import Testing

@testable import Metrics

@Suite struct ThresholdCurveTests {
    /// By the definitions: every pair of rows, and every threshold.
    private func naive(_ scores: [Float], _ truths: [Bool]) -> (area: Double, precision: Double, points: [(Double, Double)]) {
        let positives = zip(scores, truths).filter(\.1).map(\.0)
        let negatives = zip(scores, truths).filter { !$0.1 }.map(\.0)
        var pairs = 0.0
        for positive in positives { for negative in negatives { pairs += positive > negative ? 1 : positive == negative ? 0.5 : 0 } }
        var (average, recall): (Double, Double) = (0, 0)
        var points: [(Double, Double)] = [(0, 0)]
        for threshold in Set(scores).sorted(by: >) {
            let hits = Double(positives.count { $0 >= threshold })
            let alarms = Double(negatives.count { $0 >= threshold })
            points.append((alarms / Double(negatives.count), hits / Double(positives.count)))
            average += (hits / Double(positives.count) - recall) * hits / (hits + alarms)
            recall = hits / Double(positives.count)
        }
        return (pairs / Double(positives.count * negatives.count), average, points)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func agreesWithTheDefinitions(seed: Int) {
        var generator = SeededRandom(seed)
        let truths = (0..<120).map { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        // Few different scores, so that many are equal.
        let scores = truths.map { Float(Int.random(in: $0 ? 2...9 : 0...7, using: &generator)) }
        let (curve, naive) = (ThresholdCurve(scores: scores, truths: truths), naive(scores, truths))
        #expect(abs(curve.rocArea - naive.area) < 1e-12 && abs(curve.averagePrecision - naive.precision) < 1e-12)
        #expect(curve.roc.count == naive.points.count)
        for (own, other) in zip(curve.roc, naive.points) { #expect(own == .init(other.0, other.1)) }
        #expect(curve.precisionRecall.last?.x == 1)
    }

    @Test func aPerfectScoreHasAllTheArea() {
        let curve = ThresholdCurve(scores: [0.9, 0.8, 0.2, 0.1], truths: [true, true, false, false])
        #expect(curve.rocArea == 1 && curve.averagePrecision == 1)
        #expect(curve.roc.map(\.x) == [0, 0, 0, 0.5, 1] && curve.precisionRecall.prefix(3).allSatisfy { $0.y == 1 })
    }

    @Test func withoutOneKindThereIsNoCurve() {
        let none = ThresholdCurve(scores: [0.9, 0.8], truths: [false, false])
        #expect(none.roc.isEmpty && none.rocArea.isNaN && none.precisionRecall.isEmpty && none.averagePrecision.isNaN)
        let all = ThresholdCurve(scores: [0.9, 0.8], truths: [true, true])
        #expect(all.roc.isEmpty && all.rocArea.isNaN && all.averagePrecision == 1)
        #expect(ThresholdCurve(scores: [], truths: []).roc.isEmpty)
    }

    @Test func whatIsNoNumberIsWrong() {
        #expect(ThresholdCurve(scores: [.nan, 0.5], truths: [true, false]).rocArea == 0)
        #expect(ThresholdCurve(scores: [0.5, .nan], truths: [true, false]).rocArea == 0)
    }

    @Test func manyRowsHaveFewPoints() {
        var generator = SeededRandom(7)
        let truths = (0..<50_000).map { $0 % 500 == 0 }
        let scores = truths.map { Float.random(in: 0...1, using: &generator) + ($0 ? 0.4 : 0) }
        let curve = ThresholdCurve(scores: scores, truths: truths)
        #expect(curve.roc.count < 900 && curve.precisionRecall.count < 1500)
        #expect(curve.roc.last == .init(1, 1) && zip(curve.roc, curve.roc.dropFirst()).allSatisfy { $0.x <= $1.x && $0.y <= $1.y })
    }

    @Test func theMeanOfCurvesIsBetweenThem() {
        let perfect = ThresholdCurve(scores: [1, 0], truths: [true, false])
        let useless = ThresholdCurve(scores: [1, 1], truths: [true, false])
        let mean = ThresholdCurve.meanROC([perfect, useless, ThresholdCurve(scores: [], truths: [])])
        #expect(mean.first == .init(0, 0) && mean.last == .init(1, 1))
        for point in mean.dropFirst() { #expect(abs(point.y - (1 + point.x) / 2) < 1e-12) }
        #expect(ThresholdCurve.meanROC([]).isEmpty)
    }
}

