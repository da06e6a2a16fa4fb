import Testing

@testable import Charts

@Suite struct GraphLayoutTests {
    /// A stack of blocks, each of three branches that are joined and added to what went into the block.
    private let branches: [[Int]] = [
        [], [0], [1], [1], [1], [2, 3, 4, 1], [5], [6], [6], [7, 8, 5], [0, 9],
    ]

    private func check(_ inputs: [[Int]], _ layout: GraphLayout, width: Double) {
        var ranks: [Int: Int] = [:]
        for (rank, cells) in layout.ranks.enumerated() {
            for (cell, next) in zip(cells, cells.dropFirst()) {
                #expect(cell.x + cell.width / 2 < next.x - next.width / 2, "cells of a rank stand apart")
            }
            for cell in cells {
                #expect(cell.x - cell.width / 2 >= 0 && cell.x + cell.width / 2 <= width + 1e-6)
                if case .node(let node) = cell.content { ranks[node] = rank }
            }
        }
        #expect(ranks.count == inputs.count, "each node stands once")
        // Followed up through the places that it passes, a line comes to what its node hangs on.
        for (rank, cells) in layout.ranks.enumerated() {
            for cell in cells {
                let above = cell.sources.map { layout.ranks[rank - 1][$0].content.node }
                switch cell.content {
                case .node(let node): #expect(above.sorted() == inputs[node].sorted())
                case .passing(let node): #expect(above == [node])
                }
            }
        }
    }

    @Test(arguments: [240.0, 300, 460, 704, 960])
    func linesRunFromRankToRank(width: Double) {
        let layout = GraphLayout(branches, width: width, box: 130)
        #expect(!layout.isTooWide)
        check(branches, layout, width: width)
    }

    @Test func branchesStandBesideEachOtherWhereTheyHaveRoom() {
        let wide = GraphLayout(branches, width: 704, box: 130)
        #expect(wide.ranks.count == 8 && wide.ranks[2].count { $0.content.isNode } == 3)
        let narrow = GraphLayout(branches, width: 300, box: 130)
        #expect(narrow.ranks.count == branches.count && narrow.ranks.allSatisfy { $0.count { $0.content.isNode } == 1 })
    }

    @Test func aChainStandsInOneLine() {
        let chain = [[]] + (1..<40).map { [$0 - 1] }
        let layout = GraphLayout(chain, width: 500, box: 150)
        #expect(layout.ranks.count == 40 && Set(layout.ranks.map { $0[0].x }) == [250])
        check(chain, layout, width: 500)
    }

    @Test func tooManyLinesSideBySideAreTold() {
        // Each hangs on all before it, as in a DenseNet.
        let dense = (0..<80).map { Array(0..<$0) }
        #expect(GraphLayout(dense, width: 300, box: 150).isTooWide)
        let diagram = GraphDiagram(
            "", caption: "", nodes: dense.map { GraphDiagram.Node(["a"], inputs: $0) }, table: DataTable(["a"], []))
        #expect(diagram.drawn(width: 300).content.contains("More lines run side by side than have room here."))
        check(Array(dense.prefix(8)), GraphLayout(Array(dense.prefix(8)), width: 300, box: 150), width: 300)
    }

    @Test func anInputStandsAboveWhatTakesIt() {
        let layout = GraphLayout([[], [], [0], [2], [3, 1]], width: 500, box: 110)
        #expect(layout.ranks[2].contains { $0.content == .node(1) })
    }

    @Test func ofNothingThereIsNothing() {
        #expect(GraphLayout([], width: 300, box: 100).ranks.isEmpty)
    }
}
