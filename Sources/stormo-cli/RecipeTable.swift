import Foundation
import Preparation
import Recipes

/// The columns of a table, a line each: what they hold, and what is, or was, made of them. No line is longer than 80
/// characters; what is to be said of a column stands below its line.
struct RecipeTable {
    private let recipe: Recipe
    private let remarks: [String: String]
    private let warned: Set<String>
    static let most = 100
    static let longestName = 60
    private let width: Int

    /// - Parameters:
    ///   - remarks: what is to be said of columns, by their names.
    ///   - warned: those whose remark is a warning.
    ///   - width: of a line at most.
    init(
        _ recipe: Recipe, remarks: [String: String] = [:], warned: Set<String> = [],
        width: Int = Terminal.output.columns ?? 80
    ) {
        (self.recipe, self.remarks, self.warned, self.width) = (recipe, remarks, warned, max(width, 38))
    }

    var lines: [String] {
        let columns = Array(recipe.columns.prefix(Self.most))
        let headings = ["column", "kind", "missing", "becomes", "values", "inputs"]
        func cells(_ longestName: Int, _ longestFill: Int) -> (rows: [[String]], room: Int) {
            let rows = columns.map { column in
                [
                    Self.cut(column.name, longestName), Self.kind(column),
                    column.seen.map { $0.missing > 0 ? Figures.count($0.missing) : "" } ?? "",
                    Self.missing(column, within: longestFill), "",
                    column.fit == nil ? "" : Figures.count(column.featureCount),
                ]
            }
            // What is left of the line is for the values.
            let taken = headings.indices.filter { $0 != 4 }.map { place in
                let longest = rows.map { $0[place].count }.max() ?? 0
                return longest > 0 ? max(longest, headings[place].count) + 2 : 0
            }
            return (rows, width - taken.reduce(0, +))
        }
        var (rows, room) = cells(Self.longestName, 20)
        let longestRange = columns.compactMap { $0.kind.isCoded ? nil : Self.range($0)?.count }.max() ?? 0
        let wanted = max(18, longestRange)
        if room < wanted { (rows, room) = cells(Self.longestName, 13) }
        // Of tables below each other none needs to be cut.
        let isNarrow = room < wanted
        if isNarrow { (rows, room) = (cells(Self.longestName, 20).rows, width) }
        var table = TextTable(zip(headings, [.left, .left, .right, .left, .left, .right]).map { ($0, $1) })
        for (row, column) in zip(rows, columns) {
            var row = row
            row[4] = Self.values(column, room)
            table.append(row)
        }
        if isNarrow {
            // Column by column below each other, with what is to be said of them at the end.
            return table.lines(within: width).map(\.text)
                + columns.flatMap { column in
                    let remark = remarks[column.name] ?? Self.note(column)
                    return remark.map { text in
                        TextTable.wrapped(
                            "\(warned.contains(column.name) ? "!" : "-") \(column.name): \(text)", within: width)
                    } ?? []
                } + more
        }
        var lines = Array(table.lines.prefix(1))
        for (line, column) in zip(table.lines.dropFirst(), columns) {
            lines.append(line)
            if let remark = remarks[column.name] { lines += below(remark, warned.contains(column.name)) }
            if let note = Self.note(column), remarks[column.name] == nil { lines += below(note, false) }
        }
        return lines + more
    }

    /// How many columns are not shown.
    private var more: [String] {
        let count = recipe.columns.count - Self.most
        return count > 0 ? ["… and \(Figures.count(count, "more column"))"] : []
    }

    func print() { for (index, line) in lines.enumerated() { Console.print(line, style: index == 0 ? .dim : .plain) } }

    private func below(_ text: String, _ isWarning: Bool) -> [String] {
        TextTable.wrapped(text, within: width - 4).enumerated().map { line, text in
            (line > 0 ? "    " : "  \(isWarning ? "!" : "-") ") + text
        }
    }

    /// A text of so many characters at most, the last of them `…` where it was longer.
    static func cut(_ text: String, _ most: Int) -> String {
        text.count > most ? text.prefix(most - 1) + "…" : text
    }

    /// `number`, `number, kg`.
    private static func kind(_ column: RecipeColumn) -> String {
        let detail = column.unit ?? column.order.map { $0 == .dayFirst ? "d/m/y" : "m/d/y" }
        return column.kind.rawValue + (detail.map { ", \(cut($0, 5))" } ?? "")
    }

    /// `mean`, `mean 12.5`, `mode Pave`; what there is no room for is left out.
    private static func missing(_ column: RecipeColumn, within room: Int) -> String {
        let fill: String? =
            switch (column.missing, column.fit) {
            case (.none, _): nil
            case (.number(let value), _): Self.value(value, column)
            case (.text(let text), _): "'\(text)'"
            case (_, .number(let fill, _)?): Self.value(fill, column)
            case (_, .date(_, let fill, _)?): String(Self.value(fill, column).prefix(10))
            case (_, .category(_, _, _, let fill?)?): column.categories[fill]
            default: nil
            }
        let policy: String? =
            switch (column.missing, column.fit) {
            case (.none, _), (.number, _), (.text, _): nil
            case (.category, .category(_, _, false, _)?): "category, unseen"
            default: column.missing.description
            }
        let whole = [policy, fill].compactMap { $0 }.joined(separator: " ")
        guard whole.count > room, let policy else { return cut(whole, room) }
        return policy.count <= room ? policy : cut(String(policy.prefix { $0 != "," }), room)
    }

    /// The texts, or the least and the greatest number.
    private static func values(_ column: RecipeColumn, _ room: Int) -> String {
        if column.kind.isCoded { return list(column.knownCategories, room) }
        return cut(range(column) ?? "", room)
    }

    private static func range(_ column: RecipeColumn) -> String? {
        column.seen?.range.map { "\(value($0.lowerBound, column)) to \(value($0.upperBound, column))" }
    }

    private static func value(_ value: Double, _ column: RecipeColumn) -> String {
        column.kind.isDate ? DatePart.text(value, column.kind) : String(format: "%.6g", value)
    }

    private static func note(_ column: RecipeColumn) -> String? {
        switch column.fit {
        case .unused?: "left out: no row that was trained on has a value"
        case .category(_, let pooled, _, _)? where !pooled.isEmpty:
            "\(Figures.count(pooled.count)) rare categories share an input"
        case .date(let parts, _, _)?: "becomes " + parts.map(words).joined(separator: ", ")
        default: column.kind == .empty ? "no row has a value" : nil
        }
    }

    private static func words(_ part: DatePart) -> String {
        switch part {
        case .days: "days since 1970"
        case .year: "part of the year"
        case .weekday: "weekday"
        case .time: "part of the day"
        }
    }

    /// As many texts as there is room for, and how many there are.
    private static func list(_ texts: [String], _ room: Int) -> String {
        let all = texts.prefix(40).map { cut($0, 24) }
        let whole = all.joined(separator: ", ")
        if texts.count <= 6, whole.count <= room { return whole }
        let count = "… (\(texts.count))"
        var shown = ""
        for text in all.prefix(6) {
            guard shown.count + text.count + 2 + count.count <= room else { break }
            shown += text + ", "
        }
        return shown + count
    }
}
