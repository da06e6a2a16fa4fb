import HDF5
import Network
import TestSupport
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

    /// Columns are told apart by their places alone, so that names in another order mean other numbers.
    private func columns(_ name: String, _ attribute: String, _ names: [String], onFile: Bool = false) throws
        -> DataSource
    {
        let path = try directory.hdf5(name) { root in
            let inputs = try root.createDataset("/x", .float32, shape: [4, names.count])
            try inputs.write((0..<4 * names.count).map { Float($0) })
            try root.createDataset("/y", .int32, shape: [4]).write([0, 1, 1, 0] as [Int32])
            try (onFile ? root.attributes : inputs.attributes).set(attribute, names)
        }
        return DataSource(file: path, inputs: "/x", targets: "/y")
    }

    @Test func columnsStandInOneOrder() throws {
        let train = try Dataset(reading: columns("a.h5", "column_names", ["length", "width", "age"]))
        #expect(train.notices == [])
        let same = try columns("b.h5", "feature_names", ["length", "width", "age"], onFile: true)
        #expect(try Dataset.open(same, names: train.codeNames).notices == [])
        let turned = try columns("c.h5", "feature_names", ["width", "length", "age"])
        let sentence =
            "\(turned.file): /x and \(directory.file("a.h5")): /x have the columns of the inputs in another order: 0 is "
            + "'width' in the one and 'length' in the other; a model knows columns by their place, so put them into the same "
            + "order"
        #expect(message { _ = try Dataset.open(turned, names: train.codeNames) } == sentence)
        var list = DataSource(file: directory.file("a.h5"), inputs: "/x", targets: "/y")
        list.files.append(turned.file)
        #expect(message { _ = try Dataset(reading: list) } == sentence)
        let others = try columns("d.h5", "columns", ["length", "breadth", "age"])
        #expect(
            try Dataset.open(others, names: train.codeNames).notices == [
                "\(others.file): /x and \(directory.file("a.h5")): /x call the columns of the inputs by other names: 1 is "
                    + "'breadth' in the one and 'width' in the other; they are taken to mean the same"
            ])
        // As many names as there are columns, or they are names of something else.
        let few = try directory.hdf5("e.h5") { root in
            try root.createDataset("/x", .float32, shape: [4, 3]).write((0..<12).map { Float($0) })
            try root.createDataset("/y", .int32, shape: [4]).write([0, 1, 1, 0] as [Int32])
            try root.attributes.set("feature_names", ["age", "width"])
        }
        #expect(
            try Dataset.open(DataSource(file: few, inputs: "/x", targets: "/y"), names: train.codeNames).notices == [])
    }

    @Test func aModelKnowsItsColumns() throws {
        let data = try Dataset(reading: columns("a.h5", "column_names", ["length", "width"]))
        let trainer = try Trainer(
            Model(input: [2]) { Dense(2, activation: .softmax) }, loss: .sparseCategoricalCrossEntropy, on: data
        ) {
            $0.epochs = 1
            $0.batchSize = 2
        }
        let path = directory.file("model.h5")
        try trainer.save(path)
        let trained = try TrainedModel(contentsOf: path)
        #expect(trained.columnLists == ["feature_names": ["length", "width"]])
        let turned = try columns("b.h5", "feature_names", ["width", "length"])
        #expect(
            message { _ = try Dataset(reading: turned, for: trained, wantsTargets: false) }
                == "\(turned.file): /x and the model's training data have the columns of the inputs in another order: 0 is "
                + "'width' in the one and 'length' in the other; a model knows columns by their place, so put them into the "
                + "same order")
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
        #expect(trained.columnLists == ["categories:color": ["red", "green"]])
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
