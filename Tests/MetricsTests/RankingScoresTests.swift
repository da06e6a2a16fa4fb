import Foundation
import Network
import Testing

@testable import Metrics

@Suite struct RankingScoresTests {
    /// scikit-learn 1.9.1: roc_auc_score(b, s) on `MetricFixture.binary`, roc_auc_score(B, S, average="macro") on
    /// `MetricFixture.multilabel`, both with many equal scores.
    @Test func scikitLearnsFigures() throws {
        let (one, three) = (MetricFixture.binary, MetricFixture.multilabel)
        #expect(
            try metricsAgree(
                measureMetrics([.rocAUC], .binary(outputs: 1), predictions: one.predictions, targets: one.targets),
                [0.47881899871630296]))
        #expect(
            try metricsAgree(
                measureMetrics([.rocAUC], .binary(outputs: 3), predictions: three.predictions, targets: three.targets),
                [0.5339853444587077]))
    }

    /// Their mean is the metric. roc_auc_score(B[:, j], S[:, j]) is each.
    @Test func eachOutputAlone() throws {
        let fixture = MetricFixture.multilabel
        let set = try MetricSet(
            kinds: [.accuracy], layout: MetricLayout(form: .binary(outputs: 3)), capacity: 60, countsOutputs: true)
        set.update(fixture)
        let areas = try #require(set.labelAreas)
        let alone = try (0..<3).map { label in
            let column = { (values: [Float]) in stride(from: label, to: 180, by: 3).map { values[$0] } }
            return try measureMetrics(
                [.rocAUC], .binary(outputs: 1), predictions: column(fixture.predictions),
                targets: column(fixture.targets))[0]
        }
        #expect(metricsAgree(areas, alone))
        #expect(abs(areas.reduce(0, +) / 3 - 0.5339853444587077) < 1e-12)
        // Not without being asked.
        let plain = try MetricSet(kinds: [.accuracy], layout: MetricLayout(form: .binary(outputs: 3)), capacity: 60)
        plain.update(fixture)
        #expect(plain.labelAreas == nil)
    }

    /// scikit-learn 1.9.1, on the arrays of `MetricFixture.classes`: `prob = exp(4*p) / exp(4*p).sum(1, keepdims=True)`,
    /// roc_auc_score(y, prob, multi_class="ovr", average="macro"); and without the softmax
    /// mean([roc_auc_score(y == k, p[:, k]) for k in range(4)])
    @Test func classesAgainstTheRest() throws {
        for (form, fixture) in [
            (TargetForm.sparseLabels(classes: 4), MetricFixture.classes),
            (.oneHot(classes: 4), MetricFixture.classes.oneHot(4)),
        ] {
            #expect(
                try metricsAgree(
                    measureMetrics(
                        [.rocAUC], form, logits: true, predictions: fixture.predictions.map { $0 * 4 },
                        targets: fixture.targets), [0.42578125]))
            #expect(
                try metricsAgree(
                    measureMetrics([.rocAUC], form, predictions: fixture.predictions, targets: fixture.targets),
                    [0.4453125]))
        }
    }

    /// By hand: of 3 × 3 pairs the positives win 5, and 3 are equal; roc_auc_score gives the same.
    @Test func equalScoresCountHalf() throws {
        let values = try measureMetrics(
            [.rocAUC], .binary(outputs: 1), predictions: [0.1, 0.4, 0.4, 0.8, 0.8, 0.8], targets: [0, 0, 1, 1, 0, 1])
        #expect(metricsAgree(values, [0.7222222222222222]))
        #expect(
            try measureMetrics([.rocAUC], .binary(outputs: 1), predictions: [1, 1, 1, 1], targets: [0, 1, 0, 0]) == [
                0.5
            ])
    }

    @Test func theEnds() throws {
        let targets: [Float] = [0, 0, 1, 1]
        #expect(try measureMetrics([.rocAUC], .binary(outputs: 1), predictions: [1, 2, 3, 4], targets: targets) == [1])
        #expect(try measureMetrics([.rocAUC], .binary(outputs: 1), predictions: [4, 3, 2, 1], targets: targets) == [0])
    }

    @Test func anAbsentClassLeavesItUndefined() throws {
        #expect(
            try metricsAgree(
                measureMetrics([.rocAUC], .binary(outputs: 1), predictions: [1, 2], targets: [1, 1]), [.nan]))
        #expect(
            try metricsAgree(
                measureMetrics(
                    [.rocAUC], .sparseLabels(classes: 3), predictions: [1, 2, 3, 3, 2, 1], targets: [0, 2]), [.nan]))
        // The second output has no positive row.
        #expect(
            try metricsAgree(
                measureMetrics([.rocAUC], .binary(outputs: 2), predictions: [1, 1, 2, 2], targets: [0, 0, 1, 0]), [.nan]
            ))
    }

    @Test func nanLosesEveryComparison() throws {
        let scores: [Float] = [.nan, 2, 3, .nan]
        #expect(
            try measureMetrics([.rocAUC], .binary(outputs: 1), predictions: scores, targets: [0, 0, 1, 1]) == [0.25])
        // Softmax of a row with NaN or infinity is NaN throughout; nothing may trap.
        let rows: [Float] = [.nan, 1, .infinity, 1, 2, 1, 1, 2]
        let values = try measureMetrics(
            [.rocAUC], .sparseLabels(classes: 2), logits: true, predictions: rows, targets: [0, 1, 0, 1])
        #expect(values == [0.25])
    }

    /// Softmax probabilities that all round to 0 or 1 still have an order.
    @Test func saturatedLogitsKeepTheirOrder() throws {
        let rows: [Float] = [0, 300, 0, 200, 0, 400, 0, 500]
        let values = try measureMetrics(
            [.rocAUC], .sparseLabels(classes: 2), logits: true, predictions: rows, targets: [0, 0, 1, 1])
        // Class 0 by −300, −200 against −400, −500; class 1 by as much above 0.
        #expect(values == [1])
        // A class whose probability is 0 to the bit, and one alone with all of it.
        #expect(
            try measureMetrics(
                [.rocAUC], .sparseLabels(classes: 2), logits: true,
                predictions: [-.infinity, 3, -.infinity, 4, 900, -900, 1000, -1000], targets: [1, 1, 0, 0]) == [1])
    }

    /// Probabilities of which all of the first three round to 1, with the logits that tell them apart.
    @Test func logitsDecideWhereTheyAreThere() throws {
        let probabilities: [Float] = [1, 1, 1, 0.5]
        let logits: [Float] = [20, 25, 30, 0]
        let targets: [Float] = [0, 0, 1, 1]
        func value(_ logits: [Float]?) throws -> Double {
            let set = try MetricSet(kinds: [.rocAUC], layout: MetricLayout(form: .binary(outputs: 1)), capacity: 4)
            guard let logits else {
                set.update(predictions: probabilities, targets: targets, samples: 4)
                return set.values()[0]
            }
            logits.withUnsafeBufferPointer {
                set.update(predictions: probabilities, logits: $0.baseAddress, targets: targets, samples: 4)
            }
            return set.values()[0]
        }
        // Of four pairs the positives win none and tie in two; by logits they win two.
        #expect(try value(nil) == 0.25)
        #expect(try value(logits) == 0.5)
    }

    /// By log(p / (1 - p)) in double precision, pair by pair.
    @Test func classesAreRankedByTheirLogOdds() throws {
        let rows: [Float] = [0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 2, 2]
        let values = try measureMetrics(
            [.rocAUC], .oneHot(classes: 3), logits: true, predictions: rows,
            targets: [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
        let odds = (0..<4).map { row in
            (0..<3).map { column in
                let z = (0..<3).map { Double(rows[row * 3 + $0]) }
                return z[column] - log((0..<3).filter { $0 != column }.reduce(0) { $0 + exp(z[$1]) })
            }
        }
        let truths = [0, 0, 1, 2]
        let expected = (0..<3).map { column -> Double in
            var (won, pairs) = (0.0, 0.0)
            for a in 0..<4 where truths[a] == column {
                for b in 0..<4 where truths[b] != column {
                    pairs += 1
                    won += odds[a][column] > odds[b][column] ? 1 : odds[a][column] == odds[b][column] ? 0.5 : 0
                }
            }
            return won / pairs
        }
        #expect(metricsAgree(values, [expected.reduce(0, +) / 3]))
    }
}
