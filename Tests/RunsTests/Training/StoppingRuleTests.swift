import Testing

@testable import Metrics
@testable import Runs

@Suite struct StoppingRuleTests {
    private func record(
        _ epoch: Int, loss: Double = 9, validation: Double? = nil, metrics: [Double] = [],
        validationMetrics: [Double]? = nil
    ) -> EpochRecord {
        EpochRecord(
            epoch: epoch, step: epoch, learningRate: 1, loss: loss, metrics: metrics, validationLoss: validation,
            validationMetrics: validationMetrics, samplesPerSecond: 1, gradientNorm: 1)
    }

    /// `+` for an epoch that is better, `.` for one that waits, `!` for the one after which training ends.
    private func verdicts(_ settings: EarlyStopping, _ values: [Double]) -> (verdicts: String, best: Int?) {
        var rule = StoppingRule(settings, figures: [])
        var text = ""
        for (index, value) in values.enumerated() {
            switch rule.judge(record(index + 1, validation: value)) {
            case .improved: text += "+"
            case .waits: text += "."
            case .stops: return (text + "!", rule.best?.epoch)
            }
        }
        return (text, rule.best?.epoch)
    }

    @Test func patienceIsTheNumberOfEpochsWithoutAnImprovement() {
        #expect(verdicts(EarlyStopping(patience: 2), [5, 4, 4, 4, 1]) == ("++.!", 2))
        #expect(verdicts(EarlyStopping(patience: 1), [5, 4, 4, 1]) == ("++!", 2))
        #expect(verdicts(EarlyStopping(patience: 3), [5, 6, 7, 4, 5, 5, 3, 3, 3]) == ("+..+..+..", 7))
        #expect(verdicts(EarlyStopping(patience: 3), [1, 2, 3, 4, 0]) == ("+..!", 1))
    }

    @Test func anImprovementMustBeLargerThanMinDelta() {
        let settings = EarlyStopping(patience: 3, minDelta: 0.5)
        #expect(verdicts(settings, [5, 4.5, 4.25, 4.25]) == ("+.+.", 3))
        // Small steps that add up count from the best.
        #expect(verdicts(settings, [5, 4.75, 4.5, 4.25, 4]) == ("+..+.", 4))
    }

    @Test func nanIsNoImprovement() {
        #expect(verdicts(EarlyStopping(patience: 2), [.nan, .nan, 1]) == (".!", nil))
        #expect(verdicts(EarlyStopping(patience: 2), [.nan, 3, .nan, .nan]) == (".+.!", 2))
        #expect(verdicts(EarlyStopping(patience: 3), [3, .nan, 2]) == ("+.+", 3))
    }

    @Test func moreIsBetterForAccuracyAndLessForAnError() {
        func best(_ kind: any Metric, _ values: [Double]) -> Int? {
            var rule = StoppingRule(
                EarlyStopping(monitor: "validation_" + kind.name, minDelta: 0.1), figures: [RecallMetric(), kind])
            for (index, value) in values.enumerated() {
                _ = rule.judge(record(index + 1, metrics: [0, 0], validationMetrics: [0, value]))
            }
            return rule.best?.epoch
        }
        #expect(best(.accuracy, [0.5, 0.9, 0.95, 0.2]) == 2)
        #expect(best(.meanAbsoluteError, [0.5, 0.9, 0.95, 0.2]) == 4)
    }

    @Test func theFigureIsTheOneThatIsNamed() {
        func value(_ monitor: String) -> Double? {
            var rule = StoppingRule(EarlyStopping(monitor: monitor), figures: [AccuracyMetric()])
            _ = rule.judge(record(1, loss: 1, validation: 2, metrics: [3], validationMetrics: [4]))
            return rule.best?.value
        }
        #expect(value("loss") == 1)
        #expect(value("validation_loss") == 2)
        #expect(value("accuracy") == 3)
        #expect(value("validation_accuracy") == 4)
        #expect(value("f1") == nil)
    }
}
