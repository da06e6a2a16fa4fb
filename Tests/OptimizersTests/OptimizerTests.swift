import Testing

@testable import Optimizers

@Suite struct OptimizerTests {
    @Test func theLearningRateIsTheRules() {
        #expect(SGD(learningRate: 0.5).learningRate == 0.5)
        #expect(Adam(learningRate: 0.25).learningRate == 0.25)
        #expect(AdamW(learningRate: 0.125).learningRate == 0.125)
    }

    @Test func theConstantsAreKerases() {
        #expect(
            Adam(learningRate: 1)
                == Adam(learningRate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0))
        #expect(
            AdamW(learningRate: 1)
                == AdamW(learningRate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004))
        #expect(SGD(learningRate: 1) == SGD(learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0))
    }

    @Test func eachRuleKeepsItsVectors() throws {
        #expect(SGD(learningRate: 1).stateVectors == 1)
        #expect(Adam(learningRate: 1).stateVectors == 2)
        #expect(AdamW(learningRate: 1).stateVectors == 2)
        let state = try OptimizerState(.adam(learningRate: 1), count: 5)
        #expect(state.vectors.count == 2)
        #expect(state.vectors.allSatisfy { vector in (0..<5).allSatisfy { vector.floats[$0] == 0 } })
    }
}
