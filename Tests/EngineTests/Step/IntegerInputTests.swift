import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine

/// Integers as a model's input and as labels, from the file to the kernel. As single-precision floats 20,000,000 and
/// 20,000,001 would be one.
@Suite struct IntegerInputTests {
    private static let first = 20_000_000
    /// Twelve samples of two tokens each, from 20,000,000 to 20,000,006.
    private static let tokens = (0..<12).map { [first + ($0 * 5) % 7, first + ($0 * $0 + 1) % 7] }
    private static let labels = (0..<12).map { ($0 * 2 + $0 / 5) % 3 }

    private func objective(first: Int = first, ignoring label: Int? = nil) throws -> Objective {
        let model = try Model(input: [2]) {
            Lookup(7, width: 3, first: first)
            Flatten()
            Dense(3, activation: .softmax).named("out")
        }
        return try Objective(model, loss: .sparseCategoricalCrossEntropy(ignoring: label))
    }

    private func settings(workers: Int = 1) -> TrainingSettings {
        var settings = TrainingSettings(
            optimizer: .sgd(learningRate: 0.1), epochs: 2, batchSize: 5,
            parallelism: Parallelism(workers: workers, shards: 2))
        settings.seed = 3
        return settings
    }

    /// The bits of the parameters after two epochs.
    private func train(_ objective: Objective, _ data: Dataset, workers: Int = 1) throws -> [UInt32] {
        let engine = try TrainingEngine(objective, on: data, preprocessing: .none, settings(workers: workers))
        for epoch in 0..<2 { _ = try engine.run(epoch: epoch) }
        return TrainingFixture.bits(engine)
    }

    private func data(_ tokens: [[Int]] = tokens, labels: [Int] = labels) throws -> Dataset {
        try Dataset(inputs: Field(integers: tokens, name: "inputs"), targets: Field(labels: labels, name: "labels"))
    }

    @Test func largeTokensStayThemselves() throws {
        let large = try train(objective(), data())
        let small = try train(objective(first: 0), data(Self.tokens.map { $0.map { $0 - Self.first } }))
        #expect(large == small)
        #expect(try train(objective(), data(), workers: 2) == large)
    }

    /// From a file in each type that holds such numbers, in memory and read in windows.
    @Test(arguments: [
        HDF5ElementType.int32, .uint32, .int64, .uint64, .float64,
    ])
    func filesOfEachType(type: HDF5ElementType) throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/x", type, shape: [12, 2], chunk: [4, 2]).write(
                Self.tokens.flatMap { $0.map { Int64($0) } })
            try root.createDataset("/y", type, shape: [12]).write(Self.labels.map { Int64($0) })
        }
        let source = DataSource(file: path, inputs: "/x", targets: "/y")
        let expected = try train(objective(), data())
        #expect(try train(objective(), Dataset(reading: source)) == expected)
        let streamed = try Dataset.open(source)
        #expect(!streamed.isInMemory)
        let evaluations = try [streamed, Dataset(reading: source)].map { data in
            let parameters = try AlignedMemory(floats: objective().layout.count)
            try objective().layout.initialise(parameters.floats, seed: 5)
            return try Evaluator(
                objective(), on: data, preprocessing: .none, parameters: parameters, Parallelism(workers: 1)
            ).evaluate([.accuracy])
        }
        #expect(evaluations[0].loss == evaluations[1].loss && evaluations[0].loss.isFinite)
        #expect(evaluations[0].metrics == evaluations[1].metrics)
    }

    @Test func gradientsOfALookup() throws {
        let check = try GradientCheck(objective(), on: data(), preprocessing: .none, seed: 2)
        #expect(check.passes)
        #expect(check.rows.map(\.parameter) == ["lookup/table", "out/kernel", "out/bias"])
        #expect(check.rows.allSatisfy { $0.compared > 0 })
    }

    // MARK: Labels

    /// Of 20,000,000 and 20,000,001 one is passed over, and the other is of no class.
    @Test(arguments: [1, 2]) func aLargeIgnoredLabel(workers: Int) throws {
        let ignored = 20_000_001
        var labels = Self.labels
        for index in [1, 2, 7] { labels[index] = ignored }
        var others = Self.labels
        for index in [1, 2, 7] { others[index] = -1 }
        let (large, small) = (try objective(ignoring: ignored), try objective(ignoring: -1))
        let bits = try train(large, data(labels: labels), workers: workers)
        #expect(try bits == train(small, data(labels: others), workers: workers))
        labels[4] = 20_000_000
        #expect(
            throws: DataError(
                "labels holds 20000000 in row 4, which is out of range: the labels of 3 classes are whole numbers from 0 to "
                    + "2; the last layer 'out' decides how many classes there are")
        ) { try train(large, data(labels: labels)) }
    }

    @Test func evaluationPassesOverALargeLabel() throws {
        let objective = try objective(ignoring: 20_000_001)
        var labels = Self.labels
        labels[3] = 20_000_001
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 5)
        func evaluate(_ data: Dataset) throws -> Evaluation {
            try Evaluator(
                objective, on: data, preprocessing: .none, parameters: parameters, Parallelism(workers: 1)
            ).evaluate([.accuracy, .rocAUC], countsConfusion: true)
        }
        let all = try evaluate(data(labels: labels))
        let kept = (0..<12).filter { $0 != 3 }
        let some = try evaluate(data(kept.map { Self.tokens[$0] }, labels: kept.map { Self.labels[$0] }))
        #expect(all.confusion?.total == 11)
        #expect(all.confusion == some.confusion)
        #expect(all.metrics == some.metrics)
        #expect(abs(all.loss - some.loss) < 1e-6)
    }

    // MARK: What is refused

    @Test func integersAreNotNormalised() throws {
        let data = try data()
        let scaling = try Preprocessing(fitting: .standardize, to: data)
        #expect(
            throws: DataError(
                "the inputs are normalised by standardize, but the model takes whole numbers (int32), which stand for "
                    + "themselves; set data.normalize to none")
        ) { try TrainingEngine(objective(), on: data, preprocessing: scaling, settings()) }
    }

    @Test func integersAreNotAugmented() throws {
        var settings = settings()
        settings.augmentation = Augmentation([.gaussianNoise(deviation: 0.1)])
        #expect(
            throws: ObjectiveError(
                "augmentation[0]: changes values, but the model takes whole numbers (int32), which stand for themselves; leave "
                    + "it out")
        ) { try TrainingEngine(objective(), on: data(), preprocessing: .none, settings) }
    }

    @Test func inputsMustBeIntegers() throws {
        func expect(_ number: String, row: Int, element: Int, _ inputs: Field) throws {
            let data = try Dataset(inputs: inputs, targets: Field(labels: Array(Self.labels[..<inputs.rows])))
            #expect(
                throws: DataError(
                    "inputs holds \(number) in row \(row), element \(element), but the model takes whole numbers of 32 bits, "
                        + "from -2147483648 to 2147483647")
            ) { try data.check(against: objective()) }
        }
        try expect("0.5", row: 1, element: 0, Field([[1, 2], [0.5, 1]], name: "inputs"))
        try expect("2147483648", row: 0, element: 1, Field([[1, 0x1p31], [1, 1]], name: "inputs"))
        let wide = try StoredTensor(.int64, rows: 2, rowShape: [2]) { base in
            for (index, value) in [1, 2, 3, 9_007_199_254_740_993].enumerated() {
                base.storeBytes(of: Int64(value), toByteOffset: 8 * index, as: Int64.self)
            }
        }
        // All digits, though no double holds it.
        try expect("9007199254740993", row: 1, element: 1, Field(wide, place: "inputs"))
    }

    @Test func labelsBeyond32Bits() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/x", .float32, shape: [3, 1]).write([1, 2, 3] as [Float])
            try root.createDataset("/signed", .int64, shape: [3]).write([0, 1, 9_007_199_254_740_993] as [Int64])
            try root.createDataset("/unsigned", .uint64, shape: [3]).write([0, UInt64.max, 1] as [UInt64])
            // Modulo 2³² it is a class.
            try root.createDataset("/wrapped", .int64, shape: [3]).write([0, 1, 1 << 32 + 1] as [Int64])
        }
        let model = try Model(input: [1]) { Dense(2, activation: .softmax).named("out") }
        for (name, number, row) in [
            ("/signed", "9007199254740993", 2), ("/unsigned", "18446744073709551615", 1), ("/wrapped", "4294967297", 2),
        ] {
            let data = try Dataset(reading: DataSource(file: path, inputs: "/x", targets: name))
            for loss in [.sparseCategoricalCrossEntropy, .categoricalCrossEntropy] as [any Loss] {
                #expect(
                    throws: DataError(
                        "\(path): \(name) holds \(number) in row \(row), which is out of range: the labels of 2 classes are "
                            + "whole numbers from 0 to 1; the last layer 'out' decides how many classes there are")
                ) { try data.check(against: Objective(model, loss: loss)) }
            }
        }
    }
}
