import Batches
import Engine
import Foundation
import HDF5
import Kernels
import Network
import Runs
import TestSupport
import Testing

@testable import Preparation

struct SynthesisTests {
    private let folder: TestDirectory
    init() throws { folder = try TestDirectory() }

    private func make(_ kind: SyntheticKind, _ name: String = "data.h5", _ change: (inout Synthesis) -> Void = { _ in })
        throws -> Synthesis.Summary
    {
        var synthesis = Synthesis(kind)
        change(&synthesis)
        return try synthesis.run(to: folder.file(name))
    }

    private func split(_ split: String, _ name: String = "data.h5") throws -> Dataset {
        try Dataset(
            reading: DataSource(file: folder.file(name), inputs: "/\(split)/inputs", targets: "/\(split)/targets"))
    }

    @Test(arguments: SyntheticKind.allCases) func theSeedDecides(_ kind: SyntheticKind) throws {
        func contents(_ seed: UInt64) throws -> Data {
            _ = try make(kind) {
                $0.seed = seed
                $0.samples = 200
            }
            return try Data(contentsOf: URL(fileURLWithPath: folder.file("data.h5")))
        }
        let first = try contents(1)
        #expect(try contents(1) == first)
        #expect(try contents(2) != first)
    }

    @Test func writesSplits() throws {
        let summary = try make(.images) {
            $0.samples = 500
            $0.shape = [12, 10, 3]
            $0.test = 0
            $0.validation = 0.25
            $0.classes = 4
        }
        #expect(summary.splits.map(\.name) == ["train", "validation"])
        #expect(summary.splits.map(\.rows) == [375, 125])
        let file = try HDF5File.open(folder.file("data.h5"))
        #expect(try file.dataset("/train/inputs").shape == [375, 12, 10, 3])
        #expect(try file.dataset("/train/inputs").elementType == .uint8)
        #expect(try file.attributes.strings("class_names").count == 4)
        let labels = try file.dataset("/train/targets").read(Int32.self)
        for label in 0..<4 { #expect(labels.count { $0 == Int32(label) } > 60) }
        let splits = try ["/train/inputs", "/validation/inputs"].map { try file.dataset($0).read(UInt8.self) }
        #expect(Array(splits[0].prefix(360)) != Array(splits[1].prefix(360)))
    }

    @Test func canSortTheRowsByClass() throws {
        _ = try make(.blobs) {
            $0.sorted = true
            $0.samples = 300
        }
        let labels = try HDF5File.open(folder.file("data.h5")).dataset("/train/targets").read(Int32.self)
        #expect(labels == labels.sorted())
        #expect(Set(labels).count == 3)
    }

    /// Accuracy on the test split of a small network.
    private func accuracy(_ kind: SyntheticKind, epochs: Int, _ change: (inout Synthesis) -> Void) throws -> Double {
        let summary = try make(kind, "\(kind).h5", change)
        let data = try split("train", "\(kind).h5")
        let model = try Model(input: data.inputs.rowShape) {
            Flatten()
            Dense(32, activation: .relu)
            Dense(32, activation: .relu)
            Dense(summary.classes, activation: .softmax)
        }
        let trainer = try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) {
            $0.optimizer = .adam(learningRate: 0.01)
            $0.epochs = epochs
            $0.batchSize = 32
            $0.metrics = [.accuracy]
            $0.normalization = .standardize
            $0.seed = 1
            $0.parallelism = Parallelism(workers: 1)
        }
        try trainer.fit()
        return Double(try trainer.evaluate(split("test", "\(kind).h5")).metrics.first ?? 0)
    }

    @Test(arguments: [(SyntheticKind.blobs, 0.95), (.moons, 0.95), (.spirals, 0.9), (.sequences, 0.8)])
    func canBeLearnt(_ kind: SyntheticKind, _ least: Double) throws {
        #expect(try accuracy(kind, epochs: 20) { $0.samples = 2000 } >= least)
    }

    @Test func imagesCanBeLearnt() throws {
        let accuracy = try accuracy(.images, epochs: 12) {
            $0.samples = 2000
            $0.shape = [12, 12, 1]
            $0.classes = 4
        }
        #expect(accuracy > 0.7)
    }

    @Test func aRegressionCanBeLearnt() throws {
        _ = try make(.regression) {
            $0.samples = 3000
            $0.shape = [4]
        }
        let data = try split("train")
        let model = try Model(input: [4]) {
            Dense(32, activation: .tanh)
            Dense(1)
        }
        let trainer = try Trainer(model, loss: .meanSquaredError(factor: 1), on: data) {
            $0.optimizer = .adam(learningRate: 0.01)
            $0.epochs = 30
            $0.seed = 1
            $0.parallelism = Parallelism(workers: 1)
        }
        let history = try trainer.fit()
        // The noise alone has 0.01; the mean alone about 1.
        #expect(try #require(history.last?.loss) < 0.06)
    }

    @Test func saysWhatIsWrong() {
        func mistake(_ kind: SyntheticKind, _ change: (inout Synthesis) -> Void) -> String? {
            do {
                _ = try make(kind, "x.h5", change)
                return nil
            } catch { return "\(error)" }
        }
        #expect(mistake(.moons) { $0.classes = 3 } == "there are 2 moons, not 3 classes")
        #expect(mistake(.spirals) { $0.shape = [3] } == "spirals have 2 features, not 3")
        #expect(
            mistake(.images) { $0.shape = [8, 8] }
                == "images have a height, a width and channels, such as 28x28x1, not 8×8")
        #expect(mistake(.blobs) { $0.classes = 1 } == "the classes must be 2 to 10000, but are 1")
        #expect(mistake(.blobs) { $0.samples = 0 } == "the samples must be 1 to 2147483647, but are 0")
        #expect(mistake(.blobs) { $0.samples = 2 } == "2 samples are too few: the split 'validation' would be empty")
        #expect(mistake(.regression) { $0.sorted = true } == "a regression has no classes, and nothing to sort by")
        #expect(mistake(.blobs) { $0.noise = -1 } == "the noise must not be negative")
        #expect(mistake(.blobs) { $0.test = 1 } == "the test fraction must be 0 to 1, but is 1.0")
        #expect(
            mistake(.blobs) { ($0.test, $0.validation) = (0.5, 0.5) } == "validation and test leave nothing to train on"
        )
        #expect(folder.listing == [])
    }
}
