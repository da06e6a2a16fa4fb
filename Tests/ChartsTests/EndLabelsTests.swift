import Testing

@testable import Charts

@Suite struct EndLabelsTests {
    private func chart(_ names: [String], _ heights: [Double], x: [Double] = [1, 2, 3]) -> LineChart {
        LineChart(
            "", caption: "", x: Axis("epoch", .count), y: .share("accuracy"),
            series: zip(names, heights).map { name, height in Series(name, x: x, y: x.map { _ in height }) })
    }

    /// Names in a legend stand above the field.
    private func namesAreBeside(_ chart: LineChart, width: Double = 704) -> Bool {
        let canvas = chart.drawn(width: width)
        return canvas.elements.contains { $0.hasPrefix("<text") && $0.contains("training") && !$0.contains("y=\"13\"") }
    }

    @Test func namesStandAtTheLinesEnds() {
        let canvas = chart(["training", "validation"], [0.9, 0.4]).drawn(width: 704)
        let names = canvas.elements.filter { $0.contains(">training<") || $0.contains(">validation<") }
        #expect(names.count == 2 && canvas.elements.count { $0.contains("k-s1") } >= 1)
        #expect(namesAreBeside(chart(["training", "validation"], [0.9, 0.4])))
    }

    @Test func aLegendIsLeftWhereThereIsNoRoom() {
        #expect(!namesAreBeside(chart(["training", "validation"], [0.9, 0.4]), width: 280), "narrow")
        #expect(!namesAreBeside(chart(["training", String(repeating: "long", count: 60)], [0.9, 0.4])), "long")
        #expect(!namesAreBeside(chart(["training", "b", "c", "d", "e", "f"], [0.9, 0.9, 0.9, 0.9, 0.9, 0.9])), "close")
        #expect(EndLabels.room((0..<7).map { "training \($0)" }, width: 704) == nil, "many")
        var short = chart(["training", "validation"], [0.9, 0.4])
        short.series[1].x = [1, 1.2, 1.5]
        #expect(!namesAreBeside(short), "a line that ends early")
        var none = chart(["training", "validation"], [0.9, 0.4])
        none.namesEnds = false
        #expect(!namesAreBeside(none))
    }

    @Test func anAxisEndsWhereItsQuantityDoes() {
        for values in [[0.2, 0.97], [0.93, 1], [1, 1], [0, 0], [0.999, 1]] {
            let scale = Scale(.share("accuracy"), values, endingAtTicks: 5)
            #expect(scale.low >= 0 && scale.high <= 1 && scale.low < scale.high, "\(values): \(scale.low) to \(scale.high)")
        }
        let r2 = Scale(Axis("r2", range: -.infinity...1), [-3, 0.98], endingAtTicks: 5)
        #expect(r2.high == 1 && r2.low <= -3)
        let beyond = Scale(.share("odd"), [0.5, 1.3], endingAtTicks: 5)
        #expect(beyond.high >= 1.3, "what lies beyond is seen")
    }

    @Test func manyLinesAreGreyBehindThoseThatAreTold() {
        let names = (0..<30).map { "line \($0)" }
        let many = chart(names, names.indices.map { Double($0) / 40 })
        let canvas = many.drawn(width: 704)
        #expect(canvas.content.contains(">and 6 more<") && canvas.content.contains("k-rest"))
        #expect(!canvas.content.contains(">line 24<") && canvas.content.contains(">line 23<"))
        #expect(many.remarks == ["24 of 30 lines are told apart; the others are grey, and named in the table."])
    }

    @Test func manyPointsBecomeADensity() {
        let x = (0..<5000).map { Double($0 % 71) }
        let dense = ScatterChart(
            "", caption: "", x: Axis("x"), y: Axis("y"), points: [.init("", x: x, y: x.map { $0 * $0 })])
        #expect(dense.remarks == ["The darker a place, the more of the 5,000 points lie there."])
        #expect(dense.drawn(width: 704).content.utf8.count < 20_000)
        let few = ScatterChart("", caption: "", x: Axis("x"), y: Axis("y"), points: [.init("", x: [1, 2], y: [3, 4])])
        #expect(few.remarks.isEmpty && few.drawn(width: 704).content.contains("h0M"))
    }
}
