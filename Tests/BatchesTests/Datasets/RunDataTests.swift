import Configuration
import HDF5
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

@Suite struct RunDataTests {
    /// The target of a row is its number modulo 4.
    private func file(_ directory: TestDirectory, _ name: String = "data.h5", rows: Int = 200, width: Int = 50) throws
        -> String
    {
        try directory.hdf5(name) { root in
            for split in ["train", "validation", "test"] {
                try root.createDataset(
                    "/\(split)/inputs", .float32, shape: [rows, width], chunk: [10, width], gzip: 1
                )
                .write((0..<rows * width).map { Float($0 / width) })
                try root.createDataset("/\(split)/targets", .int32, shape: [rows]).write(
                    (0..<rows).map { Int32($0 % 4) })
            }
        }
    }

    private func read(_ path: String, _ assignments: String..., fold: Int? = nil) throws -> RunData {
        var document = try smallest("data.train.file=\(path)", "training.batch_size=4")
        for assignment in assignments { try document.set(assignment) }
        let configuration = try RunConfiguration(document, directory: "")
        return try RunData(configuration.data, seed: configuration.seed, fold: fold)
    }

    /// The rows of the file that a split consists of.
    private func rows(_ data: Dataset?) -> [Int] {
        data.map { data in (0..<data.count).map { data.selection[$0] } } ?? []
    }

    private func counts(_ data: Dataset?) -> [Int] {
        rows(data).reduce(into: [0, 0, 0, 0]) { $0[$1 % 4] += 1 }
    }

    @Test func fractionsAreCutOffTheTrainingData() throws {
        let directory = try TestDirectory()
        let path = try file(directory)
        let data = try read(path, #"data.validation={"fraction": 0.1}"#, #"data.test={"fraction": 0.25}"#)
        #expect(data.training.count == 130 && data.validation?.count == 20 && data.test?.count == 50)
        #expect((rows(data.training) + rows(data.validation) + rows(data.test)).sorted() == Array(0..<200))
        #expect(rows(data.validation) == rows(data.validation).sorted())
        let again = try read(path, #"data.validation={"fraction": 0.1}"#, #"data.test={"fraction": 0.25}"#)
        #expect(rows(again.validation) == rows(data.validation) && rows(again.test) == rows(data.test))
        let other = try read(path, #"data.validation={"fraction": 0.1}"#, #"data.test={"fraction": 0.25}"#, "seed=1")
        #expect(rows(other.validation) != rows(data.validation))
        let onlyTest = try read(path, #"data.test={"fraction": 0.25}"#)
        #expect(onlyTest.training.count == 150 && onlyTest.validation == nil && onlyTest.test?.count == 50)
        let mixed = try read(
            path, #"data.validation={"fraction": 0.25}"#, #"data.test={"file": "\#(path)"}"#)
        #expect(mixed.training.count == 150 && mixed.validation?.count == 50 && mixed.test?.count == 200)
        #expect(throws: DataError.self) { try read(path, #"data.validation={"fraction": 0.001}"#) }
    }

    @Test func stratifiedFractionsKeepTheClasses() throws {
        let directory = try TestDirectory()
        let data = try read(try file(directory), #"data.validation={"fraction": 0.2}"#, "data.stratify=true")
        #expect(counts(data.validation) == [10, 10, 10, 10])
        #expect(counts(data.training) == [40, 40, 40, 40])
    }

    @Test func foldsTakeTurns() throws {
        let directory = try TestDirectory()
        let path = try file(directory)
        let folds = try (0..<5).map {
            try read(path, "data.k_fold=5", "data.stratify=true", #"data.test={"fraction": 0.1}"#, fold: $0)
        }
        #expect(Set(folds.map { rows($0.test) }).count == 1)
        #expect(rows(folds[0].test).count == 20)
        for fold in folds {
            #expect(fold.training.count == 144 && fold.validation?.count == 36)
            #expect(counts(fold.validation) == [9, 9, 9, 9])
            #expect((rows(fold.training) + rows(fold.validation) + rows(fold.test)).sorted() == Array(0..<200))
        }
        #expect(Set(folds.flatMap { rows($0.validation) }).count == 180)
    }

    @Test func theLimitIsForAllSplitsTogether() throws {
        let directory = try TestDirectory()
        let path = try file(directory, rows: 2000)
        let one = 2000 * 204
        let both = [#"data.validation={"file": "\#(path)"}"#, #"data.test={"file": "\#(path)"}"#]
        let all = try read(path, both[0], both[1], "data.memory_limit=\(3 * one)")
        #expect(all.isInMemory)
        let less = try read(path, both[0], both[1], "data.memory_limit=\(3 * one - 1)")
        #expect(!less.isInMemory && !less.training.isInMemory)
        let windows = [less.training, less.validation, less.test].compactMap { $0 }.reduce(0) {
            $0 + ($1.isInMemory ? $1.byteCount : $1.windowBytes + ($1.targets?.isInMemory == true ? 8000 : 0))
        }
        #expect(windows <= 3 * one - 1)
        // A streamed split has the rows of one in memory.
        let small = try read(path, #"data.validation={"fraction": 0.25}"#, "data.memory_limit=200000")
        let large = try read(path, #"data.validation={"fraction": 0.25}"#)
        #expect(!small.isInMemory && small.validation?.isInMemory == false && large.isInMemory)
        #expect(rows(small.validation) == rows(large.validation))
        #expect(small.training.windowBytes + (small.validation?.windowBytes ?? 0) <= 200_000)
    }

    @Test func theWindowIsTheTrainingSplits() throws {
        let directory = try TestDirectory()
        let data = try read(try file(directory), "data.shuffle_window=64", "data.memory_limit=\(1 << 20)")
        #expect(data.training.shuffleWindow == 64)
        #expect(data.training.isInMemory)
    }
}
