/// Lengths by name, in groups where a name has several: bars that run to the right, so that long names have room.
package struct BarChart: Chart {
    /// What one bar shows.
    package struct Bar: Hashable, Sendable {
        /// A missing one draws nothing but its name.
        package var value: Double?
        /// An interval around it, drawn as a line with ends.
        package var interval: ClosedRange<Double>?
        /// What to compare it with, drawn as an upright stroke; such as what the simplest answer gets.
        package var reference: Double?

        package init(_ value: Double?, interval: ClosedRange<Double>? = nil, reference: Double? = nil) {
            (self.value, self.interval, self.reference) = (value, interval, reference)
        }
    }

    package var title: String
    package var caption: String
    /// What the lengths measure; a logarithmic one is not to be: a bar's length begins at zero.
    package var axis: Axis
    /// Down the chart.
    package var names: [String]
    /// Side by side for each name, each with as many bars as there are names.
    package var groups: [(name: String, bars: [Bar])]
    /// What the references are, for the legend.
    package var referenceName: String?
    /// The numbers that are shown beside it, where they are more than the bars'.
    package var ownTable: DataTable?

    /// The most names that are drawn; the table has more.
    package static let most = 60

    package init(
        _ title: String, caption: String, axis: Axis, names: [String], groups: [(name: String, bars: [Bar])],
        referenceName: String? = nil
    ) {
        precondition(groups.allSatisfy { $0.bars.count == names.count })
        (self.title, self.caption, self.axis, self.names) = (title, caption, axis, names)
        (self.groups, self.referenceName) = (groups, referenceName)
        self.axis.isLogarithmic = false
    }

    package var remarks: [String] {
        names.count > Self.most ? ["The first \(Self.most) of \(names.count) are drawn."] : []
    }

    package var table: DataTable {
        if let ownTable { return ownTable }
        let (chosen, remark) = DataTable.chosen(names.count)
        var columns = ["name"]
        for group in groups {
            let name = group.name.isEmpty ? axis.label : group.name
            columns.append(name)
            if group.bars.contains(where: { $0.interval != nil }) { columns += ["\(name), lower", "\(name), upper"] }
            if group.bars.contains(where: { $0.reference != nil }) {
                columns.append("\(name), \(referenceName ?? "reference")")
            }
        }
        let rows = chosen.map { row in
            [names[row]]
                + groups.flatMap { group in
                    let bar = group.bars[row]
                    func text(_ value: Double?) -> String { value.map { AxisText.value($0, digits: 6) } ?? "" }
                    return [text(bar.value)]
                        + (group.bars.contains { $0.interval != nil }
                            ? [text(bar.interval?.lowerBound), text(bar.interval?.upperBound)] : [])
                        + (group.bars.contains { $0.reference != nil } ? [text(bar.reference)] : [])
                }
        }
        return DataTable(columns, rows, remark: remark)
    }

    private static let (barHeight, gap) = (15.0, 9.0)

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        let shown = names.prefix(Self.most)
        let values = groups.flatMap { $0.bars.prefix(Self.most) }.flatMap { bar in
            [bar.value, bar.interval?.lowerBound, bar.interval?.upperBound, bar.reference].compactMap { $0 }
        }
        var scale = Scale(axis, values + [0])
        let labels = groups.flatMap { $0.bars.prefix(Self.most) }.compactMap { $0.value.map { AxisText.value($0) } }
        let widest = labels.map { TextWidth.of($0, size: Canvas.fontSize) }.max() ?? 0
        let names = shown.map { TextWidth.of($0, size: Canvas.fontSize) }.max() ?? 0
        let left = min(names, width * 0.36) + 9
        let isSigned = scale.low < 0
        scale.from = left + (isSigned ? widest + 6 : 0)
        scale.to = width - widest - 10
        let legend = Legend(
            axis.label,
            groups.count > 1
                ? groups.indices.map {
                    Legend.Entry(name: groups[$0].name, style: SeriesStyle($0), sample: .area)
                } : [], width: width)
        legend.draw(on: &canvas)
        var y = legend.height + 4
        if let referenceName {
            canvas.line(14, y + 2, 14, y + 15, .ink, width: 2)
            canvas.text(referenceName, 33, y + 13, limit: width - 36)
            y += Canvas.lineHeight
        }
        y += 4
        let top = y
        for (row, name) in shown.enumerated() {
            let height = Self.barHeight * Double(groups.count)
            canvas.text(name, left - 8, y + height / 2 + 4, .end, limit: left - 8.5)
            for (index, group) in groups.enumerated() {
                draw(group.bars[row], index, scale, y + Double(index) * Self.barHeight, on: &canvas)
            }
            y += height + Self.gap
        }
        canvas.line(scale(0), top - 4, scale(0), y - 4, .quiet)
        canvas.height = y
        return canvas
    }

    private func draw(_ bar: Bar, _ index: Int, _ scale: Scale, _ y: Double, on canvas: inout Canvas) {
        let style = SeriesStyle(index)
        guard let value = bar.value, Scale.isDrawable(value, axis) else {
            if let value = bar.value { canvas.text(AxisText.value(value), scale(0) + 5, y + 12, .start, .quiet) }
            return
        }
        let (start, end) = (min(scale(0), scale(value)), max(scale(0), scale(value)))
        canvas.rectangle(start, y + 1, end - start, Self.barHeight - 2, style.paint)
        var edge = value < 0 ? start : end
        if let interval = bar.interval, Scale.isDrawable(interval.lowerBound, axis),
            Scale.isDrawable(interval.upperBound, axis)
        {
            let (low, high) = (scale(interval.lowerBound), scale(interval.upperBound))
            let middle = y + Self.barHeight / 2
            // Light under dark, so that it is seen on the bar and beside it.
            for (paint, width) in [(Paint.paper, 4.0), (.ink, 1.5)] {
                canvas.line(low, middle, high, middle, paint, width: width)
                canvas.line(low, middle - 3, low, middle + 3, paint, width: width)
                canvas.line(high, middle - 3, high, middle + 3, paint, width: width)
            }
            edge = value < 0 ? min(edge, low) : max(edge, high)
        }
        if let reference = bar.reference, Scale.isDrawable(reference, axis) {
            canvas.line(scale(reference), y, scale(reference), y + Self.barHeight, .paper, width: 4)
            canvas.line(scale(reference), y, scale(reference), y + Self.barHeight, .ink, width: 2)
            edge = value < 0 ? min(edge, scale(reference)) : max(edge, scale(reference))
        }
        canvas.text(AxisText.value(value), edge + (value < 0 ? -5 : 5), y + 12, value < 0 ? .end : .start, .quiet)
    }
}
