/// What follows from what, as the layers of a network: boxes from top to bottom, with lines from each to those that take its
/// result.
package struct GraphDiagram: Chart {
    package struct Node: Sendable {
        package enum Kind: Hashable, Sendable { case usual, input, output }

        /// The first is its name.
        package var lines: [String]
        package var kind: Kind
        /// Drawn dashed, as layers that are not trained.
        package var isQuiet: Bool
        /// The places of those whose results it takes, all before its own.
        package var inputs: [Int]

        package init(_ lines: [String], _ kind: Kind = .usual, isQuiet: Bool = false, inputs: [Int]) {
            (self.lines, self.kind, self.isQuiet, self.inputs) = (lines, kind, isQuiet, inputs)
        }
    }

    /// Nodes that stand for so many times as many.
    package struct Repeat: Hashable, Sendable {
        package var nodes: Range<Int>
        package var times: Int

        package init(_ nodes: Range<Int>, times: Int) { (self.nodes, self.times) = (nodes, times) }
    }

    package var title: String
    package var caption: String
    package var remarks: [String] = []
    package var table: DataTable
    package var nodes: [Node]
    package var repeats: [Repeat]

    /// The most nodes that are drawn.
    package static let most = 120

    package init(_ title: String, caption: String, nodes: [Node], repeats: [Repeat] = [], table: DataTable) {
        precondition(nodes.indices.allSatisfy { place in nodes[place].inputs.allSatisfy { (0..<place).contains($0) } })
        (self.title, self.caption, self.nodes, self.repeats, self.table) = (title, caption, nodes, repeats, table)
    }

    private static let lineHeight = 16.0
    /// Between two ranks.
    private static let gap = 30.0
    /// To the right, for what is said of repeats.
    private static let margin = 52.0

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        guard !nodes.isEmpty else { return canvas }
        let room = width - (repeats.isEmpty ? 0 : Self.margin)
        let wanted = nodes.flatMap(\.lines).map { TextWidth.of($0, size: Canvas.fontSize) }.max() ?? 0
        let layout = GraphLayout(nodes.map(\.inputs), width: room, box: min(max(wanted + 20, 110), 300))
        guard !layout.isTooWide else {
            canvas.text("More lines run side by side than have room here.", 1, 14, .start, .quiet, limit: width - 2)
            canvas.height = 22
            return canvas
        }
        var tops: [Double] = []
        var y = 1.0
        for rank in layout.ranks {
            tops.append(y)
            y += height(rank) + Self.gap
        }
        canvas.height = y - Self.gap + 2
        drawLines(layout, tops, on: &canvas)
        for (rank, cells) in layout.ranks.enumerated() {
            for cell in cells {
                guard case .node(let node) = cell.content else { continue }
                draw(nodes[node], cell, tops[rank], on: &canvas)
            }
        }
        drawRepeats(layout, tops, right: width, on: &canvas)
        return canvas
    }

    private func boxHeight(_ node: Node) -> Double { Double(node.lines.count) * Self.lineHeight + 9 }

    private func height(_ rank: [GraphLayout.Cell]) -> Double {
        rank.map { cell in if case .node(let node) = cell.content { boxHeight(nodes[node]) } else { 0 } }.max() ?? 0
    }

    private func draw(_ node: Node, _ cell: GraphLayout.Cell, _ top: Double, on canvas: inout Canvas) {
        let (left, height) = (cell.x - cell.width / 2, boxHeight(node))
        canvas.rectangle(left, top, cell.width, height, node.isQuiet ? .paper : .heat(0))
        canvas.path(
            Canvas.polygon([
                (left, top), (left + cell.width, top), (left + cell.width, top + height), (left, top + height),
            ]), node.kind == .usual ? .quiet : .series(0), width: node.kind == .usual ? 1 : 2,
            dashes: node.isQuiet ? "4 3" : nil)
        for (index, line) in node.lines.enumerated() {
            canvas.text(
                line, cell.x, top + 15 + Double(index) * Self.lineHeight, .middle, index == 0 ? .ink : .quiet,
                limit: cell.width - 10)
        }
    }

    private func drawLines(_ layout: GraphLayout, _ tops: [Double], on canvas: inout Canvas) {
        let n = Markup.number
        for (rank, cells) in layout.ranks.enumerated() {
            let top = tops[rank]
            for cell in cells {
                let sources = cell.sources.map { layout.ranks[rank - 1][$0] }
                let above = rank > 0 ? tops[rank - 1] + height(layout.ranks[rank - 1]) : 0
                for (port, source) in sources.sorted(by: { $0.x < $1.x }).enumerated() {
                    var target = cell.x
                    var start = above
                    if case .node(let node) = source.content { start = tops[rank - 1] + boxHeight(nodes[node]) }
                    if case .node = cell.content {
                        target += cell.width * (Double(port + 1) / Double(sources.count + 1) - 0.5)
                    }
                    let middle = (above + top) / 2
                    var data = "M\(n(source.x)) \(n(start))"
                    if start < above { data += "L\(n(source.x)) \(n(above))" }
                    data += "C\(n(source.x)) \(n(middle)) \(n(target)) \(n(middle)) \(n(target)) \(n(top))"
                    if case .passing = cell.content { data += "L\(n(target)) \(n(top + height(cells)))" }
                    canvas.path(data, .quiet, width: 1.2)
                    if case .node = cell.content {
                        canvas.area(
                            Canvas.polygon([(target - 3.5, top - 6), (target + 3.5, top - 6), (target, top)]), .quiet,
                            opacity: 1)
                    }
                }
            }
        }
    }

    /// A bracket beside the nodes that stand for several times as many, with their number.
    private func drawRepeats(_ layout: GraphLayout, _ tops: [Double], right: Double, on canvas: inout Canvas) {
        var last = -Double.infinity
        for own in repeats {
            let ranks = layout.ranks.indices.filter { rank in
                layout.ranks[rank].contains { cell in
                    if case .node(let node) = cell.content { own.nodes.contains(node) } else { false }
                }
            }
            guard let first = ranks.first, let end = ranks.last else { continue }
            let (top, bottom) = (tops[first] - 4, tops[end] + height(layout.ranks[end]) + 4)
            // Those beside each other have one place.
            guard top > last else { continue }
            last = bottom + Canvas.lineHeight
            let x = right - Self.margin + 10
            let n = Markup.number
            canvas.path("M\(n(x - 6)) \(n(top))H\(n(x))V\(n(bottom))H\(n(x - 6))", .quiet, width: 1.2)
            canvas.text("× \(own.times)", x + 5, (top + bottom) / 2 + 4, limit: Self.margin - 16)
        }
    }
}
