import Foundation
import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Files
@testable import Interchange

/// Model files that are not what they should be: each gives a sentence, none a crash.
@Suite struct ModelFileDamageTests {
    private func saved(_ directory: TestDirectory) throws -> String {
        let path = directory.file("model.h5")
        try ModelFixture.trained(
            ModelFixture.mlp(),
            preprocessing: Preprocessing(kind: .standardize, offset: [1, 2, 3, 4], scale: [1, 1, 2, 2]),
            metrics: [.accuracy], classNames: ["a", "b", "c"], configuration: ["name": "x"]
        ).save(path)
        return path
    }

    /// What is said of a model file after something has been done to it.
    private func sentence(_ change: (HDF5File) throws -> Void) throws -> String {
        let directory = try TestDirectory()
        let path = try saved(directory)
        return try ChangedModelFile.sentence(path, change)
    }

    /// The sum is renewed, so that what is said is not of it.
    private func sentence(setting name: String, _ text: String) throws -> String {
        try sentence {
            let attributes = try $0.group("/stormo").attributes
            try attributes.set(name, text)
            try Checksum.seal(attributes)
        }
    }

    @Test func otherFilesAreNoModels() throws {
        let directory = try TestDirectory()
        let data = try directory.hdf5 { try $0.createDataset("x", .int8, shape: [1]) }
        #expect(
            throws: FileError(
                "\(data) is an HDF5 file, but not a model that stormo wrote: it has no group /stormo", isBadData: true)
        ) { try TrainedModel(contentsOf: data) }
        let text = try directory.write("{}", to: "text.h5")
        let error = #expect(throws: HDF5Error.self) { try TrainedModel(contentsOf: text) }
        #expect(error?.description == "cannot open \(text): it is not an HDF5 file")
        let none = directory.file("none.h5")
        let missing = #expect(throws: HDF5Error.self) { try TrainedModel(contentsOf: none) }
        #expect(missing?.description == "cannot open \(none): there is no such file")
    }

    @Test func aMissingAttributeIsNamed() throws {
        let directory = try TestDirectory()
        func sentence(_ fill: (HDF5Attributes) throws -> Void) throws -> String? {
            let path = try directory.hdf5 { root in try fill(root.createGroup("/stormo").attributes) }
            let error = #expect(throws: (any Error).self) { try TrainedModel(contentsOf: path) }
            return error.map { "\($0)".replacingOccurrences(of: path, with: "model.h5") }
        }
        #expect(try sentence { _ in } == "no attribute 'format' on '/stormo' in model.h5; it has none")
        #expect(
            try sentence { try $0.set("format", 1) }
                == "no attribute 'model' on '/stormo' in model.h5; it has: format")
    }

    @Test func anotherVersionIsNamed() throws {
        let sentence = "model.h5 is a model of another version of stormo; train it anew or use that version"
        #expect(try self.sentence { try $0.group("/stormo").attributes.set("format", 2) } == sentence)
        #expect(try self.sentence { try $0.group("/stormo").attributes.set("format", [Int]()) } == sentence)
        #expect(
            try self.sentence { try $0.group("/stormo").attributes.set("format", "one") }
                == "cannot read attribute 'format' of '/stormo' in model.h5: it holds string values, not integers")
    }

    @Test func aDescriptionThatIsNoModelIsDamage() throws {
        #expect(try sentence(setting: "model", "{").hasPrefix("model.h5 is damaged: model.h5: model:1: "))
        #expect(
            try sentence(setting: "model", #"{"input_shape": [4], "layers": []}"#)
                == "model.h5 is damaged: the description:1: model.layers: must be a list of objects, at least one, "
                + "but is an empty list")
        #expect(
            try sentence(setting: "model", #"{"input_shape": [4], "layers": [{"type": "dens", "units": 3}]}"#)
                .contains("did you mean 'dense'?"))
        #expect(
            try sentence(setting: "model", #"{"input_shape": [0], "layers": [{"type": "dense", "units": 3}]}"#)
                .hasPrefix("model.h5 is damaged: "))
        #expect(try sentence(setting: "model", "{}").hasPrefix("model.h5 is damaged: "))
        #expect(
            try sentence(setting: "loss", #"{"loss": "mean_squared_errors"}"#).contains(
                "did you mean 'mean_squared_error'?"))
        // A loss that does not fit the last layer.
        #expect(try sentence(setting: "loss", #"{"loss": "binary_crossentropy"}"#).hasPrefix("model.h5 is damaged: "))
        #expect(
            try sentence(setting: "config", "[1]")
                == "model.h5 is damaged: model.h5: config:1: must be a JSON object, {…}, but is a list")
        #expect(
            try sentence(setting: "preprocessing", "whiten") == "model.h5 is damaged: it names an unknown preprocessing"
        )
    }

    /// Kinds may be a program's own, so that a file with one that is unknown is not called damaged.
    @Test func unknownKindsAreNamed() throws {
        let register = "(where a program defines it, that program must register it before it reads the file)"
        let sentence = try self.sentence {
            let attributes = try $0.group("/stormo").attributes
            try attributes.set("metrics", ["accuracy", "precisionn"])
            try Checksum.seal(attributes)
        }
        #expect(sentence == "model.h5 holds an unknown metric 'precisionn'; did you mean 'precision'? \(register)")
        #expect(
            try self.sentence(setting: "model", #"{"input_shape": [4], "layers": [{"type": "dens", "units": 3}]}"#)
                == "model.h5 holds an unknown layer type 'dens'; did you mean 'dense'? \(register)")
        for loss in [#""mean_squared_errors""#, #"{"type": "mean_squared_errors"}"#] {
            #expect(
                try self.sentence(setting: "loss", #"{"loss": \#(loss)}"#)
                    == "model.h5 holds an unknown loss 'mean_squared_errors'; did you mean 'mean_squared_error'? \(register)"
            )
        }
    }

    /// Products of sizes that no `Int` holds.
    @Test(arguments: [
        #"{"input_shape": [4611686018427387904, 4611686018427387904], "layers": [{"type": "flatten"}]}"#,
        #"{"input_shape": [9223372036854775807, 1, 1], "layers": [{"type": "max_pooling2d", "padding": "same"}]}"#,
        #"{"input_shape": [9223372036854775807, 1, 1], "layers": [{"type": "conv2d", "filters": 9, "kernel_size": 3}]}"#,
        #"{"input_shape": [4], "layers": [{"type": "dense", "units": 9223372036854775807}]}"#,
        #"{"input_shape": [4], "layers": [{"type": "reshape", "target_shape": [4611686018427387904, 8]}]}"#,
        #"{"input_shape": [2147483647], "layers": [{"type": "concatenate", "inputs": ["input", "input"]}]}"#,
    ])
    func sizesWithoutMeasureAreDamage(model: String) throws {
        #expect(try sentence(setting: "model", model).hasPrefix("model.h5 is damaged: "))
    }

    @Test func preprocessingThatDoesNotFitIsDamage() throws {
        let sentence = "model.h5 is damaged: its preprocessing does not fit its inputs"
        func with(_ name: String, _ values: [Double]) throws -> String {
            try self.sentence {
                let attributes = try $0.group("/stormo").attributes
                try attributes.set(name, values)
                try Checksum.seal(attributes)
            }
        }
        #expect(try with("preprocessing_offset", [1, 2, 3]) == sentence)
        #expect(try with("preprocessing_scale", [1, 2, 3, 4, 5]) == sentence)
        #expect(try with("preprocessing_scale", []) == sentence)
        #expect(try with("preprocessing_offset", [1, 2, .nan, 4]) == sentence)
        // Finite in the file, but not as the float that it becomes.
        #expect(try with("preprocessing_scale", [1, 2, 1e300, 4]) == sentence)
        #expect(try self.sentence(setting: "preprocessing", "scale") == sentence)
        #expect(try self.sentence(setting: "preprocessing", "none") == sentence)
    }

    @Test func weightsThatDoNotFitAreDamage() throws {
        func with(units: Int, name: String) throws -> String {
            let hidden = #"{"type": "dense", "units": \#(units)}"#
            let last = #"{"type": "dense", "units": 3, "name": "\#(name)", "activation": "softmax"}"#
            return try sentence(setting: "model", #"{"input_shape": [4], "layers": [\#(hidden), \#(last)]}"#)
        }
        #expect(try with(units: 5, name: "out") == "nothing")
        #expect(
            try with(units: 6, name: "out")
                == "model.h5 is damaged: /model_weights/dense/dense/kernel:0 is float32 of 4×5, but the model has "
                + "float32 of 4×6 there")
        #expect(
            try with(units: 5, name: "end")
                == "no dataset '/model_weights/end/end/kernel:0' in model.h5: there is no '/model_weights/end'; "
                + "it has: /model_weights/dense, /model_weights/out")
        for bad in [Float.nan, .infinity] {
            #expect(
                try sentence {
                    let dataset = try $0.dataset("/model_weights/out/out/bias:0")
                    let values = [0, bad, 1]
                    try dataset.write(values)
                    try dataset.attributes.set("crc32", values.withUnsafeBytes { Checksum.of($0) })
                }
                    == "model.h5 is damaged: /model_weights/out/out/bias:0 holds numbers that are not finite")
        }
    }

    /// Half a download.
    @Test func everyTruncationIsAnError() throws {
        let directory = try TestDirectory()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: saved(directory)))
        let path = directory.file("cut.h5")
        for part in 0..<40 {
            try bytes.prefix(bytes.count * part / 40).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: HDF5Error.self) { try TrainedModel(contentsOf: path) }
            #expect(error?.description.contains(path) == true)
        }
    }

    /// One byte of the file changed, at two hundred places: either an error that names the file, or a model all of
    /// whose numbers are finite. In a process of its own, since a crash would take all other tests with it.
    @Test func noSingleByteMakesItCrash() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ModelFileDamageTests().saved(directory))))
            let path = directory.file("mutated.h5")
            var random = SeededRandom(2025)
            var refused = 0
            for _ in 0..<200 {
                var bytes = original
                let place = Int.random(in: original.indices, using: &random)
                bytes[place] ^= UInt8.random(in: 1...255, using: &random)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do {
                    let model = try TrainedModel(contentsOf: path)
                    let values = (0..<model.objective.layout.count).map { model.parameters.floats[$0] }
                    let constants = model.preprocessing.offset + model.preprocessing.scale
                    #expect(values.allSatisfy(\.isFinite) && constants.allSatisfy(\.isFinite), "byte \(place)")
                    _ = try ModelFixture.predictions(model)
                } catch {
                    refused += 1
                    #expect("\(error)".contains("mutated.h5"), "byte \(place): \(error)")
                }
            }
            // Most of a file this small is text and structure.
            #expect(refused > 0 && refused < 200, "\(refused) of 200")
        }
    }
}
