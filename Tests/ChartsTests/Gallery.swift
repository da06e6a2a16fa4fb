@testable import Charts

/// One of each chart, with usual data and with what is hard to draw: long names, many series, extreme values, gaps.
enum Gallery {
    static let longName =
        "a-run-whose-name-was-made-from-every-setting-lr=0.001,batch=128,layers=12 & <b>'quoted' \"twice\"</b>, seed "

    static let epochs = (1...60).map(Double.init)

    /// A fall with noise, by a fixed rule.
    static func loss(_ count: Int, _ seed: Int, noise: Double = 0.08) -> [Double] {
        (0..<count).map { index in
            let wave = Double((index * 7919 + seed * 104_729) % 997) / 997 - 0.5
            return 2.3 / (1 + Double(index) * (0.2 + 0.03 * Double(seed))) + 0.1 + noise * wave
        }
    }

    static func line(_ title: String, _ series: [Series], marks: [Mark] = [], isLog: Bool = false) -> LineChart {
        let finding = series.first.flatMap { Finding.extreme(.lowest, $0) { "epoch \(AxisText.value($0))" } }
        return LineChart(
            title, caption: finding ?? "", x: Axis("epoch", .count), y: Axis("loss", isLogarithmic: isLog),
            series: series,
            marks: marks)
    }

    static let usual: [any Chart] = {
        let train = Series("training", x: epochs, y: loss(60, 1), style: SeriesStyle(color: 0, dash: 0))
        let validation = Series("validation", x: epochs, y: loss(60, 2).map { $0 + 0.1 })
        let seeds = (1...5).map { Series("\($0)", x: epochs, y: loss(60, $0, noise: 0.4)) }
        let mean = SeriesGroup.mean("adam, 5 seeds, ± deviation", keys: seeds.map(\.x), of: seeds)
        var charts: [any Chart] = []
        charts.append(
            line(
                "Loss", [train, validation],
                marks: [
                    Mark(41, "best: epoch 41"), Mark(52, "stopped early"),
                    Mark(12, "gradient norm above 1e3", .warning),
                ]))
        charts.append(
            LineChart(
                "Accuracy", caption: "Highest at epoch 60 (0.99).", x: Axis("epoch", .count), y: .share("accuracy"),
                series: [
                    Series("training", x: epochs, y: epochs.map { 1 - 0.4 / $0 }),
                    Series("validation", x: epochs, y: epochs.map { 0.97 - 0.4 / $0 }),
                ]))
        charts.append(
            line("Loss by seed", [mean, Series("sgd", x: epochs, y: loss(60, 9)).smoothed(weight: 0.8)]))
        charts.append(
            line("Learning rate", [Series("", x: epochs, y: epochs.map { 0.1 / ($0 * $0) })], isLog: true))
        charts.append(
            LineChart(
                "Loss by time", caption: "Lowest after 2 h.", x: Axis("time", .seconds), y: Axis("loss"),
                series: [Series("run", x: epochs.map { $0 * 131 }, y: loss(60, 3))]))
        charts.append(
            BarChart(
                "Test figures", caption: "Accuracy is 0.975, with 0.953 to 0.987 as 95% interval.", axis: Axis("value"),
                names: ["accuracy", "f1", "top_3_accuracy"],
                groups: [
                    (
                        "model",
                        [
                            .init(0.9749, interval: 0.9532...0.9867, reference: 0.1031),
                            .init(0.97, interval: 0.95...0.98, reference: 0.02), .init(1, reference: 0.3),
                        ]
                    )
                ], referenceName: "what the commonest class gets"))
        charts.append(
            BarChart(
                "Time by phase", caption: "Backward takes longest.", axis: Axis("ms a step"),
                names: ["forward", "backward", "reduce"],
                groups: [
                    ("1 worker", [.init(3.2), .init(6.4), .init(0.1)]),
                    ("2 workers", [.init(1.7), .init(3.3), .init(0.4)]),
                ]))
        charts.append(
            ScatterChart(
                "Predicted and true", caption: "Most within 0.2.", x: Axis("true"), y: Axis("predicted"),
                points: [.init("test", x: loss(300, 3), y: loss(300, 4))], showsEquality: true))
        charts.append(
            Histogram(
                "Residuals", caption: "Centred at 0.", axis: Axis("residual"),
                values: loss(500, 5, noise: 1).map { $0 - 0.2 }))
        charts.append(
            HeatMap(
                "Confusion", caption: "3 is taken for 8 most often.", rowTitle: "true", columnTitle: "predicted",
                rowNames: (0...9).map(String.init), columnNames: (0...9).map(String.init),
                values: table(10) { $0 == $1 ? 96 : ($0 * 3 + $1 * 5) % 7 / 4 }))
        return charts
    }()

    static let hard: [any Chart] = {
        let many = (1...40).map { Series(longName + "\($0)", x: epochs, y: loss(60, $0)) }
        let long = (0..<10_000).map(Double.init)
        let marks = (0..<30).map { Mark(Double($0 * 2), "warning \($0): \(longName)", $0 % 2 == 0 ? .warning : .note) }
        let names = (0..<14).map { longName + "\($0)" }
        var charts: [any Chart] = []
        charts.append(
            line("Many long names: \(longName)", many, marks: marks))
        charts.append(
            line(
                "Ten thousand epochs", [Series("train", x: long, y: loss(10_000, 1, noise: 0.5)).smoothed(weight: 0.98)]
            ))
        charts.append(
            line(
                "Huge values",
                [
                    Series("train", x: epochs, y: epochs.map { $0 * 1.7e298 }),
                    Series("overflow", x: epochs, y: epochs.map { $0 < 4 ? .infinity : -1e300 }),
                ]))
        charts.append(
            line("Tiny differences", [Series("train", x: epochs, y: epochs.map { 123_456.789 + $0 * 1e-6 })]))
        charts.append(
            line("Tiny values", [Series("train", x: epochs, y: epochs.map { $0 * 3e-300 * 1e-10 })]))
        charts.append(
            line(
                "Log over 200 decades", [Series("train", x: epochs, y: epochs.map { 1e-100 * powers($0) })], isLog: true
            ))
        charts.append(
            line("Log with zero", [Series("train", x: epochs, y: epochs.map { $0 < 30 ? 0 : $0 })], isLog: true))
        charts.append(
            line("Gaps", [Series("train", x: epochs, y: epochs.map { Int($0) % 9 < 3 ? .nan : $0 })]))
        charts.append(
            line("Nothing but gaps", [Series("train", x: epochs, y: epochs.map { _ in .nan })]))
        charts.append(
            line(
                "One epoch", [Series("train", x: [1], y: [0.5]), Series("validation", x: [1], y: [0.6])],
                marks: [Mark(1, "best: epoch 1")]))
        charts.append(
            line("No epoch", []))
        charts.append(
            line("Constant", [Series("train", x: epochs, y: epochs.map { _ in 0 })]))
        charts.append(
            BarChart(
                "Long names", caption: "", axis: Axis(longName), names: names,
                groups: (0..<3).map { group in
                    (longName + "\(group)", names.indices.map { .init(Double($0 * group) - 9, interval: -12...30) })
                },
                referenceName: longName))
        charts.append(
            BarChart(
                "Extreme lengths", caption: "", axis: Axis("value"), names: ["a", "b", "c", "d", "e"],
                groups: [("", [.init(1e300), .init(-1e300), .init(.nan), .init(nil), .init(1e-300)])]))
        charts.append(
            BarChart(
                "Hundred names", caption: "", axis: Axis("value"), names: (0..<100).map { "name \($0)" },
                groups: [("", (0..<100).map { .init(Double($0)) })]))
        charts.append(
            ScatterChart(
                "Many points", caption: "", x: Axis("true"), y: Axis(longName),
                points: [
                    .init("a", x: long, y: loss(10_000, 3, noise: 3)),
                    .init(longName, x: long, y: loss(10_000, 4, noise: 9)),
                ]))
        charts.append(
            ScatterChart(
                "Dense points", caption: "", x: Axis("true"), y: Axis("predicted"),
                points: [.init("", x: loss(10_000, 3, noise: 3), y: loss(10_000, 4, noise: 3))], showsEquality: true))
        charts.append(
            line(
                "Lines that end close together",
                (1...5).map { own in Series("run \(own)", x: epochs, y: epochs.map { 1 + Double(own) * 0.001 / $0 }) }))
        charts.append(
            line(
                "Lines that end early",
                [
                    Series("short", x: Array(epochs.prefix(20)), y: Array(loss(60, 1).prefix(20))),
                    Series("long", x: epochs, y: loss(60, 2)),
                ]))
        charts.append(
            Histogram("One value", caption: "", axis: Axis("value"), values: [3, 3, 3, .nan]))
        charts.append(
            Histogram("No value", caption: "", axis: Axis("value"), values: []))
        charts.append(
            Histogram(
                "Heavy tail", caption: "", axis: Axis(longName), values: (1...5000).map { 1 / (1 - Double($0) / 5001) })
        )
        charts.append(
            HeatMap(
                "Long class names", caption: "", rowTitle: longName, columnTitle: longName, rowNames: names,
                columnNames: names,
                values: table(14) { $0 * $1 * 12_345 }))
        charts.append(
            HeatMap(
                "Two classes", caption: "", rowTitle: "true", columnTitle: "predicted", rowNames: ["no", "yes"],
                columnNames: ["no", "yes"], values: [[1_234_567, 3], [0, 12]]))
        charts.append(
            HeatMap(
                "Three hundred classes", caption: "", rowTitle: "true", columnTitle: "predicted",
                rowNames: (0..<300).map { "class \($0)" }, columnNames: (0..<300).map { "class \($0)" },
                values: (0..<300).map { row in
                    (0..<300).map { $0 == row ? 90 : (row * 31 + $0 * 17) % 97 == 0 ? 5 : 0 }
                }))
        return charts
    }()

    private static func longGroup(_ group: Int) -> (name: String, bars: [BarChart.Bar]) {
        let bars = (0..<14).map { BarChart.Bar(Double($0 * group) - 9, interval: -12...30) }
        return (longName + "\(group)", bars)
    }

    private static func table(_ count: Int, _ value: (Int, Int) -> Int) -> [[Double]] {
        (0..<count).map { row in (0..<count).map { Double(value(row, $0)) } }
    }

    private static func powers(_ count: Double) -> Double { (0..<Int(count * 3)).reduce(1) { power, _ in power * 11 } }

    static let all = usual + hard

    static func page(_ charts: [any Chart]) -> String {
        let spark = Sparkline.svg(loss(60, 1), label: "training loss, falling")
        return Page.html(
            title: "Gallery",
            body: ["<p>A line as small as a word: \(spark) 0.11</p>"] + charts.map { ChartFigure.html($0) })
    }
}
