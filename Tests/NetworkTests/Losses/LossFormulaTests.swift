import Configuration
import Kernels
import TestSupport
import Testing

@testable import Network

/// A loss that is arithmetic on variables.
@Suite struct LossFormulaTests {
    private struct Squares: LossFormula {
        static let name = "test_squares"
        init() {}
        init(reading reader: ObjectReader) {}
        func value(of prediction: Variable, against target: Variable) -> Variable { (prediction - target) ** 2 }
    }
    private struct Nothing: LossFormula {
        static let name = "test_nothing"
        init() {}
        init(reading reader: ObjectReader) {}
        func value(of prediction: Variable, against target: Variable) -> Variable { prediction.graph.constant(1) }
    }
    private struct OfClasses: LossFormula {
        static let name = "test_of_classes"
        init() {}
        init(reading reader: ObjectReader) {}
        func targetForm(for prediction: Shape) -> TargetForm { .sparseLabels(classes: prediction.last) }
        func value(of prediction: Variable, against target: Variable) -> Variable { prediction }
    }

    private func losses(_ objective: Objective) throws -> (values: [Float], gradients: [Float]) {
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 3)
        let replica = try Replica(objective.training, samples: [4])
        let gradients = try AlignedMemory(floats: objective.layout.count)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: gradients)
        let (x, t) = (
            replica.value(of: objective.input, samples: 4), replica.value(of: objective.target, samples: 4)
        )
        for index in 0..<12 { x[index] = Float(index % 5) - 2 }
        for index in 0..<8 { t[index] = Float(index % 3) }
        replica.forward(samples: 4, KernelPass(isTraining: true))
        replica.backward(samples: 4, scale: 0.25, KernelPass(isTraining: true))
        return (
            Array(replica.value(of: objective.sampleLoss, samples: 4)),
            (0..<objective.layout.count).map { gradients.floats[$0] }
        )
    }

    /// (p - t)² is what the mean squared error is.
    @Test func itsValueAndItsGradientAreThoseOfAKernel() throws {
        let model = try Model(input: [3]) { Dense(2, activation: .tanh) }
        let own = try losses(Objective(model, loss: Squares()))
        let known = try losses(Objective(model, loss: .meanSquaredError(factor: 1)))
        for (a, b) in zip(own.values + own.gradients, known.values + known.gradients) { #expect(abs(a - b) < 1e-6) }
        #expect(own.gradients.contains { $0 != 0 })
    }

    @Test func whatIsNoLoss() throws {
        let model = try Model(input: [3]) { Dense(2) }
        #expect(
            throws: ObjectiveError(
                "test_nothing gives a tensor that all samples share, not one number for each; its value must be made of the "
                    + "prediction")
        ) { try Objective(model, loss: Nothing()) }
        #expect(
            throws: ObjectiveError(
                "test_of_classes is arithmetic on variables, so its targets must be numbers: its targetForm(for:) gives classes "
                    + "or labels")
        ) { try Objective(model, loss: OfClasses()) }
    }
}
