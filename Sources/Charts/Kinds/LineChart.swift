/// Lines over a common axis, with bands, and marks at places of that axis.
package struct LineChart: Chart {
    package var title: String
    package var caption: String
    package var x, y: Axis
    package var series: [Series]
    package var marks: [Mark]
    /// Whether lines are named at their ends where there is room; those that all end in one place are not to be.
    package var namesEnds = true
    /// The numbers that are shown beside it, where they are others than those of the lines.
    package var ownTable: DataTable?

    package init(
        _ title: String, caption: String, x: Axis, y: Axis, series: [Series], marks: [Mark] = []
    ) {
        (self.title, self.caption, self.x, self.y, self.series, self.marks) = (title, caption, x, y, series, marks)
    }

    /// A line that needs no name in the chart has the axis's in the table, whose columns all have one.
    package var table: DataTable {
        if let ownTable { return ownTable }
        let named = series.map { line in
            var line = line
            if line.name.isEmpty { line.name = y.label }
            return line
        }
        return .lines(named, x)
    }

    package var remarks: [String] {
        var sentences: [String] = []
        let values = series.flatMap { $0.raw ?? $0.y }
        let unbounded = values.count { !(abs($0) <= Scale.limit) }
        if unbounded > 0 {
            sentences.append(
                unbounded == 1
                    ? "1 value is no number, or too large to draw, and leaves a gap."
                    : "\(unbounded) values are no numbers, or too large to draw, and leave gaps.")
        }
        let low = y.isLogarithmic ? values.count { $0 <= 0 } : 0
        if low > 0 {
            sentences.append(
                "The logarithmic axis has no place for \(low) value\(low == 1 ? "" : "s") of zero or less.")
        }
        if series.count > Legend.most {
            sentences.append(
                "\(Legend.most) of \(series.count) lines are told apart; the others are grey, and named in the table.")
        }
        return sentences
    }

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        let values = series.flatMap { $0.y + ($0.raw ?? []) + ($0.band.map { $0.lower + $0.upper } ?? []) }
        let styles = series.enumerated().map { $0 < Legend.most ? $1.style ?? SeriesStyle($0) : .rest }
        let hasMarkers = series.map { line in line.hasMarkers ?? (line.x.count <= 12) }
        let entries = series.indices.map { index in
            Legend.Entry(
                name: series[index].name, style: styles[index], sample: hasMarkers[index] ? .lineAndMarker : .line,
                hasBand: series[index].band != nil)
        }
        func framed(_ entries: [Legend.Entry], _ rightRoom: Double) -> CartesianFrame {
            CartesianFrame(
                width: width, x: Scale(x, series.flatMap(\.x)), y: { Scale(y, values, endingAtTicks: $0) },
                legend: entries, marks: marks, isTight: false, rightRoom: rightRoom)
        }
        var (frame, labels): (CartesianFrame, EndLabels?) = (framed(entries, 0), nil)
        if namesEnds, let room = EndLabels.room(series.map(\.name), width: width) {
            let narrower = framed([], room)
            labels = ends(styles, narrower).flatMap { EndLabels($0, in: narrower) }
            if labels != nil { frame = narrower }
        }
        frame.drawFrame(on: &canvas)
        canvas.clipped(frame.left, frame.top - 2, frame.right - frame.left + 4, frame.bottom - frame.top + 4) { field in
            for (line, style) in zip(series, styles) {
                guard let band = line.band else { continue }
                field.area(Self.band(band, line.x, frame), style.paint, opacity: 0.2)
            }
            for (line, style) in zip(series, styles) {
                guard let raw = line.raw else { continue }
                field.path(Self.path(line.x, raw, frame).data, style.paint, width: 1, opacity: 0.4)
            }
            // Those that are not told apart lie behind the others.
            for index in series.indices.filter({ styles[$0].isRest }) + series.indices.filter({ !styles[$0].isRest }) {
                let line = series[index]
                let path = Self.path(line.x, line.y, frame)
                field.path(path.data, styles[index].paint, width: 2, dashes: styles[index].dashes)
                for point in hasMarkers[index] ? path.points : path.lonely {
                    field.marker(styles[index].marker, point.0, point.1, styles[index].paint)
                }
            }
        }
        labels?.draw(on: &canvas)
        return canvas
    }

    /// The last points of the lines; nil where one has none.
    private func ends(_ styles: [SeriesStyle], _ frame: CartesianFrame) -> [EndLabels.End]? {
        let ends = zip(series, styles).compactMap { line, style -> EndLabels.End? in
            line.x.indices.last { Scale.isDrawable(line.x[$0], frame.x.axis) && Scale.isDrawable(line.y[$0], frame.y.axis) }
                .map { EndLabels.End(name: line.name, paint: style.paint, x: frame.x(line.x[$0]), y: frame.y(line.y[$0])) }
        }
        return ends.count == series.count ? ends : nil
    }

    /// The path of a line, all its points, and those that have no neighbour to be joined to.
    private static func path(
        _ x: [Double], _ y: [Double], _ frame: CartesianFrame
    ) -> (data: String, points: [(Double, Double)], lonely: [(Double, Double)]) {
        let positions = x.map { Scale.isDrawable($0, frame.x.axis) ? frame.x($0) : .nan }
        let heights = y.map { Scale.isDrawable($0, frame.y.axis) ? frame.y($0) : .nan }
        let chosen = Decimation.indices(x: positions, y: heights, columns: Int(frame.right - frame.left))
        let n = Markup.number
        var (data, points, lonely): (String, [(Double, Double)], [(Double, Double)]) = ("", [], [])
        /// Whether nothing can be drawn between two neighbours, though there is something.
        func isGap(_ first: Int, _ second: Int) -> Bool {
            second > first + 1 && (first + 1..<second).allSatisfy { !positions[$0].isFinite || !heights[$0].isFinite }
        }
        for (place, index) in chosen.enumerated() {
            let begins = place == 0 || isGap(chosen[place - 1], index)
            let ends = place == chosen.count - 1 || isGap(index, chosen[place + 1])
            let point = (positions[index], heights[index])
            points.append(point)
            if begins, ends { lonely.append(point) } else { data += "\(begins ? "M" : "L")\(n(point.0)) \(n(point.1))" }
        }
        return (data, points, lonely)
    }

    /// The area between two lines. Of many points each column has its lowest and its highest.
    private static func band(_ band: (lower: [Double], upper: [Double]), _ x: [Double], _ frame: CartesianFrame)
        -> String
    {
        // A logarithmic axis has no place for a lower end of zero or less: there the band ends with the field.
        let axis = frame.y.axis
        func height(_ value: Double) -> Double {
            guard value.isFinite else { return .nan }
            return Scale.isDrawable(value, axis)
                ? frame.y(value) : axis.isLogarithmic && value <= 0 ? frame.bottom : .nan
        }
        var columns: [(x: Double, top: Double, bottom: Double)] = []
        let positions = x.map { Scale.isDrawable($0, frame.x.axis) ? frame.x($0) : .nan }
        let count = min(Int(frame.right - frame.left), Decimation.most / 2)
        let decimates = x.count > count
        for index in x.indices {
            let (top, bottom) = (height(band.upper[index]), height(band.lower[index]))
            guard positions[index].isFinite, top.isFinite, bottom.isFinite else { continue }
            let own = Decimation.column(positions[index], frame.x.from, frame.x.to, count)
            if decimates, let last = columns.last, own == Decimation.column(last.x, frame.x.from, frame.x.to, count) {
                columns[columns.count - 1] = (last.x, min(last.top, top), max(last.bottom, bottom))
            } else {
                columns.append((positions[index], top, bottom))
            }
        }
        return Canvas.polygon(columns.map { ($0.x, $0.top) } + columns.reversed().map { ($0.x, $0.bottom) })
    }
}
