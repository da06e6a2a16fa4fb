import HDF5
import Kernels
import Testing

@testable import Batches
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

    @Test func oneTypeNeedsNoSentence() throws {
        #expect(try run(path((.uint8, [0, 255, 3]), (.uint8, [0, 1, 1]))).remarks.isEmpty)
        #expect(try run(path((.float32, [0, 255, 3]), (.float32, [0, 0.5, 1]))).remarks.isEmpty)
    }
}
