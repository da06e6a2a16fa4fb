/// Names of lines at their right ends, which are nearer to what they name than a legend.
struct EndLabels {
    /// The end of a line on the drawing.
    struct End {
        var name: String
        var paint: Paint
        var x, y: Double
    }

    private let ends: [End]
    /// The baselines of the names, as many as ends.
    private let baselines: [Double]
    private let x: Double

    /// More names are better read in a legend.
    static let most = 6
    /// How far a name may stand from the end of its line.
    private static let farthest = 32.0

    /// The room that names take to the right of a chart's field; nil where they are none, too many or too long for the chart.
    static func room(_ names: [String], width: Double) -> Double? {
        guard (1...most).contains(names.count), names.allSatisfy({ !$0.isEmpty }) else { return nil }
        let widest = names.map { TextWidth.of($0, size: Canvas.fontSize) }.max() ?? 0
        return width >= 300 && widest <= width * 0.28 ? widest + 14 : nil
    }

    /// Nil where a line ends long before the field does, or ends lie too close to each other.
    init?(_ ends: [End], in frame: CartesianFrame) {
        let near = frame.right - (frame.right - frame.left) * 0.1
        guard ends.allSatisfy({ $0.x >= near }) else { return nil }
        let order = ends.indices.sorted { (ends[$0].y, $0) < (ends[$1].y, $1) }
        var places: [Double] = []
        for index in order {
            places.append(max(ends[index].y + 4, frame.top + 8, (places.last ?? -.infinity) + Canvas.lineHeight))
        }
        // What was pushed out below pushes back.
        var lowest = frame.bottom
        for place in places.indices.reversed() {
            places[place] = min(places[place], lowest)
            lowest = places[place] - Canvas.lineHeight
        }
        guard let first = places.first, first >= frame.top + 8,
            zip(order, places).allSatisfy({ abs(ends[$0].y + 4 - $1) <= Self.farthest })
        else { return nil }
        var baselines = ends.map { _ in 0.0 }
        for (index, place) in zip(order, places) { baselines[index] = place }
        (self.ends, self.baselines, x) = (ends, baselines, frame.right + 12)
    }

    func draw(on canvas: inout Canvas) {
        for (end, baseline) in zip(ends, baselines) {
            canvas.line(end.x, end.y, x - 3, baseline - 4, end.paint)
            canvas.text(end.name, x, baseline)
        }
    }
}
