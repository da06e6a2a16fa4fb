/// A chart in a page: a figure that is drawn for several widths, of which the page's style sheet shows the one that suits,
/// with what it shows and what is to be seen in it as caption, and its numbers to unfold.
package enum ChartFigure {
    /// What the drawings are made for: the class that shows one, and its width in pixels. The narrowest goes with screens
    /// from 320 pixels on, and that of paper, A4 or Letter with margins, with screens of its width too.
    package static let widths: [(name: String, width: Double)] = [
        ("narrow", 300), ("small", 460), ("paper", 640), ("middle", 704), ("wide", 960),
    ]

    package static func html(_ chart: some Chart) -> String {
        var parts = ["<figure class=\"chart\">"]
        let caption = Markup.escaped(chart.caption)
        parts.append(
            "<figcaption><strong>\(Markup.escaped(chart.title))</strong>\(caption.isEmpty ? "" : " <span>\(caption)</span>")</figcaption>"
        )
        let label = Markup.escaped(chart.caption.isEmpty ? chart.title : "\(chart.title): \(chart.caption)")
        for (name, width) in widths {
            let canvas = chart.drawn(width: width)
            let n = Markup.number
            parts.append(
                "<svg class=\"\(name)\" role=\"img\" aria-label=\"\(label)\" width=\"\(n(width))\" height=\"\(n(canvas.height))\" "
                    + "viewBox=\"0 0 \(n(width)) \(n(canvas.height))\" font-family=\"\(StandaloneSVG.fonts)\" "
                    + "font-size=\"\(n(Canvas.fontSize))\">\n\(canvas.content)\n</svg>")
        }
        for remark in chart.remarks { parts.append("<p class=\"remark\">\(Markup.escaped(remark))</p>") }
        parts.append(details(chart))
        parts.append("</figure>")
        return parts.joined(separator: "\n")
    }

    private static func details(_ chart: some Chart) -> String {
        let table = chart.table
        return "<details><summary>Numbers<span class=\"unseen\"> of \(Markup.escaped(chart.title))</span></summary>\n"
            + "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers of \(Markup.escaped(chart.title))\">\n"
            + HTMLTable.html(table) + "\n</div>\n"
            + (table.remark.map { "<p class=\"remark\">\(Markup.escaped($0))</p>\n" } ?? "") + "</details>"
    }
}
