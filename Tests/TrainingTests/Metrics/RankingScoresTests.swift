import Testing

@testable import Training

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
        // Class 0 by −300, −200 against −400, −500; class 1 by zeros, all equal.
        #expect(values == [0.75])
    }
}
