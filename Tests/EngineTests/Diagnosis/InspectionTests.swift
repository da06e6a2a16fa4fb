import Kernels
import Network
import Testing

@testable import Batches
@testable import Engine

@Suite struct InspectionTests {
    private func inspection(
        _ objective: Objective, _ data: Dataset, rows: [Int64], preprocessing: Preprocessing = .none,
        _ set: (String, Int) -> Float? = { _, _ in nil }
    ) throws -> (inspection: Inspection, parameters: AlignedMemory) {
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 1)
        for entry in objective.layout.entries {
            for index in 0..<entry.shape.count {
                if let value = set(entry.name, index) { parameters.floats[entry.offset + index] = value }
            }
        }
        let inspection = try Inspection(
            objective, parameters: parameters, pool: #require(Pool(data)),
            feed: ShardFeed(objective, on: data, preprocessing: preprocessing), rows: rows, KernelPass(isTraining: true)
        )
        return (inspection, parameters)
    }

    /// y = w·x with a squared error: dL/dw = mean 2(w·x - t)·x.
    @Test func theGradientIsThatOfTheMeanOverTheRows() throws {
        let objective = try Objective(
            Model(input: [1]) { Dense(1, useBias: false) }, loss: .meanSquaredError(factor: 1))
        let data = try Dataset(inputs: [[1], [2], [3]], targets: [[1], [0], [5]])
        let (inspection, parameters) = try inspection(objective, data, rows: [2, 0]) { _, _ in 0.5 }
        #expect(abs(inspection.gradients.floats[0] - ((1.5 - 5) * 3 + (0.5 - 1) * 1)) < 1e-5)
        #expect(abs(inspection.loss(KernelPass()) - (3.5 * 3.5 + 0.25) / 2) < 1e-6)
        #expect(inspection.firstNonFinite == nil)
        parameters.floats[0] = 1
        inspection.run(KernelPass(isTraining: true))
        #expect(abs(inspection.gradients.floats[0] - (1 - 5.0 / 3) * 3 * 3) < 1e-4)
        #expect(abs(inspection.loss(KernelPass()) - 2) < 1e-6)
    }

    private func firstNonFinite(
        _ input: Float = 1, target: Float = 0, preprocessing: Preprocessing = .none, hidden: Float = 1, out: Float = 1
    ) throws -> String? {
        let model = try Model(input: [1]) {
            Dense(1, useBias: false).named("hidden")
            Dense(1, useBias: false).named("out")
        }
        let data = try Dataset(inputs: [[input]], targets: [[target]])
        return try inspection(
            Objective(model, loss: .meanSquaredError(factor: 1)), data, rows: [0], preprocessing: preprocessing
        ) { name, _ in name == "hidden/kernel" ? hidden : out }.inspection.firstNonFinite
    }

    @Test func whatIsFirstNotFiniteIsNamed() throws {
        #expect(try firstNonFinite() == nil)
        #expect(
            try firstNonFinite(preprocessing: Preprocessing(kind: .scale, offset: [0], scale: [.infinity]))
                == "the input")
        #expect(try firstNonFinite(hidden: .nan) == "the parameter 'hidden/kernel'")
        #expect(try firstNonFinite(out: .infinity) == "the parameter 'out/kernel'")
        #expect(try firstNonFinite(1e30, hidden: 1e30) == "the output of layer 'hidden'")
        #expect(try firstNonFinite(1e30, out: 1e30) == "the output of layer 'out'")
        #expect(try firstNonFinite(1e30) == "the loss")
        // Forward all is finite, since the zeros hide the large numbers; going back they meet.
        #expect(try firstNonFinite(3e38, target: 3, hidden: 0) == "the gradient of the parameter 'hidden/kernel'")
        #expect(try firstNonFinite(target: 3, hidden: 0, out: 3e38) == "the gradient at the output of 'hidden'")
    }
}
