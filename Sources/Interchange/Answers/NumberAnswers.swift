import Network
import Recipes

/// The answers of an output of numbers, in the targets' own units: by each target's name; where they have none `prediction`
/// or the name of one of several outputs, with the number of each behind it where there are several. `true_NAME` in front are
/// the targets; `true`, or `true_0` and so on, where they have no names. Dates and times are written as such.
struct NumberAnswers: OutputAnswers {
    let columns: [String]
    private let width: Int
    private let values: OutputValues
    /// The targets' columns, where some are dates; else nil.
    private let dates: [RecipeColumn]?

    init(
        _ output: Objective.Output, _ names: [String]?, _ dates: [RecipeColumn]?, isOne: Bool, _ values: OutputValues
    ) {
        width = output.shape.last
        self.values = values
        self.dates = dates
        let stem = isOne ? "prediction" : output.name
        let own = names
        let names =
            names?.map { isOne ? $0 : "\(output.name)_\($0)" }
            ?? (width == 1 ? [stem] : (0..<width).map { "\(stem)_\($0)" })
        // The target of a prediction is no prediction.
        let truths =
            own == nil && isOne ? width == 1 ? ["true"] : (0..<width).map { "true_\($0)" } : names.map { "true_\($0)" }
        columns = (values.truths == nil ? [] : truths) + names
    }

    func append(_ line: Int, to cells: inout [AnswerCell]) {
        let range = line * width..<(line + 1) * width
        for list in [values.truths, values.values] {
            guard let list else { continue }
            for index in range {
                cells.append(Self.cell(list[index], dates?[index - range.lowerBound]))
            }
        }
    }

    /// A number, or the date that it stands for.
    static func cell(_ value: Float, _ column: RecipeColumn?) -> AnswerCell {
        guard let column, column.kind.isDate else { return .number(value) }
        return DatePart.iso(Double(value), of: column).map { .text($0) } ?? .missing
    }
}
