import Preparation

/// The first rows of a dataset as lines.
struct HeadText {
    private let first: FirstRows
    private let columns: Int

    init(_ first: FirstRows, columns: Int) {
        self.first = first
        self.columns = columns
    }

    /// The pictures side by side, with number and label below each.
    func drawing(_ style: CharacterPicture.Style) -> [String] {
        let captions = first.pictures.indices.map { index in
            "\(first.shown[index])" + (first.labels.map { ": \(Console.printable($0[index]))" } ?? "")
        }
        return PictureGrid(pictures: first.pictures, captions: captions, columns: columns).lines(style)
    }

    /// A row a line; as many values as fit.
    var table: TextTable {
        var count = first.cells.map(\.count).max() ?? 0
        let isCut = first.areTexts ? false : first.rowShape.count > count
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
        let isText = first.areTexts
        var headings: [(heading: String, alignment: TextTable.Alignment)] = [("row", .right)]
        for index in 0..<count {
            let name = names?[index] ?? (first.rowShape.rank == 0 ? "value" : isText ? "text" : "\(index)")
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
}
