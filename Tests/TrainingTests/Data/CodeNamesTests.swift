import HDF5
import Network
import Testing

@testable import Batches
@testable import Interchange
@testable import Runs

/// The same number must mean the same in all files that are used together.
@Suite struct CodeNamesTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func source(_ name: String, classes: [String]? = nil, colors: [String]? = nil) throws -> DataSource {
        let path = try directory.hdf5(name) { root in
            let inputs = try root.createDataset("/x", .float32, shape: [4, 2])
            try inputs.write([0, 1, 1, 0, 2, 1, 0, 0] as [Float])
            let targets = try root.createDataset("/y", .int32, shape: [4])
            try targets.write([0, 1, 1, 0] as [Int32])
            if let colors { try inputs.attributes.set("categories:color", colors) }
            if let classes { try targets.attributes.set("class_names", classes) }
        }
        return DataSource(file: path, inputs: "/x", targets: "/y")
    }

    private func message(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return "\(error)" }
        return nil
    }

    private static let advice =
        "; the same number must mean the same in both, so make both files in one conversion, or from one list of names"

    @Test func listsOfFilesMustAgree() throws {
        var list = try source("a.h5", classes: ["cat", "dog"], colors: ["red", "green"])
        let same = try source("b.h5", classes: ["cat", "dog"])
        list.files += same.files
        let data = try Dataset(reading: list)
        #expect(data.count == 8)
        #expect(data.classNames == ["cat", "dog"])
        let other = try source("c.h5", classes: ["dog", "cat"])
        list.files += other.files
        #expect(
            message { _ = try Dataset(reading: list) }
                == "\(other.file): /y and \(directory.file("a.h5")): /y differ in the classes (attribute class_names): 0 is "
                + "'dog' in the one and 'cat' in the other" + Self.advice)
        let colors = try source("d.h5", colors: ["red"])
        list.files[2] = colors.file
        #expect(
            message { _ = try Dataset(reading: list) }
                == "\(colors.file): /x and \(directory.file("a.h5")): /x differ in the categories of column 'color' "
                + "(attribute categories:color): there are 1 in the one and 2 in the other" + Self.advice)
    }

    @Test func splitsMustAgree() throws {
        let train = try Dataset(reading: source("a.h5", classes: ["cat", "dog"], colors: ["red", "green"]))
        let test = try source("b.h5", classes: ["cat", "dog"], colors: ["green", "red"])
        #expect(
            message { _ = try Dataset.open(test, names: train.codeNames) }?.contains(
                "0 is 'green' in the one and 'red' in the other") == true)
        #expect(try Dataset.open(source("c.h5"), names: train.codeNames).count == 4)
    }

    @Test func theModelKeepsThemAndIsComparedWith() throws {
        let data = try Dataset(reading: source("a.h5", classes: ["cat", "dog"], colors: ["red", "green"]))
        let model = try Model(input: [2]) { Dense(2, activation: .softmax) }
        let trainer = try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) {
            $0.epochs = 1
            $0.batchSize = 2
        }
        try trainer.fit()
        let path = directory.file("model.h5")
        try trainer.save(path)
        let trained = try TrainedModel(contentsOf: path)
        #expect(trained.classNames == ["cat", "dog"])
        #expect(trained.categories == ["categories:color": ["red", "green"]])
        let swapped = try source("b.h5", colors: ["green", "red"])
        #expect(
            message { _ = try Dataset(reading: swapped, for: trained, wantsTargets: false) }
                == "\(swapped.file): /x and the model's training data differ in the categories of column 'color' "
                + "(attribute categories:color): 0 is 'green' in the one and 'red' in the other" + Self.advice)
        let classes = try source("c.h5", classes: ["cat", "cow"])
        #expect(
            message { _ = try Dataset(reading: classes, for: trained) }?.contains(
                "differ in the classes (attribute class_names): 1 is 'cow' in the one and 'dog' in the other") == true)
        #expect(try Dataset(reading: source("d.h5", classes: ["cat", "dog"]), for: trained).count == 4)
    }
}
