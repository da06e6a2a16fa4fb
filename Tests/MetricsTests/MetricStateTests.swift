import Network
import Testing

@testable import Metrics

@Suite struct MetricStateTests {
    /// Every form with every metric that fits it, and some with an ignored label, several rows a sample, or a NaN.
    static let cases: [(layout: MetricLayout, kinds: [any Metric], fixture: MetricFixture)] = {
        var cases = MetricSetTests.everything.map { (MetricLayout(form: $0.form), $0.kinds, $0.fixture) }
        var holed = MetricFixture.classes
        for row in 0..<60 where row % 7 == 2 { holed.targets[row] = -1 }
        for row in 0..<60 where row % 11 == 3 { holed.targets[row] = 9 }
        holed.predictions[77] = .nan
        cases.append(
            (
                MetricLayout(
                    form: .sparseLabels(classes: 4), rowsPerSample: 3, predictionsAreLogits: true, ignoredLabel: -1),
                [.accuracy, .topK(3), .f1, .rocAUC], holed
            ))
        cases.append((MetricLayout(form: .sparseLabels(classes: 4)), [.rocAUC, .recall], holed))
        var broken = MetricFixture.regression
        broken.predictions[30] = .nan
        broken.predictions[31] = .infinity
        cases.append((MetricLayout(form: .values(outputs: 2)), [.meanAbsoluteError, .r2], broken))
        cases.append((MetricLayout(form: .values(outputs: 2)), [.meanAbsoluteError], .regression))
        cases.append((MetricLayout(form: .oneHot(classes: 4)), [], MetricFixture.classes.oneHot(4)))
        return cases
    }()

    private func set(_ index: Int, capacity: Int = 60, countsConfusion: Bool = false) throws -> MetricSet {
        let (layout, kinds, _) = Self.cases[index]
        return try MetricSet(kinds: kinds, layout: layout, capacity: capacity, countsConfusion: countsConfusion)
    }

    private func bits(_ set: MetricSet) -> [UInt64] { set.values().map(\.bitPattern) }

    @Test(arguments: cases.indices, [0, 1, 10, 20])
    func goingOnGivesTheSameBits(index: Int, before: Int) throws {
        let fixture = Self.cases[index].fixture
        for asked in [false, true] {
            let whole = try set(index, countsConfusion: asked)
            let first = try set(index, countsConfusion: asked)
            whole.update(fixture, 0..<before)
            first.update(fixture, 0..<before)
            let state = first.state()
            // Into a set with too little room, and with something in it that must go.
            let second = try set(index, capacity: 1, countsConfusion: asked)
            second.update(fixture, 3..<12)
            try second.restore(state)
            #expect(second.samples == before)
            #expect(bits(second) == bits(first))
            #expect(second.state().map(\.bitPattern) == state.map(\.bitPattern))
            for start in stride(from: before, to: 20, by: 5) {
                for set in [whole, second] { set.update(fixture, start..<min(start + 5, 20)) }
            }
            let other = try set(index, countsConfusion: asked)
            other.update(fixture, 0..<7)
            for set in [whole, second] { set.merge(other) }
            #expect(bits(second) == bits(whole))
            #expect(second.confusion == whole.confusion)
        }
    }

    private func refuses(_ set: MetricSet, _ state: [Double]) -> Bool {
        do throws(MetricError) {
            try set.restore(state)
            return false
        } catch {
            return error.description
                == "The saved state of the metrics does not fit them: it is damaged, or of other metrics or another "
                + "model; start the run anew."
        }
    }

    @Test(arguments: cases.indices)
    func wrongLengthsAreRefused(index: Int) throws {
        let full = try set(index)
        full.update(Self.cases[index].fixture)
        let state = full.state()
        for length in 0..<state.count { #expect(refuses(full, Array(state[..<length])), "\(length)") }
        #expect(refuses(full, state + [0]))
        #expect(refuses(full, state + state))
        #expect(refuses(full, []))
        // What was refused leaves an empty set behind, which works.
        #expect(full.samples == 0)
        #expect(full.values().allSatisfy { $0.isNaN })
        full.update(Self.cases[index].fixture)
        #expect(full.state().map(\.bitPattern) == state.map(\.bitPattern))
    }

    @Test(arguments: cases.indices)
    func countsThatAreNoneAreRefused(index: Int) throws {
        let (_, kinds, fixture) = Self.cases[index]
        let full = try set(index)
        full.update(fixture)
        let state = full.state()
        func changed(_ place: Int, _ value: Double) -> [Double] {
            var state = state
            state[place] = value
            return state
        }
        for value in [-1, 0.5, .nan, .infinity, -.infinity, 0x1p54, 1e300] as [Double] {
            #expect(refuses(full, changed(0, value)), "\(value) samples")
        }
        // All but the first are counts, unless there are sums or scores.
        let isCount = !kinds.contains { $0.name == "roc_auc" } && full.layout.form.targetWidth == full.layout.form.predictionWidth
        if case .binary = full.layout.form, isCount {
            for place in 1..<state.count {
                for value in [-1, 0.5, .nan, 1e18, state[place] + 1] { #expect(refuses(full, changed(place, value))) }
            }
        }
        if case .values = full.layout.form, !kinds.isEmpty {
            for place in [1, 2, 3, 4, 7, 8] { #expect(refuses(full, changed(place, -1))) }
        }
    }

    @Test func rowsThatTheSamplesDoNotHaveAreRefused() throws {
        // Samples, rows, hits, table of 2 × 3.
        let set = try MetricSet(
            kinds: [.accuracy, .recall], layout: MetricLayout(form: .sparseLabels(classes: 2)), capacity: 0)
        try set.restore([4, 4, 2, 1, 1, 0, 1, 1, 0])
        #expect(set.values() == [0.5, 0.5])
        #expect(refuses(set, [4, 3, 2, 1, 1, 0, 1, 1, 0]), "without an ignored label each row counts")
        #expect(refuses(set, [4, 4, 5, 1, 1, 0, 1, 1, 0]), "more hits than rows")
        #expect(refuses(set, [4, 4, 2, 1, 1, 0, 1, 1, 1]), "more in the table than rows")
        #expect(!refuses(set, [4, 4, 2, 1, 1, 0, 0, 0, 0]), "labels out of range")
        let ignoring = try MetricSet(
            kinds: [.accuracy], layout: MetricLayout(form: .sparseLabels(classes: 2), ignoredLabel: -1), capacity: 0)
        #expect(!refuses(ignoring, [4, 3, 2]))
        #expect(refuses(ignoring, [4, 5, 2]))
        let wide = try MetricSet(
            kinds: [.accuracy], layout: MetricLayout(form: .binary(outputs: 2), rowsPerSample: 1 << 40), capacity: 0)
        #expect(refuses(wide, [0x1p40] + Array(repeating: 0, count: 12)), "too many to count")
    }

    @Test func scoresThatAreNoneAreRefused() throws {
        // Samples, rows, scores of 2 × 2, truths of 2.
        let set = try MetricSet(
            kinds: [.rocAUC], layout: MetricLayout(form: .sparseLabels(classes: 2)), capacity: 0)
        try set.restore([2, 2, 0.25, 0.75, 0.5, 0.5, 1, 0])
        #expect(set.values() == [1])
        #expect(!refuses(set, [2, 2, .nan, .infinity, 0.5, 0.5, -1, 0]))
        for truth in [2, -2, 0.5, .nan, 1e9] as [Double] {
            #expect(refuses(set, [2, 2, 0.25, 0.75, 0.5, 0.5, truth, 0]), "a truth of \(truth)")
        }
        #expect(refuses(set, [2, 2, 0.1, 0.75, 0.5, 0.5, 1, 0]), "a score that no float is")
        #expect(refuses(set, [2, 1, 0.25, 0.75, 1]), "fewer rows than samples")
        #expect(refuses(set, [0x1p50, 0x1p50, 0.25]), "more rows than numbers")
    }

    /// No list of numbers makes a set crash, now or when its values are taken.
    @Test(arguments: cases.indices)
    func nonsenseDoesNoHarm(index: Int) throws {
        let fixture = Self.cases[index].fixture
        let full = try set(index)
        full.update(fixture, 0..<min(12, fixture.rows / full.layout.rowsPerSample))
        let state = full.state()
        let values: [Double] = [
            0, 1, 2, 3, 12, 36, -1, 0.5, .nan, .infinity, -.infinity, 0x1p53, 0x1p54, 0x1p63, 1e300, -0.0, 1e-300,
        ]
        var taken = 0
        for round in 0..<400 {
            var changed = state
            for change in 0...(round % 3) {
                changed[(round * 31 + change * 17) % min(changed.count, 40)] =
                    values[(round * 7 + change) % values.count]
            }
            do throws(MetricError) {
                try full.restore(changed)
                taken += 1
            } catch {
                #expect(full.samples == 0)
            }
            _ = full.values()
            _ = full.confusion?.table()
            full.update(fixture, 0..<3)
            _ = full.values()
        }
        #expect(taken < 400 || Self.cases[index].kinds.isEmpty)
    }
}
