import Kernels
import TestSupport
import Testing

@testable import Network

@Suite struct CouplingTests {
    /// Two operators in a row, of two rounds and of one, and what surrounds them.
    private func objective(_ input: Shape = [3]) throws -> Objective {
        try Objective(
            Model(input: input) {
                Dense(4)
                BatchStandardizing().named("norm")
                BatchCentering().named("centre")
                Dense(2, activation: .softmax)
            }, loss: .sparseCategoricalCrossEntropy)
    }

    @Test func roundsFollowTheOperatorsInBothDirections() throws {
        let program = try objective().training
        let coupling = program.coupling
        #expect(coupling.nodes.map { program.nodes[$0].name } == ["norm", "centre"])
        #expect(coupling.forward.map { $0.parts.map(\.places) } == [[0..<5], [5..<9], [17..<22]])
        #expect(coupling.forward.map { $0.parts.map(\.number) } == [[0], [1], [0]])
        #expect(coupling.backward.map { $0.parts.map(\.places) } == [[22..<26], [9..<17]])
        #expect(coupling.sumCount == 26)
        #expect(program.couplingLayer == "norm")
        #expect(coupling.moves.map(\.name) == ["norm/moving_mean", "norm/moving_variance", "centre/moving_mean"])
    }

    /// Two branches, each with an operator of its own, and a third one of two operators in a row; each is of one width.
    private func branched() throws -> Program {
        try Objective(
            Model(input: [3]) {
                Dense(4).named("a")
                BatchStandardizing().named("norm")
                ActivationLayer(.tanh).named("tanh")
                Dense(4).named("b", inputs: ["input"])
                BatchCentering().named("centre")
                Dense(4).named("c", inputs: ["tanh"])
                BatchStandardizing().named("second")
                Concatenate().named("all", inputs: ["tanh", "centre", "second"])
                // Two consumers of a result, so that its gradient is a sum.
                Add().named("sum", inputs: ["second", "centre"])
                Concatenate().named("both", inputs: ["all", "sum"])
                Dense(2, activation: .softmax).named("out")
            }, loss: .sparseCategoricalCrossEntropy
        ).training
    }

    @Test func operatorsBesideEachOtherShareTheirRounds() throws {
        let program = try branched()
        let coupling = program.coupling
        func names(_ rounds: [Coupling.Round]) -> [[String]] {
            rounds.map { $0.parts.map { "\(program.nodes[$0.node].name) \($0.number)" } }
        }
        #expect(
            names(coupling.forward) == [["norm 0", "centre 0"], ["norm 1"], ["second 0"], ["second 1"]])
        #expect(names(coupling.backward) == [["second 0"], ["centre 0", "norm 0"]])
        // Each operator's sums stand together, whatever it shares.
        #expect(coupling.forward[0].parts.map(\.places) == [0..<5, 17..<22])
        #expect(coupling.backward[1].parts.map(\.places) == [22..<26, 9..<17])
        #expect(coupling.sumCount == 26 + 17)
        let order = program.order
        for (place, node) in order.enumerated() {
            guard case .operation(_, let inputs) = program.nodes[node].kind else { continue }
            for input in inputs { #expect(try #require(order.firstIndex(of: input)) < place) }
        }
        // What the segments finish: the last layer; `second` and what is before it; the two that meet and what is before them.
        #expect(coupling.gradients.map(\.count) == [2, 4, 6])
    }

    /// Behind the loss comes the second layer; between the operators nothing; then the scale, the offset and the first layer.
    @Test func eachGradientIsFinishedByOneSegment() throws {
        let program = try objective().training
        func range(_ name: String) throws -> Range<Int> { try #require(program.layout.entry(named: name)).range }
        let last: Set = try [range("dense_1/kernel"), range("dense_1/bias")]
        let first: Set = try [
            range("norm/gamma"), range("norm/beta"), range("dense/kernel"), range("dense/bias"),
        ]
        #expect(program.coupling.gradients.map { Set($0) } == [last, [], first])
    }

    @Test func evaluationAndPredictionCoupleNothing() throws {
        let objective = try objective()
        for program in [objective.evaluation, objective.inference] {
            #expect(program.coupling.isEmpty)
            #expect(program.couplingLayer == nil)
        }
    }

    @Test func aProgramThatCouplesNothingIsOneSegment() throws {
        let program = try Objective(Model(input: [3]) { Dense(2) }, loss: .meanSquaredError(factor: 1)).training
        #expect(program.coupling.isEmpty)
        let replica = try Replica(program, samples: [4])
        let memory = try AlignedMemory(byteCount: replica.arenaBytes)
        let parameters = try AlignedMemory(floats: program.layout.count)
        replica.bind(arena: memory, parameters: parameters, gradients: try AlignedMemory(floats: program.layout.count))
        replica.forward(segment: 0, samples: 4, partial: nil, KernelPass())
        replica.backward(segment: 0, samples: 4, partial: nil, KernelPass())
    }

    @Test func aStateIsMovedByOneOperatorAlone() throws {
        let graph = Graph()
        let x = graph.input([3])
        let mean = graph.parameter([3], .zeros, name: "mean", role: .state)
        let weights = graph.parameter([3, 3], .ones, name: "weights")
        let once = try graph.apply(
            BatchCenteringOperator(momentum: 0.5), to: [x.multiplied(by: weights), mean], name: "once")
        let twice = try graph.apply(BatchCenteringOperator(momentum: 0.5), to: [once, mean], name: "twice")
        let error = #expect(throws: GraphError.self) { try Program(results: [], loss: twice.mean()) }
        #expect(
            error?.description
                == "mean: a state is moved by one operator alone, but 'twice' is not the first that takes it; "
                + "give each a state of its own")
    }

    /// Says that it couples samples, and makes the kernel of evaluation.
    private struct Forgetful: Operator {
        let name = "forgetful"
        func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }
        func coupling(of inputs: [TensorType]) -> SampleCoupling? { SampleCoupling(forward: [1], backward: [1]) }
        func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
            UnaryKernel(.exponential, count: request.output.count(samples: request.samples))
        }
    }

    @Test func anOrdinaryKernelIsRefused() throws {
        let graph = Graph()
        let x = graph.input([3]).multiplied(by: graph.parameter([3, 3], .ones, name: "weights"))
        let program = try Program(results: [], loss: graph.apply(Forgetful(), to: [x]).mean())
        let error = #expect(throws: KernelError.self) { try Replica(program, samples: [2]) }
        #expect(
            error?.description
                == "forgetful couples the samples of a batch, so its kernel in training must be a CoupledKernel, but is not"
        )
    }

    /// d/dw of Σ w·(x − mean(x))·x over rows of constants: the operator's backward pass takes the mean of the gradient.
    @Test func expressionsAreDifferentiatedThroughIt() throws {
        let graph = Graph()
        let w = graph.parameter([3, 1], .values([1, 2, 6]), name: "w")
        let mean = graph.parameter([1], .zeros, name: "mean", role: .state)
        let centred = try graph.apply(BatchCenteringOperator(momentum: 0), to: [w, mean])
        let gradients = try ((centred ** 2).sum()).gradients()
        #expect(abs(gradients.value - 14) < 1e-5)
        // Σ (w − w̄)², whose gradient is 2(w − w̄).
        for (gradient, expected) in zip(gradients[w], [Float(-4), -2, 6]) { #expect(abs(gradient - expected) < 1e-5) }
    }

    /// Shards with kernels in common and arenas of their own, run by turns, compute what each would alone.
    @Test func replicasThatShareKernelsKeepTheirActivations() throws {
        let program = try objective([5, 3]).training
        let parameters = try AlignedMemory(floats: program.layout.count)
        program.layout.initialise(parameters.floats, seed: 3)
        let gradients = try (0..<4).map { _ in try AlignedMemory(floats: program.layout.count) }
        let first = try Replica(program, samples: [2, 3], sharesKernels: true)
        let inputs = try #require(program.order.first)
        var arenas: [AlignedMemory] = []
        func bound(_ replica: Replica, _ gradient: Int, sums: AlignedMemory?) throws -> Replica {
            arenas.append(try AlignedMemory(byteCount: replica.arenaBytes))
            replica.bind(arena: arenas.last!, parameters: parameters, gradients: gradients[gradient], sums: sums)
            return replica
        }
        func fill(_ replica: Replica, _ samples: Int) {
            var random = SeededRandom(samples)
            for node in program.order {
                guard case .input = program.nodes[node].kind else { continue }
                let count = program.nodes[node].type.count(samples: samples)
                replica.fill(
                    node, samples: samples, (0..<count).map { _ in node == inputs ? random.floats(1)[0] : 1 })
            }
        }
        let pass = KernelPass(isTraining: true)
        // Alone, each with the sums of its own samples.
        for (place, samples) in [2, 3].enumerated() {
            let replica = try bound(Replica(program, samples: [samples]), place, sums: nil)
            fill(replica, samples)
            replica.forward(samples: samples, pass)
            replica.backward(samples: samples, scale: 1, pass)
        }
        // By turns, segment by segment.
        let sums = try (0..<2).map { _ in try AlignedMemory(byteCount: 8 * program.coupling.sumCount) }
        let turns = try [2, 3].enumerated().map { place, samples in
            try bound(Replica(sharingKernelsOf: first, samples: [samples]), 2 + place, sums: sums[place])
        }
        func each(_ body: (Replica, _ samples: Int, _ sums: UnsafeMutablePointer<Double>) -> Void) {
            for (place, samples) in [2, 3].enumerated() { body(turns[place], samples, sums[place].doubles) }
        }
        each { replica, samples, _ in fill(replica, samples) }
        for segment in 0...program.coupling.forward.count {
            each { $0.forward(segment: segment, samples: $1, partial: $2, pass) }
        }
        each { replica, samples, _ in replica.beginBackward(samples: samples, scale: 1, weights: nil) }
        for segment in 0...program.coupling.backward.count {
            each { $0.backward(segment: segment, samples: $1, partial: $2, pass) }
        }
        for place in 0..<2 {
            let (alone, turn) = (gradients[place].floats, gradients[2 + place].floats)
            for index in program.layout.trained { #expect(alone[index].bitPattern == turn[index].bitPattern) }
            #expect(program.layout.trained.contains { alone[$0] != 0 })
        }
    }

    /// An operator that couples samples is a stretch of its own over the whole shard; what stands before and behind it is
    /// tiled.
    @Test func tilesEndWhereSamplesMeet() throws {
        let program = try Objective(
            Model(input: [28, 28, 1]) {
                Conv2D(32, kernelSize: (3, 3), padding: .same)
                BatchStandardizing().named("norm")
                Conv2D(32, kernelSize: (3, 3), padding: .same, activation: .tanh)
                GlobalAveragePooling2D()
                Dense(3, activation: .softmax)
            }, loss: .sparseCategoricalCrossEntropy
        ).training
        let stretches = Tiling(program, samples: 24).stretches
        func stretch(_ name: String) throws -> Tiling.Stretch {
            try #require(stretches.first { $0.nodes.contains { program.nodes[program.order[$0]].name == name } })
        }
        let norm = try stretch("norm")
        #expect(norm.nodes.count == 1 && !norm.isTiled)
        #expect(try stretch("conv2d").isTiled)
        #expect(try stretch("conv2d_1").isTiled)
        #expect(stretches.map(\.nodes.count).reduce(0, +) == program.order.count)
        #expect(stretches.map(\.steps.count).reduce(0, +) == program.backward.steps.count)
    }
}
