import Charts
import Metrics
import TestSupport
import Testing

@testable import Reports

/// What the sections about answers draw of them.
@Suite struct AnswerChartsTests {
    /// Rows whose scores are right more often than not.
    private func scores(classes: Int, rows: Int = 400) -> OutputScores {
        var random = SeededRandom(classes)
        let labels = (0..<rows).map { _ in Int.random(in: 0..<classes, using: &random) }
        var scores: [Float] = []
        for label in labels {
            scores += (0..<classes).map { Float.random(in: -2...2, using: &random) + ($0 == label ? 1.5 : -1) }
        }
        return OutputScores(
            (0..<classes).map { "<class \($0)>" }, areClasses: true, width: classes, scores: scores,
            truths: labels.map(Float.init))
    }

    @Test func fewClassesHaveACurveEach() throws {
        let own = scores(classes: 3)
        let charts = ThresholdsSection.charts(own) { "\($0), digit" }
        #expect(charts.map(\.title) == ["ROC curve, digit", "Precision and recall, digit"])
        #expect(charts[0].series.count == 4 && charts[0].series[3].name == "chance")
        #expect(charts[0].series[0].name.hasPrefix("<class 0> (0.") && charts[0].series[0].y.last == 1)
        #expect(charts[0].caption.hasPrefix("Area: mean 0.") && charts[0].caption.contains("lowest of <class "))
        #expect(charts[0].table.columns.count == 4 && charts[0].table.rows.count == 15)
        #expect(charts[0].table.rows.last?.dropFirst().allSatisfy { $0 == "1" } == true)
    }

    @Test func manyClassesHaveTheirMeansAndTheWorst() {
        let own = scores(classes: 11)
        let charts = ThresholdsSection.charts(own) { $0 }
        #expect(charts[0].series.count == 4 && charts[1].series.count == 2)
        #expect(charts[0].series[0].name.hasPrefix("macro (") && charts[0].series[1].name.hasPrefix("micro ("))
        #expect(charts[0].series[2].name.hasPrefix("worst: <class ") && charts[1].series[1].name.hasPrefix("worst: <class "))
        #expect(charts[0].caption.hasSuffix("Macro is the mean over 11 classes; micro takes all of them together."))
        let areas = (0..<11).map { own.curve(of: $0).rocArea }
        #expect(charts[0].caption.contains("mean \(AxisText.value(areas.reduce(0, +) / 11)), lowest of"))
    }

    @Test func ofYesAndNoOnlyYesHasACurve() {
        let own = OutputScores(
            ["no", "yes"], areClasses: false, width: 1, scores: [2, 1, -1, -2], truths: [1, 0, 1, 0])
        let charts = ThresholdsSection.charts(own) { $0 }
        #expect(charts[0].series.map(\.name) == ["yes (0.75)", "chance"] && charts[0].caption == "Area 0.75 for yes.")
        #expect(charts[1].series[1].y == [0.5, 0.5], "chance is the share of yes")
        let none = OutputScores(["no", "yes"], areClasses: false, width: 1, scores: [2, 1], truths: [0, 0])
        #expect(ThresholdsSection.charts(none) { $0 }.isEmpty)
    }

    @Test func calibrationSaysWhetherProbabilitiesAreTooHigh() {
        // Of four answers that are as good as certain one is wrong.
        let own = OutputScores(
            ["a", "b"], areClasses: true, width: 2, scores: [9, -9, 9, -9, 9, -9, -9, 9], truths: [0, 0, 1, 1])
        let charts = CalibrationSection.charts(own) { [$0, $1].compactMap { $0 }.joined(separator: ", ") }
        #expect(charts.count == 1 && charts[0].title == "Calibration")
        #expect(charts[0].caption.hasPrefix("The expected calibration error is 0.25: probabilities are too high."))
        #expect(charts[0].series[0].y == [0.75] && charts[0].table.rows[9][2] == "4")
        let labels = OutputScores(
            (0..<7).map { "l\($0)" }, areClasses: false, width: 7, scores: (0..<14).map { Float($0) - 7 },
            truths: (0..<14).map { Float($0 % 2) })
        let six = CalibrationSection.charts(labels) { [$0, $1].compactMap { $0 }.joined(separator: ", ") }
        #expect(six.count == 6 && six[0].title.hasPrefix("Calibration, l"))
        #expect(six[0].caption.hasSuffix("One of the 6 of 7 labels that are furthest off."))
    }

    @Test func residualsAreSummedUp() throws {
        let charts = ResidualsSection.charts([1, 2, 3, 14], [1, 1, 3, 4], ["y"]) { words, _ in words }
        #expect(charts.map(\.title) == ["Predicted and true", "Residuals", "Residuals by prediction"])
        #expect(charts[0].caption == "Half of the predictions are within 1 of the truth, 95% within 10.")
        #expect(charts[1].caption == "On average predictions are 2.75 too high.")
        let scatter = try #require(charts[0] as? ScatterChart)
        #expect(scatter.showsEquality && scatter.points[0].x == [1, 1, 3, 4])
        let many = ResidualsSection.charts(
            (0..<20).map { Float($0) }, (0..<20).map { Float($0 * $0 % 7) }, (0..<10).map { "y\($0)" }
        ) { "\($0), \($1 ?? "")" }
        #expect(many.count == 18 && many[0].caption.hasSuffix("One of the 6 of 10 numbers with the greatest errors for their spread."))
        #expect(ResidualsSection.charts([.nan], [1], ["y"]) { words, _ in words }.isEmpty)
    }

    @Test func confusionsAreToldOf() {
        let matrix = ConfusionMatrix(classes: 3, counts: [5, 2, 0, 1, 5, 2, 3, 0, 5])
        let chart = ConfusionSection.chart(matrix, ["a", "b", "c"], "Confusion matrix")
        #expect(chart.caption == "15 of 23 rows are right. Most often c is taken for a: 3 rows, 37.5% of c.")
        #expect(chart.values[2] == [3, 0, 5] && chart.columnNames == ["a", "b", "c"])
        let lost = ConfusionMatrix(classes: 2, counts: [5, 0, 0, 5], unpredicted: [1, 0])
        #expect(ConfusionSection.chart(lost, ["a", "b"], "").columnNames == ["a", "b", "none"])
        #expect(ConfusionSection.finding(lost, ["a", "b"]) == "10 of 11 rows are right.")
    }

    @Test func manyClassesAreAPicture() {
        let count = 1000
        var counts = [Int](repeating: 0, count: count * count)
        for truth in 0..<count {
            counts[truth * count + truth] = 9
            counts[truth * count + (truth * 7 + 1) % count] += truth % 5
        }
        let html = ConfusionSection.picture(
            ConfusionMatrix(classes: count, counts: counts), (0..<count).map { "<b>\"\($0)\" & co" }, "Confusion matrix")
        #expect(html.contains("<img src=\"data:image/png;base64,") && !html.contains("<b>"))
        #expect(html.split(separator: "<tr>").count == 1 + 1 + 20)
        #expect(html.contains("The 20 most frequent of") && html.utf8.count < 300_000, "\(html.utf8.count)")
    }

    @Test func ofManyClassesTheWorstAreShown() {
        let few = (0..<3).map { ClassesSection.Row("c\($0)", ConfusionMatrix(classes: 3, counts: [5, 2, 0, 1, 5, 2, 0, 0, 0]), $0) }
        let chart = ClassesSection.chart(few, "t", "classes")
        #expect(chart.caption == "The lowest F1 is that of c2: precision 0, recall none, of 0 rows.")
        #expect(chart.table.rows[0] == ["c0", "0.8333", "0.7143", "0.7692", "7", "6"])
        let count = 50
        let counts = (0..<count * count).map { $0 / count == $0 % count ? $0 % count + 1 : $0 % count == 49 ? 10 : 0 }
        let matrix = ConfusionMatrix(classes: count, counts: counts)
        let many = ClassesSection.chart((0..<count).map { ClassesSection.Row("c\($0)", matrix, $0) }, "t", "classes")
        #expect(many.names.count == 30 && many.names[0] == "c0")
        #expect(many.caption.hasSuffix("Shown are the 30 of 50 classes with the lowest F1."))
    }
}
