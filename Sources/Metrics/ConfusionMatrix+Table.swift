import Foundation

extension ConfusionMatrix {
    /// Above this number of classes ``table(classNames:)`` lists the worst confusions instead.
    static let widestTable = 30
    static let longestLine = 120

    /// The matrix as aligned text: a line for each true class with the counts by predicted class, precision, recall and
    /// the number of rows; a line of totals with the macro means; and the accuracy. With more than 30 classes, only the
    /// ten most frequent confusions and the accuracy.
    ///
    /// Columns are headed by class indices where names would make lines longer than 120 characters. A class that
    /// occurs neither among the targets nor among the predictions has `n/a` for precision and recall.
    ///
    /// - Parameters:
    ///   - classNames: a name for each class; a class without one is shown by its index.
    ///   - width: the characters of a line, as of a terminal: columns that have no room follow below, each time with the
    ///     true classes. Nil for no limit beside those.
    public func table(classNames: [String]? = nil, width: Int? = nil) -> String {
        let names = (0..<classes).map { index in
            if let classNames, classNames.indices.contains(index) { classNames[index] } else { String(index) }
        }
        let body = classes <= Self.widestTable ? matrixLines(names, width) : worstLines(names, width)
        let summary = "accuracy \(MetricText.format(accuracy)) (\(correct) of \(total))"
        return (body + [summary]).joined(separator: "\n")
    }

    private func matrixLines(_ names: [String], _ width: Int?) -> [String] {
        let byName = Self.align(cells(rowNames: names, headings: names))
        let most = width ?? Self.longestLine
        if byName.allSatisfy({ $0.count <= most }) { return byName }
        let indexed = names.enumerated().map { $1 == String($0) ? $1 : "\($0) \($1)" }
        let cells = cells(rowNames: indexed, headings: (0..<classes).map(String.init))
        guard let width else { return Self.align(cells) }
        return Self.folded(cells, width)
    }

    /// Tables of as many columns as have room, each with the first.
    private static func folded(_ lines: [[String]], _ width: Int) -> [String] {
        // The first column takes half of the line at the most.
        let lines = lines.map { [cut($0[0], max(width / 2, heading.count))] + $0.dropFirst() }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var parts: [[Int]] = []
        for column in lines[0].indices.dropFirst() {
            if let last = parts.last, last.reduce(widths[0] + 2 + widths[column], { $0 + widths[$1] + 2 }) <= width {
                parts[parts.count - 1].append(column)
            } else {
                parts.append([column])
            }
        }
        return Array(
            parts.map { part in align(lines.map { line in [line[0]] + part.map { line[$0] } }) }.joined(separator: [""])
        )
    }

    private static func cut(_ text: String, _ most: Int) -> String {
        text.count <= most ? text : text.prefix(most - 1) + "…"
    }

    private static let heading = "true \\ predicted"

    private func cells(rowNames: [String], headings: [String]) -> [[String]] {
        // The column of rows without a prediction is there only if there are any.
        let lost = unpredicted.reduce(0, +)
        let hasLost = lost > 0
        var lines = [
            [Self.heading] + headings + (hasLost ? ["none"] : []) + ["precision", "recall", "rows"]
        ]
        for row in 0..<classes {
            let shown = occurs(row)
            lines.append(
                [rowNames[row]] + (0..<classes).map { String(self[row, $0]) }
                    + (hasLost ? [String(unpredicted[row])] : [])
                    + [
                        MetricText.format(shown ? precision(of: row) : .nan),
                        MetricText.format(shown ? recall(of: row) : .nan), String(support(of: row)),
                    ])
        }
        lines.append(
            ["total"] + (0..<classes).map { String(predictions(of: $0)) } + (hasLost ? [String(lost)] : [])
                + [MetricText.format(macroPrecision), MetricText.format(macroRecall), String(total)])
        return lines
    }

    private func worstLines(_ names: [String], _ width: Int?) -> [String] {
        let confusions = confusedPairs
        var lines = [["true", "predicted", "rows", "of class"]]
        // Two names, and two columns of numbers with their spaces.
        let names = width.map { width in names.map { Self.cut($0, max((width - 22) / 2, 9)) } } ?? names
        for pair in confusions.prefix(10) {
            let share = 100 * Double(pair.rows) / Double(support(of: pair.truth))
            lines.append([names[pair.truth], names[pair.predicted], "\(pair.rows)", String(format: "%.1f%%", share)])
        }
        let pairs = confusions.count
        let heading =
            pairs == 0
            ? "\(classes) classes, none taken for another."
            : "\(classes) classes; the most frequent \(min(10, pairs)) of \(pairs) pairs confused:"
        var body = [heading] + (pairs == 0 ? [] : Self.align(lines))
        let lost = unpredicted.reduce(0, +)
        if lost > 0 { body.append("\(lost) rows got no prediction (NaN).") }
        return body
    }

    /// Pads every column to its widest cell: the first to the right, the others, which hold numbers, to the left.
    private static func align(_ lines: [[String]]) -> [String] {
        let widths = (0..<(lines.first?.count ?? 0)).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            line.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
    }
}
