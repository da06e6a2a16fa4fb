import Foundation
import HDF5
import Testing

@testable import Preparation

private let python = ProcessInfo.processInfo.environment["STORMO_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }

struct NumPyConverterTests {
    /// An NPY file as NumPy writes it.
    private func npy(_ descr: String, _ shape: String, _ values: [UInt8], fortran: String = "False", version: UInt8 = 1)
        -> [UInt8]
    {
        var header = "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }"
        let prefix = version == 1 ? 10 : 12
        while (prefix + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let length = header.utf8.count
        let size = version == 1 ? [length & 0xFF, length >> 8] : [length & 0xFF, length >> 8, 0, 0]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size.map { UInt8($0) } + Array(header.utf8) + values
    }

    private func converter(_ paths: String..., change: (inout NumPyConverter) -> Void = { _ in }) -> NumPyConverter {
        var converter = NumPyConverter(paths)
        change(&converter)
        return converter
    }

    /// Stored members, without checksums that matter to the test.
    private func zip(_ members: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in members {
            let buffer = try ByteBuffer(bytes.count, for: name)
            buffer.bytes.copyBytes(from: bytes)
            let sum = Int(try Inflate.checksum(ByteSource(name: name, buffer)))
            let common =
                little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(sum, 4) + little(bytes.count, 4)
                + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 10) + little(archive.count, 4)
                + Array(name.utf8)
            archive += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
        }
        return archive + directory + little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2)
            + little(members.count, 2) + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
    }

    @Test func arraysKeepTheirTypes() throws {
        let fixture = try ConvertingFixture()
        func read(_ bytes: [UInt8]) throws -> (HDF5ElementType, [Int], [Double]) {
            let path = try fixture.write(bytes, to: "a.npy")
            let dataset = try fixture.convert(converter(path)).0.dataset("/train/inputs")
            return (dataset.elementType, dataset.shape, try dataset.read(Double.self))
        }
        #expect(try read(npy("'|u1'", "(2, 2)", [1, 2, 3, 255])) == (.uint8, [2, 2], [1, 2, 3, 255]))
        #expect(try read(npy("'<i2'", "(2,)", [1, 0, 0xFF, 0xFF])) == (.int16, [2], [1, -1]))
        #expect(try read(npy("'>i2'", "(2,)", [0, 1, 0xFF, 0xFE])) == (.int16, [2], [1, -2]))
        #expect(try read(npy("'>f4'", "(1, 1)", [0x3F, 0xC0, 0, 0])) == (.float32, [1, 1], [1.5]))
        #expect(try read(npy("'<f8'", "(1,)", [0, 0, 0, 0, 0, 0, 4, 0xC0])) == (.float64, [1], [-2.5]))
        #expect(try read(npy("'|b1'", "(3,)", [0, 1, 2])) == (.bool, [3], [0, 1, 1]))
        #expect(try read(npy("'<u4'", "(1,)", [0, 0, 0, 0x80], version: 2)) == (.uint32, [1], [2_147_483_648]))
        #expect(try read(npy("'<u2'", "(1,)", [1, 2], version: 3)) == (.uint16, [1], [513]))
        // Half precision: 1.5, -2, the largest, the smallest, its largest neighbour below the normal ones.
        #expect(
            try read(npy("'<f2'", "(5,)", [0, 0x3E, 0, 0xC0, 0xFF, 0x7B, 1, 0, 0xFF, 3]))
                == (.float16, [5], [1.5, -2, 65504, 0x1p-24, 0x3FFp-24]))
    }

    @Test func theFortranOrderIsTurned() throws {
        let fixture = try ConvertingFixture()
        // The array [[[0, 1], [2, 3], [4, 5]], [[6, …], …]] with its first axis fastest.
        let values: [UInt8] = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]
        let path = try fixture.write(npy("'|u1'", "(2, 3, 2)", values, fortran: "True"), to: "a.npy")
        let dataset = try fixture.convert(converter(path)).0.dataset("/train/inputs")
        #expect(try dataset.read(UInt8.self) == Array(0...11))
        let wide = try fixture.write(
            npy("'>i2'", "(2, 2)", [0, 1, 0, 3, 0, 2, 0, 4], fortran: "True"), to: "b.npy")
        #expect(try fixture.convert(converter(wide)).0.dataset("/train/inputs").read(Int16.self) == [1, 2, 3, 4])
    }

    @Test func twoFilesAreInputsAndTargets() throws {
        let fixture = try ConvertingFixture()
        let x = try fixture.write(npy("'|u1'", "(2, 2, 2)", Array(1...8)), to: "x.npy")
        let y = try fixture.write(npy("'|u1'", "(2,)", [0, 1]), to: "y.npy")
        let (file, report) = try fixture.convert(converter(x, y))
        #expect(try file.dataset("/train/targets").read(UInt8.self) == [0, 1])
        #expect(
            report.notes == [
                "images of one channel need an axis for it in convolutions: say --add-channel if these are"
            ])
        let (images, _) = try fixture.convert(converter(x, y) { $0.addsChannel = true })
        #expect(try images.dataset("/train/inputs").shape == [2, 2, 2, 1])
    }

    @Test func archivesAreReadByName() throws {
        let fixture = try ConvertingFixture()
        let (two, one) = (npy("'|u1'", "(2, 1)", [7, 8]), npy("'|u1'", "(2,)", [0, 1]))
        let plain = try fixture.write(zip([("x.npy", two), ("y.npy", one), ("z.npy", one)]), to: "a.npz")
        #expect(try fixture.convert(converter(plain)).0.dataset("/train/inputs").read(UInt8.self) == [7, 8])
        let (named, _) = try fixture.convert(converter(plain) { ($0.inputs, $0.targets) = ("y", "z") })
        #expect(try named.dataset("/train/inputs").shape == [2])
        let keras = try fixture.write(
            zip([("x_test.npy", two), ("x_train.npy", two), ("y_train.npy", one), ("y_test.npy", one)]), to: "b.npz")
        #expect(
            try fixture.convert(converter(keras)).0.allDatasetPaths()
                == ["/test/inputs", "/test/targets", "/train/inputs", "/train/targets"])
        try FileManager.default.removeItem(atPath: fixture.file("out.h5"))
        fixture.expect(
            "@a.npz has no array 'q' for --inputs; it has: x, y, z", from: converter(plain) { $0.inputs = "q" })
        let other = try fixture.write(zip([("a.npy", two), ("b.npy", one)]), to: "c.npz")
        fixture.expect(
            "@c.npz: which array holds the inputs? Say --inputs NAME; it has: a, b", from: converter(other))
        fixture.expect(
            "@c.npz: which array holds the targets? Say --targets NAME, or --no-targets; it has: a, b",
            from: converter(other) { $0.inputs = "a" })
    }

    /// `numpy.savez_compressed(x=int16 (2, 120), y=[True, False])`.
    private static let compressed =
        "UEsDBC0AAAAIAAAAIQAsg9bY//////////8FABQAeC5ucHkBABAAYAIAAAAAAABYAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxc"
        + "pG6loG6TaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CoZGBpo6CrUKZAIuBgZGBiaGkUMyM7AwsI4gEgBQ"
        + "SwMELQAAAAgAAAAhAO4Zu13//////////wUAFAB5Lm5weQEAEACCAAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFyk"
        + "bqWgXpNkqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALkYGAFBLAQItAy0AAAAIAAAAIQAsg9bY"
        + "WAAAAGACAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQDuGbtdRgAAAIIAAAAFAAAAAAAAAAAAAACA"
        + "AY8AAAB5Lm5weVBLBQYAAAAAAgACAGYAAAAMAQAAAAA="

    @Test("Names that are not UTF-8 stay two, and two of one name are refused")
    func namesOfMembers() throws {
        let fixture = try ConvertingFixture()
        let (one, two) = (npy("'|u1'", "(2,)", [1, 2]), npy("'|u1'", "(2,)", [3, 4]))
        // J\xFCrg and J\xF6rg, as a program in Latin-1 writes them.
        let latin = try zip([("J~rg.npy", one), ("J^rg.npy", two)]).map { $0 == 0x7E ? 0xFC : $0 == 0x5E ? 0xF6 : $0 }
        let path = try fixture.write(latin, to: "a.npz")
        fixture.expect(
            "@a.npz: which array holds the inputs? Say --inputs NAME; it has: J\\xF6rg, J\\xFCrg", from: converter(path)
        )
        let (file, _) = try fixture.convert(
            converter(path) { ($0.inputs, $0.targets) = ("J\\xFCrg", "J\\xF6rg") })
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [1, 2])
        #expect(try file.dataset("/train/targets").read(UInt8.self) == [3, 4])
        let twice = try fixture.write(zip([("x.npy", one), ("x.npy", two), ("y.npy", two)]), to: "b.npz")
        fixture.expect(
            "@b.npz holds two arrays of the name 'x'; save it again with a name for each", from: converter(twice))
    }

    @Test func deflatedMembersAndTheirDamage() throws {
        let fixture = try ConvertingFixture()
        let bytes = Array(try #require(Data(base64Encoded: Self.compressed)))
        let path = try fixture.write(bytes, to: "a.npz")
        let (file, _) = try fixture.convert(converter(path))
        let row: [Int16] = [0, 1, 2]
        let rows = (0..<2).flatMap { first in (0..<40).flatMap { _ in row.map { $0 + Int16(first) * 3 } } }
        #expect(try file.dataset("/train/inputs").read(Int16.self) == rows)
        #expect(try file.dataset("/train/targets").elementType == .bool)
        #expect(try file.dataset("/train/targets").read(Int8.self) == [1, 0])
        try FileManager.default.removeItem(atPath: fixture.file("out.h5"))
        var flipped = bytes
        flipped[80] ^= 0x04
        fixture.expect(
            "@a.npz: x.npy is damaged: its compressed data make no sense; copy, download or make it again",
            from: converter(try fixture.write(flipped, to: "a.npz")))
        fixture.expect(
            "@a.npz is no whole ZIP archive: its directory is missing; copy, download or make it again",
            from: converter(try fixture.write(Array(bytes.dropLast(30)), to: "a.npz")))
    }

    /// No damage of one byte, and no end that is cut off, does more than make a sentence or other numbers.
    @Test func noDamageCrashes() throws {
        let fixture = try ConvertingFixture()
        let bytes = Array(try #require(Data(base64Encoded: Self.compressed)))
        for place in bytes.indices {
            var changed = bytes
            changed[place] = place % 2 == 0 ? 0xFF : changed[place] ^ 0x41
            let path = try fixture.write(changed, to: "a.npz")
            _ = try? fixture.convert(converter(path))
        }
        let header = npy("'<i2'", "(2, 3)", Array(0..<12))
        for place in 0..<80 {
            for value in [0, 0xFF, UInt8(ascii: "9"), UInt8(ascii: "("), UInt8(ascii: "'")] {
                var changed = header
                changed[place] = value
                let path = try fixture.write(changed, to: "a.npy")
                _ = try? fixture.convert(converter(path))
            }
        }
    }

    @Test func badArraysAreNamed() throws {
        let fixture = try ConvertingFixture()
        func expect(_ sentence: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
            let path = try fixture.write(bytes, to: "a.npy")
            fixture.expect(sentence, from: converter(path), sourceLocation: sourceLocation)
        }
        try expect(
            "@a.npy holds Python objects (a pickle), which are not read, since reading them can run programs; save an "
                + "array of numbers, such as numpy.float32", npy("'|O'", "(2,)", [1, 2]))
        try expect("@a.npy holds strings; save an array of numbers, such as numpy.float32", npy("'<U3'", "(2,)", []))
        try expect(
            "@a.npy holds complex numbers; save an array of numbers, such as numpy.float32", npy("'<c8'", "(2,)", []))
        try expect(
            "@a.npy holds records of several fields; save an array of numbers, such as numpy.float32",
            npy("[('a', '<i4'), ('b', '<f4')]", "(2,)", []))
        try expect(
            "@a.npy is cut off: its header promises 4 bytes of values, and there are 3; copy, download or make it again",
            npy("'|u1'", "(2, 2)", [1, 2, 3]))
        try expect("@a.npy is a single number; a dataset needs rows, one for each sample", npy("'|u1'", "()", [1]))
        try expect("@a.npy is empty: its shape is [0, 3]", npy("'|u1'", "(0, 3)", []))
        try expect("@a.npy is in version 9 of NPY; versions 1 to 3 are known", npy("'|u1'", "(1,)", [1], version: 9))
        try expect(
            "@a.npy is damaged: its header gives the impossible shape [9223372036854775807, 3]",
            npy("'<i8'", "(9223372036854775807, 3)", []))
        try expect("@a.npy is no NPY file: it does not begin with \\x93NUMPY", Array("hello, world".utf8))
    }

    @Test(.enabled(if: python != nil, "STORMO_PYTHON names no Python with numpy and h5py"))
    func numpysOwnFiles() throws {
        let fixture = try ConvertingFixture()
        func run(_ script: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try #require(python))
            process.arguments = ["-c", script]
            process.currentDirectoryURL = URL(fileURLWithPath: fixture.path)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try run(
            """
            import numpy as np
            rng = np.random.default_rng(0)
            for name, dtype in enumerate(['<f2', '>f2', '<f4', '>f8', '<i8', '>u4', '|u1', '|b1']):
                x = (rng.normal(size=(37, 5, 3)) * 100).astype(dtype)
                for order in 'CF':
                    np.savez(f'{name}{order}.npz', x=np.asarray(x, order=order), y=np.arange(37))
                    np.savez_compressed(f'{name}{order}z.npz', x=np.asarray(x, order=order), y=np.arange(37))
            """)
        for name in fixture.listing where name.hasSuffix(".npz") {
            _ = try converter(fixture.file(name)).convert(to: ConversionTarget(file: fixture.file(name + ".h5"))) { _ in
            }
        }
        try run(
            """
            import numpy as np, h5py, glob
            names = glob.glob('*.npz')
            assert len(names) == 32
            for name in names:
                z, h = np.load(name), h5py.File(name + '.h5')
                assert h['train/inputs'].dtype == z['x'].dtype.newbyteorder('<'), name
                assert (h['train/inputs'][:] == z['x']).all() and (h['train/targets'][:] == z['y']).all(), name
            """)
    }
}
