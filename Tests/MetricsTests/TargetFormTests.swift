import Network
import Testing

@testable import Metrics

@Suite struct TargetFormTests {
    @Test func widths() {
        #expect(TargetForm.sparseLabels(classes: 7).predictionWidth == 7)
        #expect(TargetForm.sparseLabels(classes: 7).targetWidth == 1)
        #expect(TargetForm.oneHot(classes: 7).targetWidth == 7)
        #expect(TargetForm.binary(outputs: 3).targetWidth == 3)
        #expect(TargetForm.values(outputs: 2).predictionWidth == 2)
    }

    @Test func whatFits() {
        let classifier: [any Metric] = [.accuracy, .precision, .recall, .f1, .rocAUC]
        let regression: [any Metric] = [.meanAbsoluteError, .rootMeanSquaredError, .r2]
        for form in [TargetForm.sparseLabels(classes: 3), .oneHot(classes: 3)] {
            for kind in classifier + [.topK(1), .topK(2)] { #expect(kind.problem(with: form) == nil) }
            for kind in regression { #expect(kind.problem(with: form) != nil) }
        }
        for kind in classifier { #expect(kind.problem(with: .binary(outputs: 2)) == nil) }
        for kind in regression { #expect(kind.problem(with: .values(outputs: 2)) == nil) }
        for kind in classifier { #expect(kind.problem(with: .values(outputs: 2)) != nil) }
    }

    @Test func sentences() {
        #expect(
            ROCAUCMetric().problem(with: .values(outputs: 1))
                == "The metric \"roc_auc\" needs class or binary targets, and these are regression values; "
                + "use \"mae\", \"rmse\" or \"r2\".")
        #expect(
            TopKAccuracyMetric(5).problem(with: .oneHot(classes: 5))
                == "The metric \"top_5_accuracy\" would always be 1 with 5 classes; use a K from 1 to 4.")
        #expect(
            TopKAccuracyMetric(2).problem(with: .binary(outputs: 5))
                == "The metric \"top_2_accuracy\" needs class targets, and these are binary outputs.")
        #expect(
            TopKAccuracyMetric(2).problem(with: .values(outputs: 5))
                == "The metric \"top_2_accuracy\" needs class targets, and these are regression values.")
        #expect(
            TopKAccuracyMetric(0).problem(with: .oneHot(classes: 5))
                == "The metric \"top_0_accuracy\" needs a K of at least 1.")
        #expect(
            R2Metric().problem(with: .sparseLabels(classes: 10))
                == "The metric \"r2\" needs regression values, and these are class targets; "
                + "use \"accuracy\", \"f1\" or \"roc_auc\".")
        #expect(
            AccuracyMetric().problem(with: .sparseLabels(classes: 1))
                == "Class targets need at least 2 classes, and there is 1; "
                + "give the last layer one unit per class, or use a binary loss.")
        #expect(
            AccuracyMetric().problem(with: .binary(outputs: 0))
                == "Metrics need at least 1 output, and there are 0.")
    }
}
