import Network
import Testing

@testable import Metrics

@Suite struct LabelCountsTests {
    /// scikit-learn 1.9.1, on the arrays of `MetricFixture.classes` as float32, `pred = p.argmax(1)`:
    /// accuracy_score(y, pred); top_k_accuracy_score(y, p, k=2, labels=range(4));
    /// precision_score, recall_score, f1_score(y, pred, average="macro"); confusion_matrix(y, pred)
    @Test(arguments: [true, false])
    func scikitLearnsFigures(sparse: Bool) throws {
        let form: TargetForm = sparse ? .sparseLabels(classes: 4) : .oneHot(classes: 4)
        let set = try MetricSet(
            kinds: [.accuracy, .topK(2), .precision, .recall, .f1], layout: MetricLayout(form: form), capacity: 60)
        set.update(sparse ? .classes : MetricFixture.classes.oneHot(4))
        #expect(
            metricsAgree(
                set.values(),
                [0.23333333333333334, 0.45, 0.20461309523809523, 0.21875, 0.2017191142191142]))
        #expect(set.confusion?.counts == [7, 6, 3, 8, 3, 2, 3, 4, 4, 4, 0, 4, 2, 2, 3, 5])
    }

    @Test func ofEqualPredictionsTheFirstCounts() throws {
        // Classes 1, 2 and 4 share the greatest value.
        let row: [Float] = [0, 3, 3, 1, 3]
        let kinds: [any Metric] = [.accuracy, .topK(2), .topK(3), .topK(4)]
        let expected: [[Double]] = [[0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 1]]
        for label in 0..<5 {
            let values = try measureMetrics(
                kinds, .sparseLabels(classes: 5), predictions: row, targets: [Float(label)])
            #expect(values == expected[label])
        }
        // All equal, and as low as can be: NumPy's argmax gives 0.
        for constant in [Float(0), -.infinity, .infinity] {
            let values = try measureMetrics(
                [.accuracy], .sparseLabels(classes: 6), predictions: Array(repeating: constant, count: 12),
                targets: [0, 5])
            #expect(values == [0.5])
        }
    }

    /// The vector count and the plain one must not differ, whatever remains beyond full vectors.
    @Test(arguments: 2...19)
    func everyNumberOfClasses(classes: Int) throws {
        let rows = 50
        // Small whole numbers, so that many are equal.
        let predictions = (0..<rows * classes).map { Float(($0 * 7919 + $0 / 3) % 11) }
        let labels = (0..<rows).map { ($0 * 5 + $0 / 7) % classes }
        let depths = Array(1..<classes)
        let values = try measureMetrics(
            depths.map { .topK($0) } + [.accuracy], .sparseLabels(classes: classes), predictions: predictions,
            targets: labels.map(Float.init))
        let orders = (0..<rows).map { row in
            (0..<classes).sorted { a, b in
                let (x, y) = (predictions[row * classes + a], predictions[row * classes + b])
                return x > y || (x == y && a < b)
            }
        }
        let expected = depths.map { depth in
            Double((0..<rows).count { orders[$0].prefix(depth).contains(labels[$0]) }) / Double(rows)
        }
        #expect(values == expected + [expected[0]])
        let confusion = try #require(
            try {
                let set = try MetricSet(
                    kinds: [.recall], layout: MetricLayout(form: .sparseLabels(classes: classes)), capacity: 0)
                set.update(
                    MetricFixture(predictions: predictions, targets: labels.map(Float.init), rows: rows))
                return set.confusion
            }())
        #expect(confusion.accuracy == expected[0])
    }

    @Test(arguments: 0..<6)
    func aRowWithNaNIsWrong(position: Int) throws {
        var row: [Float] = [1, 9, 2, 3, 4, 5]
        row[position] = .nan
        let set = try MetricSet(
            kinds: [.accuracy, .topK(5), .recall], layout: MetricLayout(form: .sparseLabels(classes: 6)), capacity: 0)
        set.update(MetricFixture(predictions: row, targets: [1], rows: 1))
        #expect(set.values() == [0, 0, 0])
        #expect(set.confusion?.unpredicted == [0, 1, 0, 0, 0, 0])
        #expect(set.confusion?.total == 1)
    }

    /// The ignored label may be one of the classes, or none.
    @Test(arguments: [-1, 2, 255])
    func rowsOfTheIgnoredLabelAreLeftOut(label: Int) throws {
        let kinds: [any Metric] = [.accuracy, .topK(2), .precision, .recall, .f1, .rocAUC]
        for logits in [false, true] {
            var fixture = MetricFixture.classes
            for row in 0..<60 where row % 4 == 1 { fixture.targets[row] = Float(label) }
            let kept = (0..<60).filter { fixture.targets[$0] != Float(label) }
            let rest = MetricFixture(
                predictions: kept.flatMap { fixture.predictions[$0 * 4..<$0 * 4 + 4] },
                targets: kept.map { fixture.targets[$0] }, rows: kept.count)
            let form = TargetForm.sparseLabels(classes: 4)
            let plain = try MetricSet(
                kinds: kinds, layout: MetricLayout(form: form, predictionsAreLogits: logits), capacity: 60)
            plain.update(rest)
            let set = try MetricSet(
                kinds: kinds, layout: MetricLayout(form: form, predictionsAreLogits: logits, ignoredLabel: label),
                capacity: 60)
            for start in stride(from: 0, to: 60, by: 5) { set.update(fixture, start..<start + 5) }
            // Without a row of class 2 its area is not defined.
            #expect(metricsAgree(set.values(), plain.values()))
            #expect(set.values()[5].isNaN == (label == 2))
            #expect(set.confusion == plain.confusion)
        }
    }

    @Test func nothingButTheIgnoredLabelHasNoMetrics() throws {
        let set = try MetricSet(
            kinds: [.accuracy, .f1, .rocAUC],
            layout: MetricLayout(form: .sparseLabels(classes: 2), ignoredLabel: -1), capacity: 2)
        set.update(MetricFixture(predictions: [1, 0, 0, 1], targets: [-1, -1], rows: 2))
        #expect(set.samples == 2)
        #expect(set.values().allSatisfy { $0.isNaN })
    }

    @Test(arguments: [Float(-1), 3, 20_000_000, -0x1p31])
    func aLabelOutOfRangeIsWrong(label: Float) throws {
        let values = try measureMetrics(
            [.accuracy, .topK(2), .f1], .sparseLabels(classes: 3), predictions: [1, 2, 3, 1, 2, 3], targets: [label, 2])
        #expect(values == [0.5, 0.5, 1])
        // A fresh set without a single usable row.
        let alone = try measureMetrics(
            [.accuracy, .f1], .sparseLabels(classes: 3), predictions: [1, 2, 3], targets: [label])
        #expect(alone[0] == 0 && alone[1].isNaN)
    }

    @Test func oneRow() throws {
        let values = try measureMetrics(
            [.accuracy, .precision, .recall, .f1, .rocAUC], .sparseLabels(classes: 3), predictions: [0.2, 0.7, 0.1],
            targets: [1])
        #expect(metricsAgree(values, [1, 1, 1, 1, .nan]))
    }
}
