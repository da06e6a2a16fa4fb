/// Rows of text in aligned columns.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]
    private let indent: String

    /// - Parameter columns: the headings; a column without any text below it is left out.
    init(_ columns: [(heading: String, alignment: Alignment)], indent: Int = 0) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.heading)]
        self.indent = String(repeating: " ", count: indent)
    }

    /// - Parameter row: a cell for each column.
    mutating func append(_ row: [String]) { rows.append(row.map(Console.printable)) }

    /// The lines, the headings first; without spaces at their ends.
    var lines: [String] {
        let columns = alignments.indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = indent
            for (place, column) in columns.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                if place > 0 { line += "  " }
                line += alignments[column] == .left ? row[column] + padding : padding + row[column]
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    func print() {
        for (index, line) in lines.enumerated() { Console.print(line, style: index == 0 ? .dim : .plain) }
    }
}
