import Batches
import Engine
import HDF5
import TestSupport
import Testing

@testable import Interchange

/// A file that the version before the present architecture wrote, with what that version predicted of it.
@Suite struct EarlierModelFileTests {
    private static let fixtures = Repository.fixture("", of: "InterchangeTests")

    @Test func itsPredictionsAreTheSame() throws {
        let model = try TrainedModel(contentsOf: Self.fixtures + "model-format-1.h5")
        #expect(model.objective.ignoredLabel == 3)
        #expect(model.metrics.map(\.name) == ["accuracy", "top_3_accuracy"])
        let rows = Self.fixtures + "predictions-format-1.h5"
        let source = DataSource(files: [rows], inputs: "/test/inputs", targets: nil)
        let evaluator = try model.evaluator(
            on: Dataset(reading: source, for: model, wantsTargets: false), Parallelism(workers: 2), predictsOnly: true)
        let expected = try HDF5File.open(rows).dataset("/predictions").read(Float.self)
        let values = try evaluator.predict()
        #expect(values.count == 120)
        // Kernels round otherwise on other CPUs.
        for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 1e-5) }
    }
}
