import Preparation
import Recipes

/// What was decided of each column of a table: tables of the inputs, of the targets, and of what is left out.
struct DecisionText {
    private let decisions: TableDecisions
    private let headings: (inputs: String, targets: String)

    /// - Parameters:
    ///   - inputs: what is printed above the inputs, behind `columns of`.
    ///   - targets: above the targets.
    init(_ decisions: TableDecisions, inputs: String = "the inputs", targets: String = "the targets") {
        self.decisions = decisions
        headings = (inputs, targets)
    }

    /// Of many columns of plain numbers nothing is said.
    private static let mostPlain = 40

    var lines: [String] {
        var lines: [String] = []
        for (recipe, heading) in [(decisions.inputs, headings.inputs), (decisions.targets, headings.targets)] {
            let hasRemarks = recipe.names.contains { decisions.remarks[$0] != nil }
            guard !recipe.columns.isEmpty, recipe.columns.count <= Self.mostPlain || !recipe.isPlain || hasRemarks
            else { continue }
            lines += ["", "columns of \(heading)"]
            lines += RecipeTable(recipe, remarks: decisions.remarks, warned: decisions.warned).lines
        }
        guard !decisions.leftOut.isEmpty else { return lines }
        var table = TextTable([("left out", .left), ("kind", .left), ("", .left)])
        for column in decisions.leftOut.prefix(RecipeTable.most) {
            table.append([RecipeTable.cut(column.name, RecipeTable.longestName), column.kind, column.reason])
        }
        let more = decisions.leftOut.count - RecipeTable.most
        return lines + [""] + table.lines(within: Terminal.output.columns).map(\.text)
            + (more > 0 ? ["… and \(Figures.count(more, "more column"))"] : [])
    }

    func print() { for line in lines { Console.print(line) } }
}
