import Network
import Testing

@testable import Metrics

@Suite struct MetricSetTests {
    static let everything: [(form: TargetForm, kinds: [any Metric], fixture: MetricFixture)] = [
        (
            .sparseLabels(classes: 4), [.accuracy, .topK(2), .precision, .recall, .f1, .rocAUC],
            .classes
        ),
        (.oneHot(classes: 4), [.topK(3), .rocAUC, .accuracy], MetricFixture.classes.oneHot(4)),
        (.binary(outputs: 1), [.accuracy, .precision, .recall, .f1, .rocAUC], .binary),
        (.binary(outputs: 3), [.accuracy, .precision, .recall, .f1, .rocAUC], .multilabel),
        (.values(outputs: 2), [.meanAbsoluteError, .rootMeanSquaredError, .r2], .regression),
    ]

    /// Counts and ranks must not change at all; sums are taken in another order and may in the last digits.
    @Test(arguments: everything.indices, [[1, 59], [20, 20, 20], [7, 0, 13, 40], Array(repeating: 1, count: 60)])
    func mergedPartsEqualTheWhole(index: Int, parts: [Int]) throws {
        let (form, kinds, fixture) = Self.everything[index]
        let layout = MetricLayout(form: form)
        let whole = try MetricSet(kinds: kinds, layout: layout, capacity: 60)
        whole.update(fixture)
        // Too little capacity on purpose.
        let merged = try MetricSet(kinds: kinds, layout: layout, capacity: 5)
        var start = 0
        for part in parts {
            let shard = try MetricSet(kinds: kinds, layout: layout, capacity: part)
            shard.update(fixture, start..<start + part)
            merged.merge(shard)
            start += part
        }
        #expect(merged.samples == 60)
        if case .values = form {
            #expect(metricsAgree(merged.values(), whole.values()))
        } else {
            #expect(merged.values() == whole.values())
        }
        #expect(merged.confusion == whole.confusion)
    }

    @Test(arguments: everything.indices)
    func resetForgetsEverything(index: Int) throws {
        let (form, kinds, fixture) = Self.everything[index]
        let set = try MetricSet(kinds: kinds, layout: MetricLayout(form: form), capacity: 60)
        set.update(fixture)
        let first = set.values()
        set.reset()
        #expect(set.samples == 0)
        #expect(set.values().allSatisfy { $0.isNaN })
        #expect(set.confusion.map { $0.total == 0 } ?? true)
        set.update(fixture)
        #expect(set.values() == first)
    }

    @Test(arguments: everything.indices)
    func severalRowsPerSampleCountAsRows(index: Int) throws {
        let (form, kinds, fixture) = Self.everything[index]
        let flat = try MetricSet(kinds: kinds, layout: MetricLayout(form: form), capacity: 60)
        flat.update(fixture)
        let set = try MetricSet(kinds: kinds, layout: MetricLayout(form: form, rowsPerSample: 6), capacity: 10)
        set.update(fixture)
        #expect(set.samples == 10)
        #expect(set.values() == flat.values())
    }

    @Test func noSamplesChangeNothing() throws {
        let set = try MetricSet(
            kinds: [.r2], layout: MetricLayout(form: .values(outputs: 2)), capacity: 60)
        set.update(.regression)
        let before = set.values()
        set.update(.regression, 0..<0)
        set.merge(try MetricSet(kinds: [.r2], layout: set.layout, capacity: 0))
        #expect(set.values() == before)
    }

    @Test func confusionIsThereWhenNeededOrAskedFor() throws {
        func confusion(_ kinds: [any Metric], _ form: TargetForm, asked: Bool = false) throws -> ConfusionMatrix? {
            try MetricSet(kinds: kinds, layout: MetricLayout(form: form), capacity: 0, countsConfusion: asked).confusion
        }
        #expect(try confusion([.accuracy], .sparseLabels(classes: 3)) == nil)
        #expect(try confusion([.f1], .sparseLabels(classes: 3))?.classes == 3)
        #expect(try confusion([], .oneHot(classes: 3), asked: true)?.classes == 3)
        #expect(try confusion([.precision], .binary(outputs: 1))?.classes == 2)
        #expect(try confusion([.precision], .binary(outputs: 2)) == nil)
        #expect(try confusion([.r2], .values(outputs: 2), asked: true) == nil)
    }

    @Test func whatDoesNotFitIsRefused() {
        #expect {
            try MetricSet(kinds: [.accuracy, .r2], layout: MetricLayout(form: .oneHot(classes: 3)), capacity: 1)
        } throws: {
            String(describing: $0)
                == "The metric \"r2\" needs regression values, and these are class targets; "
                + "use \"accuracy\", \"f1\" or \"roc_auc\"."
        }
        #expect {
            try MetricSet(
                kinds: [.accuracy], layout: MetricLayout(form: .oneHot(classes: 3), rowsPerSample: 0), capacity: 1)
        } throws: {
            String(describing: $0) == "A sample needs at least 1 row, and it has 0."
        }
        #expect(throws: MetricError.self) {
            try MetricSet(
                kinds: [], layout: MetricLayout(form: .oneHot(classes: 1)), capacity: 1, countsConfusion: true)
        }
    }

    @Test func noMetricsDoNothing() throws {
        let set = try MetricSet(kinds: [], layout: MetricLayout(form: .oneHot(classes: 4)), capacity: 0)
        set.update(MetricFixture.classes.oneHot(4))
        #expect(set.values() == [])
        #expect(set.samples == 60)
    }
}
