import Foundation
import Metrics
import Network

/// The answers of an output that are furthest from the truth: of classes and labels the wrong ones of which the model is the
/// surest, of numbers those with the greatest absolute error.
package struct Mistakes: Sendable {
    package struct Mistake: Sendable, Hashable {
        /// The sample, counted over all that were measured.
        package let sample: Int
        /// Which of the sample's rows, where it has several; else 0.
        package let position: Int
        /// Of several labels or numbers of a row which one; else 0.
        package let column: Int
        package let truth: AnswerCell
        package let answer: AnswerCell
        /// The probability of the answer; of numbers how far it is above the truth. NaN where the prediction is no number.
        package let size: Double
    }

    /// The worst first; of equally bad ones in the order of the rows.
    package let worst: [Mistake]
    /// All mistakes; of numbers all that were measured.
    package let count: Int
    /// All answers.
    package let total: Int
    /// Whether a sample has several rows.
    package let hasPositions: Bool
    /// The names of labels or numbers, where a row has several; else nil.
    package let columns: [String]?
    /// Whether the answers are numbers.
    package let areNumbers: Bool

    /// - Parameters:
    ///   - most: how many are kept.
    ///   - values: the output's predictions, row-major, as the model gives them.
    ///   - truths: its targets, labels as floats.
    package init(_ most: Int, _ values: [Float], _ truths: [Float], of output: Objective.Output, _ model: TrainedModel)
    {
        hasPositions = output.shape.count > output.shape.last
        areNumbers = output.targetForm.isOfValues
        var found: [(place: Int, size: Double)] = []
        let width = output.shape.last
        let make: (Int, Double) -> Mistake
        func mistake(_ line: Int, _ column: Int, _ truth: AnswerCell, _ answer: AnswerCell, _ size: Double) -> Mistake {
            let (sample, position) = line.quotientAndRemainder(dividingBy: output.shape.count / width)
            return Mistake(
                sample: sample, position: position, column: column, truth: truth, answer: answer, size: size)
        }
        switch output.targetForm {
        case .values:
            (total, columns) = (
                values.count,
                width > 1 ? model.targetNames(of: output.name) ?? (0..<width).map { "\($0)" } : nil
            )
            found = values.indices.map { ($0, Double(values[$0]) - Double(truths[$0])) }
            let dates = model.dateTargets(of: output)
            make = { place, size in
                func cell(_ value: Float) -> AnswerCell { NumberAnswers.cell(value, dates?[place % width]) }
                return mistake(place / width, place % width, cell(truths[place]), cell(values[place]), size)
            }
        case .binary:
            let thresholds = MetricLayout(output).comparisons
            let labels = model.labelNames(of: output.name)
            let names = width == 1 ? model.classNames(of: output.name) : nil
            columns = width > 1 ? labels ?? (0..<width).map { "\($0)" } : nil
            total = values.count
            func name(_ isOne: Bool) -> AnswerCell {
                names?.count == 2 ? .text(names?[isOne ? 1 : 0] ?? "") : .integer(isOne ? 1 : 0)
            }
            for place in values.indices {
                let (value, isOne) = (values[place], truths[place] > 0.5)
                let answer = value > thresholds[place % width]
                guard value.isNaN || answer != isOne else { continue }
                let p = Double(output.predictsLogits ? YesNoAnswers.sigmoid(value) : value)
                found.append((place, answer ? p : 1 - p))
            }
            make = { place, size in
                mistake(
                    place / width, place % width, name(truths[place] > 0.5),
                    size.isNaN ? .missing : name(values[place] > thresholds[place % width]), size)
            }
        case .sparseLabels, .oneHot:
            columns = nil
            let names = model.classNames(of: output.name)
            func name(_ index: Int) -> AnswerCell {
                index < 0 ? .missing : names?.count == width ? .text(names?[index] ?? "") : .integer(index)
            }
            var isSparse = false
            if case .sparseLabels = output.targetForm { isSparse = true }
            let lines = values.count / width
            func row(_ line: Int, _ list: [Float]) -> ArraySlice<Float> { list[line * width..<(line + 1) * width] }
            func label(_ line: Int) -> Int {
                isSparse ? Int(truths[line]) : ClassAnswers.greatest(row(line, truths))
            }
            var counted = 0
            for line in 0..<lines {
                let truth = label(line)
                guard truth >= 0, truth < width, truth != output.ignoredLabel else { continue }
                counted += 1
                let own = row(line, values)
                let answer = ClassAnswers.greatest(own)
                guard answer != truth else { continue }
                guard answer >= 0 else {
                    found.append((line, .nan))
                    continue
                }
                var probabilities = Array(own)
                if output.predictsLogits { ClassAnswers.takeSoftmax(&probabilities) }
                found.append((line, Double(probabilities[answer])))
            }
            total = counted
            make = { line, size in
                mistake(line, 0, name(label(line)), name(ClassAnswers.greatest(row(line, values))), size)
            }
        }
        count = found.count
        // What is no number is the worst.
        func badness(_ size: Double) -> Double { size.isNaN ? .infinity : abs(size) }
        found.sort { left, right in
            let sizes = (badness(left.size), badness(right.size))
            return sizes.0 > sizes.1 || sizes.0 == sizes.1 && left.place < right.place
        }
        worst = found.prefix(most).map { make($0.place, $0.size) }
    }
}
