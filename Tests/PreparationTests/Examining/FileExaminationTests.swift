import Configuration
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Preparation

struct FileExaminationTests {
    private let folder: TestDirectory
    init() throws { folder = try TestDirectory() }

    private func examine(_ file: HDF5File, path: String? = nil) throws -> (FileExamination, [DatasetReport]) {
        var examination = try FileExamination(file, path: path)
        while try examination.next() != nil {}
        return (examination, examination.reports)
    }

    private func report(_ fill: (HDF5Group) throws -> Void) throws -> DatasetReport {
        try #require(examine(folder.opened { try fill($0) }).1.first)
    }

    @Test func countsIrregularValuesWithTheirRows() throws {
        // Blocks of one chunk each, so that several workers find some.
        let rows = 3_000_000
        var values = (0..<rows).map { Float($0 % 7) }
        values[2_000_001] = .nan
        values[2_900_000] = .nan
        values[1_500_000] = .infinity
        let report = try report {
            try $0.createDataset("x", .float32, shape: [rows], chunk: [1 << 20]).write(values)
        }
        #expect(report.values?.nan == DatasetReport.Irregular(count: 2, firstRow: 2_000_001))
        #expect(report.values?.infinite == DatasetReport.Irregular(count: 1, firstRow: 1_500_000))
        #expect(report.values?.all?.minimum == 0)
        #expect(report.values?.all?.maximum == 6)
        #expect(
            report.advice == [
                "2 values are NaN, the first in row 2000001: remove or fill such rows before training",
                "1 value is infinite, the first in row 1500000: remove or fill such rows before training",
            ])
    }

    @Test func describesFeatures() throws {
        let report = try report {
            let dataset = try $0.createDataset("inputs", .float64, shape: [4, 3])
            try dataset.write([1, 7, 0.1, 2, 7, 0.2, 3, 7, 0.3, 4, 7, 0.4])
            try dataset.attributes.set("feature_names", ["a", "b", "c"])
        }
        let values = try #require(report.values)
        #expect(values.features.map { $0?.mean } == [2.5, 7, 0.25])
        #expect(values.features[0]?.deviation == 1.25.squareRoot())
        #expect(values.constant == [1])
        #expect(report.featureName(2) == "c")
        #expect(report.advice == ["feature b never changes, and can be left out"])
        #expect(report.duplicates == nil && report.lookedForDuplicates)
    }

    /// Of few rows all are looked at, in runs that differ in length.
    @Test func findsAMarkOfMissingValuesInAnyRow() throws {
        for row in [0, 12, 24, 199] {
            let report = try report {
                var values = (0..<200 * 512).map { Float($0 % 97) / 4 }
                for marked in [row, (row + 100) % 200] { values[marked * 512 + 511] = 1e20 }
                try $0.createDataset("inputs", .float32, shape: [200, 512]).write(values)
            }
            #expect(
                report.advice.contains {
                    $0.hasPrefix("it, column 511, holds 1e+20 in 2 of 200 values, far from all others")
                }, "\(report.advice)")
        }
    }

    @Test func findsRowsThatRepeat() throws {
        let report = try report {
            try $0.createDataset("inputs", .int16, shape: [6, 2]).write(
                [1, 2, 3, 4, 1, 2, 5, 6, 3, 4, 1, 2] as [Int16])
        }
        #expect(report.duplicates == RepeatedRows(count: 3, row: 2, of: 0))
    }

    @Test func findsRowsSharedBetweenSplits() throws {
        let file = try folder.opened {
            try $0.createDataset("/train/inputs", .uint8, shape: [4, 2]).write([1, 1, 2, 2, 3, 3, 4, 4] as [UInt8])
            try $0.createDataset("/test/inputs", .uint8, shape: [3, 2]).write([9, 9, 3, 3, 2, 2] as [UInt8])
            // Of the same numbers, but of another name or type.
            try $0.createDataset("/test/others", .uint8, shape: [1, 2]).write([1, 1] as [UInt8])
            try $0.createDataset("/other/inputs", .int8, shape: [1, 2]).write([1, 1] as [Int8])
        }
        let (examination, _) = try examine(file)
        #expect(
            try examination.leaks().map(\.description) == [
                "2 rows of /test/inputs are also in /train/inputs: first row 1, which is row 2 there"
            ])
        #expect(examination.json(leaks: try examination.leaks()).jsonText().contains("\"count\": 2"))
    }

    @Test func countsLabels() throws {
        let labels: [Int64] = [0, 0, 0, 2, 2, 5]
        let report = try report {
            let dataset = try $0.createDataset("targets", .int64, shape: [6])
            try dataset.write(labels)
            try dataset.attributes.set("class_names", ["cat", "dog", "owl"])
        }
        let found = try #require(report.labels)
        #expect(found.values == [0, 2, 5])
        #expect(found.counts == [3, 2, 1])
        #expect(found.isSorted)
        #expect([0, 2, 5].map { report.labelName($0) } == ["cat", "owl", "5"])
    }

    @Test(arguments: [(1000, true), (1001, false)])
    func tooManyValuesAreNoClasses(_ different: Int, _ isCounted: Bool) throws {
        let report = try report {
            try $0.createDataset("targets", .float32, shape: [2002]).write((0..<2002).map { Float($0 % different - 5) })
        }
        #expect((report.labels != nil) == isCounted)
        #expect(report.labels.map { $0.values.first } == (isCounted ? -5 : nil))
    }

    @Test func fractionsAreNoLabels() throws {
        let report = try report { try $0.createDataset("targets", .float32, shape: [3]).write([1, 2, 2.5] as [Float]) }
        #expect(report.labels == nil)
    }

    @Test func advisesAgainstSortedLabels() throws {
        func advice(_ labels: [Int32]) throws -> [String] {
            try report { try $0.createDataset("targets", .int32, shape: [labels.count]).write(labels) }.advice
        }
        let end =
            ": a split by position or a small shuffle window would see few classes; keep \"shuffle\" on, "
            + "and split by stormo data split"
        #expect(try advice((0..<60).map { Int32($0 / 20) }) == ["the labels are sorted" + end])
        #expect(try advice((0..<60).map { Int32([1, 2, 0][$0 / 20]) }) == ["the labels are grouped by class" + end])
        #expect(try advice((0..<60).map { Int32($0 % 3) }) == [])
    }

    @Test func advisesOnSkewedClasses() throws {
        let labels = (0..<220).map { UInt8($0 % 11 == 5 && $0 < 200 ? 1 : 0) }
        let report = try report { try $0.createDataset("targets", .uint8, shape: [220]).write(labels) }
        #expect(
            report.advice == [
                "class 0 is 11 times as frequent as class 1: let the config say data.class_weight \"balanced\""
            ])
    }

    @Test func advisesOnChunks() throws {
        func advice(_ shape: [Int], _ chunk: [Int]) throws -> [String] {
            try report {
                try $0.createDataset("targets", .uint8, shape: shape, chunk: chunk, gzip: 1)
                    .write((0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) })
            }.advice.filter { $0.contains("chunk") }
        }
        #expect(try advice([128, 784], [1, 784]) == ["chunks of one row: rechunk to about 64 rows"])
        #expect(
            try advice([128, 784], [128, 98]) == [
                "chunks cut rows (128×98 of 128×784): reading one row takes several; rechunk to whole rows, about 64 a "
                    + "chunk"
            ])
        #expect(
            try advice([16384, 784], [16384, 784]) == [
                "chunks of 12 MiB: a row costs as much as all 16384 of its chunk; rechunk to about 64 rows"
            ])
        #expect(try advice([128, 784], [64, 784]) == [])
    }

    @Test func advisesOnScale() throws {
        func advice<T: HDF5Element>(_ type: HDF5ElementType, _ values: [T]) throws -> [String] {
            try report { try $0.createDataset("inputs", type, shape: [values.count / 2, 2]).write(values) }.advice
        }
        #expect(
            try advice(.uint8, [0, 255, 3, 4] as [UInt8]) == [
                "the values reach from 0 to 255: let the config say \"normalize\": \"scale\""
            ])
        #expect(
            try advice(.float32, [0, 0.5, 900, 2] as [Float]) == [
                "the features differ in scale (deviations from 0.75 to 450): let the config say \"normalize\": "
                    + "\"standardize\""
            ])
        #expect(
            try advice(.float32, [100, 101, 102, 103] as [Float]) == [
                "the values reach from 100 to 103, far from 1: let the config say \"normalize\": \"standardize\""
            ])
        #expect(try advice(.float32, [-1, 0.5, 0.9, 2] as [Float]) == [])
        #expect(
            try advice(.float64, [-1, 0.5, 0.75, 2] as [Double]) == [
                "float64 holds nothing here that float32 would not: half of the size is enough"
            ])
    }

    @Test func takesOneDatasetOrGroup() throws {
        let file = try folder.opened {
            for path in ["/train/inputs", "/train/targets", "/test/inputs"] {
                try $0.createDataset(path, .uint8, shape: [2]).write([1, 2] as [UInt8])
            }
        }
        #expect(try FileExamination(file, path: "train").overview.map(\.path) == ["/train/inputs", "/train/targets"])
        #expect(try FileExamination(file, path: "/test/inputs").overview.map(\.path) == ["/test/inputs"])
        #expect(throws: HDF5Error.self) { try FileExamination(file, path: "/tset") }
    }

    @Test func whatHoldsNoNumbersIsPassedOver() throws {
        let file = try folder.opened {
            try $0.createDataset("names", .string, shape: [1]).writeStrings(["a"])
            try $0.createDataset("one", .float32, shape: []).write([1] as [Float])
            try $0.createDataset("none", .float32, shape: [0, 3])
        }
        let (_, reports) = try examine(file)
        #expect(reports.map(\.path) == ["/names", "/none", "/one"])
        #expect(reports.allSatisfy { $0.values == nil && $0.failure == nil })
    }

    @Test func rowsThatWereNeverWrittenAreNotRead() throws {
        let file = try folder.opened {
            try $0.createDataset("inputs", .float32, shape: [1 << 40, 4], chunk: [64, 4])
        }
        let (_, reports) = try examine(file)
        #expect(
            reports.first?.failure
                == "cannot read '/inputs' in \(folder.file("data.h5")): it claims 16777216 MiB of values, but holds 0 bytes: most of "
                + "it was never written; make it again with the rows that there are")
    }
}
