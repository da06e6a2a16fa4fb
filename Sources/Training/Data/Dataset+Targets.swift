import Kernels
import Network

extension Dataset {
    /// What the targets look like to metrics under a loss.
    static func targetForm(_ objective: Objective) -> TargetForm {
        switch objective.loss {
        case .sparseCategoricalCrossEntropy: .sparseLabels(classes: objective.outputShape.last)
        case .categoricalCrossEntropy: .oneHot(classes: objective.outputShape.last)
        case .binaryCrossEntropy: .binary(outputs: objective.outputShape.count)
        case .meanSquaredError, .meanAbsoluteError, .huber:
            .values(outputs: objective.outputShape.count)
        }
    }

    /// Checks that the data can be trained on under an objective.
    /// - Throws: `DataError` with the row of the first target that does not fit.
    func check(against objective: Objective) throws {
        let model = objective.model
        guard inputs.rowShape == model.inputShape else {
            throw DataError(
                "\(inputsPlace) has samples of shape \(inputs.rowShape), but the model takes \(model.inputShape)"
            )
        }
        guard let targets else { return }
        let last = model.steps[model.steps.count - 1].name
        guard targets.rowShape.count == objective.targetShape.count else {
            throw DataError(
                "\(targetsPlace) holds \(Self.words(targets.rowShape)) for each sample, but the loss needs "
                    + "\(Self.words(objective.targetShape)), since the last layer '\(last)' gives "
                    + "\(Self.words(objective.outputShape)); change that layer, the loss or the targets")
        }
        var bad: (index: Int, value: Double)?
        var expectation = ""
        switch objective.loss {
        case .sparseCategoricalCrossEntropy:
            let classes = objective.outputShape.last
            expectation =
                "the labels of \(classes) classes are whole numbers from 0 to \(classes - 1); "
                + "the last layer '\(last)' decides how many classes there are"
            targets.forEach { index, value in
                if bad == nil, value < 0 || value >= Double(classes) || value != value.rounded() {
                    bad = (index, value)
                }
            }
        case .binaryCrossEntropy, .categoricalCrossEntropy:
            expectation = "a target of a cross-entropy is a probability, from 0 to 1"
            targets.forEach { index, value in
                if bad == nil, value < 0 || value > 1 { bad = (index, value) }
            }
        case .meanSquaredError, .meanAbsoluteError, .huber: break
        }
        if let bad {
            let number =
                bad.value == bad.value.rounded() && abs(bad.value) < 1e15
                ? "\(Int(bad.value))" : "\(bad.value)"
            throw DataError(
                "\(targetsPlace) holds \(number) in row \(bad.index / targets.rowShape.count), which is out of range: "
                    + expectation)
        }
    }

    /// `one number`, `10 numbers`, `8×8×1 numbers`.
    private static func words(_ shape: Shape) -> String {
        shape.count == 1 ? "one number" : "\(shape) numbers"
    }
}
