/// Where the nodes of a graph without cycles stand: in ranks from top to bottom, so that lines run down from each to the next.
///
/// The steps are those of Sugiyama, Tagawa and Toda ("Methods for visual understanding of hierarchical system structures", 1981):
/// ranks by the longest way; a place in each rank that a line passes, which the lines of one node share; order in the ranks by the
/// mean place of the neighbours. Where a rank would be wider than the drawing, each node has a rank of its own.
struct GraphLayout {
    struct Cell {
        enum Content: Hashable {
            case node(Int)
            /// A line from that node to lower ranks.
            case passing(Int)

            var node: Int { switch self { case .node(let node), .passing(let node): node } }
            var isNode: Bool { if case .node = self { true } else { false } }
        }

        let content: Content
        /// The places of what it hangs on in the rank above.
        var sources: [Int] = []
        /// Its middle.
        var x = 0.0
        var width: Double
    }

    private(set) var ranks: [[Cell]] = []
    /// Whether some rank needs more than the width.
    private(set) var isTooWide = false

    private static let (space, passage, narrowest) = (14.0, 4.0, 104.0)

    /// - Parameters:
    ///   - inputs: of each node the places of those that it hangs on, all before its own.
    ///   - box: how wide a node's box is where there is room.
    init(_ inputs: [[Int]], width: Double, box: Double) {
        let layered = Self.contents(inputs, Self.longestWays(inputs))
        let fits = layered.allSatisfy { Self.boxWidth($0, width, box) >= min(Self.narrowest, box) }
        let contents = fits ? layered : Self.contents(inputs, Array(inputs.indices))
        isTooWide = contents.contains { Self.boxWidth($0, width, box) < 60 }
        ranks = contents.map { rank in
            let own = max(Self.boxWidth(rank, width, box), 60)
            return rank.map { Cell(content: $0, width: $0.isNode ? own : Self.passage) }
        }
        connect(inputs)
        for _ in 0..<4 { order() }
        place(width)
    }

    private static func boxWidth(_ rank: [Cell.Content], _ width: Double, _ box: Double) -> Double {
        let boxes = rank.count(where: \.isNode)
        guard boxes > 0 else { return box }
        let rest = width - 4 - Double(rank.count - boxes) * passage - Double(rank.count - 1) * space
        return min(box, rest / Double(boxes))
    }

    /// A node without inputs stands just above the first that takes it.
    private static func longestWays(_ inputs: [[Int]]) -> [Int] {
        var ranks = inputs.map { _ in 0 }
        for node in inputs.indices { ranks[node] = (inputs[node].map { ranks[$0] }.max() ?? -1) + 1 }
        var lowest = inputs.map { _ in Int.max }
        for node in inputs.indices { for input in inputs[node] { lowest[input] = min(lowest[input], ranks[node]) } }
        for node in inputs.indices where inputs[node].isEmpty && lowest[node] < .max { ranks[node] = lowest[node] - 1 }
        return ranks
    }

    private static func contents(_ inputs: [[Int]], _ ranks: [Int]) -> [[Cell.Content]] {
        var contents = [[Cell.Content]](repeating: [], count: (ranks.max() ?? -1) + 1)
        var last = ranks
        for node in inputs.indices { for input in inputs[node] { last[input] = max(last[input], ranks[node]) } }
        for node in inputs.indices { contents[ranks[node]].append(.node(node)) }
        for node in inputs.indices where last[node] > ranks[node] + 1 {
            for rank in ranks[node] + 1..<last[node] { contents[rank].append(.passing(node)) }
        }
        return contents
    }

    private mutating func connect(_ inputs: [[Int]]) {
        for rank in ranks.indices.dropFirst() {
            let above = Dictionary(uniqueKeysWithValues: ranks[rank - 1].indices.map { (ranks[rank - 1][$0].content.node, $0) })
            for place in ranks[rank].indices {
                switch ranks[rank][place].content {
                case .node(let node): ranks[rank][place].sources = inputs[node].compactMap { above[$0] }
                case .passing(let node): ranks[rank][place].sources = [above[node]].compactMap { $0 }
                }
            }
        }
    }

    /// Sorts each rank by the mean place of what its cells hang on, and then by that of what hangs on them.
    private mutating func order() {
        for rank in ranks.indices.dropFirst() {
            arrange(rank, by: ranks[rank].map { cell in mean(cell.sources.map(Double.init)) })
        }
        for rank in ranks.indices.dropLast().reversed() {
            var below = ranks[rank].map { _ in [Double]() }
            for (place, cell) in ranks[rank + 1].enumerated() { for source in cell.sources { below[source].append(Double(place)) } }
            arrange(rank, by: below.map(mean))
        }
    }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private mutating func arrange(_ rank: Int, by wishes: [Double?]) {
        let order = ranks[rank].indices.sorted { (wishes[$0] ?? Double($0), $0) < (wishes[$1] ?? Double($1), $1) }
        ranks[rank] = order.map { ranks[rank][$0] }
        guard rank + 1 < ranks.count else { return }
        var places = order
        for (place, old) in order.enumerated() { places[old] = place }
        for cell in ranks[rank + 1].indices { ranks[rank + 1][cell].sources = ranks[rank + 1][cell].sources.map { places[$0] } }
    }

    /// Gives each cell the mean place of its neighbours, as far as others leave room.
    private mutating func place(_ width: Double) {
        for rank in ranks.indices { settle(rank, ranks[rank].map { _ in width / 2 }, width) }
        for _ in 0..<6 {
            for rank in ranks.indices.dropFirst() {
                let wishes = ranks[rank].map { cell in mean(cell.sources.map { ranks[rank - 1][$0].x }) ?? cell.x }
                settle(rank, wishes, width)
            }
            for rank in ranks.indices.dropLast().reversed() {
                var below = ranks[rank].map { _ in [Double]() }
                for cell in ranks[rank + 1] { for source in cell.sources { below[source].append(cell.x) } }
                settle(rank, zip(ranks[rank], below).map { mean($1) ?? $0.x }, width)
            }
        }
    }

    /// As near to the wishes as neighbours and edges allow. A single box gets its own: what passes it gives way.
    private mutating func settle(_ rank: Int, _ wishes: [Double], _ width: Double) {
        let cells = ranks[rank]
        var wishes = wishes
        func distance(_ place: Int) -> Double { (cells[place].width + cells[place + 1].width) / 2 + Self.space }
        let boxes = cells.indices.filter { cells[$0].content.isNode }
        if boxes.count == 1, let box = boxes.first {
            wishes[box] = width / 2
            for place in cells.indices.dropFirst(box + 1) { wishes[place] = max(wishes[place], wishes[place - 1] + distance(place - 1)) }
            for place in cells.indices.prefix(box).reversed() {
                wishes[place] = min(wishes[place], wishes[place + 1] - distance(place))
            }
        }
        // Both sequences keep their distances, and so does their mean.
        var (fromLeft, fromRight) = (wishes, wishes)
        for place in cells.indices.dropFirst() {
            fromLeft[place] = max(wishes[place], fromLeft[place - 1] + distance(place - 1))
        }
        for place in cells.indices.dropLast().reversed() {
            fromRight[place] = min(wishes[place], fromRight[place + 1] - distance(place))
        }
        var places = zip(fromLeft, fromRight).map { ($0 + $1) / 2 }
        for place in cells.indices.reversed() {
            let edge = place == cells.count - 1 ? width - cells[place].width / 2 - 1 : places[place + 1] - distance(place)
            places[place] = min(places[place], edge)
        }
        for place in cells.indices {
            let edge = place == 0 ? cells[place].width / 2 + 1 : places[place - 1] + distance(place - 1)
            places[place] = max(places[place], edge)
        }
        for place in cells.indices { ranks[rank][place].x = places[place] }
    }
}
