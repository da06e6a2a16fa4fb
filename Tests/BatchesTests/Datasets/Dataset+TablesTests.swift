import Configuration
import HDF5
import Kernels
import Recipes
import TestSupport
import Testing

@testable import Batches

struct DatasetTablesTests {
    /// Rows of a number and a category, with targets of two classes.
    private static let columns = [
        RecipeColumn("size", .number, missing: .mean),
        RecipeColumn("kind", .category, missing: .category, categories: ["ash", "birch", "cedar"]),
    ]
    private static let classes = [RecipeColumn("t", .category, categories: ["no", "yes"])]

    private func write(
        _ rows: [[Float]], _ labels: [Int32], to name: String = "data.h5", columns: [RecipeColumn] = columns,
        classes: [RecipeColumn] = classes, in directory: TestDirectory, chunk: Int? = nil
    ) throws -> DataSource {
        let path = try directory.hdf5(name) { root in
            let inputs = try root.createDataset(
                "/train/inputs", .float32, shape: [rows.count, columns.count],
                chunk: chunk.map { [$0, columns.count] })
            try inputs.write(rows.flatMap { $0 })
            try inputs.attributes.set("recipe", Recipe(columns).node.jsonText())
            let targets = try root.createDataset("/train/targets", .int32, shape: [rows.count])
            try targets.write(labels)
            try targets.attributes.set("recipe", Recipe(classes).node.jsonText())
        }
        return DataSource(file: path, inputs: "/train/inputs", targets: "/train/targets")
    }

    private func features(_ data: Dataset) throws -> [[Double]] {
        let tensor = try data.inputs.features(data.selection, 0..<data.count)
        var values: [Double] = []
        tensor.forEach { values.append($1) }
        let width = tensor.rowShape.count
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }

    @Test func itIsFittedToTheRowsThatAreTrainedOn() throws {
        let directory = try TestDirectory()
        let source = try write(
            [[1, 0], [3, 1], [.nan, 0], [100, 2]], [0, 1, 0, 1], in: directory)
        let data = try Dataset(reading: source)
        let training = try data.selecting(RowSelection([0, 1, 2])).encoded()
        #expect(training.inputs.featureShape == [3])
        #expect(training.inputs.rowShape == [2])
        #expect(training.tables["inputs"]?.features == ["size", "kind=ash", "kind=birch"])
        #expect(try features(training) == [[1, 1, 0], [3, 0, 1], [2, 1, 0]])
        // The other rows have learned nothing, and what only they have is unknown, which is said.
        let validation = try data.selecting(RowSelection([3])).encoded(like: training, "the validation rows")
        #expect(try features(validation) == [[100, 0, 0]])
        #expect(
            validation.notices == [
                "1 of the validation rows holds what the model does not know, which is taken for a missing value; the first is "
                    + "\(directory.path)/data.h5: /train/inputs, row 3, column 'kind': 'cedar' is none of the categories that "
                    + "the model knows: ash, birch"
            ])
        #expect(training.notices == [])
        // Of all rows more is known.
        #expect(try data.encoded().tables["inputs"]?.features == ["size", "kind=ash", "kind=birch", "kind=cedar"])
        #expect(data.codeNames.classNames == ["no", "yes"])
    }

    @Test func rowsWithoutATargetAreLeftOut() throws {
        let directory = try TestDirectory()
        let source = try write([[1, 0], [2, 1], [3, 1]], [0, -1, 1], in: directory)
        let data = try Dataset(reading: source)
        #expect(data.count == 2)
        #expect(data.selection.rows == [0, 2])
        #expect(data.notices == ["\(directory.path)/data.h5: /train/targets: 1 row without a target is left out"])
        #expect(try Dataset(reading: source, wantsTargets: false).count == 3)
        let none = try write([[1, 0]], [-1], to: "none.h5", in: directory)
        #expect(
            throws: DataError(
                "\(directory.path)/none.h5: /train/inputs: no row of 1 is left: 1 has no target (column 't')")
        ) {
            try Dataset(reading: none)
        }
    }

    /// Where none is left, each reason is told with its count.
    @Test func whyNoRowIsLeft() throws {
        let directory = try TestDirectory()
        let training = try Dataset(reading: write([[1, 0], [2, 1]], [0, 1], in: directory)).encoded()
        let other = try write(
            [[1, 0], [2, 0], [3, 2], [4, 2]], [-1, 2, 0, 1], to: "other.h5",
            classes: [RecipeColumn("t", .category, categories: ["no", "yes", "maybe"])], in: directory)
        let place = "\(directory.path)/other.h5: /train/inputs"
        #expect(
            throws: DataError(
                "\(place): no row of 4 is left: 1 has no target (column 't'); 1 is of classes that the model does not have, first "
                    + "'maybe' in row 1, where it has no, yes; 2 hold what the model does not know, first \(place), row 2, column "
                    + "'kind': 'cedar' is none of the categories that the model knows: ash, birch")
        ) {
            try Dataset(
                reading: other, wantsTargets: true, memoryLimit: nil, names: nil, tables: training.tables,
                unknown: .skip
            ).encoded(for: training.tables, unknown: .skip)
        }
    }

    /// What was seen of targets stands in the model, as it does of inputs.
    @Test func targetsAreSeen() throws {
        let directory = try TestDirectory()
        let source = try write(
            [[1, 0], [2, 1], [3, 1]], [5, 7, 6], classes: [RecipeColumn("t", .number)], in: directory)
        let data = try Dataset(reading: source).encoded()
        #expect(data.tables["targets"]?.columns[0].seen == RecipeColumn.Seen(missing: 0, range: 5...7))
        #expect(data.tables["targets"]?.columns[0].fit == nil)
    }

    /// Numbers that 32-bit floats can't tell apart are told of, where they are stored in more bits.
    @Test func targetsThatFloatsCantTellApart() throws {
        let directory = try TestDirectory()
        func sentences(_ values: [Double], _ type: HDF5ElementType, width: Int = 1) throws -> [String] {
            let path = try directory.hdf5("wide.h5") { root in
                let rows = values.count / width
                try root.createDataset("/train/inputs", .float32, shape: [rows, 1]).write(
                    Array(repeating: Float(1), count: rows))
                try root.createDataset("/train/targets", type, shape: width == 1 ? [rows] : [rows, width]).write(values)
            }
            let data = try Dataset(
                reading: DataSource(file: path, inputs: "/train/inputs", targets: "/train/targets"))
            return try data.targetRounding(in: data.fields(.target)[0])
        }
        let place = "\(directory.path)/wide.h5: /train/targets"
        #expect(
            try sentences([1_700_000_001, 1_700_000_002, 1_700_000_010], .float64) == [
                "\(place) holds numbers from 1700000001 to 1700000010, which 32-bit floats, in which targets are trained on, can't "
                    + "tell apart at all; subtract a constant from them first, such as the least one"
            ])
        #expect(try sentences([1_700_000_001, 1_700_000_900], .int64)[0].contains("where they lie close together"))
        #expect(try sentences([0.1, 0.2, 1e6], .float64) == [])
        #expect(try sentences([1_700_000_001, 1_700_000_001], .float64) == [])
        #expect(
            try sentences([1, 1_700_000_001, 2, 1_700_000_002], .float64, width: 2).map { $0.prefix(place.count + 10) }
                == ["\(place), column 1"])
    }

    @Test func whatMayNotBeMissingIsRefused() throws {
        let directory = try TestDirectory()
        let source = try write(
            [[1, 0], [.nan, 1]], [0, 1], columns: [RecipeColumn("size", .number), Self.columns[1]], in: directory)
        #expect(
            throws: DataError(
                "\(directory.path)/data.h5: /train/inputs, row 1, column 'size': the value is missing; convert the table with "
                    + "--missing, which says what becomes of missing values")
        ) { try Dataset(reading: source) }
        let strange = try write([[1, 0], [2, 3]], [0, 1], to: "strange.h5", in: directory)
        #expect(
            throws: DataError(
                "\(directory.path)/strange.h5: /train/inputs, row 1, column 'kind': 3 is the code of none of its 3 categories; "
                    + "convert the table again")
        ) { try Dataset(reading: strange) }
        let infinite = try write([[1, 0], [.infinity, 1]], [0, 1], to: "infinite.h5", in: directory)
        #expect(throws: DataError.self) { try Dataset(reading: infinite) }
    }

    @Test("Files of one split are brought into the columns and codes of the first")
    func filesOfASplit() throws {
        let directory = try TestDirectory()
        let first = try write([[1, 0], [2, 1]], [0, 1], to: "a.h5", in: directory)
        let second = try write(
            [[1, 5], [0, 6]], [0, 0], to: "b.h5",
            columns: [
                RecipeColumn("kind", .category, missing: .category, categories: ["elm", "ash"]), Self.columns[0],
            ], classes: [RecipeColumn("t", .category, categories: ["yes"])], in: directory)
        let source = DataSource(
            files: [first.files[0], second.files[0]], inputs: "/train/inputs", targets: "/train/targets")
        let data = try Dataset(reading: source).encoded()
        #expect(data.tables["inputs"]?.columns[1].categories == ["ash", "birch", "cedar", "elm"])
        #expect(try features(data) == [[1, 1, 0, 0], [2, 0, 1, 0], [5, 1, 0, 0], [6, 0, 0, 1]])
        var labels: [Double] = []
        data.targets?.tensor?.forEach { labels.append($1) }
        #expect(labels == [0, 1, 1, 1])
    }

    @Test("Streamed rows become the same features, with the same statistics")
    func streamedRows() throws {
        let directory = try TestDirectory()
        var random = SeededRandom(5)
        let rows = (0..<4000).map { row -> [Float] in
            let number: Float = row % 9 == 0 ? .nan : random.floats(1)[0]
            let code: Float = row % 11 == 0 ? .nan : Float(row % 3)
            return [number, code]
        }
        let labels: [Int32] = rows.indices.map { Int32($0 % 2) }
        let source = try write(rows, labels, in: directory, chunk: 64)
        let memory = try Dataset(reading: source).encoded()
        let streamed = try Dataset(reading: source, memoryLimit: 20_000).encoded()
        #expect(memory.isInMemory)
        #expect(!streamed.isInMemory)
        #expect(memory.tables == streamed.tables)
        #expect(try features(memory) == features(streamed))
        for kind in [Normalization.standardize, .minMax] {
            #expect(
                try Preprocessing(fitting: kind, to: memory) == Preprocessing(fitting: kind, to: streamed))
        }
        // Those of the features, not of the raw rows.
        let fitted = try Preprocessing(fitting: .standardize, to: memory)
        let values = try features(memory)
        #expect(fitted.offset.count == 5)
        for feature in 0..<5 {
            let mean = values.reduce(0) { $0 + $1[feature] } / Double(values.count)
            #expect(abs(fitted.offset[feature] - mean) < 1e-6)
        }
    }

    @Test func modelsAndTheirData() throws {
        let directory = try TestDirectory()
        let source = try write([[1, 0], [3, 1]], [0, 1], in: directory)
        let training = try Dataset(reading: source).encoded()
        func read(_ source: DataSource, _ unknown: UnknownValues = .error) throws -> Dataset {
            try Dataset(
                reading: source, wantsTargets: true, memoryLimit: nil, names: training.codeNames,
                tables: training.tables,
                unknown: unknown
            ).encoded(for: training.tables, unknown: unknown)
        }
        func sentence(_ source: DataSource) -> String {
            do {
                _ = try read(source)
                return "nothing was thrown"
            } catch { return "\(error)".replacingOccurrences(of: directory.path + "/", with: "@") }
        }
        // An unknown category.
        let strange = try write(
            [[1, 1], [2, 0], [5, 1]], [0, 1, 1], to: "x.h5",
            columns: [
                Self.columns[0], RecipeColumn("kind", .category, categories: ["oak", "birch"]),
            ], in: directory)
        #expect(
            sentence(strange)
                == "@x.h5: /train/inputs, row 1, column 'kind': 'oak' is none of the categories that the model knows: ash, "
                + "birch; say --unknown missing to take it for a missing value, or --unknown skip to leave such rows out"
        )
        #expect(try features(read(strange, .missing)) == [[1, 0, 1], [2, 0, 0], [5, 0, 1]])
        let skipped = try read(strange, .skip)
        #expect(try features(skipped) == [[1, 0, 1], [5, 0, 1]])
        #expect(skipped.selectedRows == [0, 2])
        // A missing column.
        let short = try write([[0], [1]], [0, 1], to: "y.h5", columns: [Self.columns[1]], in: directory)
        #expect(
            sentence(short)
                == "@y.h5: /train/inputs has no column 'size', which the model's training data has; its columns are kind; say "
                + "--unknown missing to take all of its values for missing ones")
        #expect(try features(read(short, .missing)) == [[2, 1, 0], [2, 0, 1]])
        // A class that the model does not have.
        let classes = try write(
            [[1, 0], [2, 1]], [1, 0], to: "z.h5",
            classes: [RecipeColumn("t", .category, categories: ["maybe", "yes"])],
            in: directory)
        #expect(
            sentence(classes)
                == "@z.h5: /train/targets, row 1, column 't': 'maybe' is none of the classes that the model has: no, yes; say "
                + "--unknown skip to leave such rows out")
        let known = try read(classes, .skip)
        #expect(known.count == 1)
        #expect(
            known.notices.contains {
                $0.hasSuffix("1 row of classes that the model does not have is left out, first 'maybe' in row 1")
            })
        // Another kind.
        let other = try write(
            [[1, 0]], [0], to: "k.h5", columns: [Self.columns[0], RecipeColumn("kind", .number)], in: directory)
        #expect(
            sentence(other)
                == "@k.h5: /train/inputs holds numbers in column 'kind', but the model's training data the texts ash, birch, "
                + "cedar; convert it with --like, or say --column kind=category where its numbers are names")
        // Rows of which nobody says what they are.
        let bare = try directory.hdf5("bare.h5") { root in
            try root.createDataset("/train/inputs", .float32, shape: [1, 2]).write([Float(1), 0])
            try root.createDataset("/train/targets", .int32, shape: [1]).write([Int32(0)])
        }
        #expect(
            sentence(DataSource(file: bare, inputs: "/train/inputs", targets: "/train/targets"))
                == "@bare.h5: /train/inputs has no recipe, which says what its columns and codes are, but the model's training "
                + "data had one, of the columns size, kind; give a table (.csv, .tsv) with these, or make the file from one by stormo "
                + "data convert")
    }

    /// A dataset that is not there is not one without a recipe.
    @Test func whatIsNotThereIsToldAsSuch() throws {
        let directory = try TestDirectory()
        let training = try Dataset(reading: write([[1, 0], [3, 1]], [0, 1], in: directory))
        let other = try write([[1, 0]], [0], to: "other.h5", in: directory)
        let source = DataSource(file: other.file, inputs: "/test/inputs", targets: "/test/targets")
        #expect("what a file lacks") {
            try Dataset.open(source, names: training.codeNames, tables: training.tables)
        } throws: {
            "\($0)"
                == "no dataset '/test/inputs' in \(other.file): there is no '/test'; it has: /train"
        }
    }

    @Test func rawRowsAreNotTrainedOn() throws {
        let directory = try TestDirectory()
        let data = try Dataset(reading: write([[1, 0], [3, 1]], [0, 1], in: directory))
        #expect(
            throws: DataError(
                "\(directory.path)/data.h5: /train/inputs is a table with categories or missing values; train on what its "
                    + "encoded() returns, and use encoded(like:) for other splits")
        ) { try data.checkThatTablesAreEncoded() }
        try data.encoded().checkThatTablesAreEncoded()
        // Numbers alone are what they are.
        let plain = try write(
            [[1, 0], [3, 1]], [0, 1], to: "plain.h5",
            columns: [RecipeColumn("a", .number), RecipeColumn("b", .number)], in: directory)
        let encoded = try Dataset(reading: plain).encoded()
        #expect(encoded.inputs.encoder == nil)
        #expect(encoded.inputs.featureShape == [2])
    }
}
