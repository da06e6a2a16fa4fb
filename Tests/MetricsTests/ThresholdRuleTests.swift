import Network
import TestSupport
import Testing

@testable import Metrics

@Suite struct ThresholdRuleTests {
    /// The score at a threshold, by counting.
    private func score(_ rule: ThresholdRule, _ predictions: [Float], _ truths: [Bool], at threshold: Float) -> Double {
        var (tp, fp, fn, tn) = (0.0, 0.0, 0.0, 0.0)
        for (prediction, truth) in zip(predictions, truths) {
            switch (truth, prediction > threshold) {
            case (true, true): tp += 1
            case (false, true): fp += 1
            case (true, false): fn += 1
            case (false, false): tn += 1
            }
        }
        return rule == .f1 ? 2 * tp / (2 * tp + fp + fn) : tp / (tp + fn) - fp / (fp + tn)
    }

    /// Against all thresholds that make a difference.
    @Test(arguments: 0..<60)
    func theBestIsFound(seed: Int) throws {
        var random = SeededRandom(seed)
        let count = Int.random(in: 3...60, using: &random)
        let truths = (0..<count).map { _ in Int.random(in: 0..<3, using: &random) == 0 }
        let steps: Float = seed % 2 == 0 ? 10 : 1e6
        let predictions = truths.map { truth in
            (Float.random(in: 0...0.8, using: &random) + (truth ? 0.2 : 0)) * steps / steps.rounded()
        }.map { seed % 2 == 0 ? ($0 * 10).rounded() / 10 : $0 }
        for rule in [ThresholdRule.f1, .youden] {
            let choice = rule.choice(predictions, truths, usual: 0.5)
            guard truths.contains(true), truths.contains(false) else {
                #expect(choice == nil)
                continue
            }
            let all = Set(predictions).sorted()
            // A threshold below all predictions is none that is chosen.
            let best = all.dropLast().map { score(rule, predictions, truths, at: $0) }.max()
            guard let best else {
                #expect(choice == nil)
                continue
            }
            let found = try #require(choice)
            #expect(abs(found.score - best) < 1e-12)
            #expect(abs(score(rule, predictions, truths, at: Float(found.threshold)) - found.score) < 1e-12)
            #expect(abs(score(rule, predictions, truths, at: 0.5) - found.scoreBefore) < 1e-12)
        }
    }

    /// Where the usual one is as good as any, it stays.
    @Test func theUsualOneStays() {
        let choice = ThresholdRule.f1.choice([0.1, 0.4, 0.6, 0.9], [false, false, true, true], usual: 0.5)
        #expect(choice?.threshold == 0.5 && choice?.score == 1 && choice?.scoreBefore == 1)
        #expect(ThresholdRule.youden.choice([0.1, 0.2], [true, true], usual: 0.5) == nil)
    }

    /// Neighbours among floats, whose middle is one of them.
    @Test func neighboursAreToldApart() throws {
        let low: Float = 0.7
        let choice = try #require(ThresholdRule.f1.choice([low.nextUp, low], [true, false], usual: 0.5))
        #expect(choice.score == 1)
        #expect(low.nextUp > Float(choice.threshold) && !(low > Float(choice.threshold)))
    }

    @Test func metricsGoByTheThreshold() throws {
        let predictions: [Float] = [0.2, 0.4, 0.35, 0.9]
        let targets: [Float] = [0, 1, 1, 0]
        func accuracy(_ thresholds: [Double]?, outputs: Int = 1, logits: Bool = false, _ values: [Float]) throws
            -> Double
        {
            var layout = MetricLayout(form: .binary(outputs: outputs), predictionsAreLogits: logits)
            layout.thresholds = thresholds
            let set = try MetricSet(kinds: [.accuracy], layout: layout, capacity: 4)
            set.update(predictions: values, targets: targets, samples: 4 / outputs)
            return set.values()[0]
        }
        #expect(try accuracy(nil, predictions) == 0.25)
        #expect(try accuracy([0.3], predictions) == 0.75)
        // Of two outputs each its own: 0.2 and 0.35 by the first, 0.4 and 0.9 by the second.
        #expect(try accuracy([0.3, 0.95], outputs: 2, predictions) == 0.75)
        // log(0.3 / 0.7) is -0.847.
        #expect(try accuracy([0.3], logits: true, [-2, -0.5, -0.84, -0.85]) == 1)
    }
}
