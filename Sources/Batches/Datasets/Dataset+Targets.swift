import HDF5
import Kernels
import Machine
import Metrics
import Network
import Recipes

extension Dataset {
    /// Checks that the data can be trained on under an objective.
    /// - Throws: `DataError` with the row of the first target that does not fit.
    package func check(against objective: Objective) throws {
        try checkThatTablesAreEncoded()
        let inputs = objective.model.inputs
        for (place, input) in zip(try places(.input, of: inputs.map(\.name)), inputs) {
            let shape = fields[place].field.featureShape
            // Numbers without axes had none either in models of before.
            guard shape == input.shape || (input.shape.rank == 0 && shape == [1]) else {
                throw DataError(
                    "\(self.place(of: fields[place])) has samples of shape \(shape), but the model takes \(input.shape)"
                )
            }
            if objective.model.element(of: input) == .int32 { try checkIntegers(fields[place].field) }
        }
        _ = try weightPlaces(of: objective.outputs.map(\.name))
        guard hasTargets else { return }
        for (place, output) in zip(try places(.target, of: objective.outputs.map(\.name)), objective.outputs) {
            try check(fields[place], against: output)
        }
    }

    /// Whether there is something to compare predictions with.
    package var hasTargets: Bool { fields.contains { $0.role == .target } }

    /// Checks the targets of one output.
    private func check(_ entry: DataField, against output: Objective.Output) throws {
        let targets = entry.field
        let encoding = try encoding(of: entry, for: output)
        var expectation = ""
        var isGood: @Sendable (Double) -> Bool = { _ in true }
        switch (output.targetForm, encoding) {
        case (.sparseLabels, _), (_, .oneHot): return try checkLabels(entry, output)
        case (.binary, _), (.oneHot, _):
            expectation = "a target of a cross-entropy is a probability, from 0 to 1"
            isGood = { $0 >= 0 && $0 <= 1 }
        case (.values, _): break
        }
        guard !expectation.isEmpty else { return }
        // Rows over classes are distributions: the loss and its gradient take them to add up to 1.
        var classes = 0
        if encoding == .stored, case .oneHot(let count) = output.targetForm { classes = count }
        let bad = try mapBlocks(of: targets) { [isGood, classes] rows, first in
            var bad: (place: Int, column: Int, value: Double, isSum: Bool)?
            var sum = 0.0
            rows.forEach { index, value in
                guard bad == nil else { return }
                if !isGood(value) {
                    bad = (first + index / rows.rowShape.count, index % rows.rowShape.count, value, false)
                }
                guard classes > 0 else { return }
                sum = index % classes == 0 ? value : sum + value
                if index % classes == classes - 1, abs(sum - 1) > Self.sumTolerance, bad == nil {
                    bad = (first + index / rows.rowShape.count, 0, sum, true)
                }
            }
            return bad
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let (place, row) = targets.place(ofRow: selection[bad.place])
        guard bad.isSum else {
            let names = columnNames(of: entry)
            let width = targets.rowShape.count
            let column =
                width == 1
                ? "" : ", column " + (names?.count == width ? "'\(names?[bad.column] ?? "")'" : "\(bad.column)") + ","
            throw DataError(
                "\(place)\(column) holds \(StoredType.text(bad.value)) in \(row), which is out of range: \(expectation)"
            )
        }
        throw DataError(
            "\(place) has targets that add up to \(NumberText.short(bad.value)) in \(row), but those of "
                + "\(output.loss.typeName) are the probabilities of \(classes) classes and add up to 1; for several classes at once use sigmoid and "
                + "binary_crossentropy, and for rows without a class whole numbers as labels with the loss's ignore_class"
        )
    }

    /// Sees that all labels are of one of the classes, or the one that the loss ignores.
    /// - Throws: `DataError` with the row of the first that is not.
    private func checkLabels(_ entry: DataField, _ output: Objective.Output) throws {
        let targets = entry.field
        let classes = Int32(clamping: output.shape.last)
        let ignored = output.ignoredLabel.flatMap { Int32(exactly: $0) }
        let bad = try mapBlocks(of: targets) { rows, first in
            rows.firstInteger { !(0..<classes).contains($0) && $0 != ignored }
                .map { (place: first + $0.row, number: $0.number) }
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let (place, row) = targets.place(ofRow: selection[bad.place])
        if let (name, others) = classOfLaterTable(entry, Int("\(bad.number)")) {
            throw DataError(
                "\(place) holds '\(name)' in \(row), a class that no row of \(others) has, and \(output.layer) has units for "
                    + "\(classes) classes; write it as \(others) does, or give \(output.layer) a unit for it")
        }
        throw DataError(
            "\(place) holds \(bad.number) in \(row), which is out of range: the labels of \(classes) classes are whole "
                + "numbers from 0 to \(classes - 1); \(output.layer) decides how many classes there are")
    }

    /// The text behind a label that the first of several tables does not have, with the name of that table; nil for others.
    private func classOfLaterTable(_ entry: DataField, _ label: Int?) -> (name: String, table: String)? {
        guard let label, let names = entry.field.recipe?.columns.first?.categories, names.indices.contains(label),
            let converted = source?.table?.converted, converted.count > 1, let first = converted.first,
            let dataset = try? HDF5File.open(first.path).dataset(TableSource.targetsPath),
            let text = try? dataset.attributes.stringsIfPresent(Recipe.attribute)?.first,
            let own = try? Recipe(text: text, file: first.table).columns.first?.categories,
            !own.contains(names[label])
        else { return nil }
        return (names[label], first.table)
    }

    /// Sees that all of an input's numbers are integers such as a model takes that looks them up.
    /// - Throws: `DataError` with the row of the first that is not.
    private func checkIntegers(_ inputs: Field) throws {
        guard !inputs.type.isWithinInt32 else { return }
        let bad = try mapBlocks(of: inputs) { rows, first in
            rows.firstInteger { _ in false }
                .map { (place: first + $0.row, element: $0.element, number: $0.number) }
        }
        guard let bad = bad.lazy.compactMap({ $0 }).first else { return }
        let (place, row) = inputs.place(ofRow: selection[bad.place])
        throw DataError(
            "\(place) holds \(bad.number) in \(row), \(inputs.words(ofElement: bad.element)), but the model takes whole numbers of "
                + "32 bits, from \(Int32.min) to \(Int32.max)")
    }

    /// What the rounding of as many as a thousand probabilities in half precision comes to.
    private static let sumTolerance = 1e-3

    /// Whether each of the numbers of a field, of the split's rows in order, is above ½: what binary targets are to metrics.
    package func areAboveHalf(_ field: Field) throws -> [Bool] {
        try mapBlocks(of: field) { rows, _ in
            var values: [Bool] = []
            values.reserveCapacity(rows.rows * rows.rowShape.count)
            rows.forEach { values.append($1 > 0.5) }
            return values
        }.flatMap { $0 }
    }

    /// How the targets become what the loss takes.
    /// - Throws: `DataError` where they do not fit it.
    package func encoding(of targets: DataField, for output: Objective.Output) throws -> TargetEncoding {
        try TargetEncoding(output, targetRowShape: targets.field.rowShape, place: place(of: targets))
    }

    /// The number of samples of each class in the targets of an output.
    package func labelCounts(of targets: Field, _ encoding: TargetEncoding, _ layout: MetricLayout) throws -> [Int] {
        let blocks = try mapBlocks(of: targets) { rows, _ in
            try ClassWeightTable.count(rows, encoding: encoding, layout: layout)
        }
        return blocks.dropFirst().reduce(blocks[0]) { zip($0, $1).map(+) }
    }
}
