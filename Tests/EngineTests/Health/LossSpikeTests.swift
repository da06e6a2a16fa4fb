import TestSupport
import Testing

@testable import Engine

@Suite struct LossSpikeTests {
    /// Losses that fall from 2 to 0.5, with noise of a tenth.
    private func usual(_ steps: Int, seed: Int = 1) -> [Double] {
        var random = SeededRandom(seed)
        let noise = random.floats(steps, in: -0.1...0.1)
        return (0..<steps).map { step in (0.5 + 30 / Double(step + 20)) * (1 + Double(noise[step])) }
    }

    private func note(_ watch: inout LossSpikeWatch, _ losses: [Double], epoch: Int = 0, samples: Int = 32)
        -> [LossSpike]
    {
        losses.enumerated().compactMap { watch.note(loss: $1, samples: samples, epoch: epoch, step: $0) }
    }

    @Test func aSpikeIsToldWithWhatIsUsual() throws {
        var watch = LossSpikeWatch()
        #expect(note(&watch, usual(300)).isEmpty)
        let found = watch.note(loss: 40, samples: 32, epoch: 2, step: 4)
        let spike = try #require(found)
        #expect(spike.epoch == 2 && spike.step == 4 && spike.loss == 40)
        #expect(abs(spike.usual - 0.62) < 0.05)
        #expect(
            LossSpike(epoch: 2, step: 4, loss: 40, usual: 0.6123).description
                == "the loss of step 5 in epoch 3 leapt to 40, where 0.61 is usual; if it does not come down again, "
                + "try a smaller learning_rate or \"global_clipnorm\": 1 in the optimizer, or look for a wrong row in "
                + "the training data")
    }

    @Test func oneInAnEpoch() {
        var watch = LossSpikeWatch()
        _ = note(&watch, usual(300))
        #expect(note(&watch, [40, 50, 60], epoch: 1).map(\.loss) == [40])
        #expect(note(&watch, [40, 50], epoch: 2).map(\.loss) == [40])
    }

    @Test func nothingBeforeTheWarmUpAndNothingOfTheUsual() {
        var early = LossSpikeWatch()
        #expect(note(&early, usual(19) + [100]).isEmpty)
        for seed in 0..<20 {
            var watch = LossSpikeWatch()
            #expect(note(&watch, usual(2000, seed: seed)).isEmpty)
        }
        var constant = LossSpikeWatch()
        #expect(note(&constant, Array(repeating: 1, count: 100) + [2.9]).isEmpty)
        #expect(note(&constant, [4.5], epoch: 1).count == 1)
    }

    @Test func aHardSampleNearTheEndIsNoSpike() {
        var watch = LossSpikeWatch()
        let falling = (0..<1000).map { 2 * 0.99.power($0) + 0.001 }
        #expect(note(&watch, falling + [0.3]).isEmpty)
    }

    @Test func aSmallBatchMayDeviateMore() {
        var (watch, small) = (LossSpikeWatch(), LossSpikeWatch())
        _ = (note(&watch, usual(300)), note(&small, usual(300)))
        #expect(note(&watch, [2.6], epoch: 1).count == 1)
        #expect(note(&small, [2.6], epoch: 1, samples: 1).isEmpty)
    }

    @Test func aNewLevelBecomesUsual() {
        var watch = LossSpikeWatch()
        _ = note(&watch, usual(300))
        #expect(note(&watch, Array(repeating: 10, count: 400), epoch: 1).count == 1)
        #expect(note(&watch, Array(repeating: 10, count: 10), epoch: 2).isEmpty)
    }

    @Test(arguments: [Double.nan, .infinity])
    func whatIsNotFiniteIsLeftAlone(loss: Double) {
        var watch = LossSpikeWatch()
        _ = note(&watch, usual(50))
        let before = watch
        #expect(note(&watch, [loss], epoch: 1).isEmpty)
        #expect(watch == before)
    }

    @Test func itGoesOnFromItsState() throws {
        var whole = LossSpikeWatch()
        let losses = usual(100) + [40]
        _ = note(&whole, Array(losses[..<60]))
        var rest = try #require(LossSpikeWatch(state: whole.state))
        #expect(note(&whole, Array(losses[60...])) == note(&rest, Array(losses[60...])))
        #expect(whole == rest)
        #expect(LossSpikeWatch(state: []) == nil)
        #expect(LossSpikeWatch(state: [1, 2, 3, 4, 5, .nan]) == nil)
    }
}

extension Double {
    fileprivate func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * self } }
}
