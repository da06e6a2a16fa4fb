import HDF5
import TestSupport
import Testing

@testable import Batches
@testable import Preparation
@testable import Recipes

@Suite struct SplitTablesTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func write(_ text: String, to name: String) throws -> String {
        let path = directory.path + "/" + name
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    private func convert(_ files: [String], _ table: TableSource, like: LikeTable? = nil) throws -> SplitTables {
        try SplitTables(
            TableSource.source(files, table), into: directory.path, split: "train", like: like, progress: { _, _ in })
    }

    private func numbers(_ data: Dataset) throws -> [Double] {
        try data.mapBlocks(of: data.inputs) { rows, _ in
            var numbers: [Double] = []
            rows.forEach { numbers.append($1) }
            return numbers
        }.flatMap { $0 }
    }

    private var byY: TableSource {
        var table = TableSource()
        table.targets = ["y"]
        return table
    }

    @Test func wordsAreTheConverters() {
        #expect(TableSource.encodings == TextEncoding.allCases.map(\.rawValue))
    }

    /// Rows are called by the lines on which they begin, whatever stands between them.
    @Test func linesOfRows() throws {
        let path = try write("\nx,name,y\n1,a,1\n\n2,\"b\nc\",2\n3,d,3\n", to: "a.csv")
        let tables = try convert([path], byY)
        let data = try Dataset(reading: tables.source)
        #expect((0..<3).map { data.inputs.place(ofRow: $0).row } == ["line 3", "line 5", "line 7"])
        #expect(data.inputs.place(ofRow: 0).place == path)
        #expect(data.inputsPlace == path)
        #expect(data.targetsPlace == "\(path), column 'y'")
    }

    @Test func namedInputsAndSeveralTables() throws {
        let first = try write("x,z,y,w\n1,9,2,a\n", to: "a.csv")
        let second = try write("w,y,x\nb,4,3\n", to: "b.csv")
        var table = byY
        table.inputs = ["w", "x"]
        let tables = try convert([first, second], table)
        #expect(
            tables.source.table?.converted?.map(\.path) == ["train.h5", "train-2.h5"].map { directory.path + "/" + $0 })
        let data = try Dataset(reading: tables.source)
        #expect(data.inputs.recipe?.names == ["x", "w"])
        #expect(data.count == 2)
        #expect(tables.reports[1].decisions?.leftOut == [])
        #expect(data.inputs.place(ofRow: 1).place == second)
    }

    @Test func whatIsMissingIsSaid() throws {
        let path = try write("x,y\n1,2\n", to: "a.csv")
        #expect(
            throws: DataError(
                "\(path): which column is to be predicted is said by data.train.targets, which is missing; the table has the "
                    + "columns x, y")
        ) { try convert([path], TableSource()) }
        let like = try convert([path], byY).like
        let other = try write("x,z\n1,2\n", to: "b.csv")
        #expect(
            throws: DataError("\(other) has no column 'y', which is the target of \(path); its columns are x, z")
        ) { try convert([other], TableSource(), like: like) }
        // All of these words are texts, but the columns are known to have names.
        let single = try write("y,x\n,\n", to: "c.csv")
        #expect(try convert([single], TableSource(), like: like).reports[0].datasets[0].shape == [1, 1])
    }

    @Test func tablesMustBeConvertedFirst() throws {
        let source = TableSource.source(["a.csv"], byY)
        #expect(throws: DataError("a.csv is a table of text, which must be converted before it is read")) {
            try Dataset(reading: source)
        }
    }

    // MARK: - Columns without names

    /// Where the target stands decides which place each of the others has in a table without it.
    @Test(arguments: ["0", "1", "3"])
    func aTableWithoutNamesAndTarget(target: String) throws {
        var table = TableSource()
        (table.targets, table.dropped, table.hasHeader) = ([target], ["2"], false)
        let rows = [["1", "10", "7", "100"], ["2", "20", "7", "200"], ["3", "30", "7", "301"]]
        let path = try write(rows.map { $0.joined(separator: ",") + "\n" }.joined(), to: "a.csv")
        let whole = try convert([path], table)
        #expect(whole.like.inputs.form == Recipe.Form(columns: 4, hasDecimalComma: false))
        let values = try numbers(Dataset(reading: whole.source))
        let place = try #require(Int(target))
        let short = try write(
            rows.map { row in
                row.indices.filter { $0 != place }.map { row[$0] }.joined(separator: ",") + "\n"
            }.joined(), to: "short.csv")
        func read(_ path: String, wantsTargets: Bool = false) throws -> SplitTables {
            try SplitTables(
                TableSource.source([path], TableSource()), into: directory.path, split: "data", like: whole.like,
                wantsTargets: wantsTargets, progress: { _, _ in })
        }
        let own = try Dataset(reading: read(short).source, wantsTargets: false)
        #expect(try numbers(own) == values)
        #expect(
            throws: DataError(
                "\(short) has 3 columns without names, too few for the target (\(target), counted from 0) beside the inputs of \(path)"
            )
        ) { try read(short, wantsTargets: true) }
        // Nobody knows which columns these are.
        for count in [2, 5] {
            let other = try write(
                (0..<3).map { row in (0..<count).map { "\(row + $0)" }.joined(separator: ",") + "\n" }.joined(),
                to: "other.csv")
            #expect(
                throws: DataError(
                    "\(other) has \(count) columns without names, and the table of \(path) had 4; columns without names are told "
                        + "apart by their places: give all of them, or all but the target (\(target), counted from 0), or name "
                        + "the columns in both tables")
            ) { try read(other) }
        }
    }

    /// A recipe of before does not say how many columns there were.
    @Test func aRecipeOfBefore() throws {
        let like = LikeTable(
            inputs: Recipe([RecipeColumn("1", .number), RecipeColumn("2", .number)]),
            targets: Recipe([RecipeColumn("0", .number)]), place: "model.h5")
        let short = try write("1,2\n3,4\n", to: "short.csv")
        var table = TableSource()
        table.hasHeader = false
        #expect(
            throws: DataError(
                "\(short) has 2 columns without names, and the table of model.h5 had more; columns without names are told apart by "
                    + "their places: give all of them, or all but the target (0, counted from 0), or name the columns in both "
                    + "tables")
        ) {
            try SplitTables(
                TableSource.source([short], table), into: directory.path, split: "data", like: like,
                wantsTargets: false,
                progress: { _, _ in })
        }
    }

    // MARK: - Decimal marks

    private func values(_ text: String, like: LikeTable) throws -> (values: [Double], warnings: [String]) {
        let path = try write(text, to: "new.csv")
        let tables = try SplitTables(
            TableSource.source([path], TableSource()), into: directory.path, split: "data", like: like,
            wantsTargets: false, progress: { _, _ in })
        let data = try Dataset(reading: tables.source, wantsTargets: false)
        return (try numbers(data), tables.reports[0].warnings)
    }

    /// A model of a table with decimal commas reads others so, unless these can only have points.
    @Test func theMarkIsThatOfTheTrainingTable() throws {
        var table = byY
        table.hasDecimalComma = true
        let path = try write("x;z;y\n1,5;1.000,25;2\n2,5;7;3\n", to: "a.csv")
        let like = try convert([path], table).like
        #expect(like.inputs.form == Recipe.Form(columns: nil, hasDecimalComma: true))
        let commas = try values("x;z\n2,25;3\n", like: like)
        #expect(commas.values == [2.25, 3] && commas.warnings == [])
        #expect(try values("z;x\n1.000;2,5\n", like: like).values == [2.5, 1000])
        let points = try values("z,x\n4,1\n5,2.25\n", like: like)
        #expect(points.values == [1, 4, 2.25, 5])
        #expect(
            points.warnings == [
                "numbers are read with decimal points, as '2.25' in line 3 must be, and \(path) had decimal commas"
            ])
        // What may be either is read as in the training table, and told.
        let either = try values("x;z\n1.234;5\n", like: like)
        #expect(either.values == [1234, 5])
        #expect(
            either.warnings.count == 1 && either.warnings[0].contains("holds '1.234' in line 2, which is read as 1234"))
        // Both in one table are none.
        #expect("two marks") {
            try values("x;z\n1,5;2\n2.5;3\n", like: like)
        } throws: { "\($0)".contains("line 3: column 'x' holds '2.5', but numbers in") }
        // What is said holds.
        var said = TableSource()
        said.hasDecimalComma = false
        let file = try write("x,z\n1.234,5\n", to: "said.csv")
        let tables = try SplitTables(
            TableSource.source([file], said), into: directory.path, split: "data", like: like, wantsTargets: false,
            progress: { _, _ in })
        #expect(try numbers(Dataset(reading: tables.source, wantsTargets: false)) == [Double(Float(1.234)), 5])
    }
}
