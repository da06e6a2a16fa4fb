/// What every threshold on a score makes of rows that are positive or negative: the ROC curve, of true over false positives, and
/// the precision-recall curve, each with its area.
///
/// A row is taken for positive where its score is at or above the threshold. Rows of equal scores change sides together. A
/// score that is NaN is wrong at every threshold: the lowest of a positive row, the highest of a negative one.
package struct ThresholdCurve: Sendable {
    package struct Point: Hashable, Sendable {
        package var x, y: Double

        package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
    }

    package let positives, negatives: Int
    /// From (0, 0) to (1, 1): the share of the negative rows that is taken for positive, and that of the positive ones. Empty
    /// where there are none of either. Points that lie closer together than can be seen are left out.
    package let roc: [Point]
    /// The probability that a positive row scores above a negative one, equal scores counting half (Hanley and McNeil, 1982);
    /// NaN where there are none of either.
    package let rocArea: Double
    /// From the highest threshold down: recall, and precision there. Empty without positive rows.
    package let precisionRecall: [Point]
    /// The average precision Σ (Rₙ − Rₙ₋₁) Pₙ over thresholds from the highest down, as scikit-learn's; NaN without positive
    /// rows.
    package let averagePrecision: Double

    /// How far a curve goes from one point to the next, but for steps that are larger.
    private static let step = 1.0 / 400

    package init(scores: some Sequence<Float>, truths: some Sequence<Bool>) {
        var ranked: [(score: Float, isPositive: Bool)] = []
        ranked.reserveCapacity(scores.underestimatedCount)
        for (score, isPositive) in zip(scores, truths) {
            ranked.append((score.isNaN ? (isPositive ? -.infinity : .infinity) : score, isPositive))
        }
        ranked.sort { $0.score > $1.score }
        positives = ranked.count { $0.isPositive }
        negatives = ranked.count - positives
        let (p, n) = (Double(positives), Double(negatives))
        var (roc, pairs) = ([Point(0, 0)], 0.0)
        var (precisionRecall, average): ([Point], Double) = ([], 0)
        var (hits, alarms, start) = (0, 0, 0)
        while start < ranked.count {
            var end = start
            var own = 0
            while end < ranked.count, ranked[end].score == ranked[start].score {
                own += ranked[end].isPositive ? 1 : 0
                end += 1
            }
            // Negative rows of this score stand below all hits so far, and beside those of their own.
            pairs += Double(end - start - own) * (Double(hits) + Double(own) / 2)
            hits += own
            alarms += end - start - own
            let precision = Double(hits) / Double(hits + alarms)
            average += Double(own) / p * precision
            let isLast = end == ranked.count
            Self.append(Point(Double(alarms) / n, Double(hits) / p), to: &roc, isLast)
            if precisionRecall.isEmpty { precisionRecall = [Point(0, precision)] }
            Self.append(Point(Double(hits) / p, precision), to: &precisionRecall, isLast)
            start = end
        }
        self.roc = positives > 0 && negatives > 0 ? roc : []
        rocArea = positives > 0 && negatives > 0 ? pairs / (p * n) : .nan
        self.precisionRecall = positives > 0 ? precisionRecall : []
        averagePrecision = positives > 0 ? average : .nan
    }

    private static func append(_ point: Point, to points: inout [Point], _ isLast: Bool) {
        let last = points[points.count - 1]
        if isLast || abs(point.x - last.x) >= step || abs(point.y - last.y) >= step { points.append(point) }
    }

    /// The mean of ROC curves over the share of false positives, as that of each class against the rest (scikit-learn's macro
    /// average).
    package static func meanROC(_ curves: [ThresholdCurve]) -> [Point] {
        let curves = curves.map(\.roc).filter { !$0.isEmpty }
        guard !curves.isEmpty else { return [] }
        let steps = Int(1 / step)
        var sums = [Double](repeating: 0, count: steps + 1)
        for curve in curves {
            var next = 0
            for index in 0...steps {
                let x = Double(index) / Double(steps)
                // Of several points at one place the highest.
                while next < curve.count, curve[next].x <= x { next += 1 }
                let before = curve[next - 1]
                guard next < curve.count else {
                    sums[index] += before.y
                    continue
                }
                let share = (x - before.x) / (curve[next].x - before.x)
                sums[index] += before.y + share * (curve[next].y - before.y)
            }
        }
        return [Point(0, 0)]
            + sums.enumerated().map { Point(Double($0) / Double(steps), $1 / Double(curves.count)) }
    }
}
