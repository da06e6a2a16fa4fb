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

    /// The lines, the headings first; without spaces at their ends, and as long as the texts are.
    var lines: [String] { lines(within: nil).map(\.text) }

    /// Of the longest line where there is no limit.
    var width: Int { lines.map(\.count).max() ?? 0 }

    /// The table within a number of characters. Where it is wider, texts are wrapped between words in their columns, the widest
    /// first; where that is not enough, columns that have no room follow in further tables, each with the first column; and
    /// where one of them has no room even so, its cells stand below each other, row by row. No word is cut.
    /// - Parameter width: nil for no limit.
    /// - Returns: the lines, and whether each belongs to the headings.
    func lines(within width: Int?) -> [(text: String, isHeading: Bool)] {
        let columns = alignments.indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
        var widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        guard let width else { return part(columns, widths, of: rows) }
        let room = max(width, Self.narrowest) - indent.count
        func taken(_ columns: [Int]) -> Int { columns.reduce(-2) { $0 + widths[$1] + 2 } }
        let longestWords = alignments.indices.map { column in
            rows.flatMap { $0[column].split(separator: " ").map(\.count) }.max() ?? 0
        }
        func least(_ column: Int) -> Int {
            min(widths[column], alignments[column] == .left ? max(Self.narrowestText, longestWords[column]) : .max)
        }
        if let first = columns.first, columns.dropFirst().contains(where: { least(first) + 2 + least($0) > room }) {
            return stacked(columns, room)
        }
        // Columns as far as they have room when texts are wrapped.
        var parts: [[Int]] = []
        for column in columns {
            let with = (parts.last ?? []) + [column]
            if parts.isEmpty || with.reduce(-2, { $0 + least($1) + 2 }) <= room {
                parts = parts.dropLast() + [with]
            } else {
                parts.append(column == columns[0] ? [column] : [columns[0], column])
            }
        }
        var lines: [(text: String, isHeading: Bool)] = []
        let natural = widths
        for part in parts {
            widths = natural
            // A row without a text there has been told already.
            let rows = part == parts[0] ? rows : rows.filter { row in part.dropFirst().contains { !row[$0].isEmpty } }
            while taken(part) > room {
                let texts = part.filter { alignments[$0] == .left && widths[$0] > least($0) }
                guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { break }
                widths[widest] -= 1
            }
            if !lines.isEmpty { lines.append(("", false)) }
            lines += self.part(part, widths, of: rows)
        }
        return lines
    }

    private static let narrowest = 40
    private static let narrowestText = 12

    /// Some of the columns, their texts wrapped within their widths.
    private func part(_ columns: [Int], _ widths: [Int], of rows: [[String]]) -> [(text: String, isHeading: Bool)] {
        rows.enumerated().flatMap { number, row -> [(text: String, isHeading: Bool)] in
            let cells = columns.map { Self.wrapped(row[$0], within: widths[$0]) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { height in
                var line = indent
                for (place, column) in columns.enumerated() {
                    let text = height < cells[place].count ? cells[place][height] : ""
                    let padding = String(repeating: " ", count: max(widths[column] - text.count, 0))
                    if place > 0 { line += "  " }
                    line += alignments[column] == .left ? text + padding : padding + text
                }
                while line.last == " " { line.removeLast() }
                return (line, number == 0)
            }
        }
    }

    /// The rows one after the other: the first cell, and below it the others behind their headings.
    private func stacked(_ columns: [Int], _ room: Int) -> [(text: String, isHeading: Bool)] {
        rows.dropFirst().flatMap { row -> [(text: String, isHeading: Bool)] in
            columns.enumerated().flatMap { place, column -> [String] in
                guard !row[column].isEmpty else { return [] }
                if place == 0 { return Self.wrapped(row[column], within: room).map { indent + $0 } }
                return Self.wrapped("\(rows[0][column]): \(row[column])", within: room - 2).map { "\(indent)  \($0)" }
            }.map { (text: $0, isHeading: false) }
        }
    }

    /// A text in lines of so many characters at most, cut between words; a word that is longer stays whole.
    static func wrapped(_ text: String, within width: Int) -> [String] {
        guard text.count > width, width > 0 else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.count + 1 + word.count <= width {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = String(word)
        }
        return lines + [line]
    }

    /// Prints the table, on a terminal within its width.
    func print() {
        for line in lines(within: Terminal.output.columns) {
            Console.print(line.text, style: line.isHeading ? .dim : .plain)
        }
    }
}
