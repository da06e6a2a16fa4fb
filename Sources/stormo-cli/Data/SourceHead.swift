import Batches
import Files
import Preparation

/// What `stormo data head` shows of what is no HDF5 file: rows of a table, and images of a folder.
enum SourceHead {
    /// Whether a file or folder is one of these.
    static func reads(_ path: String) -> Bool { TableSource.isTable(path) || FolderHead.reads(path) }

    /// - Parameters:
    ///   - count: of rows or images; nil for the usual number.
    ///   - rows: their numbers, in place of the first.
    ///   - className: that of the images of a folder; nil for all.
    ///   - draws: whether images are drawn.
    static func print(
        _ path: String, _ form: TableFormArguments, _ header: TableHeaderArgument, count: Int?, rows: [Int]?,
        of className: String? = nil, draws: Bool
    ) throws {
        guard TableSource.isTable(path) else {
            if let option = (form.given + header.given).first {
                throw UsageError("\(option) is for tables (.csv, .tsv), and \(path) holds images; leave it out")
            }
            return try printImages(path, count: count, rows: rows, of: className, draws: draws)
        }
        var table = form.applied(to: TableSource())
        table.hasHeader = header.header
        let head = try rows.map { try TableHead(path, table, rows: $0) } ?? TableHead(path, table, count: count ?? 10)
        Console.print("\(path): a table of \(Figures.count(head.columns.count, "column"))", style: .bold)
        Self.table(head).print()
        if head.columns.count > Self.mostColumns {
            Console.print("… and \(Figures.count(head.columns.count - Self.mostColumns, "more column"))")
        }
    }

    private static let mostColumns = 256
    private static let longestCell = 60

    /// A row a line, with its number and the line of the file that it begins on.
    static func table(_ head: TableHead) -> TextTable {
        let columns = Array(head.columns.prefix(mostColumns))
        var headings: [(heading: String, alignment: TextTable.Alignment)] = [("row", .right), ("line", .right)]
        for (index, name) in columns.enumerated() {
            let cells = head.rows.compactMap { index < $0.cells.count ? $0.cells[index] : nil }
            let areNumbers = cells.allSatisfy { $0.isEmpty || Double($0) != nil }
            headings.append((cut(name), areNumbers ? .right : .left))
        }
        var table = TextTable(headings)
        for row in head.rows {
            let cells = columns.indices.map { $0 < row.cells.count ? cut(row.cells[$0]) : "" }
            table.append(["\(row.number)", "\(row.line)"] + cells)
        }
        return table
    }

    private static func cut(_ text: String) -> String {
        text.count > longestCell ? text.prefix(longestCell - 1) + "…" : text
    }

    private static func printImages(
        _ path: String, count: Int?, rows: [Int]?, of className: String?, draws: Bool
    ) throws {
        let head = try FolderHead(path, count: count ?? (draws ? 4 : 10), rows: rows, of: className)
        let classes = head.classNames.map { " of \($0.count) \($0.count == 1 ? "class" : "classes")" } ?? ""
        Console.print("\(path): \(Figures.count(head.total, "image"))\(classes)", style: .bold)
        guard draws else {
            var table = TextTable([("row", .right), ("file", .left), ("class", .left)])
            for image in head.images { table.append(["\(image.number)", image.name, image.label ?? ""]) }
            return table.print()
        }
        let grid = PictureGrid(
            pictures: try head.pictures(),
            captions: head.images.map { "\($0.number): \($0.name)" }, columns: Terminal.output.columns ?? 100)
        let isColored = Terminal.output.isColored && Terminal.output.isUnicode
        // As they are, since the colours are meant for the terminal.
        for line in grid.lines(isColored ? .colors : .ramp) { Console.write(line + "\n") }
    }
}
