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

    /// The most points that are drawn.
    package static let most = 2000

    package init(
        _ title: String, caption: String, x: Axis, y: Axis, points: [Points], showsEquality: Bool = false
    ) {
        (self.title, self.caption, self.x, self.y) = (title, caption, x, y)
        (self.points, self.showsEquality) = (points, showsEquality)
    }

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
            + (count > Self.most ? ["Of \(count) points every \((count + Self.most - 1) / Self.most). is drawn."] : [])
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
            if showsEquality {
                let (low, high) = (max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high))
                if low < high {
                    field.line(frame.x(low), frame.y(low), frame.x(high), frame.y(high), .quiet, dashes: "5 3")
                }
            }
            var place = 0
            for (index, own) in points.enumerated() {
                let style = SeriesStyle(index)
                for point in own.x.indices {
                    defer { place += 1 }
                    guard place % every == 0, Scale.isDrawable(own.x[point], x), Scale.isDrawable(own.y[point], y)
                    else {
                        continue
                    }
                    field.marker(style.marker, frame.x(own.x[point]), frame.y(own.y[point]), style.paint, size: 2.2)
                }
            }
        }
        return canvas
    }
}
