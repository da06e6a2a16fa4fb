/// Charts in an SVG file of their own, one below the other, each with its title, caption and remarks. It has no style
/// sheet: browsers, Inkscape, LibreOffice and librsvg draw it alike, in light colours.
package enum StandaloneSVG {
    static let fonts = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
    private static let margin = 16.0

    package static func text(_ charts: [any Chart], width: Double = 720) -> String {
        let canvas = drawn(charts, width: width)
        let n = Markup.number
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(canvas.height))" viewBox="0 0 \(n(width)) \
            \(n(canvas.height))" font-family="\(fonts)" font-size="\(n(Canvas.fontSize))">
            <title>\(Markup.escaped(charts.map(\.title).joined(separator: ", ")))</title>
            \(canvas.content)
            </svg>

            """
    }

    /// The drawing of all, on paper.
    package static func drawn(_ charts: [any Chart], width: Double) -> Canvas {
        let inner = width - 2 * margin
        var page = Canvas(width: inner)
        var y = margin
        for chart in charts {
            for line in TextWidth.lines(chart.title, width: inner, size: Canvas.fontSize) {
                page.text(line, 0, y + 12)
                y += Canvas.lineHeight
            }
            for sentence in [chart.caption] + chart.remarks {
                for line in TextWidth.lines(sentence, width: inner, size: Canvas.fontSize) {
                    page.text(line, 0, y + 12, .start, .quiet)
                    y += Canvas.lineHeight
                }
            }
            y += 8
            let drawn = chart.drawn(width: inner)
            page.add(drawn, below: y)
            y += drawn.height + 2 * margin
        }
        var whole = Canvas(width: width, height: y - margin)
        whole.rectangle(0, 0, width, whole.height, .paper)
        whole.add(page, right: margin)
        return whole
    }
}
