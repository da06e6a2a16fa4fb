/// The elements of one drawing, and where its texts stand, which is known before any font is.
package struct Canvas: Sendable {
    /// A rectangle, in pixels from the top left.
    package struct Box: Hashable, Sendable {
        package var left, top, right, bottom: Double

        package func intersects(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }
    }

    package enum Anchor: String, Sendable { case start, middle, end }

    /// The size of all texts. Nothing is smaller, since a chart is drawn for its width and never shrunk to it.
    package static let fontSize = 12.0
    /// From one line of text to the next.
    package static let lineHeight = 17.0
    /// What of a line stands above and below its baseline, in the tallest of the usual fonts.
    static let (ascent, descent) = (11.5, 3.5)

    package let width: Double
    package var height: Double
    package private(set) var elements: [String] = []
    package private(set) var textBoxes: [Box] = []

    package init(width: Double, height: Double = 0) {
        self.width = width
        self.height = height
    }

    /// What the drawing is, without a frame.
    package var content: String { elements.joined(separator: "\n") }

    mutating func add(_ element: String) { elements.append(element) }

    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ paint: Paint, width: Double = 1, dashes: String? = nil
    ) {
        let n = Markup.number
        add(
            "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" \(paint.stroke) "
                + "stroke-width=\"\(n(width))\"\(Self.attribute(dashes))/>")
    }

    /// An open line by the data of its path.
    mutating func path(
        _ data: String, _ paint: Paint, width: Double, dashes: String? = nil, opacity: Double = 1,
        hasRoundEnds: Bool = false
    ) {
        guard !data.isEmpty else { return }
        add(
            "<path d=\"\(data)\" fill=\"none\" \(paint.stroke) stroke-width=\"\(Markup.number(width))\" "
                + "stroke-linejoin=\"round\"\(hasRoundEnds ? " stroke-linecap=\"round\"" : "")\(Self.attribute(dashes))"
                + (opacity < 1 ? " stroke-opacity=\"\(opacity)\"" : "") + "/>")
    }

    mutating func area(_ data: String, _ paint: Paint, opacity: Double) {
        guard !data.isEmpty else { return }
        add("<path d=\"\(data)\" \(paint.fill) fill-opacity=\"\(opacity)\" stroke=\"none\"/>")
    }

    /// - Parameter title: what a pointer that rests on it shows.
    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ paint: Paint, opacity: Double = 1,
        title: String? = nil
    ) {
        let n = Markup.number
        let start =
            "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(width, 0)))\" height=\"\(n(max(height, 0)))\" \(paint.fill)"
            + (opacity < 1 ? " fill-opacity=\"\(opacity)\"" : "")
        add(title.map { "\(start)><title>\(Markup.escaped($0))</title></rect>" } ?? start + "/>")
    }

    mutating func marker(_ marker: SeriesStyle.Marker, _ x: Double, _ y: Double, _ paint: Paint, size: Double = 3.5) {
        let n = Markup.number
        switch marker {
        case .circle: add("<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(size))\" \(paint.fill)/>")
        case .square: rectangle(x - size, y - size, 2 * size, 2 * size, paint)
        case .triangle:
            area(
                Self.polygon([(x, y - size * 1.2), (x + size * 1.2, y + size), (x - size * 1.2, y + size)]), paint,
                opacity: 1)
        case .diamond:
            let reach = size * 1.35
            area(Self.polygon([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]), paint, opacity: 1)
        case .cross:
            path(
                "M\(n(x - size)) \(n(y - size))L\(n(x + size)) \(n(y + size))M\(n(x - size)) \(n(y + size))"
                    + "L\(n(x + size)) \(n(y - size))", paint, width: 2)
        }
    }

    /// A closed path through points.
    static func polygon(_ points: [(Double, Double)]) -> String {
        let n = Markup.number
        guard !points.isEmpty else { return "" }
        return "M" + points.map { "\(n($0.0)) \(n($0.1))" }.joined(separator: "L") + "Z"
    }

    /// The box of a text that would be drawn so.
    static func box(_ text: String, _ x: Double, _ y: Double, _ anchor: Anchor) -> Box {
        let width = TextWidth.of(text, size: fontSize)
        let left =
            switch anchor {
            case .start: x
            case .middle: x - width / 2
            case .end: x - width
            }
        return Box(left: left, top: y - ascent, right: left + width, bottom: y + descent)
    }

    /// Text on a line, abbreviated where it is wider than a limit; a pointer that rests on it then shows the whole.
    /// - Parameter y: of the baseline.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .start, _ paint: Paint = .ink,
        limit: Double = .infinity, title: String? = nil
    ) {
        let shown = TextWidth.fitted(text, into: limit, size: Self.fontSize)
        guard !shown.isEmpty else { return }
        textBoxes.append(Self.box(shown, x, y, anchor))
        add(
            "<text x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\"\(Self.attribute(anchor)) \(paint.fill)>"
                + Self.content(shown, whole: title ?? (shown == text ? nil : text)) + "</text>")
    }

    /// Text that runs upwards.
    /// - Parameters:
    ///   - x: of the baseline, to whose left the text stands.
    ///   - y: where it starts, at its lower end.
    mutating func uprightText(_ text: String, _ x: Double, _ y: Double, _ paint: Paint = .ink, limit: Double) {
        let shown = TextWidth.fitted(text, into: limit, size: Self.fontSize)
        guard !shown.isEmpty else { return }
        let length = TextWidth.of(shown, size: Self.fontSize)
        textBoxes.append(Box(left: x - Self.ascent, top: y - length, right: x + Self.descent, bottom: y))
        add(
            "<text transform=\"translate(\(Markup.number(x)) \(Markup.number(y))) rotate(-90)\" \(paint.fill)>"
                + Self.content(shown, whole: shown == text ? nil : text) + "</text>")
    }

    private static func content(_ shown: String, whole: String?) -> String {
        (whole.map { "<title>\(Markup.escaped($0))</title>" } ?? "") + Markup.escaped(shown)
    }

    private static func attribute(_ dashes: String?) -> String {
        dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    }

    private static func attribute(_ anchor: Anchor) -> String {
        anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    }

    /// Puts another drawing into this one, so far from its left and its top.
    mutating func add(_ other: Canvas, right x: Double = 0, below y: Double = 0) {
        add("<g transform=\"translate(\(Markup.number(x)) \(Markup.number(y)))\">\n\(other.content)\n</g>")
        textBoxes += other.textBoxes.map { box in
            Box(left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y)
        }
    }

    /// What `draw` draws in a window of its own, at whose edges it is cut.
    mutating func clipped(
        _ left: Double, _ top: Double, _ width: Double, _ height: Double, _ draw: (inout Canvas) -> Void
    ) {
        let n = Markup.number
        var inner = Canvas(width: width, height: height)
        draw(&inner)
        add(
            "<svg x=\"\(n(left))\" y=\"\(n(top))\" width=\"\(n(width))\" height=\"\(n(height))\" "
                + "viewBox=\"\(n(left)) \(n(top)) \(n(width)) \(n(height))\">\n\(inner.content)\n</svg>")
    }
}
