import HDF5
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Interchange
@testable import Network
@testable import Runs

/// Splits that are stored in different types: the same numbers, or a sentence.
@Suite struct SplitAgreementTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// A file whose splits have the given types and images of the given numbers.
    private func path(
        _ train: (HDF5ElementType, [Float]), _ test: (HDF5ElementType, [Float])
    ) throws -> String {
        try directory.hdf5("data.h5") { root in
            for (split, (type, values)) in [("train", train), ("test", test)] {
                try root.createDataset("/\(split)/inputs", type, shape: [4, values.count]).write(
                    (0..<4).flatMap { _ in values })
                try root.createDataset("/\(split)/targets", .float32, shape: [4]).write([0, 1, 0, 1] as [Float])
            }
        }
    }

    private func run(_ path: String) throws -> TrainingRun {
        try TrainingRun(
            RunConfiguration(
                smallest(
                    "data.train.file=\(path)", #"data.test={"file": "\#(path)"}"#, "data.normalize=scale",
                    "training.batch_size=2"), directory: ""))
    }

    @Test func partsOfOneBesideBytesAreRefused() throws {
        let path = try path((.uint8, [0, 255, 16]), (.float32, [0, 1, 0.0625]))
        #expect(
            throws: DataError(
                "\(path): /test/inputs holds float32 from 0 to 1, but \(path): /train/inputs uint8 from 0 to 255: one of "
                    + "them was scaled before it was stored, and both are taken for the same; store them alike")
        ) { try run(path) }
        let turned = try self.path((.float64, [0, 0.5, 0.25]), (.uint16, [0, 65535, 2]))
        #expect(throws: DataError.self) { try run(turned) }
    }

    @Test(arguments: [
        (HDF5ElementType.uint8, HDF5ElementType.int64, "int64"), (.uint8, .float32, "float32"),
        (.float32, .float64, "float64"), (.int16, .uint8, "uint8"),
    ])
    func otherTypesOfLikeNumbersAreTold(train: HDF5ElementType, test: HDF5ElementType, name: String) throws {
        let path = try path((train, [0, 16, 3]), (test, [1, 15, 4]))
        let run = try run(path)
        #expect(run.remarks.map(\.kind) == [.note])
        let note = try #require(run.remarks.first?.sentence)
        #expect(note.hasPrefix("\(path): /test/inputs holds \(name) from 1 to 15, and \(path): /train/inputs "))
        #expect(note.hasSuffix(" from 0 to 16; they are taken to mean the same"))
        // It is said once: not again when the run begins.
        let listener = RunFixture.Listener()
        _ = try run.run(in: RunDirectory(directory.file("run")), observer: listener)
        #expect(!listener.warnings.withLock { $0 }.contains(note))
    }

    /// What tells the two apart may stand at the end alone, as in data that are sorted.
    @Test(arguments: [nil, 200_000])
    func aSampleOfAllRowsIsLookedAt(limit: Int?) throws {
        let path = try directory.hdf5("data.h5") { root in
            let counts = (0..<20_000).map { UInt8($0 < 10_000 ? 0 : 255) }
            try root.createDataset("/train/inputs", .uint8, shape: [20_000, 1]).write(counts)
            try root.createDataset("/train/targets", .float32, shape: [20_000]).write(counts.map { Float($0) })
            let parts = (0..<20_000).map { Float($0 < 10_000 ? 0 : 0.5) }
            try root.createDataset("/test/inputs", .float32, shape: [20_000, 1]).write(parts)
            try root.createDataset("/test/targets", .float32, shape: [20_000]).write(parts)
        }
        let configuration = try RunConfiguration(
            smallest(
                "data.train.file=\(path)", #"data.test={"file": "\#(path)"}"#, "data.normalize=scale",
                "data.memory_limit=\(limit ?? 1 << 30)"), directory: "")
        #expect(
            throws: DataError(
                "\(path): /test/inputs holds float32 from 0 to 0.5, but \(path): /train/inputs uint8 from 0 to 255: one of "
                    + "them was scaled before it was stored, and both are taken for the same; store them alike")
        ) { try TrainingRun(configuration) }
    }

    @Test func aModelIsComparedWithItsDataToo() throws {
        func file(_ name: String, _ type: HDF5ElementType, _ values: [Float], _ targets: [Float]) throws -> DataSource {
            let path = try directory.hdf5(name) { root in
                try root.createDataset("/x", type, shape: [2, 3]).write(values + values)
                try root.createDataset("/y", type == .float32 ? .float64 : .float32, shape: [2]).write(targets)
            }
            return DataSource(file: path, inputs: "/x", targets: "/y")
        }
        let data = try Dataset(reading: file("a.h5", .uint8, [0, 255, 3], [10, 20]))
        let trainer = try Trainer(Model(input: [3]) { Dense(1) }, loss: .meanSquaredError(factor: 1), on: data) {
            $0.epochs = 1
            $0.batchSize = 2
        }
        try trainer.save(directory.file("model.h5"))
        let model = try TrainedModel(contentsOf: directory.file("model.h5"))
        #expect(
            model.summaries["inputs"]
                == ValueSummary(
                    place: "the model's training data", type: .uint8, lowest: 0, highest: 255, isWhole: true))
        #expect(model.summaries["targets"]?.highest == 20)
        let parts = try file("b.h5", .float32, [0, 1, 0.5], [10, 20])
        #expect(
            throws: DataError(
                "\(parts.file): /x holds float32 from 0 to 1, but the model's training data uint8 from 0 to 255: one of "
                    + "them was scaled before it was stored, and both are taken for the same; store them alike")
        ) { try Dataset(reading: parts, for: model, wantsTargets: false) }
        let like = try file("c.h5", .float32, [0, 200, 3], [0.5, 0.25])
        #expect(
            try Dataset(reading: like, for: model, wantsTargets: false).notices == [
                "\(like.file): /x holds float32 from 0 to 200, and the model's training data uint8 from 0 to 255; they are "
                    + "taken to mean the same"
            ])
        // Targets count where there are some.
        #expect(throws: DataError.self) { try Dataset(reading: like, for: model) }
        #expect(try Dataset(reading: file("d.h5", .uint8, [9, 1, 0], [1, 2]), for: model).notices == [])
    }

    @Test func oneTypeNeedsNoSentence() throws {
        #expect(try run(path((.uint8, [0, 255, 3]), (.uint8, [0, 1, 1]))).remarks.isEmpty)
        #expect(try run(path((.float32, [0, 255, 3]), (.float32, [0, 0.5, 1]))).remarks.isEmpty)
    }
}
