import HDF5
import Kernels
import Network
import TestSupport
import Testing

@testable import Batches

@Suite struct DatasetTargetsTests {
    private func objective(
        units: Int = 3, _ activation: Activation = .softmax, _ loss: any Loss = .sparseCategoricalCrossEntropy
    ) throws -> Objective {
        try Objective(Model(input: [2]) { Dense(units, activation: activation).named("out") }, loss: loss)
    }

    private func expect(
        _ sentence: String?, targets: [[Float]], _ objective: Objective,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let data = try Dataset(inputs: targets.map { _ in [1, 2] }, targets: targets)
        var thrown: String?
        do {
            try data.check(against: objective)
        } catch {
            thrown = "\(error)"
        }
        #expect(thrown == sentence, sourceLocation: sourceLocation)
    }

    @Test func samplesMustHaveTheModelsShape() throws {
        let data = try Dataset(inputs: [[1, 2, 3, 4]], shape: [2, 2], targets: [[0]])
        #expect(throws: DataError("inputs has samples of shape 2×2, but the model takes 2")) {
            try data.check(against: objective())
        }
    }

    @Test func theFileAndTheDatasetAreNamed() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/x", .float32, shape: [3]).write([1, 2, 3] as [Float])
            try root.createDataset("/y", .int32, shape: [3]).write([0, 1, -5] as [Int32])
        }
        let data = try Dataset(reading: DataSource(file: path, inputs: "/x", targets: "/y"))
        #expect(throws: DataError("\(path): /x has samples of shape 1, but the model takes 2")) {
            try data.check(against: objective())
        }
        let model = try Model(input: [1]) {
            Dense(2, activation: .softmax).named("out")
        }
        #expect(
            throws: DataError(
                "\(path): /y holds -5 in row 2, which is out of range: the labels of 2 classes are whole numbers "
                    + "from 0 to 1; the last layer 'out' decides how many classes there are")
        ) { try data.check(against: Objective(model, loss: .sparseCategoricalCrossEntropy)) }
    }

    @Test func targetsMustHaveTheShapeOfTheLoss() throws {
        try expect(
            "targets holds 3 numbers for each sample, but the loss needs one number, since the last layer 'out' "
                + "gives 3 numbers; change that layer, the loss or the targets",
            targets: [[0, 1, 0]], objective())
        try expect(
            "targets holds 2 numbers for each sample, but the loss needs 3 numbers, or one label, since the last layer "
                + "'out' gives 3 numbers; change that layer, the loss or the targets",
            targets: [[0, 1]], objective(.softmax, .categoricalCrossEntropy))
        try expect(
            "targets holds 2 numbers for each sample, but the loss needs one number, since the last layer 'out' "
                + "gives one number; change that layer, the loss or the targets",
            targets: [[0, 1]], objective(units: 1, .linear, .meanSquaredError(factor: 1)))
    }

    private func objective(_ activation: Activation, _ loss: any Loss) throws -> Objective {
        try objective(units: 3, activation, loss)
    }

    @Test(
        arguments: [(3, "3"), (-1, "-1"), (1.5, "1.5"), (0x1p60, "1.152921504606847e+18"), (-0.25, "-0.25")]
            as [(Float, String)])
    func labelsMustBeClasses(label: Float, words: String) throws {
        try expect(
            "targets holds \(words) in row 2, which is out of range: the labels of 3 classes are whole numbers from 0 "
                + "to 2; the last layer 'out' decides how many classes there are",
            targets: [[0], [2], [label], [99]], objective())
    }

    @Test func labelsOfRowsWithSeveralPositionsNameTheRow() throws {
        let model = try Model(input: [2]) {
            Reshape([2, 1])
            Dense(3, activation: .softmax).named("out")
        }
        try expect(
            "targets holds 7 in row 1, which is out of range: the labels of 3 classes are whole numbers from 0 "
                + "to 2; the last layer 'out' decides how many classes there are",
            targets: [[0, 1], [2, 7]], Objective(model, loss: .sparseCategoricalCrossEntropy))
    }

    @Test(arguments: [1.25, -0.5] as [Float])
    func probabilitiesLieBetweenZeroAndOne(value: Float) throws {
        let rest =
            " holds \(value) in row 1, which is out of range: "
            + "a target of a cross-entropy is a probability, from 0 to 1"
        try expect(
            "targets, column 1," + rest, targets: [[0, 0, 1], [1, value, 0]],
            objective(.softmax, .categoricalCrossEntropy))
        try expect("targets" + rest, targets: [[1], [value]], objective(units: 1, .sigmoid, .binaryCrossEntropy))
    }

    /// As all-zero rows for what has no class, or several ones for what has two.
    @Test(
        arguments: [([0, 0, 0], "0"), ([1, 1, 0], "2"), ([0.5, 0.25, 0], "0.75"), ([0.5, 0.5, 0.01], "1.01")]
            as [([Float], String)])
    func rowsOverClassesAddUpToOne(row: [Float], words: String) throws {
        try expect(
            "targets has targets that add up to \(words) in row 1, but those of categorical_crossentropy are the "
                + "probabilities of 3 classes and add up to 1; for several classes at once use sigmoid and "
                + "binary_crossentropy, and for rows without a class whole numbers as labels with the loss's ignore_class",
            targets: [[0, 1, 0], row, [7, 7, 7]], objective(.softmax, .categoricalCrossEntropy))
        // The same of outputs that are independent of each other is as it should be.
        try expect(nil, targets: [row.map { min($0, 1) }], objective(.sigmoid, .binaryCrossEntropy))
        // Of positions each row by itself.
        let model = try Model(input: [2]) {
            Dense(6)
            Reshape([2, 3])
            ActivationLayer(.softmax)
        }
        let positions = try Objective(model, loss: .categoricalCrossEntropy)
        #expect(throws: DataError.self) {
            try Dataset(inputs: [[1, 2]], targets: [[0, 1, 0] + row]).check(against: positions)
        }
        try Dataset(inputs: [[1, 2]], targets: [[0, 1, 0, 0.2, 0.3, 0.5]]).check(against: positions)
    }

    /// Thousandths in half precision are off by their rounding.
    @Test func roundedProbabilitiesAddUpToOne() throws {
        let classes = 1000
        let model = try Model(input: [2]) { Dense(classes, activation: .softmax) }
        let row = (0..<classes).map { Float(Float16(2 * (Float($0) + 0.5) / Float(classes * classes))) }
        try Dataset(inputs: [[1, 2]], targets: [row]).check(
            against: Objective(model, loss: .categoricalCrossEntropy))
    }

    @Test func whatFitsIsTaken() throws {
        try expect(nil, targets: [[0], [2], [1]], objective())
        try expect(nil, targets: [[0, 0.5, 0.5]], objective(.softmax, .categoricalCrossEntropy))
        try expect(nil, targets: [[0], [1], [0.5]], objective(units: 1, .sigmoid, .binaryCrossEntropy))
        try expect(nil, targets: [[-1e6], [1e6]], objective(units: 1, .linear, .meanSquaredError(factor: 1)))
        try Dataset(inputs: [[1, 2]]).check(against: objective())
    }

    @Test func theFormOfTheTargetsFollowsFromTheLoss() throws {
        #expect(try objective().targetForm == .sparseLabels(classes: 3))
        #expect(try objective(.softmax, .categoricalCrossEntropy).targetForm == .oneHot(classes: 3))
        #expect(try objective(.sigmoid, .binaryCrossEntropy).targetForm == .binary(outputs: 3))
        for loss in [.meanSquaredError(factor: 1), .meanAbsoluteError, .huber(delta: 1)] as [any Loss] {
            #expect(try objective(.linear, loss).targetForm == .values(outputs: 3))
        }
    }
}
