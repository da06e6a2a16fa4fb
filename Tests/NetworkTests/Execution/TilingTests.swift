import Kernels
import TestSupport
import Testing

@testable import Network

@Suite struct TilingTests {
    /// Convolutions of 28×28 images. The first pooling has 28·28·32 + 14·14·32 floats a sample, 125,440 bytes, of which
    /// seven samples fit into 896 KiB.
    private func images() throws -> Objective {
        try Objective(
            Model(input: [28, 28, 1]) {
                Conv2D(32, kernelSize: (3, 3), padding: .same, activation: .relu)
                Pooling(.max)
                Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .relu)
                Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .tanh).named("branch")
                Add().named("sum", inputs: ["conv2d_1", "branch"])
                Pooling(.average)
                Dropout(0.25)
                Flatten()
                Dense(10, activation: .softmax)
            }, loss: .sparseCategoricalCrossEntropy)
    }

    @Test func tilesCoverTheSamplesAndEndBeforeTheDenseLayer() throws {
        let program = try images().training
        let stretches = Tiling(program, samples: 61).stretches
        #expect(stretches.map(\.tiles.count) == [9, 1])
        #expect(stretches.allSatisfy { $0.tiles.flatMap { Array($0) } == Array(0..<61) })
        #expect(stretches[0].sizes == [6, 7])
        #expect(stretches.map(\.nodes.count).reduce(0, +) == program.order.count)
        let last = program.order[stretches[0].nodes.upperBound - 1]
        #expect(program.nodes[last].name == "flatten")
        #expect(stretches[1].steps == 0..<2, "the loss and the dense layer go backward over the whole shard")
        #expect(stretches[0].steps == 2..<program.backward.steps.count)
    }

    @Test func whatFitsTheCacheIsNotTiled() throws {
        #expect(Tiling(try images().training, samples: 7).stretches.map(\.tiles) == [[0..<7]])
        let dense = try Objective(
            Model(input: [784]) {
                Dense(512, activation: .relu)
                Dense(10, activation: .softmax)
            }, loss: .sparseCategoricalCrossEntropy)
        #expect(Tiling(dense.training, samples: 512).stretches.map(\.tiles) == [[0..<512]])
    }

    /// A weight that two operators share has its gradient summed elsewhere.
    @Test func sharedWeightsAreNotTiled() throws {
        let graph = Graph()
        let x = graph.input([64, 64, 16])
        let w = graph.parameter([3, 3, 16, 16], .heNormal, name: "w")
        let convolution = Convolution2DOperator(same: true)
        let once = try graph.apply(convolution, to: [x, w])
        let twice = try graph.apply(convolution, to: [once, w])
        let program = try Program(results: [], loss: twice.mean())
        #expect(Tiling(program, samples: 64).stretches.map(\.tiles) == [[0..<64]])
    }

    /// Images that become small: of 64×64×16 two samples fit into 896 KiB. A convolution over 16×16 positions has a little
    /// less than 512 operations for each weight and sample, bias included, so that it needs three samples for 1,024.
    private func deepening() throws -> Objective {
        try Objective(
            Model(input: [64, 64, 3]) {
                Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .relu)
                Pooling(.max, poolSize: (4, 4))
                Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .tanh)
                Pooling(.average).named("small")
                Dropout(0.25)
                Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .relu).named("deep")
                Add().named("sum", inputs: ["deep", "small"])
                Pooling(.max)
                Flatten()
                Dense(10, activation: .softmax)
            }, loss: .sparseCategoricalCrossEntropy)
    }

    @Test func anOperatorWithManyWeightsForItsWorkBeginsAStretchOfLargerTiles() throws {
        let program = try deepening().training
        let stretches = Tiling(program, samples: 150).stretches
        #expect(stretches.map(\.tiles.count) == [75, 6, 1])
        #expect(
            stretches.map { stretch in program.order[stretch.nodes].map { program.nodes[$0].name } }.map(\.last) == [
                "conv2d", "flatten", "loss",
            ])
        #expect(stretches.allSatisfy { $0.tiles.flatMap { Array($0) } == Array(0..<150) })
        // Forward and backward each step and node has its place once.
        #expect(stretches.flatMap { Array($0.nodes) } == Array(program.order.indices))
        #expect(stretches.reversed().flatMap { Array($0.steps) } == Array(program.backward.steps.indices))
        // With few samples the later stretch is one with the rest.
        #expect(Tiling(program, samples: 25).stretches.map(\.tiles.count) == [13, 1])
        #expect(Tiling(program, samples: 2).stretches.map(\.tiles.count) == [1])
    }

    @Test("A network for images of 224×224 goes through its weights in tiles that grow")
    func largeImages() throws {
        let model = try Model(input: [224, 224, 3]) {
            for filters in [64, 128, 256, 512, 512] {
                Conv2D(filters, kernelSize: (3, 3), padding: .same, activation: .relu)
                Conv2D(filters, kernelSize: (3, 3), padding: .same, activation: .relu)
                Pooling(.max)
            }
            Flatten()
            Dense(10, activation: .softmax)
        }
        let program = try Objective(model, loss: .sparseCategoricalCrossEntropy).training
        let stretches = Tiling(program, samples: 32).stretches
        #expect(stretches.map(\.tiles.count) == [32, 11, 1])
        let names = stretches.map { stretch in program.nodes[program.order[stretch.nodes.upperBound - 1]].name }
        #expect(names == ["conv2d_7", "flatten", "loss"])
    }

    private struct Run {
        var gradients: [Float]
        var losses: [Float]
    }

    private func run(
        _ objective: Objective, samples: Int, first: Int = 0, keepsAll: Bool = false, weights: [Float]? = nil
    ) throws -> Run {
        let replica = try Replica(objective.training, samples: [samples], keepsAll: keepsAll)
        let layout = objective.layout
        let (parameters, gradients) = (try AlignedMemory(floats: layout.count), try AlignedMemory(floats: layout.count))
        layout.initialise(parameters.floats, seed: 3)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
            gradients: gradients)
        let input = replica.value(of: objective.input, samples: samples)
        let target = replica.integers(of: objective.target, samples: samples)
        let width = objective.model.inputShape.count
        for sample in 0..<samples {
            var random = Philox(seed: 9, stream: .shuffling, index: first + sample)
            for index in 0..<width { input[sample * width + index] = random.uniform() - 0.5 }
            target[sample] = Int32((first + sample) % 10)
        }
        var pass = KernelPass(isTraining: true, seed: 1, step: 4)
        pass.firstSample = first
        replica.forward(samples: samples, pass)
        if let weights {
            weights.withUnsafeBufferPointer {
                replica.backward(samples: samples, scale: 1, weights: $0.baseAddress, pass)
            }
        } else {
            replica.backward(samples: samples, scale: 1, pass)
        }
        return Run(
            gradients: (0..<layout.count).map { gradients.floats[$0] },
            losses: Array(replica.value(of: objective.sampleLoss, samples: samples)))
    }

    /// Sample by sample nothing is tiled; the sums must agree, dropout's masks included.
    @Test(arguments: [false, true])
    func tilesGiveWhatSingleSamplesGive(_ isDeep: Bool) throws {
        let objective = try isDeep ? deepening() : images()
        let samples = isDeep ? 130 : 21
        #expect(
            Tiling(objective.training, samples: samples).stretches.map(\.tiles.count)
                == (isDeep ? [65, 5, 1] : [3, 1]))
        let tiled = try run(objective, samples: samples)
        var sum = Array(repeating: 0.0, count: objective.layout.count)
        for sample in 0..<samples {
            let single = try run(objective, samples: 1, first: sample)
            #expect(abs(single.losses[0] - tiled.losses[sample]) < 1e-5)
            for index in sum.indices { sum[index] += Double(single.gradients[index]) }
        }
        let largest = sum.map { abs($0) }.max() ?? 0
        let worst = zip(sum, tiled.gradients).map { abs($0 - Double($1)) }.max() ?? 1
        #expect(worst < 1e-5 * largest)
    }

    /// A sample that weighs nothing leaves no trace, in whichever tile it stands.
    @Test func samplesWeighInTiles() throws {
        let objective = try images()
        let weights = (0..<21).map { Float($0 % 4) / 2 }
        let weighted = try run(objective, samples: 21, weights: weights)
        var sum = Array(repeating: 0.0, count: objective.layout.count)
        for (sample, weight) in weights.enumerated() where weight > 0 {
            let single = try run(objective, samples: 1, first: sample)
            for index in sum.indices { sum[index] += Double(weight) * Double(single.gradients[index]) }
        }
        let largest = sum.map { abs($0) }.max() ?? 0
        let worst = zip(sum, weighted.gradients).map { abs($0 - Double($1)) }.max() ?? 1
        #expect(worst < 1e-5 * largest)
    }

    /// Where the loss is run tile by tile as well, its own gradient is still laid down for the whole shard.
    @Test func aNetworkOfConvolutionsAloneIsTiledToItsLoss() throws {
        let objective = try Objective(
            Model(input: [28, 28, 1]) {
                Conv2D(32, kernelSize: (3, 3), padding: .same, activation: .tanh)
                Conv2D(10, kernelSize: (3, 3), padding: .same)
                GlobalAveragePooling2D()
                ActivationLayer(.softmax)
            }, loss: .sparseCategoricalCrossEntropy)
        let tiling = Tiling(objective.training, samples: 24)
        #expect(tiling.stretches[0].isTiled)
        #expect(tiling.stretches[0].steps == objective.training.backward.steps.indices)
        var owner = Array(objective.training.nodes.indices)
        for index in objective.training.order {
            guard case .operation(let operation, let inputs) = objective.training.nodes[index].kind,
                case .view = operation.transfer(
                    of: inputs.map { objective.training.nodes[$0].type }, isDifferentiable: true)
            else { continue }
            owner[index] = owner[inputs[0]]
        }
        let lifetimes = Lifetimes(objective.training, owner: owner, tiling)
        guard case .buffer(let seed)?? = objective.training.backward.seeds.first else {
            Issue.record("the loss depends on parameters")
            return
        }
        #expect(lifetimes.tileGradients[seed] == nil)
        #expect(lifetimes.tileGradients.values.allSatisfy { $0 == 6 } && !lifetimes.tileGradients.isEmpty)

        // Held against untiled replicas of a tile's size: the library adds a bias's gradient up over all pixels in
        // single precision, so that its rounding depends on how many samples it is given at once.
        #expect(tiling.stretches[0].sizes == [6])
        #expect(!Tiling(objective.training, samples: 6).stretches[0].isTiled)
        let tiled = try run(objective, samples: 24)
        var sum = Array(repeating: 0.0, count: objective.layout.count)
        for first in stride(from: 0, to: 24, by: 6) {
            let part = try run(objective, samples: 6, first: first)
            #expect(part.losses == Array(tiled.losses[first..<first + 6]))
            for index in sum.indices { sum[index] += Double(part.gradients[index]) }
        }
        let largest = sum.map { abs($0) }.max() ?? 0
        let worst = zip(sum, tiled.gradients).map { abs($0 - Double($1)) }.max() ?? 1
        #expect(worst < 1e-6 * largest)
    }

    @Test(arguments: [false, true])
    func plannedMemoryGivesTheBitsOfMemoryThatIsNeverReused(_ isDeep: Bool) throws {
        let (objective, samples) = try isDeep ? (deepening(), 130) : (images(), 21)
        let planned = try run(objective, samples: samples)
        let kept = try run(objective, samples: samples, keepsAll: true)
        #expect(planned.gradients.map(\.bitPattern) == kept.gradients.map(\.bitPattern))
        #expect(planned.losses == kept.losses)
    }

    @Test func tilesNeedLessMemory() throws {
        let program = try images().inference
        let (small, large) = (try Replica(program, samples: [8]), try Replica(program, samples: [256]))
        #expect(large.arenaBytes < 8 * small.arenaBytes)
    }
}
