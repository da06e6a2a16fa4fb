/// Names beside a sample of what they stand for, in rows from left to right.
struct Legend: Sendable {
    struct Entry: Sendable {
        enum Sample: Sendable { case line, lineAndMarker, marker, area }
        var name: String
        var style: SeriesStyle
        var sample: Sample
        var hasBand = false
    }

    /// The most entries that are shown by name; the table has all.
    static let most = 24
    private static let (sampleWidth, gap) = (26.0, 16.0)

    private var items: [(entry: Entry?, text: String, x: Double, row: Int, limit: Double)] = []
    private(set) var rows = 0
    var height: Double { Double(rows) * Canvas.lineHeight }

    /// - Parameters:
    ///   - lead: what stands first, such as the vertical axis's title.
    ///   - entries: those without a name are left out.
    ///   - width: of the chart, all of which is used.
    init(_ lead: String?, _ entries: [Entry], width: Double) {
        var (x, row) = (0.0, 0)
        func place(_ entry: Entry?, _ text: String) {
            let extra = entry == nil ? 0 : Self.sampleWidth + 6
            let limit = width - extra - 2
            let own = extra + min(TextWidth.of(text, size: Canvas.fontSize), limit)
            if x > 0, x + own > width - 2 { (x, row) = (0, row + 1) }
            items.append((entry, text, x, row, limit))
            x += own + Self.gap
        }
        if let lead, !lead.isEmpty { place(nil, lead) }
        let entries = entries.filter { !$0.name.isEmpty }
        for entry in entries.prefix(Self.most) { place(entry, entry.name) }
        if entries.count > Self.most {
            let rest = entries[Self.most]
            place(rest.style.isRest ? rest : nil, "and \(entries.count - Self.most) more")
        }
        rows = items.isEmpty ? 0 : row + 1
    }

    func draw(on canvas: inout Canvas) {
        for item in items {
            let y = Double(item.row) * Canvas.lineHeight + 13
            guard let entry = item.entry else {
                canvas.text(item.text, item.x + 1, y, .start, .quiet, limit: item.limit)
                continue
            }
            let (left, middle, right) = (item.x + 1, item.x + 1 + Self.sampleWidth / 2, item.x + 1 + Self.sampleWidth)
            let paint = entry.style.paint
            if entry.hasBand { canvas.rectangle(left, y - 9, Self.sampleWidth, 10, paint, opacity: 0.2) }
            switch entry.sample {
            case .line, .lineAndMarker:
                canvas.line(left, y - 4, right, y - 4, paint, width: 2, dashes: entry.style.dashes)
                if entry.sample == .lineAndMarker { canvas.marker(entry.style.marker, middle, y - 4, paint) }
            case .marker: canvas.marker(entry.style.marker, middle, y - 4, paint, size: 4)
            case .area: canvas.rectangle(left + 6, y - 10, Self.sampleWidth - 12, 11, paint)
            }
            canvas.text(item.text, right + 6, y, limit: item.limit)
        }
    }
}
