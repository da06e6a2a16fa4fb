import Batches
import Configuration
import Foundation
import HDF5
import Kernels
import Network
import Runs
import TestSupport

/// A network that takes an image and two numbers, and says which of three classes it is and two numbers: with data from a
/// program, and with a config and its file.
package enum SeveralFixture {
    package static let image: Shape = [6, 6, 1]
    /// The label that the loss of `kind` passes over.
    package static let ignored = -1

    package static func model() throws -> Model {
        try Model(inputs: [ModelInput("image", image), ModelInput("age", [2])], outputs: ["kind", "sizes"]) {
            Conv2D(3, kernelSize: (3, 3), activation: .tanh).named("conv", inputs: ["image"])
            Flatten()
            Dense(5, activation: .tanh).named("years", inputs: ["age"])
            Concatenate().named("both", inputs: ["flatten", "years"])
            Dense(6, activation: .tanh).named("shared")
            Dense(3, activation: .softmax).named("kind", inputs: ["shared"])
            // An output that another layer reads would be found by its name as well.
            Dense(4, activation: .tanh).named("last", inputs: ["both"])
            Dense(2).named("sizes")
        }
    }

    package static let losses: [String: any Loss] = [
        "kind": .sparseCategoricalCrossEntropy(ignoring: ignored), "sizes": .meanSquaredError(factor: 1),
    ]
    package static let weights = ["kind": 1.5, "sizes": 0.25]

    package static func objective() throws -> Objective { try Objective(model(), losses: losses, weights: weights) }

    /// The arrays of some samples.
    package struct Samples {
        package var images: [[Float]] = []
        package var ages: [[Float]] = []
        package var kinds: [[Float]] = []
        package var sizes: [[Float]] = []
        package var importance: [[Float]] = []

        /// - Parameter ignoring: every so many labels are passed over; 0 for none.
        package init(_ count: Int, seed: Int = 5, ignoring: Int = 4) {
            var random = SeededRandom(seed)
            for index in 0..<count {
                let kind = index % 3
                images.append(random.floats(36, in: -1...1).map { $0 + 0.4 * Float(kind) })
                ages.append(random.floats(2, in: 20...60))
                kinds.append([ignoring > 0 && index % ignoring == 1 ? Float(SeveralFixture.ignored) : Float(kind)])
                sizes.append([Float(kind) - 1, ages[index][0] / 40 - 1])
                importance.append([Float(index % 2) + 0.5])
            }
        }
    }

    /// - Parameter weighs: whether the samples of `sizes` have weights.
    package static func data(_ count: Int, weighs: Bool = false, ignoring: Int = 4) throws -> Dataset {
        let samples = Samples(count, ignoring: ignoring)
        var arrays: [DataField] = try [
            .init(.target, samples.sizes, name: "sizes"), .init(.target, samples.kinds, name: "kind"),
            .init(.input, samples.ages, name: "age"), .init(.input, samples.images, name: "image", shape: image),
        ]
        if weighs { try arrays.append(.init(.weight, samples.importance, name: "sizes")) }
        return try Dataset(arrays)
    }

    /// Writes `several.h5` with a group for each split.
    package static func write(to directory: TestDirectory, training: Int = 30) throws {
        _ = try directory.hdf5("several.h5") { root in
            for (seed, split, count) in [(1, "train", training), (2, "validation", 11), (3, "test", 13)] {
                let samples = Samples(count, seed: seed)
                try root.createDataset("/\(split)/inputs/image", .float32, shape: [count, 6, 6, 1])
                    .write(samples.images.flatMap { $0 })
                try root.createDataset("/\(split)/inputs/age", .float64, shape: [count, 2])
                    .write(samples.ages.flatMap { $0 }.map { Double($0) })
                try root.createDataset("/\(split)/targets/kind", .int32, shape: [count])
                    .write(samples.kinds.flatMap { $0 }.map { Int32($0) })
                try root.createDataset("/\(split)/targets/sizes", .float32, shape: [count, 2])
                    .write(samples.sizes.flatMap { $0 })
                try root.createDataset("/\(split)/weights", .float32, shape: [count])
                    .write(samples.importance.flatMap { $0 })
            }
        }
    }

    /// A split of the file that `write` makes.
    package static func source(_ split: String, in directory: TestDirectory) -> DataSource {
        DataSource(
            files: [directory.file("several.h5")],
            inputs: ["image", "age"].map { (name: String) in .init(["/\(split)/inputs/\(name)"], name: name) },
            targets: ["kind", "sizes"].map { (name: String) in .init(["/\(split)/targets/\(name)"], name: name) })
    }

    package static let config = """
        {"name": "several", "seed": 7,
         "data": {
           "train": {"file": "several.h5",
             "inputs": {"image": "/train/inputs/image", "age": "/train/inputs/age"},
             "targets": {"kind": "/train/targets/kind", "sizes": "/train/targets/sizes"},
             "sample_weight": {"sizes": "/train/weights"}},
           "validation": {"file": "several.h5"}, "test": {"file": "several.h5"},
           "normalize": {"age": "standardize"},
           "augment": {"image": [{"type": "random_flip"}]},
           "class_weight": {"kind": "balanced"}},
         "model": {
           "layers": [
             {"type": "conv2d", "name": "conv", "inputs": ["image"], "filters": 3, "kernel_size": 3,
              "activation": "tanh"},
             {"type": "flatten"}, {"type": "dense", "name": "years", "inputs": ["age"], "units": 5},
             {"type": "concatenate", "name": "both", "inputs": ["flatten", "years"]},
             {"type": "dropout", "rate": 0.2},
             {"type": "dense", "name": "shared", "units": 6, "activation": "tanh"},
             {"type": "dense", "name": "kind", "units": 3, "activation": "softmax"},
             {"type": "dense", "name": "sizes", "inputs": ["shared"], "units": 2}],
           "outputs": ["kind", "sizes"]},
         "loss": {"kind": {"type": "sparse_categorical_crossentropy", "ignore_class": -1},
           "sizes": "mean_squared_error"},
         "loss_weights": {"sizes": 0.25},
         "metrics": {"kind": ["accuracy", "f1"], "sizes": ["mae"]},
         "optimizer": {"type": "adam", "learning_rate": 0.01},
         "training": {"epochs": 3, "batch_size": 8,
           "early_stopping": {"monitor": "validation_kind_accuracy", "patience": 9}},
         "parallel": {"workers": 2, "shards": 3}}
        """
}
