import Foundation
import Kernels
import Network
import Testing

@testable import Metrics

@Suite struct MeasuredRowsTests {
    /// What stands beside metrics on a fixture, taken in in parts that are merged, as shards are.
    private func judged(
        _ kinds: [any Metric], _ form: TargetForm, _ fixture: MetricFixture, rowsPerSample: Int = 1,
        parts: [Range<Int>]? = nil
    ) throws -> (
        values: [Double],
        judged: [(rows: Int, baseline: MeasuredFigure.Baseline?, interval: ConfidenceInterval?)], rows: MeasuredRows
    ) {
        let layout = MetricLayout(form: form, rowsPerSample: rowsPerSample)
        let samples = fixture.rows / rowsPerSample
        let set = try MetricSet(kinds: kinds, layout: layout, capacity: samples)
        set.update(fixture)
        var whole: MeasuredRows?
        for part in parts ?? [0..<samples] {
            let rows = MeasuredRows(layout, samples: samples)
            rows.update(fixture, part)
            if let whole { whole.merge(rows) } else { whole = rows }
        }
        let rows = try #require(whole)
        return (set.values(), set.judged(by: rows), rows)
    }

    @Test func theCommonestClass() throws {
        let kinds: [any Metric] = [.accuracy, .topK(2), .precision, .recall, .f1, .rocAUC]
        for (form, fixture) in [
            (TargetForm.sparseLabels(classes: 4), MetricFixture.classes),
            (.oneHot(classes: 4), MetricFixture.classes.oneHot(4)),
        ] {
            let (values, judged, _) = try judged(kinds, form, fixture)
            #expect(judged.map(\.rows) == Array(repeating: 60, count: 6))
            #expect(
                judged.map { $0.baseline?.answer } == [
                    .commonestClass, .commonestClasses, .commonestClass, .commonestClass, .commonestClass, .chance,
                ])
            // 24 rows of the commonest class: precision 24/60 of one of four, recall 1 of one, F1 2·24/(60 + 24) of one.
            let expected: [Double] = [24.0 / 60, 36.0 / 60, 24.0 / 60 / 4, 1.0 / 4, 48.0 / 84 / 4, 0.5]
            #expect(judged.map { $0.baseline?.value ?? -1 } == expected)
            for (value, judged) in zip(values, judged) {
                let interval = try #require(judged.interval)
                #expect(interval.lower < value && value < interval.upper)
            }
            #expect(judged[0].interval == .wilson(Int((values[0] * 60).rounded()), of: 60))
        }
    }

    @Test func yesOrNo() throws {
        let ones = MetricFixture.binary.targets.count { $0 > 0.5 }
        let (values, judged, rows) = try judged([.accuracy, .recall, .rocAUC], .binary(outputs: 1), .binary)
        #expect(rows.supports == [ones])
        #expect(judged[0].baseline == .init(.commonestClass, Double(max(ones, 60 - ones)) / 60))
        #expect(judged[1].baseline?.value == (ones > 30 ? 1 : 0))
        for (value, judged) in zip(values, judged) {
            let interval = try #require(judged.interval)
            #expect(interval.lower < value && value < interval.upper && interval.upper - interval.lower < 0.5)
        }
    }

    /// Several answers of one sample hang together: their intervals are by samples, or of any figures.
    @Test func severalLabelsAndRows() throws {
        let (values, judged, rows) = try judged([.accuracy, .f1], .binary(outputs: 3), .multilabel)
        let shares = rows.supports.map { Double(max($0, 60 - $0)) / 60 }
        #expect(abs((judged[0].baseline?.value ?? 0) - shares.reduce(0, +) / 3) < 1e-12)
        #expect(judged[0].baseline?.answer == .commonestLabels)
        for (value, judged) in zip(values, judged) {
            let interval = try #require(judged.interval)
            #expect(interval.lower < value && value < interval.upper)
        }
    }

    /// Of samples with several rows whole samples are drawn: the figures are those of the metrics, in one part or in several.
    @Test func severalRowsASample() throws {
        let kinds: [any Metric] = [.accuracy, .precision, .recall, .f1]
        for (form, fixture) in [
            (TargetForm.sparseLabels(classes: 4), MetricFixture.classes),
            (.oneHot(classes: 4), MetricFixture.classes.oneHot(4)), (.binary(outputs: 1), .binary),
        ] {
            let (values, judged, rows) = try judged(kinds, form, fixture, rowsPerSample: 5)
            let own = [
                rows.mean(nil) { $0.precision(of: 1) }, rows.mean(nil) { $0.recall(of: 1) }, rows.mean(nil) { $0.f1(of: 1) },
            ]
            for (value, own) in zip(values.dropFirst(), own) { #expect(abs(value - own) < 1e-12) }
            for (value, judged) in zip(values, judged) {
                let interval = try #require(judged.interval)
                #expect(judged.rows == 60 && interval.lower < value && value < interval.upper)
            }
            let parts = try self.judged(kinds, form, fixture, rowsPerSample: 5, parts: [0..<3, 3..<4, 4..<12])
            #expect(parts.judged.map(\.interval) == judged.map(\.interval))
        }
        // The areas of such samples have none.
        #expect(
            try judged([.rocAUC], .sparseLabels(classes: 4), .classes, rowsPerSample: 5).judged[0].interval == nil)
    }

    /// NumPy on the fixture: Y.std() by columns, abs(Y - Y.mean(0)).mean().
    @Test func theMeanOfNumbers() throws {
        let kinds: [any Metric] = [.meanAbsoluteError, .rootMeanSquaredError, .r2]
        let (values, judged, _) = try judged(kinds, .values(outputs: 2), .regression)
        let targets = MetricFixture.regression.targets.map { Double($0) }
        var (squares, absolutes) = (0.0, 0.0)
        for column in 0..<2 {
            let own = stride(from: column, to: 120, by: 2).map { targets[$0] }
            let mean = own.reduce(0, +) / 60
            for value in own {
                squares += (value - mean) * (value - mean)
                absolutes += abs(value - mean)
            }
        }
        let expected = [absolutes / 120, (squares / 120).squareRoot(), 0]
        for (judged, expected) in zip(judged, expected) {
            #expect(judged.baseline?.answer == .mean)
            #expect(abs((judged.baseline?.value ?? -1) - expected) < 1e-12)
        }
        for (value, judged) in zip(values, judged) {
            let interval = try #require(judged.interval)
            #expect(interval.lower < value && value < interval.upper)
        }
        // 60 errors of absolute mean 0.53 and deviation 0.305: 1.96 · 0.305 / √60 = 0.077 for independent columns.
        let interval = try #require(judged[0].interval)
        for half in [interval.upper - values[0], values[0] - interval.lower] { #expect(half > 0.03 && half < 0.12) }
    }

    /// A series that hardly moves is told better by its last value than by the mean.
    @Test func theLastValueOfASeries() throws {
        let kinds: [any Metric] = [.meanAbsoluteError, .rootMeanSquaredError, .r2]
        let targets: [Float] = [1, 2, 3, 4, 5, 6]
        let fixture = MetricFixture(predictions: targets.map { $0 + 0.25 }, targets: targets, rows: 6)
        let (_, _, rows) = try judged(kinds, .values(outputs: 1), fixture)
        let set = try MetricSet(kinds: kinds, layout: MetricLayout(form: .values(outputs: 1)), capacity: 6)
        set.update(fixture)
        rows.compare(withLast: targets.map { $0 - 1 })
        let near = set.judged(by: rows).map(\.baseline)
        #expect(near.map { $0?.answer } == [.lastValue, .lastValue, .lastValue])
        let scores: [Double] = [1, 1, 1 - 6 / 17.5]
        #expect(near.map { $0?.value ?? 0 } == scores)
        // Where it is further off, the mean stays.
        rows.compare(withLast: targets.map { -$0 })
        #expect(set.judged(by: rows).map { $0.baseline?.answer } == [.mean, .mean, .mean])
    }

    /// The same sums in one piece and in parts, and the same interval each time.
    @Test func partsAddUp() throws {
        let kinds: [any Metric] = [.meanAbsoluteError, .r2]
        let whole = try judged(kinds, .values(outputs: 2), .regression).judged
        let parts = try judged(kinds, .values(outputs: 2), .regression, parts: [0..<7, 7..<40, 40..<60]).judged
        for (whole, part) in zip(whole, parts) {
            #expect(abs((whole.baseline?.value ?? 0) - (part.baseline?.value ?? 1)) < 1e-12)
            #expect(whole.interval == part.interval)
        }
    }

    /// Beyond 1,000 samples they are dealt into groups, which leaves the width of the interval as it is.
    @Test func manyRowsAreDealtIntoGroups() throws {
        let count = 5000
        let targets = (0..<count).map { Float($0 % 10) }
        let errors = (0..<count).map { Float(($0 * 7919) % 1009) / 1009 }
        let fixture = MetricFixture(predictions: zip(targets, errors).map { $0 + $1 }, targets: targets, rows: count)
        let (values, judged, rows) = try judged([.meanAbsoluteError], .values(outputs: 1), fixture)
        #expect(rows.groups == 1000)
        let mean = values[0]
        var squares = 0.0
        for error in errors { squares += (Double(error) - mean) * (Double(error) - mean) }
        let deviation = (squares / Double(count)).squareRoot()
        let half = 1.96 * deviation / Double(count).squareRoot()
        let interval = try #require(judged[0].interval)
        for distance in [interval.upper - mean, mean - interval.lower] {
            let relative = distance / half
            #expect(relative > 0.85 && relative < 1.15)
        }
    }

    @Test func aSingleRowHasNoInterval() throws {
        let fixture = MetricFixture(predictions: [3], targets: [1], rows: 1)
        let (_, judged, _) = try judged([.meanAbsoluteError], .values(outputs: 1), fixture)
        #expect(judged[0].interval == nil && judged[0].baseline == .init(.mean, 0))
    }

    @Test func figuresAsJSON() {
        let figure = MeasuredFigure(
            name: "accuracy", value: 0.75, rows: 4, baseline: .init(.commonestClass, 0.5),
            interval: ConfidenceInterval(0.25, 1))
        #expect(
            figure.node.jsonText(pretty: false)
                == #"{"value":0.75,"rows":4,"baseline":{"answer":"commonest class","value":0.5},"#
                + #""interval":{"level":0.95,"lower":0.25,"upper":1.0}}"#)
        #expect(
            MeasuredFigure(name: "r2", value: .nan, rows: 1).node.jsonText(pretty: false)
                == #"{"value":null,"rows":1,"baseline":null,"interval":null}"#)
    }
}

extension MeasuredRows {
    fileprivate func update(_ fixture: MetricFixture, _ range: Range<Int>) {
        let perSample = layout.rowsPerSample
        var labels = fixture.targets.map { Int32($0) }
        var targets = fixture.targets
        let start = range.lowerBound * perSample
        fixture.predictions.withUnsafeBufferPointer { predictions in
            labels.withUnsafeMutableBufferPointer { labels in
                targets.withUnsafeMutableBufferPointer { targets in
                    let own: TensorPointer =
                        layout.form.element == .int32
                        ? .int32(labels.baseAddress! + start)
                        : .float32(targets.baseAddress! + start * layout.form.targetWidth)
                    update(
                        predictions: predictions.baseAddress! + start * layout.form.predictionWidth, targets: own,
                        start: range.lowerBound, samples: range.count
                    ) { _ in (0.5, 1) }
                }
            }
        }
    }
}
