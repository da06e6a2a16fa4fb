/// How a series is told from others: by colour, and beside it by dashes and by the shape of its markers. Seven colours and
/// five dashes make 35 different lines.
package struct SeriesStyle: Hashable, Sendable {
    package enum Marker: Int, CaseIterable, Sendable { case circle, square, triangle, diamond, cross }

    package var color: Int
    package var dash: Int
    package var marker: Marker
    /// Whether it is one of many that are not told apart, grey behind those that are.
    package var isRest = false

    package static let rest: SeriesStyle = {
        var style = SeriesStyle(0)
        style.isRest = true
        return style
    }()

    /// The style of a chart's series by its place.
    package init(_ index: Int) { self.init(color: index, dash: index) }

    package init(color: Int, dash: Int) {
        self.color = color % Paint.seriesCount
        self.dash = dash % Self.dashes.count
        marker = Marker.allCases[dash % Marker.allCases.count]
    }

    package var paint: Paint { isRest ? .rest : .series(color) }

    /// Of `stroke-dasharray`; nil for a solid line.
    var dashes: String? { Self.dashes[dash] }

    private static let dashes: [String?] = [nil, "7 3", "2 2.5", "9 3 2 3", "4 2"]
}
