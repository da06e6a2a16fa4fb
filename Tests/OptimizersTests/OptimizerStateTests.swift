import Kernels
import TestSupport
import Testing

@testable import Optimizers

/// The rules against their formulas in double precision.
@Suite struct OptimizerStateTests {
    private static let rate = 0.05

    static let rules: [any Optimizer] = [
        .sgd(learningRate: rate),
        .sgd(learningRate: rate, weightDecay: 0.1),
        .sgd(learningRate: rate, momentum: 0.9),
        .sgd(learningRate: rate, momentum: 0.9, nesterov: true),
        .sgd(learningRate: rate, momentum: 0.5, weightDecay: 0.1),
        .sgd(learningRate: rate, momentum: 0.5, nesterov: true, weightDecay: 0.1),
        .adam(learningRate: rate),
        .adam(learningRate: rate, beta1: 0.8, beta2: 0.9, epsilon: 1e-3),
        .adam(learningRate: rate, weightDecay: 0.1),
        .adamW(learningRate: rate, weightDecay: 0.1),
    ]

    /// One parameter under a rule, as Keras writes it.
    private struct Reference {
        var p: Double
        var first = 0.0
        var second = 0.0

        mutating func step(_ rule: any Optimizer, _ gradient: Double, rate: Double, decay: Double? = nil, t: Int) {
            func power(_ base: Double) -> Double { (0..<t).reduce(1) { product, _ in product * base } }
            p -= rate * (decay ?? rule.weightDecay) * p
            if let sgd = rule as? SGD {
                first = sgd.momentum * first - rate * gradient
                p += sgd.nesterov ? sgd.momentum * first - rate * gradient : first
            } else if let adam = rule as? Adam ?? (rule as? AdamW)?.adam {
                first += (1 - adam.beta1) * (gradient - first)
                second += (1 - adam.beta2) * (gradient * gradient - second)
                p -=
                    rate * (1 - power(adam.beta2)).squareRoot() / (1 - power(adam.beta1)) * first
                    / (second.squareRoot() + adam.epsilon)
            }
        }
    }

    private func floats(_ memory: AlignedMemory, _ count: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: memory.floats, count: count))
    }

    private func start(_ count: Int) throws -> (memory: AlignedMemory, values: [Float]) {
        var random = SeededRandom(1)
        let values = random.floats(count)
        let memory = try AlignedMemory(floats: count)
        memory.floats.update(from: values, count: count)
        return (memory, values)
    }

    /// Odd lengths, so that the vector loops have a rest; the rate of each step another, as under a schedule.
    @Test(arguments: rules)
    func aFewStepsFollowTheFormula(rule: any Optimizer) throws {
        let count = 37
        let (parameters, values) = try start(count)
        let state = try OptimizerState(rule, count: count)
        var references = values.map { Reference(p: Double($0)) }
        var random = SeededRandom(2)
        for step in 1...3 {
            let gradient = random.floats(count)
            let rate = Self.rate / Double(step)
            state.update(
                parameters.floats, gradient: gradient, from: 0, count: count, scale: 0.5, rate: rate, step: step)
            for index in 0..<count { references[index].step(rule, 0.5 * Double(gradient[index]), rate: rate, t: step) }
            #expect(Deviation.relative(floats(parameters, count), references.map(\.p)) < 1e-6, "step \(step)")
        }
        #expect(floats(parameters, count) != values)
    }

    /// The first step of Adam is the rate, whatever the gradient's size: the point of the correction of the bias. Only
    /// beside ε / √(1-β₂) is a gradient small.
    @Test func adamsFirstStepIsTheRate() throws {
        let parameters = try AlignedMemory(floats: 3)
        let state = try OptimizerState(.adam(learningRate: 0.01), count: 3)
        state.update(parameters.floats, gradient: [0.1, -5, 1e4], from: 0, count: 3, rate: 0.01, step: 1)
        #expect(Deviation.relative(floats(parameters, 3), [-0.01, 0.01, -0.01]) < 1e-4)
    }

    /// Late in a run the corrections are 1 to within 1e-4 and less, however large the exponent.
    @Test func adamForgetsItsBias() throws {
        let rule = Adam(learningRate: 0.01)
        var reference = Reference(p: 0)
        reference.step(rule, 1, rate: 0.01, t: 10_000)
        let parameters = try AlignedMemory(floats: 1)
        let state = try OptimizerState(rule, count: 1)
        state.update(parameters.floats, gradient: [1], from: 0, count: 1, rate: 0.01, step: 10_000)
        #expect(Deviation.relative(floats(parameters, 1), [reference.p], floor: 1e-9) < 1e-5)
        state.update(parameters.floats, gradient: [1], from: 0, count: 1, rate: 0.01, step: 2_000_000_000)
        #expect(parameters.floats[0].isFinite)
    }

    /// Workers step a slice each.
    @Test(arguments: rules)
    func slicesMakeTheWhole(rule: any Optimizer) throws {
        let count = 100
        let (whole, _) = try start(count)
        let (parts, _) = try start(count)
        let (one, many) = (try OptimizerState(rule, count: count), try OptimizerState(rule, count: count))
        var random = SeededRandom(5)
        for step in 1...2 {
            let gradient = random.floats(count)
            one.update(whole.floats, gradient: gradient, from: 0, count: count, rate: 0.1, step: step)
            for slice in [64..<100, 0..<16, 16..<64] {
                many.update(
                    parts.floats, gradient: Array(gradient[slice]), from: slice.lowerBound, count: slice.count,
                    rate: 0.1, step: step)
            }
        }
        #expect(floats(whole, count) == floats(parts, count))
        for (a, b) in zip(one.vectors, many.vectors) { #expect(floats(a, count) == floats(b, count)) }
    }

    /// Groups with a factor on the rate and a decay of their own, and slices that end within them.
    @Test(arguments: rules)
    func groupsStepWithTheirOwnRateAndDecay(rule: any Optimizer) throws {
        let count = 100
        let segments = [
            ParameterSegment(end: 16, rateFactor: 0.25, weightDecay: 0), ParameterSegment(end: 48, weightDecay: 0.3),
            ParameterSegment(end: 112, rateFactor: 2, weightDecay: rule.weightDecay),
        ]
        let (whole, values) = try start(count)
        let (parts, _) = try start(count)
        let (one, many) = (
            try OptimizerState(rule, count: count, segments: segments),
            try OptimizerState(rule, count: count, segments: segments)
        )
        var references = values.map { Reference(p: Double($0)) }
        var random = SeededRandom(6)
        for step in 1...3 {
            let gradient = random.floats(count)
            one.update(whole.floats, gradient: gradient, from: 0, count: count, rate: Self.rate, step: step)
            for slice in [64..<100, 0..<32, 32..<64] {
                many.update(
                    parts.floats, gradient: Array(gradient[slice]), from: slice.lowerBound, count: slice.count,
                    rate: Self.rate, step: step)
            }
            for index in 0..<count {
                let segment = segments[index < 16 ? 0 : index < 48 ? 1 : 2]
                references[index].step(
                    rule, Double(gradient[index]), rate: Self.rate * segment.rateFactor, decay: segment.weightDecay,
                    t: step)
            }
        }
        #expect(Deviation.relative(floats(whole, count), references.map(\.p)) < 2e-6)
        #expect(floats(whole, count) == floats(parts, count))
        for (a, b) in zip(one.vectors, many.vectors) { #expect(floats(a, count) == floats(b, count)) }
    }
}
