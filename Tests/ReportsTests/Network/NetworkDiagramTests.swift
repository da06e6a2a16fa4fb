import Charts
import Kernels
import Network
import Testing

@testable import Reports

@Suite struct NetworkDiagramTests {
    @Test func aNetworkIsBoxesAndLines() throws {
        let model = try Model(
            inputs: [ModelInput("image", [8, 8, 3]), ModelInput("<age> & \"co\"", [1])],
            layers: [
                ModelLayer(Conv2D(4, kernelSize: (3, 3), activation: .relu), name: "conv", inputs: ["image"], isTrainable: false),
                Flatten().named("flat"),
                Concatenate().named("join", inputs: ["flat", "<age> & \"co\""]),
                Dense(2, activation: .softmax).named("out"),
            ])
        let chart = try #require(try NetworkDiagram.chart(model))
        #expect(chart.nodes.map(\.inputs) == [[], [], [0], [2], [3, 1], [4]])
        #expect(chart.nodes[2].lines[0...1] == ["conv", "conv2d, relu"] && chart.nodes[2].lines[3] == "112 parameters, frozen")
        #expect(chart.nodes[2].isQuiet && chart.nodes[5].kind == .output && chart.nodes[0].kind == .input)
        #expect(chart.caption.hasPrefix("4 layers with ") && chart.caption.contains(" parameters, 112 of them frozen; "))
        #expect(chart.table.rows[2][2] == "flat, <age> & \"co\"")
        #expect(!ChartFigure.html(chart).contains("<age>"))
    }

    @Test func blocksThatRepeatAreDrawnOnce() throws {
        var layers = [Dense(8).named("first", inputs: nil)]
        for block in 0..<30 {
            let before = block == 0 ? "first" : "add\(block - 1)"
            layers += [
                Dense(8, activation: .relu).named("a\(block)"), Dense(8).named("b\(block)"),
                Add().named("add\(block)", inputs: ["b\(block)", before]),
            ]
        }
        layers.append(Dense(1).named("out"))
        let model = try Model(input: [4], layers: layers)
        let chart = try #require(try NetworkDiagram.chart(model))
        #expect(chart.nodes.count == 1 + 1 + 3 + 1 && chart.repeats == [.init(2..<5, times: 30)])
        #expect(chart.nodes.last?.inputs == [4] && chart.nodes[4].inputs == [3, 1])
        #expect(chart.remarks == ["The 3 layers from a0 to add0 stand for 30 alike, one behind the other."])
        #expect(chart.table.rows.count == 92)
    }

    @Test func tooManyLayersAreATable() throws {
        let layers = (0..<300).map { Dense(3 + $0 % 97 * ($0 % 7)).named("layer\($0)") }
        #expect(try NetworkDiagram.chart(Model(input: [4], layers: layers)) == nil)
    }

    @Test func whatOthersTakeFromABlockIsNotFolded() {
        let inputs = [[]] + (1..<13).map { [$0 - 1] }
        let same = ["in"] + [String](repeating: "dense", count: 12)
        #expect(RepeatedBlocks.find(same, inputs, kept: []) == [.init(nodes: 1..<13, times: 12)])
        var joined = inputs
        joined[12] = [11, 4]
        let blocks = RepeatedBlocks.find(same, joined, kept: [])
        #expect(blocks == [.init(nodes: 1..<5, times: 4), .init(nodes: 5..<12, times: 7)])
        #expect(RepeatedBlocks.find(same, inputs, kept: [6]).allSatisfy { !$0.nodes.dropLast().contains(6) })
        #expect(RepeatedBlocks.kept(13, blocks) == [0, 1, 5, 12])
        #expect(RepeatedBlocks.places(13, blocks) == [0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3])
    }
}
