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
        if model.inputElement == .int32 { try checkIntegers() }
        guard let targets else { return }
        let encoding = try encoding(for: objective)
        var expectation = ""
        var isGood: @Sendable (Double) -> Bool = { _ in true }
        switch (objective.targetForm, encoding) {
        case (.sparseLabels, _), (_, .oneHot): return try checkLabels(targets, objective)
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
        let (place, row) = targets.place(ofRow: selection[bad.place])
        guard bad.isSum else {
            throw DataError(
                "\(place) holds \(StoredType.text(bad.value)) in row \(row), which is out of range: \(expectation)")
        }
        throw DataError(
            "\(place) has targets that add up to \(NumberText.short(bad.value)) in row \(row), but those of "
                + "\(objective.loss.typeName) are the probabilities of \(classes) classes and add up to 1; for several classes at once use sigmoid and "
                + "binary_crossentropy, and for rows without a class whole numbers as labels with the loss's ignore_class"
        )
    }

    /// Sees that all labels are of one of the classes, or the one that the loss ignores.
    /// - Throws: `DataError` with the row of the first that is not.
    private func checkLabels(_ targets: Field, _ objective: Objective) throws {
        let classes = Int32(clamping: objective.outputShape.last)
        let ignored = objective.ignoredLabel.flatMap { Int32(exactly: $0) }
        let bad = try mapBlocks(of: targets) { rows, first in
            rows.firstInteger { !(0..<classes).contains($0) && $0 != ignored }
                .map { (place: first + $0.row, number: $0.number) }
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let (place, row) = targets.place(ofRow: selection[bad.place])
        let last = objective.model.steps[objective.model.steps.count - 1].name
        throw DataError(
            "\(place) holds \(bad.number) in row \(row), which is out of range: the labels of \(classes) classes are whole "
                + "numbers from 0 to \(classes - 1); the last layer '\(last)' decides how many classes there are")
    }

    /// Sees that all inputs are integers such as a model takes that looks them up.
    /// - Throws: `DataError` with the row of the first that is not.
    private func checkIntegers() throws {
        guard !inputs.type.isWithinInt32 else { return }
        let bad = try mapBlocks(of: inputs) { rows, first in
            rows.firstInteger { _ in false }
                .map { (place: first + $0.row, element: $0.element, number: $0.number) }
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let (place, row) = inputs.place(ofRow: selection[bad.place])
        throw DataError(
            "\(place) holds \(bad.number) in row \(row), element \(bad.element), but the model takes whole numbers of 32 "
                + "bits, from \(Int32.min) to \(Int32.max)")
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
            try ClassWeightTable.count(rows, encoding: encoding, layout: layout)
        }
        return blocks.dropFirst().reduce(blocks[0]) { zip($0, $1).map(+) }
    }
}
