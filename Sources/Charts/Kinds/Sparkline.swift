/// A line as small as a word, without axes, for a table's cell; the cell beside it has the figure.
package enum Sparkline {
    /// The SVG of a line of values in equal distances, its last one marked.
    /// - Parameter label: what it shows, in words, for who does not see it.
    package static func svg(_ values: [Double], label: String, width: Double = 96, height: Double = 20) -> String {
        let axis = Axis("")
        var x = Scale(axis, [0, Double(max(values.count - 1, 1))])
        (x.from, x.to) = (2, width - 4)
        var y = Scale(axis, values)
        (y.from, y.to) = (height - 3, 3)
        let positions = values.indices.map { x(Double($0)) }
        let heights = values.map { Scale.isDrawable($0, axis) ? y($0) : .nan }
        let chosen = Decimation.indices(x: positions, y: heights, columns: Int(width))
        let n = Markup.number
        var canvas = Canvas(width: width, height: height)
        if chosen.count > 1 {
            let points = chosen.map { "\(n(positions[$0])) \(n(heights[$0]))" }
            canvas.path("M" + points.joined(separator: "L"), .series(0), width: 1.5)
        }
        if let last = chosen.last { canvas.marker(.circle, positions[last], heights[last], .series(0), size: 2) }
        return
            "<svg class=\"spark\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"\(Markup.escaped(label))\" "
            + "width=\"\(n(width))\" height=\"\(n(height))\" viewBox=\"0 0 \(n(width)) \(n(height))\">\(canvas.content)</svg>"
    }
}
