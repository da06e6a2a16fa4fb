/// One line of a chart.
package struct Series: Sendable {
    package var name: String
    /// Ascending, with a value of `y` for each.
    package var x: [Double]
    /// Where it isn't finite the line has a gap.
    package var y: [Double]
    /// What is drawn as a band behind the line, such as a deviation to either side; as many as values.
    package var band: (lower: [Double], upper: [Double])?
    /// What was measured, drawn thin behind a smoothed line; as many as values.
    package var raw: [Double]?
    package var style: SeriesStyle?
    /// Whether each point is marked; where nil, if there are few.
    package var hasMarkers: Bool?

    package init(
        _ name: String, x: [Double], y: [Double], band: (lower: [Double], upper: [Double])? = nil, raw: [Double]? = nil,
        style: SeriesStyle? = nil, hasMarkers: Bool? = nil
    ) {
        precondition(x.count == y.count && (raw?.count ?? y.count) == y.count)
        precondition(band.map { $0.lower.count == y.count && $0.upper.count == y.count } ?? true)
        (self.name, self.x, self.y, self.band, self.raw, self.style) = (name, x, y, band, raw, style)
        self.hasMarkers = hasMarkers
    }

    /// Smoothed, with what it was behind it.
    package func smoothed(weight: Double) -> Series {
        var series = self
        guard weight > 0 else { return series }
        series.raw = y
        series.y = Smoothing.exponential(y, weight: weight)
        return series
    }
}
