import Foundation
import HDF5
import Kernels
import TestSupport
import Testing

@testable import Batches

@Suite struct DatasetTests {
    private func source(_ file: String) -> DataSource {
        DataSource(file: file, inputs: "/train/inputs", targets: "/train/targets")
    }

    /// A file whose inputs and targets the caller may change.
    private func file(
        _ directory: TestDirectory, inputs: [Float] = [1, 2, 3, 4, 5, 6], shape: [Int] = [3, 2],
        targets: [Float] = [0, 1, 0], _ also: (HDF5Group) throws -> Void = { _ in }
    ) throws -> String {
        try directory.hdf5 { root in
            try root.createDataset("/train/inputs", .float32, shape: shape).write(inputs)
            try root.createDataset("/train/targets", .float32, shape: [targets.count]).write(targets)
            try also(root)
        }
    }

    private func expect(
        _ sentence: (_ file: String) -> String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: DataError(sentence(path)), sourceLocation: sourceLocation) {
            try Dataset(reading: source(path))
        }
    }

    private func numbers(_ field: Field?) -> [Double] {
        var numbers: [Double] = []
        field?.tensor?.forEach { numbers.append($1) }
        return numbers
    }

    // MARK: From a program

    @Test func arraysBecomeRows() throws {
        let data = try Dataset(inputs: [[1, 2, 3, 4], [5, 6, 7, 8]], shape: [2, 2, 1], targets: [[1], [0]])
        #expect(data.count == 2)
        #expect(data.inputs.rowShape == [2, 2, 1])
        #expect(numbers(data.inputs) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(data.targets?.rowShape == [1])
        #expect(numbers(data.targets) == [1, 0])
        #expect(data.classNames == nil)
        #expect(data.source == nil)
        #expect(try Dataset(inputs: [[1, 2, 3]]).targets == nil)
        #expect(try Dataset(inputs: [[1, 2, 3]]).inputs.rowShape == [3])
    }

    @Test func arraysThatDoNotFitAreRefused() {
        #expect(throws: DataError("inputs: row 1 has 1 numbers, but should have 2")) {
            try Dataset(inputs: [[1, 2], [3]])
        }
        #expect(throws: DataError("inputs: row 0 has 2 numbers, but should have 4")) {
            try Dataset(inputs: [[1, 2]], shape: [2, 2])
        }
        #expect(throws: DataError("targets: row 2 has 2 numbers, but should have 1")) {
            try Dataset(inputs: [[1], [2], [3]], targets: [[1], [2], [3, 4]])
        }
        #expect(throws: DataError("inputs is empty: it has no rows")) { try Dataset(inputs: []) }
        #expect(throws: DataError("inputs: the rows have no elements, since their shape is 0")) {
            try Dataset(inputs: [[], []])
        }
        #expect(throws: DataError("inputs: the rows have no elements, since their shape is -1×-2")) {
            try Dataset(inputs: [[1, 2]], shape: [-1, -2])
        }
        #expect(throws: DataError("inputs has 2 rows, but targets has 1; each row of inputs needs one of targets")) {
            try Dataset(inputs: [[1], [2]], targets: [[1]])
        }
        #expect(
            throws: DataError(
                "inputs holds a number that is NaN or infinite, in row 1, element 2; "
                    + "remove or fill such rows before training")
        ) { try Dataset(inputs: [[1, 2, 3], [4, 5, .nan]]) }
        #expect(
            throws: DataError(
                "targets holds a number that is NaN or infinite, in row 1, element 0; "
                    + "remove or fill such rows before training")
        ) { try Dataset(inputs: [[1], [2]], targets: [[1], [-.infinity]]) }
    }

    @Test func labelsAreIntegers() throws {
        for data in [
            try Dataset(inputs: [[1], [2], [3]], labels: [0, 20_000_001, -1]),
            try Dataset(inputs: [[1], [2], [3]], labels: [0, 20_000_001, -1] as [Int32], weights: [1, 2, 3]),
        ] {
            #expect(data.targets?.type == .int32)
            #expect(data.targets?.rowShape == .scalar)
            #expect(numbers(data.targets) == [0, 20_000_001, -1])
        }
        #expect(try Dataset(inputs: [[1]], labels: [UInt8(7)], weights: [2]).weights?.rows == 1)
        let tokens = try Dataset(inputs: Field(integers: [[1, 2, 3, 4], [5, 6, 7, 8]], shape: [2, 2]))
        #expect(tokens.inputs.type == .int32)
        #expect(tokens.inputs.rowShape == [2, 2])
        #expect(numbers(tokens.inputs) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func integersThatDoNotFitAreRefused() {
        #expect(
            throws: DataError(
                "labels: row 1, element 0 is 2147483648, which is no integer of 32 bits, from -2147483648 to 2147483647"
            )
        ) { try Dataset(inputs: [[1], [2]], labels: [0, 2_147_483_648]) }
        #expect(throws: DataError("tokens: row 1 has 1 numbers, but should have 2")) {
            try Field(integers: [[1, 2], [3]], name: "tokens")
        }
        #expect(throws: DataError("inputs has 2 rows, but labels has 1; each row of inputs needs one of targets")) {
            try Dataset(inputs: [[1], [2]], labels: [1])
        }
    }

    // MARK: From a file

    @Test func aFileIsReadAsItIsStored() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/train/inputs", .uint8, shape: [2, 2, 2, 1], gzip: 4, shuffle: true)
                .write([0, 1, 2, 3, 4, 5, 6, 255] as [UInt8])
            try root.createDataset("/train/targets", .int64, shape: [2]).write([9, 8])
        }
        let data = try Dataset(reading: source(path))
        #expect(data.count == 2)
        #expect(data.inputs.type == .uint8)
        #expect(data.inputs.rowShape == [2, 2, 1])
        #expect(numbers(data.inputs) == [0, 1, 2, 3, 4, 5, 6, 255])
        #expect(data.targets?.type == .int64)
        #expect(data.targets?.rowShape == .scalar)
        #expect(numbers(data.targets) == [9, 8])
        #expect(data.source == source(path))
    }

    @Test(arguments: [
        (HDF5ElementType.uint8, StoredType.uint8), (.int8, .int8), (.uint16, .uint16), (.int16, .int16),
        (.uint32, .uint32), (.int32, .int32), (.uint64, .uint64), (.int64, .int64), (.float32, .float32),
        (.float64, .float64), (.float16, .float16), (.bool, .int8),
    ])
    func everyTypeOfNumberIsRead(element: HDF5ElementType, stored: StoredType) throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            let dataset = try root.createDataset("/train/inputs", element, shape: [3])
            element == .bool ? try dataset.write([1, 0, 1] as [Int8]) : try dataset.write([1, 0, 1] as [Float])
        }
        let data = try Dataset(reading: DataSource(file: path, inputs: "train/inputs", targets: nil))
        #expect(data.inputs.type == stored)
        #expect(numbers(data.inputs) == [1, 0, 1])
        #expect(data.targets == nil)
    }

    @Test func targetsAreReadOnlyWhereTheyAreWanted() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 {
            try $0.createDataset("/train/inputs", .float32, shape: [2, 1]).write([1, 2] as [Float])
        }
        #expect(try Dataset(reading: source(path), wantsTargets: false).targets == nil)
        let error = #expect(throws: HDF5Error.self) { try Dataset(reading: source(path)) }
        #expect(error?.description == "no dataset '/train/targets' in \(path); it has: /train/inputs")
    }

    @Test func whatIsNotThereIsNamedWithWhatIs() throws {
        let directory = try TestDirectory()
        let path = try file(directory)
        func sentence(_ inputs: String, _ file: String) -> String? {
            let error = #expect(throws: HDF5Error.self) {
                try Dataset(reading: DataSource(file: file, inputs: inputs, targets: nil))
            }
            return error?.description
        }
        #expect(
            sentence("/train/images", path)
                == "no dataset '/train/images' in \(path); it has: /train/inputs, /train/targets")
        #expect(
            sentence("/test/inputs", path)
                == "no dataset '/test/inputs' in \(path): there is no '/test'; it has: /train")
        #expect(
            sentence("/train", path)
                == "cannot open '/train' in \(path): it is a group, not a dataset; it has: /train/inputs, /train/targets"
        )
        let none = directory.file("none.h5")
        #expect(sentence("/train/inputs", none) == "cannot open \(none): there is no such file")
        let text = try directory.write("inputs,targets\n1,2\n", to: "text.h5")
        #expect(sentence("/train/inputs", text) == "cannot open \(text): it is not an HDF5 file")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let short = directory.file("short.h5")
        try bytes.prefix(bytes.count - 100).write(to: URL(fileURLWithPath: short))
        #expect(
            sentence("/train/inputs", short)
                == "cannot open \(short): the file is truncated, its end is missing; copy, download or make it again")
    }

    @Test func dataThatCantBeTrainedOnAreRefused() throws {
        let directory = try TestDirectory()
        expect(
            {
                "\($0): /train/inputs has 3 rows, but \($0): /train/targets has 2; "
                    + "each row of inputs needs one of targets; if the samples are on the last axis of the inputs, as "
                    + "MATLAB writes them, put it first by transpose_inputs"
            },
            try file(directory, targets: [0, 1]))
        expect(
            { "\($0): /train/inputs is empty: it has no rows" }, try file(directory, inputs: [], shape: [0, 2]))
        expect({ "\($0): /train/targets is empty: it has no rows" }, try file(directory, targets: []))
        expect(
            { "\($0): /train/inputs has rows without elements: its shape is 3×0×2" },
            try file(directory, inputs: [], shape: [3, 0, 2]))
        expect(
            { "\($0): /train/inputs is a single value; a dataset needs rows, one for each sample" },
            try file(directory, inputs: [5], shape: []))
        expect(
            {
                "\($0): /train/inputs holds a number that is NaN or infinite, in row 1, element 1; "
                    + "remove or fill such rows before training"
            }, try file(directory, inputs: [1, 2, 3, .nan, 5, .infinity]))
        expect(
            {
                "\($0): /train/targets holds a number that is NaN or infinite, in row 2, element 0; "
                    + "remove or fill such rows before training"
            }, try file(directory, targets: [1, 2, .infinity]))
        let words = try directory.hdf5 { root in
            try root.createDataset("/train/inputs", .string, shape: [2]).writeStrings(["a", "b"])
            try root.createDataset("/train/targets", .int8, shape: [2]).write([0, 1] as [Int8])
        }
        expect(
            {
                "\($0): /train/inputs holds string, which are not numbers; texts can be labels, but inputs and weights are "
                    + "numbers; stormo data convert makes codes of a table's texts"
            }, words)
    }

    /// A file of a few hundred bytes can claim any number of rows.
    @Test(arguments: [[1 << 61], [1 << 20, 1 << 30, 100]])
    func moreThanMemoryHoldsIsRefusedBeforeItIsTaken(shape: [Int]) throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/train/inputs", .float64, shape: shape, chunk: shape.map { min($0, 16) })
            try root.createDataset("/train/targets", .int8, shape: [shape[0]], chunk: [16])
        }
        let rowShape = Shape(Array(shape.dropFirst()))
        guard rowShape.count > 1 else {
            let error = #expect(throws: HDF5Error.self) { try Dataset(reading: source(path)) }
            #expect(
                error?.description
                    == "cannot read '/train/inputs' in \(path): \(shape[0]) elements of 8 bytes are more than a computer "
                    + "can hold")
            return
        }
        expect(
            { "\($0): /train/inputs has \(shape[0]) rows of \(rowShape), more than fits into this machine's memory" },
            path)
    }

    @Test func theNamesOfTheClassesComeFromTheTargetsOrTheRoot() throws {
        let directory = try TestDirectory()
        #expect(try Dataset(reading: source(file(directory))).classNames == nil)
        let root = try file(directory) { try $0.attributes.set("class_names", ["no", "yes"]) }
        #expect(try Dataset(reading: source(root)).classNames == ["no", "yes"])
        #expect(try Dataset(reading: source(root), wantsTargets: false).classNames == ["no", "yes"])
        let both = try file(directory) { root in
            try root.attributes.set("class_names", ["no", "yes"])
            try root.dataset("/train/targets").attributes.set("class_names", ["nein", "ja"])
        }
        #expect(try Dataset(reading: source(both)).classNames == ["nein", "ja"])
        // What is no list of names is not taken for one.
        let numbers = try file(directory) { try $0.attributes.set("class_names", [1, 2]) }
        #expect(try Dataset(reading: source(numbers)).classNames == nil)
    }
}
