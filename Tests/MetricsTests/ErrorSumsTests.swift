import Network
import Testing

@testable import Metrics

@Suite struct ErrorSumsTests {
    static let kinds: [any Metric] = [.meanAbsoluteError, .rootMeanSquaredError, .r2]

    /// scikit-learn 1.9.1, on the arrays of `MetricFixture.regression` as float64:
    /// mean_absolute_error(Y, Q); root_mean_squared_error(Y.ravel(), Q.ravel()); r2_score(Y, Q)
    @Test func scikitLearnsFigures() throws {
        let values = try measureMetrics(
            Self.kinds, .values(outputs: 2), predictions: MetricFixture.regression.predictions,
            targets: MetricFixture.regression.targets)
        #expect(metricsAgree(values, [0.5302083333333334, 0.6116277803261283, 0.9582235429726517]))
    }

    /// scikit-learn 1.9.1: each column alone, as above; `multioutput="raw_values"` gives the same.
    @Test func eachOutputAlone() throws {
        let fixture = MetricFixture.regression
        let set = try MetricSet(
            kinds: [.meanAbsoluteError], layout: MetricLayout(form: .values(outputs: 2)), capacity: 0,
            countsOutputs: true)
        set.update(fixture)
        let each = set.outputErrors
        #expect(each.count == 2)
        for (output, errors) in each.enumerated() {
            let column = { (values: [Float]) in stride(from: output, to: 120, by: 2).map { values[$0] } }
            let alone = try measureMetrics(
                Self.kinds, .values(outputs: 1), predictions: column(fixture.predictions),
                targets: column(fixture.targets))
            #expect(metricsAgree([errors.meanAbsoluteError, errors.rootMeanSquaredError, errors.r2], alone))
        }
        #expect(metricsAgree(set.values(), [(each[0].meanAbsoluteError + each[1].meanAbsoluteError) / 2]))
        // Of one output there is nothing to tell apart, and without being asked no variance is measured.
        let one = try MetricSet(
            kinds: [.r2], layout: MetricLayout(form: .values(outputs: 1)), capacity: 0, countsOutputs: true)
        #expect(one.outputErrors.isEmpty)
    }

    /// All of these are exact in single precision, so an offset must not change R² beyond rounding in double.
    @Test(arguments: [1, 7, 60])
    func largeTargetsDoNotSpoilR2(step: Int) throws {
        var far = MetricFixture.regression
        far.predictions = far.predictions.map { $0 + 1_000_000 }
        far.targets = far.targets.map { $0 + 1_000_000 }
        let set = try MetricSet(kinds: [.r2], layout: MetricLayout(form: .values(outputs: 2)), capacity: 0)
        for start in stride(from: 0, to: 60, by: step) { set.update(far, start..<min(start + step, 60)) }
        #expect(abs(set.values()[0] - 0.9582235429726517) < 1e-11)
    }

    @Test func byHand() throws {
        // Errors 1, −1, 2 about targets 1, 2, 6 with mean 3 and squared deviations 4 + 1 + 9.
        let values = try measureMetrics(Self.kinds, .values(outputs: 1), predictions: [2, 1, 8], targets: [1, 2, 6])
        #expect(metricsAgree(values, [4.0 / 3, 2.0.squareRoot(), 1 - 6.0 / 14]))
    }

    @Test func constantTargets() throws {
        // 0.1 is not exact in binary, and must still count as constant.
        let targets = Array(repeating: Float(0.1), count: 7)
        #expect(try measureMetrics([.r2], .values(outputs: 1), predictions: targets, targets: targets) == [1])
        var off = targets
        off[3] = 0.2
        #expect(try measureMetrics([.r2], .values(outputs: 1), predictions: off, targets: targets) == [0])
        let set = try MetricSet(kinds: [.r2], layout: MetricLayout(form: .values(outputs: 1)), capacity: 0)
        for row in 0..<7 { set.update(MetricFixture(predictions: off, targets: targets, rows: 7), row..<row + 1) }
        #expect(set.values() == [0])
    }

    @Test func oneRowHasNoR2() throws {
        let values = try measureMetrics(Self.kinds, .values(outputs: 1), predictions: [3], targets: [1])
        #expect(metricsAgree(values, [2, 2, .nan]))
    }

    @Test func nanStaysNaN() throws {
        let values = try measureMetrics(Self.kinds, .values(outputs: 1), predictions: [3, .nan], targets: [1, 2])
        #expect(metricsAgree(values, [.nan, .nan, .nan]))
        let constant = try measureMetrics([.r2], .values(outputs: 1), predictions: [3, .nan], targets: [1, 1])
        #expect(metricsAgree(constant, [.nan]))
    }
}
