import Foundation

/// Points by two numbers, as the true and the predicted one.
package struct ScatterChart: Chart {
    package struct Points: Sendable {
        package var name: String
        package var x, y: [Double]

        package init(_ name: String, x: [Double], y: [Double]) {
            precondition(x.count == y.count)
            (self.name, self.x, self.y) = (name, x, y)
        }
    }

    package var title: String
    package var caption: String
    package var x, y: Axis
    package var points: [Points]
    /// Whether the line on which both numbers are equal is drawn, and both axes reach equally far.
    package var showsEquality: Bool

    /// The most points that are drawn; of more each cell of the field is as dark as they are dense, or where there are
    /// several kinds of points every so many are drawn.
    package static let most = 2000
    /// The side of such a cell.
    private static let cell = 7.0

    package init(
        _ title: String, caption: String, x: Axis, y: Axis, points: [Points], showsEquality: Bool = false
    ) {
        (self.title, self.caption, self.x, self.y) = (title, caption, x, y)
        (self.points, self.showsEquality) = (points, showsEquality)
    }

    private var isDense: Bool { points.count == 1 && count > Self.most }

    private var count: Int { points.reduce(0) { $0 + $1.x.count } }

    package var remarks: [String] {
        let undrawable = points.reduce(0) { sum, own in
            sum + own.x.indices.count { !(Scale.isDrawable(own.x[$0], x) && Scale.isDrawable(own.y[$0], y)) }
        }
        return
            (undrawable > 0
            ? [
                "\(undrawable) point\(undrawable == 1 ? "" : "s") without a place on the axes \(undrawable == 1 ? "is" : "are") left out."
            ]
            : [])
            + (isDense
                ? ["The darker a place, the more of the \(AxisText.value(Double(count))) points lie there."]
                : count > Self.most
                    ? ["Of \(count) points every \((count + Self.most - 1) / Self.most). is drawn."] : [])
    }

    package var table: DataTable {
        let all = points.flatMap { own in own.x.indices.map { (own.name, own.x[$0], own.y[$0]) } }
        let (chosen, remark) = DataTable.chosen(all.count)
        return DataTable(
            (points.count > 1 ? ["of"] : []) + [x.label, y.label],
            chosen.map { row in
                (points.count > 1 ? [all[row].0] : [])
                    + [all[row].1, all[row].2].map { AxisText.value($0, digits: 6) }
            }, remark: remark)
    }

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        let (xs, ys) = (points.flatMap(\.x), points.flatMap(\.y))
        let both = showsEquality ? xs + ys : []
        let frame = CartesianFrame(
            width: width, x: Scale(x, xs + both), y: { Scale(y, ys + both, endingAtTicks: $0) },
            legend: points.count > 1
                ? points.indices.map { Legend.Entry(name: points[$0].name, style: SeriesStyle($0), sample: .marker) }
                : [], isTight: false)
        frame.drawFrame(on: &canvas)
        let every = max((count + Self.most - 1) / Self.most, 1)
        canvas.clipped(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top) { field in
            if isDense { drawDensity(frame, on: &field) }
            if showsEquality {
                let (low, high) = (max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high))
                if low < high {
                    field.line(frame.x(low), frame.y(low), frame.x(high), frame.y(high), .quiet, dashes: "5 3")
                }
            }
            guard !isDense else { return }
            var place = 0
            for (index, own) in points.enumerated() {
                let style = SeriesStyle(index)
                // Discs as one path: a line of no length with round ends.
                var dots = ""
                for point in own.x.indices {
                    defer { place += 1 }
                    guard place % every == 0, Scale.isDrawable(own.x[point], x), Scale.isDrawable(own.y[point], y)
                    else {
                        continue
                    }
                    let (left, top) = (frame.x(own.x[point]), frame.y(own.y[point]))
                    if style.marker == .circle {
                        dots += "M\(Markup.number(left)) \(Markup.number(top))h0"
                    } else {
                        field.marker(style.marker, left, top, style.paint, size: 2.2)
                    }
                }
                field.path(dots, style.paint, width: 4.4, opacity: 0.8, hasRoundEnds: true)
            }
        }
        return canvas
    }

    /// How many points lie in each cell, on a logarithmic scale, so that a single one is still seen.
    private func drawDensity(_ frame: CartesianFrame, on field: inout Canvas) {
        let columns = Int((frame.right - frame.left) / Self.cell) + 1
        let rows = Int((frame.bottom - frame.top) / Self.cell) + 1
        var counts = [Int](repeating: 0, count: columns * rows)
        for (left, top) in zip(points[0].x, points[0].y) where Scale.isDrawable(left, x) && Scale.isDrawable(top, y) {
            let column = Int((frame.x(left) - frame.left) / Self.cell)
            let row = Int((frame.y(top) - frame.top) / Self.cell)
            guard (0..<columns).contains(column), (0..<rows).contains(row) else { continue }
            counts[row * columns + column] += 1
        }
        let greatest = log(Double(max(counts.max() ?? 1, 2)))
        let levels = counts.map { $0 == 0 ? 0 : 2 + Int(log(Double($0)) / greatest * Double(Paint.heatLevels - 3)) }
        let n = Markup.number
        for level in 2..<Paint.heatLevels {
            var data = ""
            for row in 0..<rows {
                var column = 0
                while column < columns {
                    let start = column
                    while column < columns, levels[row * columns + column] == level { column += 1 }
                    if column > start {
                        data += "M\(n(frame.left + Double(start) * Self.cell)) \(n(frame.top + Double(row) * Self.cell))"
                            + "h\(n(Double(column - start) * Self.cell))v\(n(Self.cell))"
                            + "h\(n(Double(start - column) * Self.cell))z"
                    } else {
                        column += 1
                    }
                }
            }
            field.area(data, .heat(level), opacity: 1)
        }
    }
}
