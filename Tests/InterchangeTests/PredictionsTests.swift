import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Files
@testable import Interchange

@Suite struct PredictionsTests {
    @Test func aClassifiersFileHoldsTheLabelsToo() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(ModelFixture.mlp(), classNames: ["a", "b", "c"])
        // Of equal ones the first counts.
        let values: [Float] = [0.1, 0.7, 0.2, 0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 0.4, 0.2, 0.4]
        try Predictions.write(values, of: model, to: directory.file("out.h5"))
        #expect(directory.listing == ["out.h5"])
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.allDatasetPaths() == ["/labels", "/predictions"])
        let predictions = try file.dataset("predictions")
        #expect(predictions.shape == [4, 3])
        #expect(predictions.elementType == .float32)
        #expect(try predictions.read(Float.self) == values)
        let labels = try file.dataset("labels")
        #expect(labels.shape == [4])
        #expect(labels.elementType == .int64)
        #expect(try labels.read(Int.self) == [1, 0, 2, 0])
        #expect(try labels.attributes.strings("class_names") == ["a", "b", "c"])
    }

    @Test func withoutNamesThereIsNoAttribute() throws {
        let directory = try TestDirectory()
        try Predictions.write([0, 0, 1], of: ModelFixture.trained(ModelFixture.mlp()), to: directory.file("out.h5"))
        let labels = try HDF5File.open(directory.file("out.h5")).dataset("labels")
        #expect(try labels.read(Int.self) == [2])
        #expect(try labels.attributes.names == [])
    }

    /// A class for each position of a sample.
    @Test func rowsOfASampleHaveALabelEach() throws {
        let directory = try TestDirectory()
        let model = try Model(input: [2, 3]) { Dense(2, activation: .softmax) }
        try Predictions.write(
            [0, 1, 1, 0, 1, 0, 0, 1], of: ModelFixture.trained(model), to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("predictions").shape == [2, 2, 2])
        #expect(try file.dataset("labels").shape == [2, 2])
        #expect(try file.dataset("labels").read(Int.self) == [1, 0, 0, 1])
    }

    @Test func binaryOutputsHaveLabelsByTheThreshold() throws {
        let directory = try TestDirectory()
        let model = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        var trained = try ModelFixture.trained(model, loss: .binaryCrossEntropy, classNames: ["benign", "malignant"])
        let values: [Float] = [0.2, 0.5, 0.51, .nan]
        try Predictions.write(values, of: trained, to: directory.file("out.h5"))
        let labels = try HDF5File.open(directory.file("out.h5")).dataset("labels")
        #expect(labels.shape == [4] && labels.elementType == .int64)
        #expect(try labels.read(Int.self) == [0, 0, 1, -1])
        #expect(try labels.attributes.strings("class_names") == ["benign", "malignant"])
        trained.objective.outputs[0].thresholds = [0.1]
        try Predictions.write(values, of: trained, to: directory.file("low.h5"))
        #expect(try HDF5File.open(directory.file("low.h5")).dataset("labels").read(Int.self) == [1, 1, 1, -1])
    }

    @Test func severalLabelsHaveNames() throws {
        let directory = try TestDirectory()
        let model = try Model(input: [2]) { Dense(3, activation: .sigmoid) }
        var trained = try ModelFixture.trained(model, loss: .binaryCrossEntropy)
        trained.columnLists["target_names"] = ["red", "round", "ripe"]
        trained.objective.outputs[0].thresholds = [0.5, 0.3, 0.9]
        try Predictions.write([0.6, 0.4, 0.8, 0.4, 0.2, 0.95], of: trained, to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("labels").shape == [2, 3])
        #expect(try file.dataset("labels").read(Int.self) == [1, 1, 0, 0, 0, 1])
        for name in ["labels", "predictions"] {
            #expect(try file.dataset(name).attributes.strings("column_names") == ["red", "round", "ripe"])
        }
        // The file of the model has them, too.
        try trained.save(directory.file("model.h5"))
        let again = try TrainedModel(contentsOf: directory.file("model.h5"))
        #expect(again.objective.outputs[0].thresholds == [0.5, 0.3, 0.9])
        #expect(again.labelNames(of: "dense") == ["red", "round", "ripe"])
        #expect(try ModelFixture.trained(model, loss: .binaryCrossEntropy).objective.outputs[0].thresholds == nil)
    }

    @Test func otherModelsHavePredictionsAlone() throws {
        let directory = try TestDirectory()
        let model = try Model(input: [2]) { Dense(1) }
        try Predictions.write(
            [0.5, 2], of: ModelFixture.trained(model, loss: .meanAbsoluteError), to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.allDatasetPaths() == ["/predictions"])
        #expect(try file.dataset("predictions").shape == [2, 1])
    }

    @Test func whereNothingCanBeWrittenNothingStays() throws {
        let directory = try TestDirectory()
        let path = directory.file("none/out.h5")
        #expect(
            throws: FileError(
                "\(path) can't be written: there is no directory \(directory.file("none")); make it first")
        ) { try Predictions.write([0, 0, 1], of: ModelFixture.trained(ModelFixture.mlp()), to: path) }
        #expect(directory.listing == [])
    }
}
