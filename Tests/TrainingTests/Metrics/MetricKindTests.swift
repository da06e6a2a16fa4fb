import Testing

@testable import Metrics

@Suite struct MetricKindTests {
    @Test func everyKnownNameParses() {
        for name in MetricKind.knownNames { #expect(MetricKind(name: name) != nil, "\(name)") }
        #expect(MetricKind(name: "mean_absolute_error") == .meanAbsoluteError)
        #expect(MetricKind(name: "root_mean_squared_error") == .rootMeanSquaredError)
    }

    @Test func namesComeBack() {
        let kinds: [MetricKind] = [
            .accuracy, .topK(3), .precision, .recall, .f1, .rocAUC, .meanAbsoluteError, .rootMeanSquaredError, .r2,
        ]
        for kind in kinds { #expect(MetricKind(name: kind.name) == kind) }
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
        #expect(MetricKind(name: name) == nil)
    }

    @Test func onlyErrorsAreBetterLower() {
        let lower = MetricKind.knownNames.filter { MetricKind(name: $0)?.higherIsBetter == false }
        #expect(lower == ["mae", "rmse", "mean_absolute_error", "root_mean_squared_error"])
    }

    @Test func undefinedValuesShowAsSuch() {
        #expect(MetricKind.format(.nan) == "n/a")
        #expect(MetricKind.format(0.98765) == "0.9877")
    }
}
