/// Two axes with their ticks, titles, legend and marks, within which a chart draws its data.
///
/// From the top: the legend, which begins with the vertical axis's title; the marks' labels, in lanes; the field; the ticks
/// of the horizontal axis; its title.
struct CartesianFrame {
    private(set) var x: Scale
    private(set) var y: Scale
    let left, top, right, bottom: Double
    private let legend: Legend
    private let lanes: MarkLanes
    private let xTicks, yTicks: [(value: Double, label: String)]
    /// Positions on the horizontal axis, of labels that stay within the chart and apart from each other.
    private let xLabels: [(x: Double, label: String)]

    /// - Parameters:
    ///   - isTight: whether the field begins and ends with the data; else there is room for their marks.
    ///   - rightRoom: what stays free to the right of the field.
    init(
        width: Double, x: Scale, y: (_ most: Int) -> Scale, legend entries: [Legend.Entry], marks: [Mark] = [],
        isTight: Bool = true, rightRoom: Double = 0
    ) {
        let height = Self.height(width)
        let y = y(max(Int(height / 42), 3))
        let yTicks = y.ticks(most: max(Int(height / 26), 3))
        legend = Legend(y.title, entries, width: width)
        let widest = yTicks.map { TextWidth.of($0.label, size: Canvas.fontSize) }.max() ?? 0
        let room = isTight ? 0.0 : 6
        left = min(widest, width * 0.4) + 9
        right = width - 8 - rightRoom
        var x = x
        (x.from, x.to) = (left + room, right - room)
        // Marks outside the axis have no place.
        let shown = marks.filter { $0.x >= x.low && $0.x <= x.high && Scale.isDrawable($0.x, x.axis) }
        lanes = MarkLanes(shown.map { (x($0.x), $0) }, width: width)
        top = legend.height + lanes.height + 8
        bottom = top + height
        (self.x, self.y, self.yTicks) = (x, y, yTicks)
        (self.y.from, self.y.to) = (bottom - room, top + room)
        (xTicks, xLabels) = Self.horizontal(x, width: width)
    }

    /// The field's height for a chart's width.
    static func height(_ width: Double) -> Double { min(max(width * 0.4, 170), 300) }

    /// As many ticks as their labels have room for.
    private static func horizontal(
        _ scale: Scale, width: Double
    ) -> (ticks: [(value: Double, label: String)], labels: [(x: Double, label: String)]) {
        var sparsest: ([(value: Double, label: String)], [(x: Double, label: String)]) = ([], [])
        for most in (2...12).reversed() {
            let ticks = scale.ticks(most: most)
            var labels: [(x: Double, label: String)] = []
            var end = -Double.infinity
            for tick in ticks {
                let half = TextWidth.of(tick.label, size: Canvas.fontSize) / 2
                let x = min(max(scale(tick.value), half + 1), width - half - 1)
                guard x - half >= end + 8, half * 2 <= width else { continue }
                labels.append((x, tick.label))
                end = x + half
            }
            if labels.count == ticks.count, !ticks.isEmpty { return (ticks, labels) }
            sparsest = (ticks, labels)
        }
        return sparsest
    }

    /// Draws all but the data.
    func drawFrame(on canvas: inout Canvas) {
        canvas.height = bottom + 25 + (x.title.isEmpty ? 0 : Canvas.lineHeight) + 4
        legend.draw(on: &canvas)
        for tick in yTicks {
            let position = y(tick.value)
            canvas.line(left, position, right, position, .grid)
            canvas.text(tick.label, left - 6, position + 4, .end, .quiet, limit: left - 8)
        }
        for tick in xTicks {
            let position = x(tick.value)
            canvas.line(position, bottom, position, bottom + 4, .quiet)
        }
        canvas.line(left, bottom, right, bottom, .quiet)
        for label in xLabels { canvas.text(label.label, label.x, bottom + 20, .middle, .quiet) }
        if !x.title.isEmpty {
            canvas.text(x.title, (left + right) / 2, bottom + 25 + 13, .middle, .quiet, limit: right - left)
        }
        lanes.draw(on: &canvas, from: legend.height, to: bottom)
    }
}
