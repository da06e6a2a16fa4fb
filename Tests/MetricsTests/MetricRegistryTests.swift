import Testing

@testable import Metrics

@Suite struct MetricRegistryTests {
    @Test func everyKnownNameParses() {
        for name in MetricRegistry.kinds.builtInNames { #expect(MetricRegistry.metric(named: name) != nil, "\(name)") }
        #expect(MetricRegistry.metric(named: "mean_absolute_error") is MAEMetric)
        #expect(MetricRegistry.metric(named: "root_mean_squared_error") is RMSEMetric)
    }

    @Test func namesComeBack() {
        let kinds: [any Metric] = [
            .accuracy, .topK(3), .precision, .recall, .f1, .rocAUC, .meanAbsoluteError, .rootMeanSquaredError, .r2,
        ]
        for kind in kinds { #expect(MetricRegistry.metric(named: kind.name)?.name == kind.name) }
        #expect(
            kinds.map(\.name) == [
                "accuracy", "top_3_accuracy", "precision", "recall", "f1", "roc_auc", "mae", "rmse", "r2",
            ])
        #expect(kinds.map(\.displayName).suffix(4) == ["ROC AUC", "MAE", "RMSE", "R²"])
    }

    @Test(arguments: [
        "", "Accuracy", "top__accuracy", "top_accuracy", "top_0_accuracy", "top_05_accuracy", "top_+5_accuracy",
        "top_-1_accuracy", "top_k_accuracy", "top_99999999999999999999_accuracy", "auc",
    ])
    func otherNamesDoNot(name: String) {
        #expect(MetricRegistry.metric(named: name) == nil)
    }

    @Test func onlyErrorsAreBetterLower() {
        let lower = MetricRegistry.kinds.builtInNames.filter {
            MetricRegistry.metric(named: $0)?.higherIsBetter == false
        }
        #expect(lower == ["mae", "rmse", "mean_absolute_error", "root_mean_squared_error"])
    }

    @Test func undefinedValuesShowAsSuch() {
        #expect(MetricText.format(.nan) == "n/a")
        #expect(MetricText.format(0.98765) == "0.9877")
    }
}
