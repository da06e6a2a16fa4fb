/// Numbers by row and column as brightness, as those of a confusion matrix.
package struct HeatMap: Chart {
    package var title: String
    package var caption: String
    package var rowTitle, columnTitle: String
    package var rowNames, columnNames: [String]
    /// Row by row; not negative.
    package var values: [[Double]]
    /// Whether a cell is as dark as its share of its row's sum; else of the greatest cell.
    package var isByRow: Bool

    /// From so many rows or columns on, cells are blocks of several.
    package static let most = 60

    package init(
        _ title: String, caption: String, rowTitle: String, columnTitle: String, rowNames: [String],
        columnNames: [String], values: [[Double]], isByRow: Bool = true
    ) {
        precondition(values.count == rowNames.count && values.allSatisfy { $0.count == columnNames.count })
        (self.title, self.caption, self.rowTitle, self.columnTitle) = (title, caption, rowTitle, columnTitle)
        (self.rowNames, self.columnNames, self.values, self.isByRow) = (rowNames, columnNames, values, isByRow)
    }

    private var block: Int { (max(rowNames.count, columnNames.count, 1) + Self.most - 1) / Self.most }

    package var remarks: [String] {
        block > 1 ? ["Each cell is the greatest of \(block) × \(block)."] : []
    }

    package var table: DataTable {
        let limit = 30
        guard rowNames.count > limit || columnNames.count > limit else {
            return DataTable(
                ["\(rowTitle) \\ \(columnTitle)"] + columnNames,
                zip(rowNames, values).map { name, row in [name] + row.map { AxisText.value($0, digits: 6) } })
        }
        // As a list of the greatest, which of many cells is what can be read.
        let cells = rowNames.indices.flatMap { row in
            columnNames.indices.filter { values[row][$0] > 0 }.map { (row, $0, values[row][$0]) }
        }.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }
        return DataTable(
            [rowTitle, columnTitle, "value"],
            cells.prefix(DataTable.most).map {
                [rowNames[$0.0], columnNames[$0.1], AxisText.value($0.2, digits: 6)]
            },
            remark: cells.count > DataTable.most
                ? "The \(DataTable.most) greatest of \(cells.count) cells above zero." : nil)
    }

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        let size = Canvas.fontSize
        let (rows, columns) = ((rowNames.count + block - 1) / block, (columnNames.count + block - 1) / block)
        guard rows > 0, columns > 0 else { return canvas }
        let names = rowNames.map { TextWidth.of($0, size: size) }.max() ?? 0
        let left = min(names, width * 0.3) + 8
        let cell = min((width - left - 4) / Double(columns), 56)
        let cellHeight = min(max(cell, 6), max(22, min(cell, 36)))
        let columnWidest = columnNames.map { TextWidth.of($0, size: size) }.max() ?? 0
        // Level where all fit, else upright.
        let isLevel = columnWidest + 8 <= cell && block == 1
        let upright = min(columnWidest, 110)
        // Together where they fit, else below each other.
        let titles = ["↓ \(rowTitle)", "→ \(columnTitle)"]
        let together = titles.joined(separator: ",  ")
        let lines = TextWidth.of(together, size: size) <= width - 2 ? [together] : titles
        for (line, title) in lines.enumerated() {
            canvas.text(title, 1, 13 + Double(line) * Canvas.lineHeight, .start, .quiet, limit: width - 2)
        }
        let top = Double(lines.count) * Canvas.lineHeight + (isLevel ? Canvas.lineHeight : upright + 8) + 4

        let every = max(Int((15 / cell).rounded(.up)), 1)
        for column in stride(from: 0, to: columns, by: every) {
            let middle = left + (Double(column) + 0.5) * cell
            let name = columnNames[column * block]
            if isLevel {
                canvas.text(name, middle, top - 6, .middle)
            } else if middle >= left + 7.5 || column > 0 || cell >= 15 {
                canvas.uprightText(name, middle + 4, top - 6, limit: upright)
            }
        }
        let everyRow = max(Int((16 / cellHeight).rounded(.up)), 1)
        for row in stride(from: 0, to: rows, by: everyRow) {
            canvas.text(
                rowNames[row * block], left - 6, top + (Double(row) + 0.5) * cellHeight + 4, .end, limit: left - 8)
        }
        canvas.rectangle(left, top, Double(columns) * cell, Double(rows) * cellHeight, .heat(0))
        drawCells(rows, columns, left, top, cell, cellHeight, on: &canvas)
        canvas.height = top + Double(rows) * cellHeight + 4
        return canvas
    }

    private func drawCells(
        _ rows: Int, _ columns: Int, _ left: Double, _ top: Double, _ cell: Double, _ height: Double,
        on canvas: inout Canvas
    ) {
        let size = Canvas.fontSize
        let greatest = values.lazy.flatMap { $0 }.filter(\.isFinite).max() ?? 0
        let sums = values.map { row in row.filter(\.isFinite).reduce(0, +) }
        let rest = cell >= 8 ? 1.0 : 0
        for row in 0..<rows {
            for column in 0..<columns {
                var (share, value) = (0.0, 0.0)
                for inner in row * block..<min((row + 1) * block, rowNames.count) {
                    for other in column * block..<min((column + 1) * block, columnNames.count) {
                        let own = values[inner][other]
                        let whole = isByRow ? sums[inner] : greatest
                        guard own.isFinite, whole > 0 else { continue }
                        (share, value) = (max(share, own / whole), max(value, own))
                    }
                }
                guard value > 0 else { continue }
                // Any at all is seen: level 0 is none.
                let level = min(1 + Int(share * Double(Paint.heatLevels - 1)), Paint.heatLevels - 1)
                let (x, y) = (left + Double(column) * cell, top + Double(row) * height)
                let names = "\(rowNames[row * block]) → \(columnNames[column * block])"
                canvas.rectangle(
                    x, y, cell - rest, height - rest, .heat(level),
                    title: "\(names): \(AxisText.value(value, digits: 6))")
                let label = AxisText.value(value)
                if block == 1, height >= 17, TextWidth.of(label, size: size) <= cell - 4 {
                    canvas.text(label, x + (cell - rest) / 2, y + height / 2 + 4, .middle, .onHeat(level))
                }
            }
        }
    }
}
