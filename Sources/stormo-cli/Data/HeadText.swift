import Preparation

/// The first rows of a dataset as lines.
struct HeadText {
    private let first: FirstRows
    private let columns: Int

    init(_ first: FirstRows, columns: Int) {
        self.first = first
        self.columns = columns
    }

    private static let widestPicture = 64

    /// The pictures side by side, with number and label below each.
    func drawing(_ style: CharacterPicture.Style) -> [String] {
        let most = min(columns, Self.widestPicture)
        guard let width = first.pictures.first?.drawnColumns(style, columns: most) else { return [] }
        let captions = first.pictures.indices.map { index in
            "\(first.shown[index])" + (first.labels.map { ": \(Console.printable($0[index]))" } ?? "")
        }
        let cell = max(width, captions.map(\.count).max() ?? 0) + 2
        let across = max(1, (columns + 2) / cell)
        var lines: [String] = []
        for start in stride(from: 0, to: first.pictures.count, by: across) {
            let group = start..<min(start + across, first.pictures.count)
            let drawn = group.map { first.pictures[$0].lines(style, columns: most) }
            // Escape sequences take no columns, hence the padding by what is known of the width.
            let gap = String(repeating: " ", count: cell - width)
            for line in drawn[0].indices { lines.append(trimmed(drawn.map { $0[line] }.joined(separator: gap))) }
            lines.append(
                trimmed(
                    group.map { captions[$0] + String(repeating: " ", count: cell - captions[$0].count) }.joined()))
            lines.append("")
        }
        return lines
    }

    /// A row a line; as many values as fit.
    var table: TextTable {
        var count = first.cells.map(\.count).max() ?? 0
        let isCut = first.rowShape.count > count
        let total = count
        while true {
            let table = table(values: count, isCut: isCut || count < total)
            let width = table.lines.map(\.count).max() ?? 0
            if width <= columns || count <= 1 { return table }
            count -= max(1, count / 8)
        }
    }

    private func table(values count: Int, isCut: Bool) -> TextTable {
        let names = first.featureNames?.count == first.rowShape.count ? first.featureNames : nil
        let isText = first.type == .string
        var headings: [(heading: String, alignment: TextTable.Alignment)] = [("row", .right)]
        for index in 0..<count {
            let name = names?[index] ?? (first.rowShape.rank == 0 ? "value" : "\(index)")
            headings.append((name, isText ? .left : .right))
        }
        if isCut { headings.append(("", .left)) }
        if first.labels != nil { headings.append(("label", .left)) }
        var table = TextTable(headings)
        for (row, cells) in first.cells.enumerated() {
            var line = ["\(first.shown[row])"] + cells.prefix(count)
            line += Array(repeating: "", count: 1 + count - line.count)
            if isCut { line.append("…") }
            if let labels = first.labels { line.append(labels[row]) }
            table.append(line)
        }
        return table
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
