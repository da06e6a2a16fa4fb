import Metrics
import Network

/// What a model answers for some rows, as a table: of each row its number or its file's name, and of each output
/// what `OutputAnswers` of its kind says. Outputs with a row for each position of a sample have a line for each.
///
/// The cells are made line by line as they are written, so that no more than the predictions themselves is in memory.
package struct Answers: Sendable {
    let model: TrainedModel
    /// Of each output, row-major, as the model gives them.
    let values: [[Float]]
    let truths: [[Float]]?
    let top: Int?
    package let rows: AnswerRows
    /// The samples that are answered here, of all those that `rows` has.
    let samples: Range<Int>
    /// The names of the columns, none twice.
    package let columns: [String]
    private let outputs: [any OutputAnswers]
    /// The lines of each sample.
    private let positions: Int

    /// - Parameters:
    ///   - values: of each output, as `Evaluator.predictAll` gives them.
    ///   - truths: the targets, in the same way, to stand beside; labels as floats.
    ///   - top: how many classes are told, the most probable first; nil for the probabilities of all.
    ///   - samples: which of the rows the values are for; nil for all.
    package init(
        _ values: [[Float]], of model: TrainedModel, rows: AnswerRows, truths: [[Float]]? = nil, top: Int? = nil,
        samples: Range<Int>? = nil
    ) {
        (self.model, self.values, self.rows, self.truths, self.top) = (model, values, rows, truths, top)
        self.samples = samples ?? 0..<rows.count
        let own = model.objective.outputs
        positions = own.map { $0.shape.count / $0.shape.last }.max() ?? 1
        outputs = own.enumerated().map { index, output in
            Self.answers(
                model, output, OutputValues(values[index], truths?[index]), isOne: own.count == 1, top: top)
        }
        var names = rows.columns + (positions > 1 ? ["position"] : [])
        for output in outputs { names += output.columns }
        columns = Self.distinct(names)
    }

    private static func answers(
        _ model: TrainedModel, _ output: Objective.Output, _ values: OutputValues, isOne: Bool, top: Int?
    ) -> any OutputAnswers {
        let prefix = isOne ? "" : output.name + "_"
        switch output.targetForm {
        case .values:
            return NumberAnswers(
                output, model.targetNames(of: output.name), model.dateTargets(of: output), isOne: isOne, values)
        case .binary(let width) where width > 1:
            return LabelAnswers(output, model.labelNames(of: output.name), prefix, values)
        case .binary: return YesNoAnswers(output, model.classNames(of: output.name), prefix, values)
        case .sparseLabels, .oneHot:
            return ClassAnswers(output, model.classNames(of: output.name), prefix, top: top, values)
        }
    }

    /// `a`, `a_2` for two that are called `a`.
    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.map { name in
            var (own, number) = (name, 2)
            while !seen.insert(own).inserted {
                own = "\(name)_\(number)"
                number += 1
            }
            return own
        }
    }

    /// The lines of the table below its heading.
    package var lines: Int { samples.count * positions }

    /// The same with so many classes told.
    package func told(top: Int?) -> Answers {
        Answers(values, of: model, rows: rows, truths: truths, top: top, samples: samples)
    }

    /// With those of the rows that follow.
    package func joined(_ next: Answers) -> Answers {
        Answers(
            zip(values, next.values).map(+), of: model, rows: rows,
            truths: truths.flatMap { own in next.truths.map { zip(own, $0).map(+) } }, top: top,
            samples: samples.lowerBound..<next.samples.upperBound)
    }

    /// The cells of a line, one for each column.
    package func cells(ofLine line: Int) -> [AnswerCell] {
        var cells: [AnswerCell] = []
        cells.reserveCapacity(columns.count)
        let (row, position) = line.quotientAndRemainder(dividingBy: positions)
        rows.append(samples.lowerBound + row, to: &cells)
        if positions > 1 { cells.append(.integer(position)) }
        for output in outputs { output.append(line, to: &cells) }
        return cells
    }

    /// Why the outputs of a model are no table, or nil: the rest of a sentence that begins with the model.
    package static func problemOfTable(_ model: TrainedModel) -> String? {
        let outputs = model.objective.outputs
        let positions = outputs.map { $0.shape.count / $0.shape.last }
        guard Set(positions).count > 1 else { return nil }
        let shapes = outputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        return "has outputs with different numbers of rows for each sample (\(shapes)), which are no one table"
    }

    /// Why the best `top` classes can't be told, or nil: the rest of a sentence that begins with the setting.
    package static func problem(top: Int, _ model: TrainedModel) -> String? {
        let classes = model.objective.outputs.compactMap(\.targetForm.classes)
        guard let least = classes.min() else { return "is for models of classes" }
        return top > least ? "is more than the \(least) classes that there are" : nil
    }
}

/// The predictions of one output.
struct OutputValues: Sendable {
    let values: [Float]
    /// The targets; nil where they are not wanted.
    let truths: [Float]?

    init(_ values: [Float], _ truths: [Float]?) { (self.values, self.truths) = (values, truths) }
}

/// The columns that an output has in a table of answers. Each kind of output is a file.
protocol OutputAnswers: Sendable {
    var columns: [String] { get }
    /// Adds a cell for each column.
    /// - Parameter line: the row of predictions, counted over all samples.
    func append(_ line: Int, to cells: inout [AnswerCell])
}
