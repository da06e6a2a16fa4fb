import Testing

@testable import Optimizers

@Suite struct ScheduleTests {
    private func factors(_ schedule: any Schedule, stepsPerEpoch: Int, epochs: Int) -> [Double] {
        (0..<stepsPerEpoch * epochs).map { schedule.factor(step: $0, stepsPerEpoch: stepsPerEpoch, epochs: epochs) }
    }

    @Test func constantIsConstant() {
        #expect(factors(.constant, stepsPerEpoch: 5, epochs: 4).allSatisfy { $0 == 1 })
    }

    @Test func theCosineFallsFromTheWholeRateTowardsItsEnd() {
        let schedule = CosineSchedule(warmupEpochs: 0, final: 0.1)
        let factors = factors(schedule, stepsPerEpoch: 10, epochs: 5)
        #expect(factors[0] == 1)
        // The end would be reached by the step after the last, as in Keras.
        #expect(factors[49] > 0.1)
        #expect(abs(schedule.factor(step: 50, stepsPerEpoch: 10, epochs: 5) - 0.1) < 1e-12)
        #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 > $1 })
        #expect(abs(factors[25] - 0.55) < 1e-12)
        // Slow at both ends, as half a cosine is, and fastest in between.
        #expect(factors[0] - factors[1] < (factors[24] - factors[25]) / 5)
        #expect(factors[49] - 0.1 < (factors[24] - factors[25]) / 5)
    }

    @Test func theWarmUpRisesInEqualStepsToTheWholeRate() {
        let factors = factors(.cosine(warmupEpochs: 1, final: 0), stepsPerEpoch: 4, epochs: 5)
        for step in 0..<4 { #expect(abs(factors[step] - Double(step) / 4) < 1e-12) }
        #expect(factors[4] == 1)
        #expect(zip(factors.dropFirst(4), factors.dropFirst(5)).allSatisfy { $0 > $1 })
        #expect(abs(factors[12] - 0.5) < 1e-12)
        #expect(factors[19] > 0)
    }

    @Test func theCosineIsKerass() {
        let plain = CosineSchedule(warmupEpochs: 0, final: 0.1).keras(learningRate: 0.5, stepsPerEpoch: 10, epochs: 3)
        #expect(plain?["class_name"] == "CosineDecay" && plain?["module"] == "keras.optimizers.schedules")
        #expect(
            plain?["config"]
                == [
                    "initial_learning_rate": 0.5, "decay_steps": 30, "alpha": 0.1, "name": "CosineDecay",
                    "warmup_steps": 0,
                ])
        let warm = CosineSchedule(warmupEpochs: 1.5, final: 0).keras(learningRate: 0.5, stepsPerEpoch: 10, epochs: 3)
        #expect(
            warm?["config"]
                == [
                    "initial_learning_rate": 0.0, "decay_steps": 15, "alpha": 0.0, "name": "CosineDecay",
                    "warmup_steps": 15, "warmup_target": 0.5,
                ])
        // Keras's warm-up is of whole steps, and ends before the run does.
        #expect(
            CosineSchedule(warmupEpochs: 0.25, final: 0).keras(learningRate: 1, stepsPerEpoch: 10, epochs: 3) == nil)
        #expect(CosineSchedule(warmupEpochs: 3, final: 0).keras(learningRate: 1, stepsPerEpoch: 10, epochs: 3) == nil)
        #expect(ConstantSchedule().keras(learningRate: 1, stepsPerEpoch: 10, epochs: 3) == nil)
    }

    @Test func partsOfAnEpochWarmUpToo() {
        let factors = factors(.cosine(warmupEpochs: 0.5, final: 0), stepsPerEpoch: 4, epochs: 2)
        #expect(factors[0] == 0)
        #expect(abs(factors[1] - 1.0 / 2) < 1e-12)
        #expect(factors[2] == 1)
        #expect(abs(factors[5] - 0.5) < 1e-12)
    }

    @Test func steadyLengthsOfAnyKindStayBetweenZeroAndOne() {
        for warmup in [0.0, 0.3, 1, 3, 100] {
            for (steps, epochs) in [(1, 1), (1, 3), (7, 1), (3, 4)] {
                for final in [0.0, 0.5, 1] {
                    let all = factors(.cosine(warmupEpochs: warmup, final: final), stepsPerEpoch: steps, epochs: epochs)
                    #expect(all.allSatisfy { $0 >= 0 && $0 <= 1 })
                }
            }
        }
        // Beyond the planned end the rate stays at its end.
        let schedule = CosineSchedule(warmupEpochs: 0, final: 0.25)
        #expect(abs(schedule.factor(step: 99, stepsPerEpoch: 2, epochs: 3) - 0.25) < 1e-12)
    }

    @Test func aWarmUpAsLongAsTheRunIsWarnedOf() {
        func warning(_ warmup: Double, _ epochs: Int) -> String? {
            CosineSchedule(warmupEpochs: warmup, final: 0).warning(epochs: epochs)?.message
        }
        #expect(warning(0, 1) == nil)
        #expect(warning(2.5, 3) == nil)
        #expect(
            warning(3, 3)
                == "is 3, and training.epochs 3: the learning rate rises to the end of the run and never reaches its full "
                + "value; make the warm-up shorter, or 0 for a quick try, or train longer")
        #expect(warning(1.5, 1)?.hasPrefix("is 1.5, and training.epochs 1: ") == true)
        #expect(warning(1e300, 1) != nil)
        #expect(ConstantSchedule().warning(epochs: 1) == nil)
    }
}
