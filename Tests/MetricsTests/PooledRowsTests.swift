import Kernels
import Network
import Testing

@testable import Engine
@testable import Metrics

/// Positions and pixels are rows that metrics pool, whatever the loss: of masks of labels, of binary masks and of images
/// of numbers alike. The last dimension is what a row has: classes or outputs.
@Suite struct PooledRowsTests {
    private func layout(_ shape: Shape, _ loss: any Loss) throws -> MetricLayout {
        let model = try Model(input: shape) { ActivationLayer(loss.activation ?? .linear) }
        return MetricLayout(try Objective(model, loss: loss))
    }

    @Test func theLastDimensionIsARowsWidth() throws {
        #expect(
            try layout([4, 4, 3], .sparseCategoricalCrossEntropy)
                == MetricLayout(form: .sparseLabels(classes: 3), rowsPerSample: 16))
        #expect(
            try layout([4, 3], .categoricalCrossEntropy) == MetricLayout(form: .oneHot(classes: 3), rowsPerSample: 4))
        #expect(
            try layout([4, 4, 1], .binaryCrossEntropy) == MetricLayout(form: .binary(outputs: 1), rowsPerSample: 16))
        #expect(try layout([5], .binaryCrossEntropy) == MetricLayout(form: .binary(outputs: 5)))
        #expect(
            try layout([4, 4, 2], .meanSquaredError(factor: 1))
                == MetricLayout(form: .values(outputs: 2), rowsPerSample: 16))
        #expect(try layout([5], .meanAbsoluteError) == MetricLayout(form: .values(outputs: 5)))
    }

    /// scikit-learn 1.9.1 on the flattened pixels; the first pixel has no positive in any mask, so that a ROC AUC by
    /// pixel would not be defined.
    @Test func aBinaryMaskIsPooled() throws {
        let targets: [Float] = [0, 1, 1, 0, 0, 1, 0, 0]
        let predictions: [Float] = [0.2, 0.9, 0.4, 0.6, 0.1, 0.8, 0.3, 0.7]
        let set = try MetricSet(
            kinds: [.accuracy, .precision, .recall, .f1, .rocAUC], layout: layout([2, 2, 1], .binaryCrossEntropy),
            capacity: 2, countsConfusion: true)
        set.update(predictions: predictions, targets: targets, samples: 2)
        #expect(metricsAgree(set.values(), [0.625, 0.5, 2.0 / 3, 4.0 / 7, 13.0 / 15]))
        #expect(set.confusion?.counts == [3, 2, 1, 2])
    }

    /// r2_score over all pixels; by pixel two samples of it would come to other figures.
    @Test func anImageOfNumbersIsPooled() throws {
        let targets: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
        let predictions: [Float] = [1, 2, 3, 5, 5, 6, 6, 8]
        let set = try MetricSet(
            kinds: [.r2], layout: layout([2, 2, 1], .meanSquaredError(factor: 1)), capacity: 2)
        set.update(predictions: predictions, targets: targets, samples: 2)
        #expect(metricsAgree(set.values(), [1 - 2.0 / 42]))
    }
}
