import Kernels
import Network
import TestSupport
import Testing

/// Normalisations in models: values within 2e-6 of the naive references, gradients within 1e-5 of central differences.
struct NormalizationTests {
    @Test("Over the batch, with and without γ and β", arguments: [true, false], [true, false])
    func batch(_ scale: Bool, _ center: Bool) throws {
        for input: Shape in [[5], [19], [3, 2, 4], [2, 2, 33]] {
            try expectRightLayers(input, samples: [4]) {
                Dense(input.last, activation: .tanh)
                BatchNormalization(epsilon: 0.1, center: center, scale: scale)
                Dense(3, activation: .tanh)
            }
        }
    }

    @Test func batchByShard() throws {
        try expectRightLayers([2, 2, 3], samples: [3]) {
            Dense(4, activation: .tanh)
            BatchNormalization(epsilon: 0.1, scope: .shard)
            Dense(3, activation: .tanh)
        }
    }

    @Test("A frozen one takes its moving averages in training")
    func frozenBatch() throws {
        try expectRightLayers([3, 2, 4], samples: [1, 3]) {
            Dense(4, activation: .tanh)
            BatchNormalization(epsilon: 0.1).frozen()
            Dense(3, activation: .tanh)
        }
    }

    @Test(arguments: [true, false], [true, false])
    func layer(_ scale: Bool, _ center: Bool) throws {
        for (input, axes) in [([7], 1), ([37], 1), ([3, 4], 1), ([3, 4], 2), ([2, 3, 5], 3)] as [(Shape, Int)] {
            try expectRightLayers(input) {
                Dense(input.last, activation: .tanh)
                LayerNormalization(axes: axes, epsilon: 0.1, center: center, scale: scale)
                Dense(3, activation: .tanh)
            }
        }
    }

    @Test(arguments: [1, 2, 3, -1, 6])
    func group(_ groups: Int) throws {
        for input: Shape in [[6], [3, 2, 6], [2, 6]] {
            try expectRightLayers(input, samples: [1, 2]) {
                Dense(6, activation: .tanh)
                GroupNormalization(groups: groups, epsilon: 0.1)
                Dense(3, activation: .tanh)
            }
        }
        try expectRightLayers([3, 2, 6], samples: [2]) {
            Dense(6, activation: .tanh)
            GroupNormalization(groups: groups, epsilon: 0.1, center: false, scale: false)
            Dense(3, activation: .tanh)
        }
    }

    @Test func rootMeanSquareAndUnit() throws {
        for (input, axes) in [([7], 1), ([3, 18], 1), ([3, 4], 2)] as [(Shape, Int)] {
            try expectRightLayers(input) {
                Dense(input.last, activation: .tanh)
                RMSNormalization(axes: axes, epsilon: 0.01)
                Dense(input.last, activation: .tanh)
                UnitNormalization(axes: axes)
                Dense(3, activation: .tanh)
            }
        }
    }

    @Test("Parameters as Keras orders them; states are neither trained nor frozen")
    func parameters() throws {
        let graph = Graph()
        let model = try Model(input: [4]) {
            BatchNormalization()
            LayerNormalization()
            RMSNormalization()
            GroupNormalization(groups: 2, center: false)
            BatchNormalization(center: false).frozen("still")
            UnitNormalization()
        }
        let layout = try Program(results: [try model.build(in: graph).output]).layout
        func names(_ role: ParameterRole) -> [String] { layout.entries.filter { $0.role == role }.map(\.name) }
        #expect(
            names(.trained) == [
                "batch_normalization/gamma", "batch_normalization/beta", "layer_normalization/gamma",
                "layer_normalization/beta", "rms_normalization/scale", "group_normalization/gamma",
            ])
        #expect(names(.frozen) == ["still/gamma"])
        #expect(
            names(.state) == [
                "batch_normalization/moving_mean", "batch_normalization/moving_variance", "still/moving_mean",
                "still/moving_variance",
            ])
        #expect(layout.entries.allSatisfy { $0.kind == .normalization })
    }

    @Test func sentences() {
        func sentence(_ input: Shape, _ layer: any Layer) -> String {
            do {
                _ = try Model(input: input) { layer }
                return ""
            } catch {
                return error.problems.map(\.message).joined().split(separator: "): ").last.map(String.init) ?? ""
            }
        }
        #expect(
            sentence([6], GroupNormalization(groups: 4))
                == "group_normalization: 6 channels can't be divided into 4 equal groups; say groups, such as 6")
        #expect(
            sentence([40], GroupNormalization(groups: 32))
                == "group_normalization: 40 channels can't be divided into 32 equal groups; say groups, such as 20")
        #expect(
            sentence([6], LayerNormalization(axes: 2))
                == "layer_normalization: a tensor of 6 does not have the 2 axes that are to be normalised")
        #expect(
            sentence([6], BatchNormalization(momentum: 2))
                == "batch_normalization: momentum must be from 0 to 1 and epsilon above 0")
    }
}
