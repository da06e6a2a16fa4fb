import HDF5
import Kernels
import TestSupport
import Testing

@testable import Batches

/// What is made of datasets on the way to training: axes in another order, columns joined, packed values, labels.
@Suite struct SourceRowsTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func numbers(_ field: Field?) -> [Double] {
        var numbers: [Double] = []
        field?.tensor?.forEach { numbers.append($1) }
        return numbers
    }

    /// The same numbers, read in small pieces.
    private func streamed(_ source: DataSource) throws -> [Double] {
        let field = try Dataset.open(source).inputs
        return try (0..<field.rows).flatMap { row in
            let tensor = try StoredTensor(field.type, rows: 1, rowShape: field.rowShape) {
                try field.read(row..<row + 1, into: $0)
            }
            var own: [Double] = []
            tensor.forEach { own.append($1) }
            return own
        }
    }

    private func message(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return "\(error)" }
        return nil
    }

    // MARK: Axes

    /// 2 channels of 3×4 for each of 5 samples, which come last: the value tells its place.
    private static let shape = [3, 4, 2, 5]
    private static func value(_ y: Int, _ x: Int, _ channel: Int, _ sample: Int) -> Int16 {
        Int16(1000 * sample + 100 * y + 10 * x + channel)
    }

    private func samplesLast(chunk: [Int]?, type: HDF5ElementType = .int16) throws -> String {
        try directory.hdf5 { root in
            var values: [Int16] = []
            for y in 0..<3 {
                for x in 0..<4 {
                    for channel in 0..<2 { for n in 0..<5 { values.append(Self.value(y, x, channel, n)) } }
                }
            }
            try root.createDataset("/x", type, shape: Self.shape, chunk: chunk).write(values)
            try root.createDataset("/y", .int32, shape: [1, 5]).write([0, 1, 0, 1, 1] as [Int32])
        }
    }

    @Test(arguments: [nil, [3, 4, 2, 2], [2, 2, 1, 3]], [HDF5ElementType.int16, .float64, .int32])
    func samplesThatComeLastArePutFirst(chunk: [Int]?, type: HDF5ElementType) throws {
        var source = DataSource(file: try samplesLast(chunk: chunk, type: type), inputs: "/x", targets: "/y")
        source.transposeInputs = [3, 0, 1, 2]
        source.transposeTargets = [1, 0]
        let data = try Dataset(reading: source)
        #expect(data.inputs.rowShape == [3, 4, 2])
        #expect(data.count == 5)
        var expected: [Double] = []
        for n in 0..<5 {
            for y in 0..<3 { for x in 0..<4 { for c in 0..<2 { expected.append(Double(Self.value(y, x, c, n))) } } }
        }
        #expect(numbers(data.inputs) == expected)
        #expect(try streamed(source) == expected)
        #expect(numbers(data.targets) == [0, 1, 0, 1, 1])
    }

    @Test func channelsThatComeFirstArePutLast() throws {
        let path = try directory.hdf5 { root in
            try root.createDataset("/x", .uint8, shape: [2, 3, 2, 2], chunk: [1, 3, 2, 2], gzip: 1)
                .write((0..<24).map { UInt8($0) })
        }
        var source = DataSource(file: path, inputs: "/x", targets: nil)
        source.transposeInputs = [0, 2, 3, 1]
        var expected: [Double] = []
        for sample in 0..<2 {
            for pixel in 0..<4 {
                for channel in 0..<3 { expected.append(Double(sample * 12 + channel * 4 + pixel)) }
            }
        }
        #expect(numbers(try Dataset(reading: source).inputs) == expected)
        #expect(try streamed(source) == expected)
    }

    @Test func anOrderThatDoesNotFitIsRefused() throws {
        var source = DataSource(file: try samplesLast(chunk: nil), inputs: "/x", targets: nil)
        source.transposeInputs = [1, 0]
        #expect(
            message { _ = try Dataset(reading: source) }
                == "\(directory.file()): /x is 3×4×2×5, of 4 axes, but transpose_inputs puts 2 in order; name each axis once"
        )
    }

    @Test func whatMayHelpIsSaidWhereTheRowsDiffer() throws {
        let path = try samplesLast(chunk: nil)
        let source = DataSource(file: path, inputs: "/x", targets: "/y")
        #expect(
            message { _ = try Dataset(reading: source) }
                == "\(path): /x has 3 rows, but \(path): /y has 1; each row of inputs needs one of targets; if the samples are "
                + "on the last axes, as MATLAB writes them, put these first by transpose_inputs and transpose_targets")
        var half = source
        half.transposeTargets = [1, 0]
        #expect(
            message { _ = try Dataset(reading: half) }?.hasSuffix(
                "; if the samples are on the last axis of the inputs, as MATLAB writes them, put it first by "
                    + "transpose_inputs") == true)
    }

    @Test func suspiciousAxesAreTold() throws {
        let path = try directory.hdf5 { root in
            try root.createDataset("/images", .uint8, shape: [2, 3, 8, 8])
            try root.createDataset("/last", .uint8, shape: [2, 8, 8, 3])
            try root.createDataset("/matlab", .float64, shape: [4, 20]).attributes.set("MATLAB_class", "double")
            try root.createDataset("/rows", .float64, shape: [4, 2])
        }
        #expect(
            try Dataset.open(DataSource(file: path, inputs: "/rows", targets: "/matlab")).notices == [
                "\(path): /matlab was written by MATLAB, which turns the order of the axes round: here it is 4×20; "
                    + "\"transpose_targets\": [1, 0] in the config gives 20×4, as MATLAB shows it"
            ])
        func notices(_ name: String, _ order: [Int]? = nil) throws -> [String] {
            var source = DataSource(file: path, inputs: name, targets: nil)
            source.transposeInputs = order
            return try Dataset.open(source).notices
        }
        #expect(
            try notices("/images") == [
                "\(path): /images is 2×3×8×8, which looks like images with the channels first; they are taken as rows of "
                    + "3×8 with 8 channels; \"transpose_inputs\": [0, 2, 3, 1] in the config puts the channels last"
            ])
        #expect(try notices("/last") == [])
        #expect(try notices("/images", [0, 2, 3, 1]) == [])
        #expect(
            try notices("/matlab") == [
                "\(path): /matlab was written by MATLAB, which turns the order of the axes round: here it is 4×20; "
                    + "\"transpose_inputs\": [1, 0] in the config gives 20×4, as MATLAB shows it"
            ])
    }

    // MARK: Several paths

    @Test func severalPathsAreJoinedAlongTheLastAxis() throws {
        let path = try directory.hdf5 { root in
            try root.createDataset("/a", .int16, shape: [3]).write([1, 2, 3] as [Int16])
            try root.createDataset("/b", .float32, shape: [3, 2]).write([0.5, 1.5, 2.5, 3.5, 4.5, 5.5] as [Float])
            try root.createDataset("/c", .int16, shape: [3, 1]).write([7, 8, 9] as [Int16])
            try root.createDataset("/d", .int64, shape: [3]).write([1 << 40, 0, 1] as [Int64])
            try root.createDataset("/short", .int16, shape: [2]).write([1, 2] as [Int16])
        }
        var source = DataSource(file: path, inputs: "/a", targets: nil)
        source.inputPaths = ["/a", "/b", "/c"]
        let data = try Dataset(reading: source)
        #expect(data.inputs.rowShape == [4])
        #expect(data.inputs.type == .float32)
        #expect(numbers(data.inputs) == [1, 0.5, 1.5, 7, 2, 2.5, 3.5, 8, 3, 4.5, 5.5, 9])
        #expect(try streamed(source) == numbers(data.inputs))
        source.inputPaths = ["/c", "/a"]
        #expect(try Dataset(reading: source).inputs.type == .int16)
        #expect(numbers(try Dataset(reading: source).inputs) == [7, 1, 8, 2, 9, 3])
        source.inputPaths = ["/a", "/d"]
        #expect(try Dataset(reading: source).inputs.type == .float64)
        source.inputPaths = ["/a", "/short"]
        #expect(
            message { _ = try Dataset(reading: source) }
                == "\(path): /short has 2 rows of scalar, but \(path): /a 3 of scalar; what is joined along the "
                + "last axis must agree in all others")
    }

    @Test func aTableAloneIsRefusedWithItsColumns() throws {
        let path = Repository.fixture("table.h5", of: "BatchesTests")
        let words = message { _ = try Dataset(reading: DataSource(file: path, inputs: "/table", targets: nil)) }
        #expect(
            words?.hasPrefix("\(path): /table is a table; name the columns that are wanted: [\"/table/") == true,
            "\(words ?? "")")
    }

    // MARK: Packed and missing values

    private func packed(_ fill: (HDF5Attributes) throws -> Void) throws -> String {
        try directory.hdf5 { root in
            let dataset = try root.createDataset("/x", .int16, shape: [3, 2])
            try dataset.write([1, 2, 3, 4, 5, -9999] as [Int16])
            try fill(dataset.attributes)
        }
    }

    @Test func packedValuesAreUnpacked() throws {
        let path = try packed {
            try $0.set("scale_factor", 0.5)
            try $0.set("add_offset", 10.0)
        }
        let source = DataSource(file: path, inputs: "/x", targets: nil)
        do {
            let data = try Dataset(reading: source)
            #expect(data.inputs.type == .float32)
            #expect(numbers(data.inputs) == [10.5, 11, 11.5, 12, 12.5, -4989.5])
            #expect(try streamed(source) == numbers(data.inputs))
        }
        // That of no packing leaves the type as it is.
        let plain = try packed { try $0.set("scale_factor", 1.0) }
        #expect(try Dataset(reading: DataSource(file: plain, inputs: "/x", targets: nil)).inputs.type == .int16)
    }

    @Test(arguments: ["_FillValue", "missing_value"])
    func aMarkOfAMissingValueIsRefusedWithItsPlace(attribute: String) throws {
        let path = try packed {
            try $0.set(attribute, -9999.0)
            try $0.set("scale_factor", 0.5)
        }
        #expect(
            message { _ = try Dataset(reading: DataSource(file: path, inputs: "/x", targets: nil)) }
                == "\(path): /x holds -9999 in row 2, element 1, which its attribute \(attribute) names as the mark of a "
                + "missing value; remove or fill such rows before training")
        let other = try packed { try $0.set(attribute, -32767.0) }
        #expect(numbers(try Dataset(reading: DataSource(file: other, inputs: "/x", targets: nil)).inputs).count == 6)
    }

    @Test func attributesThatMakeNoSenseAreRefused() throws {
        let path = try packed { try $0.set("scale_factor", [1.0, 2.0]) }
        #expect(
            message { _ = try Dataset(reading: DataSource(file: path, inputs: "/x", targets: nil)) }
                == "\(path): /x has the attribute scale_factor, which says how its values are packed, but it is not one "
                + "number; write the values as they are meant, without it")
        let unsigned = try packed { try $0.set("_Unsigned", "true") }
        #expect(
            message { _ = try Dataset(reading: DataSource(file: unsigned, inputs: "/x", targets: nil)) }
                == "\(unsigned): /x is stored as int16, but its attribute _Unsigned says that the numbers have no sign; "
                + "write them as an unsigned type")
    }

    // MARK: Labels that are texts

    private func texts(_ name: String, _ labels: [String]) throws -> DataSource {
        let path = try directory.hdf5(name) { root in
            try root.createDataset("/x", .float32, shape: [labels.count, 1]).write(labels.map { _ in Float(0) })
            try root.createDataset("/y", .string, shape: [labels.count]).writeStrings(labels)
        }
        return DataSource(file: path, inputs: "/x", targets: "/y")
    }

    @Test func textsBecomeTheNumbersOfTheirClasses() throws {
        let train = try texts("a.h5", ["ox", "cat", "ox", "Ä", "dog"])
        let data = try Dataset(reading: train)
        #expect(data.classNames == ["cat", "dog", "ox", "Ä"])
        #expect(numbers(data.targets) == [2, 0, 2, 3, 1])
        // Several files have the classes of all.
        var both = train
        both.files.append(try texts("b.h5", ["bee"]).file)
        #expect(try Dataset(reading: both).classNames == ["bee", "cat", "dog", "ox", "Ä"])
        // Another split has those of the training split.
        let test = try texts("c.h5", ["ox", "dog"])
        let other = try Dataset.open(test, names: data.codeNames)
        #expect(numbers(other.targets) == [2, 1])
        let strange = try texts("d.h5", ["ox", "emu"])
        #expect(
            message { _ = try Dataset.open(strange, names: data.codeNames) }
                == "\(strange.file): /y holds the label 'emu' in row 1, which is none of the 4 classes of \(train.file): /y"
        )
        let empty = try texts("e.h5", ["ox", ""])
        #expect(
            message { _ = try Dataset.open(empty) }
                == "\(empty.file): /y holds an empty text in row 1, which is no label; remove or fill such rows before "
                + "training")
    }
}
