import Kernels
import TestSupport
import Testing

@testable import Engine
@testable import Network
@testable import Optimizers

extension Reducer {
    /// Puts in the shards' gradients as their workers do.
    func take(_ gradients: [[Float]]) {
        var (worker, shard) = (0, 0)
        while shard < gradients.count {
            let folder = folder(of: worker)
            while shard < folder.plan.shards.upperBound {
                folder.gradient(of: shard).floats.update(from: gradients[shard], count: gradients[shard].count)
                folder.finish(shard)
                shard += 1
            }
            worker += 1
        }
    }
}

@Suite struct ReducerTests {
    /// Blocks of full length and one that is not.
    private let count = 2 * VectorLoops.block + 100

    private func filled(shards: Int, workers: Int, seed: Int = 1) throws -> (reducer: Reducer, sum: [Double]) {
        let reducer = try Reducer(count: count, shards: shards, workers: workers)
        var random = SeededRandom(seed)
        var sum = Array(repeating: 0.0, count: count)
        let gradients = (0..<shards).map { _ in random.floats(count) }
        reducer.take(gradients)
        for values in gradients { for index in 0..<count { sum[index] += Double(values[index]) } }
        return (reducer, sum)
    }

    /// One step of plain SGD with rate 1 from zero: the parameters are the sum with its sign turned.
    private func stepped(_ reducer: Reducer, workers: Int) throws -> [Float] {
        let parameters = try AlignedMemory(floats: count)
        let optimizer = try OptimizerState(.sgd(learningRate: 1), count: count)
        try WorkerTeam(workers).run { worker in
            reducer.step(worker: worker, optimizer, parameters.floats, rate: 1, step: 1)
        }
        return Array(UnsafeBufferPointer(start: parameters.floats, count: count))
    }

    @Test(arguments: [1, 2, 3, 5, 8, 64], [1, 2, 7])
    func theGradientIsTheSumOfTheShards(shards: Int, workers: Int) throws {
        let (reducer, sum) = try filled(shards: shards, workers: workers)
        let result = try stepped(reducer, workers: workers)
        #expect(Deviation.relative(result, sum.map { -$0 }) < 1e-6)
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(reducer.norm / norm - 1) < 1e-6)
        #expect(!reducer.hasFailed)
    }

    /// What was stepped can be had once more, to the bit: after one pass, after two, and where one shard is all there is.
    @Test(arguments: [1, 2, 3, 8], [1, 2, 7])
    func theLastGradientIsThatOfTheStep(shards: Int, workers: Int) throws {
        for wantsNorms in [false, true, false] {
            let (reducer, sum) = try filled(shards: shards, workers: workers)
            reducer.wantsTensorNorms = wantsNorms
            if wantsNorms { try WorkerTeam(workers).run { reducer.reduce(worker: $0) } }
            let result = try stepped(reducer, workers: workers)
            let gradient = try AlignedMemory(floats: count)
            reducer.gradient(into: gradient.floats)
            #expect((0..<count).allSatisfy { gradient.floats[$0] == -result[$0] })
            #expect(Deviation.relative(result, sum.map { -$0 }) < 1e-6)
        }
    }

    @Test func theBitsDoNotDependOnTheWorkers() throws {
        let results = try [1, 2, 3, 4].map { workers in
            let (reducer, _) = try filled(shards: 5, workers: workers)
            let values = try stepped(reducer, workers: workers)
            return (values.map(\.bitPattern), reducer.norm.bitPattern)
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test func aShardWithoutSamplesHasNoPart() throws {
        let (reducer, _) = try filled(shards: 3, workers: 1)
        let folder = reducer.folder(of: 0)
        folder.clearGradient(of: 0)
        let expected = (0..<count).map {
            -Double(folder.gradient(of: 1).floats[$0]) - Double(folder.gradient(of: 2).floats[$0])
        }
        #expect(Deviation.relative(try stepped(reducer, workers: 1), expected) < 1e-6)
    }

    @Test(arguments: [Float.nan, .infinity])
    func aBlockThatIsNotFiniteIsNotStepped(bad: Float) throws {
        let (reducer, sum) = try filled(shards: 2, workers: 2)
        reducer.folder(of: 1).gradient(of: 1).floats[VectorLoops.block + 3] = bad
        let result = try stepped(reducer, workers: 2)
        #expect(reducer.hasFailed)
        let block = VectorLoops.block..<2 * VectorLoops.block
        for index in 0..<count {
            #expect(block.contains(index) ? result[index] == 0 : abs(Double(result[index]) + sum[index]) < 1e-5)
        }
    }

    // MARK: - Two passes

    /// A setting that needs two passes and one that does not, or both that do.
    struct Form: Sendable, CustomTestStringConvertible {
        var clipping = GradientClipping.none
        var isAllOrNothing = false
        var wantsTensorNorms = false

        var testDescription: String { "\(clipping) \(isAllOrNothing) \(wantsTensorNorms)" }
    }

    /// Three tensors: one within a block, one that straddles all blocks, and one that begins within the last.
    private static let layout: ParameterLayout = {
        var layout = ParameterLayout()
        layout.append("first/bias", [7], .zeros, node: 0)
        layout.append("first/kernel", [2, VectorLoops.block], .zeros, node: 1)
        layout.append("second/kernel", [33], .zeros, node: 2)
        return layout
    }()

    /// What a step leaves: the parameters' bits, those of a moment, and the norm's.
    private struct Trace: Equatable {
        let parameters: [UInt32]
        let moment: [UInt32]
        let norm: UInt64
        let hasFailed: Bool
        let tensorNorms: [TensorNorms]
    }

    /// The gradients of a step: those of `layout`, with zeros in its gaps.
    private static func gradients(_ shards: Int, step: Int) -> [[Float]] {
        var random = SeededRandom(10 * shards + step)
        return (0..<shards).map { _ in
            var buffer = Array(repeating: Float(0), count: layout.count)
            for entry in layout.entries { for index in entry.range { buffer[index] = random.floats(1)[0] } }
            return buffer
        }
    }

    /// Three steps of Adam, with a gradient that is not finite at `bad` in the second one.
    private func traces(_ form: Form, shards: Int, workers: Int, bad: Int? = nil) throws -> [Trace] {
        let layout = Self.layout
        let reducer = try Reducer(
            count: layout.count, tensors: layout.entries, shards: shards, workers: workers, clipping: form.clipping,
            isAllOrNothing: form.isAllOrNothing)
        let parameters = try AlignedMemory(floats: layout.count)
        for entry in layout.entries { for index in entry.range { parameters.floats[index] = Float(index % 5) } }
        let optimizer = try OptimizerState(.adam(learningRate: 0.1, weightDecay: 0.01), count: layout.count)
        let team = WorkerTeam(workers)
        let barrier = team.makeBarrier()
        return try (1...3).map { step in
            var gradients = Self.gradients(shards, step: step)
            if step == 2, let bad { gradients[shards - 1][bad] = .nan }
            reducer.take(gradients)
            reducer.wantsTensorNorms = form.wantsTensorNorms
            try team.run { worker in
                if reducer.needsTwoPasses {
                    reducer.reduce(worker: worker)
                    barrier.wait(worker)
                }
                reducer.step(worker: worker, optimizer, parameters.floats, rate: 0.1, step: step)
            }
            func bits(_ memory: AlignedMemory) -> [UInt32] { (0..<layout.count).map { memory.floats[$0].bitPattern } }
            return Trace(
                parameters: bits(parameters), moment: bits(optimizer.vectors[1]), norm: reducer.norm.bitPattern,
                hasFailed: reducer.hasFailed, tensorNorms: form.wantsTensorNorms ? reducer.tensorNorms() : [])
        }
    }

    static let forms = [
        Form(), Form(clipping: .value(0.3)), Form(clipping: .norm(2)), Form(clipping: .globalNorm(2)),
        Form(isAllOrNothing: true), Form(wantsTensorNorms: true), Form(clipping: .norm(2), wantsTensorNorms: true),
    ]

    @Test func onlyWhatMustKnowTheWholeGradientNeedsTwoPasses() throws {
        for (form, needs) in zip(Self.forms, [false, false, true, true, true, true, true]) {
            let reducer = try Reducer(
                count: count, shards: 2, workers: 1, clipping: form.clipping, isAllOrNothing: form.isAllOrNothing)
            reducer.wantsTensorNorms = form.wantsTensorNorms
            #expect(reducer.needsTwoPasses == needs, "\(form)")
        }
    }

    @Test(arguments: forms, [1, 2, 3, 5, 23])
    func anyNumberOfWorkersGivesTheSameBits(form: Form, shards: Int) throws {
        let one = try traces(form, shards: shards, workers: 1)
        for workers in [2, 3, 7] { #expect(try traces(form, shards: shards, workers: workers) == one) }
        #expect(!one[2].hasFailed)
    }

    @Test(arguments: [GradientClipping.none, .value(0.3)], [1, 2, 3, 5])
    func twoPassesGiveTheBitsOfOne(clipping: GradientClipping, shards: Int) throws {
        let fused = try traces(Form(clipping: clipping), shards: shards, workers: 2)
        for form in [
            Form(clipping: clipping, isAllOrNothing: true), Form(clipping: clipping, wantsTensorNorms: true),
        ] {
            let both = try traces(form, shards: shards, workers: 2)
            for (one, two) in zip(fused, both) {
                #expect(one.parameters == two.parameters && one.moment == two.moment && one.norm == two.norm)
            }
        }
        // Nor does a failed one differ, where what is finite may be stepped.
        let bad = try traces(Form(clipping: clipping), shards: shards, workers: 2, bad: 3000)
        let measured = try traces(
            Form(clipping: clipping, wantsTensorNorms: true), shards: shards, workers: 3, bad: 3000)
        #expect(bad.map(\.parameters) == measured.map(\.parameters))
        #expect(bad.map(\.hasFailed) == [false, true, false] && measured.map(\.hasFailed) == [false, true, false])
    }

    @Test(arguments: [GradientClipping.norm(1e9), .globalNorm(1e9), .value(1e9)])
    func aLimitThatIsNotReachedChangesNoBit(clipping: GradientClipping) throws {
        let plain = try traces(Form(), shards: 3, workers: 2)
        #expect(try traces(Form(clipping: clipping), shards: 3, workers: 2) == plain)
    }

    // MARK: - Clipping

    /// The gradient's sum and what clipping makes of it, as the words of Keras are defined: tf.clip_by_value,
    /// tf.clip_by_norm for each tensor, tf.clip_by_global_norm.
    private func clipped(_ clipping: GradientClipping, shards: Int) -> (plain: [Double], clipped: [Double]) {
        let gradients = Self.gradients(shards, step: 1)
        let sum = (0..<Self.layout.count).map { index in gradients.reduce(0.0) { $0 + Double($1[index]) } }
        func norm(_ range: Range<Int>) -> Double { sum[range].reduce(0) { $0 + $1 * $1 }.squareRoot() }
        var result = sum
        switch clipping {
        case .none: break
        case .value(let limit): result = sum.map { min(max($0, -limit), limit) }
        case .norm(let limit):
            for entry in Self.layout.entries {
                for index in entry.range { result[index] = sum[index] * limit / max(norm(entry.range), limit) }
            }
        case .globalNorm(let limit):
            result = sum.map { $0 * limit * min(1 / norm(sum.indices), 1 / limit) }
        }
        return (sum, result)
    }

    @Test(
        arguments: [GradientClipping.none, .value(0.2), .norm(1.5), .globalNorm(1.5)],
        [(1, 1), (2, 2), (5, 3)])
    func clippingIsThatOfKeras(clipping: GradientClipping, _ parallel: (shards: Int, workers: Int)) throws {
        let layout = Self.layout
        let reducer = try Reducer(
            count: layout.count, tensors: layout.entries, shards: parallel.shards, workers: parallel.workers,
            clipping: clipping)
        reducer.take(Self.gradients(parallel.shards, step: 1))
        let parameters = try AlignedMemory(floats: layout.count)
        let optimizer = try OptimizerState(.sgd(learningRate: 1), count: layout.count)
        let team = WorkerTeam(parallel.workers)
        let barrier = team.makeBarrier()
        reducer.wantsTensorNorms = clipping.needsNorm
        try team.run { worker in
            if reducer.needsTwoPasses {
                reducer.reduce(worker: worker)
                barrier.wait(worker)
            }
            reducer.step(worker: worker, optimizer, parameters.floats, rate: 1, step: 1)
        }
        let (plain, expected) = clipped(clipping, shards: parallel.shards)
        let result = Array(UnsafeBufferPointer(start: parameters.floats, count: layout.count))
        #expect(Deviation.relative(result, expected.map { -$0 }) < 1e-6)
        if clipping != .none { #expect(plain != expected) }
        // The norms are those before clipping.
        let norm = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(reducer.norm / norm - 1) < 1e-6)
    }

    @Test func tensorNormsAreThoseBeforeTheStep() throws {
        let trace = try traces(Form(wantsTensorNorms: true), shards: 2, workers: 2)[0]
        let plain = clipped(.none, shards: 2).plain
        #expect(trace.tensorNorms.map(\.name) == ["first/bias", "first/kernel", "second/kernel"])
        for (norms, entry) in zip(trace.tensorNorms, Self.layout.entries) {
            let gradient = entry.range.reduce(0) { $0 + plain[$1] * plain[$1] }.squareRoot()
            let parameter = entry.range.reduce(0) { $0 + Double(($1 % 5) * ($1 % 5)) }.squareRoot()
            #expect(abs(norms.gradient / gradient - 1) < 1e-6)
            #expect(abs(norms.parameter / parameter - 1) < 1e-12)
            #expect(norms.count == entry.shape.count)
        }
    }

    // MARK: - Failing

    @Test(arguments: [
        Form(isAllOrNothing: true), Form(clipping: .norm(2)), Form(clipping: .globalNorm(2)),
        Form(clipping: .value(0.3), isAllOrNothing: true),
    ])
    func allOrNothing(form: Form) throws {
        for (shards, workers) in [(1, 1), (2, 2), (4, 3)] {
            let traces = try traces(form, shards: shards, workers: workers, bad: 3000)
            #expect(traces.map(\.hasFailed) == [false, true, false])
            #expect(traces[1].parameters == traces[0].parameters && traces[1].moment == traces[0].moment)
            #expect(traces[2].parameters != traces[1].parameters)
        }
    }
}
