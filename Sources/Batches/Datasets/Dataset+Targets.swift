import Kernels
import Machine
import Metrics
import Network

extension Dataset {
    /// Checks that the data can be trained on under an objective.
    /// - Throws: `DataError` with the row of the first target that does not fit.
    package func check(against objective: Objective) throws {
        let model = objective.model
        // Numbers without axes had none either in models of before.
        guard inputs.rowShape == model.inputShape || (model.inputShape.rank == 0 && inputs.rowShape == [1]) else {
            throw DataError(
                "\(inputsPlace) has samples of shape \(inputs.rowShape), but the model takes \(model.inputShape)"
            )
        }
        guard let targets else { return }
        let encoding = try encoding(for: objective)
        let last = model.steps[model.steps.count - 1].name
        var expectation = ""
        var isGood: @Sendable (Double) -> Bool = { _ in true }
        switch (objective.targetForm, encoding) {
        case (.sparseLabels, _), (_, .oneHot):
            let classes = objective.outputShape.last
            let ignored = objective.ignoredLabel.map(Double.init)
            expectation =
                "the labels of \(classes) classes are whole numbers from 0 to \(classes - 1); "
                + "the last layer '\(last)' decides how many classes there are"
            isGood = { $0 >= 0 && $0 < Double(classes) && $0 == $0.rounded() || $0 == ignored }
        case (.binary, _), (.oneHot, _):
            expectation = "a target of a cross-entropy is a probability, from 0 to 1"
            isGood = { $0 >= 0 && $0 <= 1 }
        case (.values, _): break
        }
        guard !expectation.isEmpty else { return }
        // Rows over classes are distributions: the loss and its gradient take them to add up to 1.
        var classes = 0
        if encoding == .stored, case .oneHot(let count) = objective.targetForm { classes = count }
        let bad = try mapBlocks(of: targets) { [isGood, classes] rows, first in
            var bad: (place: Int, value: Double, isSum: Bool)?
            var sum = 0.0
            rows.forEach { index, value in
                guard bad == nil else { return }
                if !isGood(value) { bad = (first + index / rows.rowShape.count, value, false) }
                guard classes > 0 else { return }
                sum = index % classes == 0 ? value : sum + value
                if index % classes == classes - 1, abs(sum - 1) > Self.sumTolerance, bad == nil {
                    bad = (first + index / rows.rowShape.count, sum, true)
                }
            }
            return bad
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let number =
            bad.value == bad.value.rounded() && abs(bad.value) < 1e15
            ? "\(Int(bad.value))" : "\(bad.value)"
        let (place, row) = targets.place(ofRow: selection[bad.place])
        guard bad.isSum else {
            throw DataError("\(place) holds \(number) in row \(row), which is out of range: \(expectation)")
        }
        throw DataError(
            "\(place) has targets that add up to \(NumberText.short(bad.value)) in row \(row), but those of "
                + "\(objective.loss.typeName) are the probabilities of \(classes) classes and add up to 1; for several classes at once use sigmoid and "
                + "binary_crossentropy, and for rows without a class whole numbers as labels with the loss's ignore_class"
        )
    }

    /// What the rounding of as many as a thousand probabilities in half precision comes to.
    private static let sumTolerance = 1e-3

    /// How the targets become what the loss takes.
    /// - Throws: `DataError` where they do not fit it.
    package func encoding(for objective: Objective) throws -> TargetEncoding {
        guard let targets else { return .stored }
        return try TargetEncoding(objective, targetRowShape: targets.rowShape, place: targetsPlace)
    }

    /// The number of samples of each class.
    package func labelCounts(_ encoding: TargetEncoding, _ layout: MetricLayout) throws -> [Int] {
        guard let targets else { return [] }
        let blocks = try mapBlocks(of: targets) { rows, _ in
            ClassWeightTable.count(rows, encoding: encoding, layout: layout)
        }
        return blocks.dropFirst().reduce(blocks[0]) { zip($0, $1).map(+) }
    }
}
