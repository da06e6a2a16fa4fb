/// The numbers of a chart, for who would rather read them.
package struct DataTable: Sendable {
    package var columns: [String]
    package var rows: [[String]]
    /// What was left out, as a sentence.
    package var remark: String?

    /// The most rows that are shown.
    package static let most = 300

    package init(_ columns: [String], _ rows: [[String]], remark: String? = nil) {
        (self.columns, self.rows, self.remark) = (columns, rows, remark)
    }

    /// Rows by their numbers: all, or where they are many every so many, with the first and the last.
    static func chosen(_ count: Int) -> (rows: [Int], remark: String?) {
        guard count > most else { return (Array(0..<count), nil) }
        let every = (count + most - 2) / (most - 1)
        var rows = Array(stride(from: 0, to: count, by: every))
        if rows.last != count - 1 { rows.append(count - 1) }
        return (rows, "Every \(every). of \(count) rows, and the last.")
    }

    /// Lines as a table: a row for each position, a column for each line and for the ends of its band.
    static func lines(_ series: [Series], _ x: Axis) -> DataTable {
        let positions = Set(series.flatMap(\.x)).sorted()
        let (chosen, remark) = chosen(positions.count)
        var columns = [x.quantity == .seconds ? "\(x.label) (s)" : x.label]
        var cells: [[Double: Double]] = []
        for line in series {
            func add(_ name: String, _ values: [Double]) {
                columns.append(name)
                cells.append(Dictionary(zip(line.x, values)) { first, _ in first })
            }
            add(line.name, line.y)
            if let raw = line.raw { add("\(line.name), not smoothed", raw) }
            if let band = line.band {
                add("\(line.name), lower", band.lower)
                add("\(line.name), upper", band.upper)
            }
        }
        let rows = chosen.map { index in
            [AxisText.value(positions[index], digits: 6)]
                + cells.map { own in own[positions[index]].map { AxisText.value($0, digits: 6) } ?? "" }
        }
        return DataTable(columns, rows, remark: remark)
    }
}
