import Batches
import HDF5
import TestSupport
import Testing

@testable import Preparation

struct SplittingTests {
    private let folder: TestDirectory
    init() throws { folder = try TestDirectory() }

    private func splitting(_ text: String = "train=0.8,test=0.2") throws -> Preparation.Splitting {
        Preparation.Splitting(try SplitFractions(text))
    }

    /// Rows whose first number is their own, with labels and weights that belong to them.
    private func makeFile(rows: Int = 100, group: String = "", also: (HDF5Group) throws -> Void = { _ in }) throws {
        _ = try folder.hdf5 {
            try $0.createDataset(group + "/inputs", .int32, shape: [rows, 2], chunk: [min(7, rows), 2], gzip: 1).write(
                (0..<rows * 2).map { Int32($0 / 2 * 10 + $0 % 2) })
            let targets = try $0.createDataset(group + "/targets", .uint8, shape: [rows])
            try targets.write((0..<rows).map { UInt8($0 % 4 == 0 ? 1 : 0) })
            try targets.attributes.set("class_names", ["many", "few"])
            try $0.createDataset(group + "/sample_weight", .float32, shape: [rows]).write((0..<rows).map { Float($0) })
            try $0.attributes.set("source", "made")
            try also($0)
        }
    }

    @Test func rowsStayTogetherAndNoneIsLost() throws {
        try makeFile()
        let summary = try splitting().run(folder.file("data.h5"), to: folder.file("out.h5"))
        #expect(summary.counts == [80, 20])
        #expect(summary.companions == ["/sample_weight"])
        let file = try HDF5File.open(folder.file("out.h5"))
        #expect(
            try file.allDatasetPaths()
                == ["test", "train"].flatMap { ["/\($0)/inputs", "/\($0)/sample_weight", "/\($0)/targets"] })
        var seen: [Int32] = []
        for split in ["train", "test"] {
            let inputs = try file.dataset("/\(split)/inputs").read(Int32.self)
            let targets = try file.dataset("/\(split)/targets")
            let labels = try targets.read(UInt8.self)
            let weights = try file.dataset("/\(split)/sample_weight").read(Float.self)
            #expect(try targets.attributes.strings("class_names") == ["many", "few"])
            #expect(labels.count == weights.count && inputs.count == 2 * labels.count)
            for row in labels.indices {
                let original = inputs[2 * row] / 10
                seen.append(original)
                #expect(inputs[2 * row + 1] == original * 10 + 1)
                #expect(labels[row] == (original % 4 == 0 ? 1 : 0))
                #expect(weights[row] == Float(original))
            }
        }
        #expect(seen.sorted() == Array(0..<100))
        #expect(try file.attributes.string("source") == "made")
    }

    @Test func theSeedDecides() throws {
        try makeFile()
        func train(_ seed: UInt64) throws -> [Int32] {
            var splitting = try splitting()
            splitting.seed = seed
            _ = try splitting.run(folder.file("data.h5"), to: folder.file("out.h5"))
            return try HDF5File.open(folder.file("out.h5")).dataset("/train/inputs").read(Int32.self)
        }
        let first = try train(1)
        #expect(try train(1) == first)
        #expect(try train(2) != first)
    }

    @Test func classesKeepTheirShares() throws {
        try makeFile()
        var splitting = try splitting()
        splitting.stratify = true
        _ = try splitting.run(folder.file("data.h5"), to: folder.file("out.h5"))
        let file = try HDF5File.open(folder.file("out.h5"))
        #expect(try file.dataset("/test/targets").read(UInt8.self).count { $0 == 1 } == 5)
        #expect(try file.dataset("/train/targets").read(UInt8.self).count { $0 == 1 } == 20)
    }

    /// 2^53 and the number behind it, which is no double.
    @Test func labelsStayIntegers() throws {
        var splitting = try splitting("train=0.5,test=0.5")
        splitting.stratify = true
        _ = try folder.hdf5 {
            try $0.createDataset("/inputs", .int32, shape: [8, 1]).write((0..<8).map { Int32($0) })
            try $0.createDataset("/targets", .int64, shape: [8]).write(
                (0..<8).map { 9_007_199_254_740_992 + Int64($0 / 4) })
        }
        _ = try splitting.run(folder.file("data.h5"), to: folder.file("out.h5"))
        for split in ["train", "test"] {
            let labels = try HDF5File.open(folder.file("out.h5")).dataset("/\(split)/targets").read(Int64.self)
            #expect(labels.sorted().map { $0 - 9_007_199_254_740_992 } == [0, 0, 1, 1])
        }
        _ = try folder.hdf5 {
            try $0.createDataset("/inputs", .int32, shape: [8, 1]).write((0..<8).map { Int32($0) })
            try $0.createDataset("/targets", .uint64, shape: [8]).write((0..<8).map { $0 < 6 ? 1 : UInt64.max })
        }
        #expect(
            throws: DataError(
                "\(folder.file("data.h5")): /targets holds 18446744073709551615 in row 6; to stratify takes whole labels up "
                    + "to 9223372036854775807")
        ) { try splitting.run(folder.file("data.h5"), to: folder.file("out2.h5")) }
    }

    @Test func theRestOfTheFileGoesAlong() throws {
        try makeFile(group: "/train") {
            try $0.createDataset("/test/inputs", .int32, shape: [1, 2]).write([5, 6] as [Int32])
            try $0.createDataset("/words", .string, shape: [1]).writeStrings(["ä"])
            try $0.group("/train").attributes.set("kind", 3)
        }
        var splitting = try splitting("train=0.9,validation=0.1")
        splitting.inputs = "/train/inputs"
        let summary = try splitting.run(folder.file("data.h5"), to: folder.file("out.h5"))
        #expect(summary.copied == ["/test/inputs", "/words"])
        let file = try HDF5File.open(folder.file("out.h5"))
        #expect(try file.dataset("/test/inputs").read(Int32.self) == [5, 6])
        #expect(try file.dataset("/words").readStrings() == ["ä"])
        #expect(try file.dataset("/validation/inputs").shape == [10, 2])
        #expect(try file.group("/validation").attributes.integers("kind") == [3])
    }

    @Test("Texts with one for each row, as the names of files are, go with their rows")
    func textsAreSplitToo() throws {
        _ = try folder.hdf5 {
            try $0.createDataset("/train/inputs", .int32, shape: [20, 1]).write((0..<20).map { Int32($0) })
            try $0.createStrings("/train/file_names", (0..<20).map { "\($0).png" }, gzip: 1)
        }
        let summary = try splitting("train=0.7,test=0.3").run(folder.file("data.h5"), to: folder.file("out.h5"))
        #expect(summary.companions == ["/train/file_names"])
        let file = try HDF5File.open(folder.file("out.h5"))
        for (split, count) in [("train", 14), ("test", 6)] {
            let rows = try file.dataset("/\(split)/inputs").read(Int32.self)
            #expect(rows.count == count)
            #expect(try file.dataset("/\(split)/file_names").readStrings() == rows.map { "\($0).png" })
        }
    }

    @Test func refusesWhatCannotBe() throws {
        func mistake(_ splitting: Preparation.Splitting) -> String? {
            do {
                _ = try splitting.run(folder.file("data.h5"), to: folder.file("out.h5"))
                return nil
            } catch { return "\(error)" }
        }
        let file = folder.file("data.h5")
        try makeFile(rows: 4)
        #expect(
            mistake(try splitting("train=0.9,test=0.1"))
                == "the split 'test' would be empty: 0.1 of 4 rows; give it a larger fraction")
        var splitting = try splitting()
        splitting.targets = "/sample_weight"
        splitting.stratify = true
        #expect(
            mistake(splitting) == "\(file): /sample_weight has 4 different values in 4 rows, which are no classes")
        splitting.targets = "/inputs"
        #expect(
            mistake(splitting) == "\(file): /inputs has 2 numbers a row; to stratify takes one label a row")
        try makeFile(rows: 10) { try $0.createDataset("/test/inputs", .int32, shape: [1]) }
        #expect(
            mistake(try self.splitting())
                == "\(file) has several datasets called inputs; name one of /inputs, /test/inputs with --inputs")
        splitting = try self.splitting()
        splitting.inputs = "/inputs"
        #expect(
            mistake(splitting)
                == "\(file) holds /test/inputs already, beside /inputs: give the split 'test' another name or leave it out"
        )
        #expect(folder.listing == ["data.h5"])
    }
}
