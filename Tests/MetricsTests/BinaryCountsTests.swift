import Network
import Testing

@testable import Metrics

@Suite struct BinaryCountsTests {
    static let kinds: [any Metric] = [.accuracy, .precision, .recall, .f1]

    /// scikit-learn 1.9.1, on the arrays of `MetricFixture.binary` as float32:
    /// accuracy_score, precision_score, recall_score, f1_score, confusion_matrix(b, s > 0.5)
    @Test func scikitLearnsFigures() throws {
        let set = try MetricSet(kinds: Self.kinds, layout: MetricLayout(form: .binary(outputs: 1)), capacity: 60)
        set.update(.binary)
        #expect(
            metricsAgree(
                set.values(), [0.4666666666666667, 0.27586206896551724, 0.42105263157894735, 0.3333333333333333]))
        #expect(set.confusion?.counts == [20, 21, 11, 8])
    }

    /// scikit-learn 1.9.1, on the arrays of `MetricFixture.multilabel` as float32, `P = S > 0.5`:
    /// (B == P).mean(); precision_score, recall_score, f1_score(B, P, average="macro")
    @Test func severalOutputs() throws {
        let values = try measureMetrics(
            Self.kinds, .binary(outputs: 3), predictions: MetricFixture.multilabel.predictions,
            targets: MetricFixture.multilabel.targets)
        #expect(metricsAgree(values, [0.5277777777777778, 0.3521072796934866, 0.5263157894736842, 0.4217687074829932]))
    }

    @Test func theThresholdOfLogitsIsZero() throws {
        let logits: [Float] = [-0.1, 0, 0.1, 0.4, 0.6]
        let targets: [Float] = [0, 0, 1, 1, 1]
        #expect(
            try measureMetrics([.accuracy], .binary(outputs: 1), logits: true, predictions: logits, targets: targets)
                == [1])
        #expect(try measureMetrics([.accuracy], .binary(outputs: 1), predictions: logits, targets: targets) == [0.6])
    }

    @Test func nothingPredictedOrNothingThereIsZero() throws {
        #expect(
            try measureMetrics(Self.kinds, .binary(outputs: 1), predictions: [0.1, 0.2], targets: [0, 1]) == [
                0.5, 0, 0, 0,
            ])
        #expect(
            try measureMetrics(Self.kinds, .binary(outputs: 1), predictions: [0.1, 0.2], targets: [0, 0]) == [
                1, 0, 0, 0,
            ])
        #expect(try measureMetrics(Self.kinds, .binary(outputs: 1), predictions: [0.9], targets: [1]) == [1, 1, 1, 1])
    }

    @Test func nanIsWrongForEitherTarget() throws {
        // One right yes; NaN for a yes, which recall misses; NaN for a no, which is not taken for a yes.
        let values = try measureMetrics(
            Self.kinds, .binary(outputs: 1), predictions: [0.9, .nan, .nan], targets: [1, 1, 0])
        #expect(metricsAgree(values, [1.0 / 3, 1, 0.5, 2.0 / 3]))
    }
}
