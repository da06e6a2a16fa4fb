import Foundation
import HDF5
import Testing

@testable import Preparation

struct IDXConverterTests {
    /// An IDX file by its type's code, its shape and the bytes of its values.
    private func idx(_ code: UInt8, _ shape: [Int], _ values: [UInt8]) -> [UInt8] {
        [0, 0, code, UInt8(shape.count)] + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 0xFF) } }
            + values
    }

    /// `idx(8, [3], [7, 8, 9])`, by Python's gzip.
    private let gzipped: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0xE0, 0x60, 0x64, 0x60,
        0x60, 0x60, 0x66, 0xE7, 0xE0, 0x04, 0x00, 0xAD, 0x98, 0x0A, 0xBA, 0x0B, 0x00, 0x00, 0x00,
    ]

    @Test func imagesAndLabels() throws {
        let fixture = try ConvertingFixture()
        let images = try fixture.write(idx(8, [3, 2, 2], Array(1...12)), to: "images")
        let labels = try fixture.write(idx(8, [3], [2, 0, 1]), to: "labels")
        for paths in [[images, labels], [labels, images]] {
            let (file, _) = try fixture.convert(IDXConverter(paths))
            let inputs = try file.dataset("/train/inputs")
            #expect(inputs.shape == [3, 2, 2, 1])
            #expect(inputs.elementType == .uint8)
            #expect(try inputs.read(UInt8.self) == Array(1...12))
            #expect(try file.dataset("/train/targets").read(UInt8.self) == [2, 0, 1])
        }
        let (alone, _) = try fixture.convert(IDXConverter([images], hasTargets: false))
        #expect(try alone.allDatasetPaths() == ["/train/inputs"])
    }

    @Test func everyTypeIsTurnedRound() throws {
        let fixture = try ConvertingFixture()
        func value(_ code: UInt8, _ bytes: [UInt8]) throws -> (HDF5ElementType, Double) {
            let path = try fixture.write(idx(code, [1], bytes), to: "a")
            let dataset = try fixture.convert(IDXConverter([path], hasTargets: false)).0.dataset("/train/inputs")
            return (dataset.elementType, try dataset.read(Double.self)[0])
        }
        #expect(try value(0x08, [200]) == (.uint8, 200))
        #expect(try value(0x09, [200]) == (.int8, -56))
        #expect(try value(0x0B, [0xFF, 0x38]) == (.int16, -200))
        #expect(try value(0x0C, [0, 1, 0, 2]) == (.int32, 65_538))
        #expect(try value(0x0D, [0x3F, 0xC0, 0, 0]) == (.float32, 1.5))
        #expect(try value(0x0E, [0xC0, 0x04, 0, 0, 0, 0, 0, 0]) == (.float64, -2.5))
    }

    @Test func filesAreFoundByTheNamesOfMNIST() throws {
        let fixture = try ConvertingFixture()
        for (name, rows) in [("train", 3), ("t10k", 2)] {
            try fixture.write(
                idx(8, [rows, 1, 2], Array(repeating: 5, count: rows * 2)), to: "m/\(name)-images-idx3-ubyte")
            try fixture.write(idx(8, [rows], Array(repeating: 1, count: rows)), to: "m/\(name)-labels-idx1-ubyte")
        }
        let (file, _) = try fixture.convert(IDXConverter([fixture.file("m")]))
        #expect(try file.allDatasetPaths() == ["/test/inputs", "/test/targets", "/train/inputs", "/train/targets"])
        #expect(try file.dataset("/test/inputs").shape == [2, 1, 2, 1])
        let (one, _) = try fixture.convert(IDXConverter([fixture.file("m/train-images-idx3-ubyte")]))
        #expect(try one.dataset("/train/targets").shape == [3])
    }

    @Test func gzipIsUndone() throws {
        let fixture = try ConvertingFixture()
        let (file, _) = try fixture.convert(IDXConverter([try fixture.write(gzipped, to: "a.gz")], hasTargets: false))
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [7, 8, 9])
        // Several parts are one file, and zeros at the end are padding.
        let (padded, _) = try fixture.convert(
            IDXConverter([try fixture.write(gzipped + [0, 0, 0], to: "a.gz")], hasTargets: false))
        #expect(try padded.dataset("/train/inputs").read(UInt8.self) == [7, 8, 9])
        try FileManager.default.removeItem(atPath: fixture.file("out.h5"))
        // A bit of the values, of the checksum, of the size; the end; what comes after.
        let (values, sum, size) = (14, gzipped.count - 7, gzipped.count - 3)
        for place in [values, sum, size] {
            var bytes = gzipped
            bytes[place] ^= 0x10
            let path = try fixture.write(bytes, to: "a.gz")
            fixture.expect(
                "@a.gz is damaged: its compressed data make no sense; copy, download or make it again",
                from: IDXConverter([path], hasTargets: false))
        }
        for bytes in [Array(gzipped.dropLast(5)), gzipped + [1, 2, 3]] {
            let path = try fixture.write(bytes, to: "a.gz")
            fixture.expect(
                "@a.gz is damaged: its compressed data make no sense; copy, download or make it again",
                from: IDXConverter([path], hasTargets: false))
        }
    }

    @Test func badFilesAreNamed() throws {
        let fixture = try ConvertingFixture()
        let images = try fixture.write(idx(8, [3, 2, 2], Array(1...12)), to: "images")
        func expect(_ sentence: String, _ labels: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
            let path = try fixture.write(labels, to: "labels")
            fixture.expect(sentence, from: IDXConverter([images, path]), sourceLocation: sourceLocation)
        }
        try expect(
            "@images has 3 rows, but @labels has 2; each row of inputs needs one of targets", idx(8, [2], [0, 1]))
        try expect(
            "@labels is cut off: its header promises 3 bytes of values, and there are 2; copy, download or make it again",
            idx(8, [3], [0, 1]))
        try expect(
            "@labels is no IDX file: it does not begin with two zeros, a known type and a number of axes", [1, 2, 3, 4])
        try expect("@labels ends early: it is cut off; copy, download or make it again", [0, 0, 8, 3, 0, 0])
        try expect("@labels holds an array of 2 axes, not labels, which have one", idx(8, [3, 1], [0, 1, 2]))
        let huge = [Int](repeating: 0xFFFF_FFFF, count: 4)
        try expect("@labels is damaged: its header gives the impossible shape \(huge)", idx(8, huge, []))
        try expect("@labels is empty: its shape is [0]", idx(8, [0], []))
        try FileManager.default.removeItem(atPath: fixture.file("labels"))
        fixture.expect(
            "@images: no file of labels was found beside it by its name; give it as the second file, or say --no-targets",
            from: IDXConverter([images]))
        try fixture.write("", to: "empty/readme")
        fixture.expect(
            "@empty holds no IDX files by the names of MNIST, such as train-images-idx3-ubyte; name the files",
            from: IDXConverter([fixture.file("empty")]))
    }
}
