import Foundation
import Preparation
import Recipes

/// The columns of a table, a line each: what they hold, and what is, or was, made of them.
struct RecipeTable {
    private let recipe: Recipe
    private let findings: [ColumnFindings]
    private static let most = 100

    /// - Parameter findings: what was found in each column; none where nobody looked.
    init(_ recipe: Recipe, _ findings: [ColumnFindings] = []) { (self.recipe, self.findings) = (recipe, findings) }

    var lines: [String] {
        var table = TextTable([
            ("column", .left), ("kind", .left), ("missing", .right), ("becomes", .left), ("values", .left),
            ("features", .right), ("", .left),
        ])
        for (index, column) in recipe.columns.prefix(Self.most).enumerated() {
            let found = findings.indices.contains(index) ? findings[index] : nil
            let range = found?.range.map { "\(Self.number($0.lowerBound)) to \(Self.number($0.upperBound))" } ?? ""
            table.append([
                column.name, column.kind.rawValue, found.map { $0.missing > 0 ? Figures.count($0.missing) : "" } ?? "",
                Self.missing(column), column.kind == .category ? Self.list(column.knownCategories) : range,
                column.fit == nil ? "" : Figures.count(column.featureCount), Self.note(column),
            ])
        }
        let more = recipe.columns.count - Self.most
        return table.lines + (more > 0 ? ["… and \(Figures.count(more, "more column"))"] : [])
    }

    func print() { for (index, line) in lines.enumerated() { Console.print(line, style: index == 0 ? .dim : .plain) } }

    /// `mean`, `mean (12.5)`, `mode ('Pave')`.
    private static func missing(_ column: RecipeColumn) -> String {
        switch (column.missing, column.fit) {
        case (.none, _): ""
        case (.number, _), (.text, _): "\(column.missing)"
        case (.category, .category(_, _, false, _)?): "category, but none was missing"
        case (let policy, .number(let fill, _)?): "\(policy) (\(number(fill)))"
        case (let policy, .category(_, _, _, let fill?)?): "\(policy) ('\(column.categories[fill])')"
        case (let policy, _): "\(policy)"
        }
    }

    private static func number(_ value: Double) -> String { String(format: "%.6g", value) }

    private static func note(_ column: RecipeColumn) -> String {
        switch column.fit {
        case .unused?: "left out: no row that was trained on has a value"
        case .category(_, let pooled, _, _)? where !pooled.isEmpty:
            "\(Figures.count(pooled.count)) rare categories share a feature"
        default: column.kind == .empty ? "no row has a value" : ""
        }
    }

    private static func list(_ texts: [String]) -> String {
        let shown = texts.prefix(6).map { $0.count > 24 ? $0.prefix(24) + "…" : $0 }.joined(separator: ", ")
        return texts.count > 6 ? "\(shown), … (\(texts.count))" : shown
    }
}
