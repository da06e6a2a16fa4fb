import Foundation
import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Files
@testable import Interchange
@testable import Runs

/// What checksums, types and storage are held to.
@Suite struct CheckedFileTests {
    private func sentence(_ change: (HDF5File) throws -> Void) throws -> String {
        let directory = try TestDirectory()
        let path = directory.file("model.h5")
        try ModelFixture.trained(ModelFixture.mlp(), configuration: ["name": "x"]).save(path)
        return try ChangedModelFile.sentence(path, change)
    }

    @Test func aChangedValueIsNoticed() throws {
        #expect(
            try sentence { try $0.dataset("/model_weights/out/out/bias:0").write([0.5, 1, 2] as [Float]) }
                == "model.h5 is damaged: /model_weights/out/out/bias:0 does not hold what was written: its checksum "
                + "differs")
    }

    @Test(arguments: ["/", "/model_weights", "/model_weights/dense", "/stormo"])
    func aChangedAttributeIsNoticed(group: String) throws {
        let expected =
            "model.h5 is damaged: the attributes of \(group) are not those that were written: their checksum differs"
        #expect(try sentence { try $0.group(group).attributes.set("backend", "other") } == expected)
        #expect(try sentence { try $0.group(group).attributes.set("one_more", [1.5]) } == expected)
        #expect(try sentence { try $0.group(group).attributes.set("attributes_crc32", 1) } == expected)
        #expect(
            try sentence { try $0.group(group).attributes.set("attributes_crc32", "text") }
                == "cannot read attribute 'attributes_crc32' of '\(group)' in model.h5: it holds string values, not "
                + "integers")
    }

    /// The sum tells an integer from a text of the same bytes, and one list from another of the same bytes in all.
    @Test func theSumKnowsKindsAndBorders() throws {
        let directory = try TestDirectory()
        let file = try HDF5File.create(directory.file())
        func sum(_ fill: (HDF5Attributes) throws -> Void) throws -> Int {
            let attributes = try file.root.createGroup("g\(UUID().uuidString)").attributes
            try fill(attributes)
            return try Checksum.of(attributes)
        }
        let sums = [
            try sum { _ in }, try sum { try $0.set("a", "") }, try sum { try $0.set("a", ["", ""]) },
            try sum { try $0.set("a", ["b", ""]) }, try sum { try $0.set("a", ["", "b"]) },
            try sum { try $0.set("a", 0) }, try sum { try $0.set("a", 0.0) }, try sum { try $0.set("a", -0.0) },
            try sum { try $0.set("a", [0, 0]) }, try sum { try $0.set("b", 0) },
        ]
        #expect(Set(sums).count == sums.count)
        #expect(try sum { try $0.set("x", 1) } == sum { try $0.set("x", 1) })
        // The check value of CRC-32.
        #expect(Array("123456789".utf8).withUnsafeBytes { Checksum.of($0) } == 0xCBF4_3926)
    }

    /// Files from before there were sums.
    @Test func aFileWithoutSumsIsRead() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(ModelFixture.mlp())
        try model.save(directory.file("new.h5"))
        let new = try HDF5File.open(directory.file("new.h5"))
        let path = try directory.hdf5("old.h5") { root in
            for group in ["/", "/model_weights", "/stormo"] {
                let from = try new.group(group).attributes
                let to = group == "/" ? root.attributes : try root.createGroup(group).attributes
                for name in try from.names where name != Checksum.ofAttributes {
                    if let text = try? from.strings(name) {
                        if text.count == 1, name != "metrics" {
                            try to.set(name, text[0])
                        } else {
                            try to.set(name, text)
                        }
                    } else if let integers = try? from.integers(name) {
                        try to.set(name, integers)
                    } else {
                        try to.set(name, from.doubles(name))
                    }
                }
            }
            for path in try new.allDatasetPaths() {
                let dataset = try new.dataset(path)
                try root.createDataset(path, .float32, shape: dataset.shape).write(dataset.read(Float.self))
            }
        }
        #expect(try ModelFixture.bits(TrainedModel(contentsOf: path)) == ModelFixture.bits(model))
        let verification = try FileVerification(of: path)
        #expect(verification.problems == [])
        #expect(!verification.hasChecksums)
        #expect(try FileVerification(of: directory.file("new.h5")).hasChecksums)
    }

    /// Ten numbers in the place of the parameters, in all the ways in which a file may store them.
    private func stored(_ make: (HDF5Group, String) throws -> Void) throws -> String {
        let directory = try TestDirectory()
        let path = directory.file("model.h5")
        let model = try Model(input: [2]) { Dense(5, useBias: false) }
        try ModelFixture.trained(model, loss: .meanAbsoluteError).save(path)
        let good = try HDF5File.open(path)
        let text = try good.group("/stormo").attributes.string("model")
        let loss = try good.group("/stormo").attributes.string("loss")
        let other = try directory.hdf5("other.h5") { root in
            let own = try root.createGroup("/stormo").attributes
            try own.set("format", 1)
            try own.set("model", text)
            try own.set("loss", loss)
            try own.set("metrics", [String]())
            try own.set("preprocessing", "none")
            try own.set("preprocessing_offset", [Double]())
            try own.set("preprocessing_scale", [Double]())
            try make(root, "/model_weights/dense/dense/kernel:0")
        }
        do {
            _ = try TrainedModel(contentsOf: other)
            return "nothing"
        } catch {
            return "\(error)".replacingOccurrences(of: other, with: "model.h5")
        }
    }

    @Test func valuesMustStandPlainlyInTheFile() throws {
        let values = [Float](repeating: 0.5, count: 10)
        let place = "/model_weights/dense/dense/kernel:0"
        #expect(try stored { try $0.createDataset($1, .float32, shape: [2, 5]).write(values) } == "nothing")
        #expect(
            try stored { try $0.createDataset($1, .float32, shape: [2, 5], gzip: 9).write(values) }
                == "model.h5 is damaged: \(place) is stored chunked 2x5, gzip(9)")
        #expect(
            try stored { _ = try $0.createDataset($1, .float32, shape: [2, 5]) }
                == "model.h5 is damaged: \(place) is not whole in the file")
        #expect(
            try stored { try $0.createDataset($1, .float64, shape: [2, 5]).write(values.map { Double($0) }) }
                == "model.h5 is damaged: \(place) is float64 of 2×5, but the model has float32 of 2×5 there")
        #expect(
            try stored { _ = try $0.createGroup($1) }
                == "cannot open '\(place)' in model.h5: it is a group, not a dataset; it has: nothing"
                || stored { _ = try $0.createGroup($1) }.hasPrefix("cannot open '\(place)' in model.h5: it is a group"))
        #expect(
            try stored { root, _ in _ = try root.createGroup("/model_weights") }
                == "no dataset '\(place)' in model.h5: there is no '/model_weights/dense'; '/model_weights' is empty")
    }

    /// The version behind the signature; the rest of the file is then read otherwise, if at all.
    @Test func theOldFormOfHDF5IsRefused() throws {
        let directory = try TestDirectory()
        // An empty file as HDF5 1.6 wrote it.
        let path = try directory.hdf5("old.h5") { _ in }
        var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0]
        bytes += [0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0xFF, count: 8)
        // The end of the file, no driver information, and the root group: no name, its header, a cached table.
        bytes += [0x20, 3, 0, 0, 0, 0, 0, 0] + Array(repeating: 0xFF, count: 8)
        bytes += [0, 0, 0, 0, 0, 0, 0, 0, 96, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        bytes += [136, 0, 0, 0, 0, 0, 0, 0, 0xA8, 2, 0, 0, 0, 0, 0, 0]
        bytes += [1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 17, 0, 16, 0, 0, 0, 0, 0]
        bytes += [136, 0, 0, 0, 0, 0, 0, 0, 0xA8, 2, 0, 0, 0, 0, 0, 0]
        bytes += Array(repeating: 0, count: 800 - bytes.count)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(
            throws: FileError(
                "\(path) is stored in a form that stormo does not write, that of HDF5 1.6; what it says of itself "
                    + "can't be checked", isBadData: true)
        ) { try TrainedModel(contentsOf: path) }
    }

    /// A file of some kilobytes that speaks of terabytes: memory is taken for none of it.
    @Test func aSmallFileTakesLittleMemory() throws {
        let directory = try TestDirectory()
        let path = directory.file("model.h5")
        try ModelFixture.trained(ModelFixture.mlp()).save(path)
        let file = try HDF5File.open(path, writable: true)
        let layers = (0..<1000).map {
            #"{"type": "dense", "name": "d\#($0)", "inputs": ["\#($0 == 0 ? "input" : "d\($0 - 1)")"], "units": 40000}"#
        }
        let own = try file.group("/stormo").attributes
        try own.set("model", #"{"input_shape": [40000], "layers": [\#(layers.joined(separator: ", "))]}"#)
        try own.set("loss", #"{"loss": "mean_squared_error"}"#)
        try Checksum.seal(own)
        try file.close()
        let error = #expect(throws: (any Error).self) { try TrainedModel(contentsOf: path) }
        #expect(error.map { "\($0)" }?.hasPrefix("no dataset '/model_weights/d0/d0/kernel:0' in \(path)") == true)
    }
}
