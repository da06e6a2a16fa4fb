import HDF5
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct LikeTableTests {
    private let fixture: ConvertingFixture
    private let like: LikeTable

    init() throws {
        fixture = try ConvertingFixture()
        like = LikeTable(
            inputs: Recipe([
                RecipeColumn("size", .number, missing: .mean),
                RecipeColumn("zip", .category, missing: .mode, categories: ["10", "9", "8"]),
            ]),
            targets: Recipe([RecipeColumn("t", .category, categories: ["yes", "no"])]), place: "model.h5")
    }

    private func options(_ change: (inout TableOptions) -> Void = { _ in }) -> TableOptions {
        var options = TableOptions()
        options.like = like
        change(&options)
        return options
    }

    private func recipe(_ file: HDF5File, _ name: String = "inputs") throws -> Recipe {
        try Recipe(text: file.dataset("/train/\(name)").attributes.string("recipe"), file: "out.h5").declared
    }

    @Test func columnsKindsAndCodesAreThoseOfTheOther() throws {
        let path = try fixture.write("t,id,zip,size\nno,1,9,2.5\nno,2,7,\nmaybe,3,,4\n", to: "a.csv")
        let (file, report) = try fixture.convert(TableConverter(path, options: options()))
        let values = try file.dataset("/train/inputs").read(Float.self).map { $0.isNaN ? -9 : $0 }
        // 7 is new: its code stands behind the others.
        #expect(values == [2.5, 1, -9, 3, 4, -9])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 1, 2])
        #expect(
            try recipe(file).columns == [
                RecipeColumn("size", .number, missing: .mean),
                RecipeColumn("zip", .category, missing: .mode, categories: ["10", "9", "8", "7"]),
            ])
        #expect(try recipe(file, "targets").columns[0].categories == ["yes", "no", "maybe"])
        #expect(report.notes.contains("left out, since model.h5 does not name it: id"))
        #expect(
            report.notes.contains(
                "2 missing values stay missing in the file; in training they become what model.h5 says"))
        // The file says it again.
        let again = try LikeTable(file)
        #expect(again.inputs == (try recipe(file)))
        #expect(again.targets == (try recipe(file, "targets")))
    }

    @Test func rowsWithoutATarget() throws {
        let path = try fixture.write("size,zip\n1,8\n", to: "a.csv")
        let (file, _) = try fixture.convert(TableConverter(path, options: options()))
        #expect(try file.allDatasetPaths() == ["/train/inputs"])
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [1, 2])
        // What is not there is told of by whoever uses the model.
        let short = try fixture.write("zip,t\n8,no\n", to: "b.csv")
        #expect(try recipe(fixture.convert(TableConverter(short, options: options())).0).names == ["zip"])
    }

    /// Whatever a column holds elsewhere, without a value in any row it is written so that it can be read.
    @Test(arguments: RecipeColumn.Kind.allCases)
    func columnsWithoutValues(_ kind: RecipeColumn.Kind) throws {
        var plain = RecipeColumn("p", kind)
        if kind.isCoded { plain.categories = ["no", "yes"] }
        var columns = [plain]
        func add(_ change: (inout RecipeColumn) -> Void) {
            var column = plain
            change(&column)
            columns.append(column)
        }
        switch kind {
        case .number:
            add { $0.unit = "kg" }
            add { ($0.unit, $0.missing) = ("kg", .indicator) }
            add { $0.missing = .number(2.5) }
        case .category:
            add { ($0.width, $0.missing) = (1, .category) }
            add { $0.missing = .text("no") }
        case .boolean: add { $0.missing = .mode }
        case .date:
            add { ($0.order, $0.isZoned) = (.monthFirst, true) }
            add { $0.missing = .median }
        case .time: add { $0.isZoned = true }
        case .empty: add { $0.missing = .mean }
        }
        for column in columns {
            let model = Recipe([column, RecipeColumn("x", .number)])
            let path = try fixture.write("p,x\n,3\nNA,4\n", to: "a.csv")
            var own = TableOptions()
            (own.like, own.hasHeader) = (LikeTable(inputs: model, targets: nil, place: "model.h5"), true)
            let (file, report) = try fixture.convert(TableConverter(path, options: own))
            let written = try recipe(file)
            #expect(written.names == ["p", "x"])
            #expect(written.columns[0].missing == column.missing)
            #expect(report.warnings == [], "\(column)")
            let mapping = try RecipeMapping(of: written, at: "new.h5", onto: model, at: "model.h5")
            #expect(mapping.isIdentity && mapping.notices == [], "\(column)")
            #expect(mapping.columns[0] == column)
            let values = try file.dataset("/train/inputs").read(Float.self)
            #expect(values[0].isNaN && values[2].isNaN && values[1] == 3 && values[3] == 4)
        }
    }

    @Test func whatDoesNotFit() throws {
        let texts = try fixture.write("size,zip,t\nbig,9,no\nsmall,8,no\n", to: "a.csv")
        fixture.expect(
            "@a.csv, line 2: column 'size' holds 'big', but numbers in model.h5; repair it, or leave it empty where it means "
                + "a missing value", from: TableConverter(texts, options: options()))
        let other = try fixture.write("a,b\n1,2\n", to: "a.csv")
        fixture.expect(
            "@a.csv has none of the columns of model.h5: size, zip; its columns are a, b",
            from: TableConverter(other, options: options()))
    }

    /// A comma may divide fields beside decimal commas, and a tab need not in a .tsv.
    @Test func whichCharacterDividesFields() throws {
        func values(_ text: String, _ name: String, comma: Bool? = nil) throws -> [Double] {
            var own = TableOptions()
            own.hasDecimalComma = comma
            let path = try fixture.write(text, to: name)
            return try fixture.convert(TableConverter(path, options: own)).0.dataset("/train/inputs").read(Double.self)
        }
        #expect(try values("a,b,t\n\"1,5\",\"2,5\",1\n\"3,5\",4,0\n", "a.csv", comma: true) == [1.5, 2.5, 3.5, 4])
        #expect(try values("\"1,5\",\"2,5\",1\n\"3,5\",\"4,5\",0\n", "a.csv", comma: true) == [1.5, 2.5, 3.5, 4.5])
        #expect(try values("a,b,t\n1,2,3\n4,5,6\n", "a.tsv") == [1, 2, 4, 5])
        #expect(try values("a,b\tc\tt\n1,5\t2\t3\n2,5\t5\t6\n", "a.tsv", comma: true) == [1.5, 2, 2.5, 5])
        // Of a model with decimal commas a table with points is read, and a delimiter that does not divide it is named.
        let model = LikeTable(
            inputs: Recipe(
                [RecipeColumn("a", .number), RecipeColumn("b", .number)],
                form: Recipe.Form(columns: nil, hasDecimalComma: true)), targets: nil, place: "model.h5")
        var own = TableOptions()
        own.like = model
        let path = try fixture.write("b,a\n1.5,2.25\n3.5,4\n", to: "b.csv")
        let (file, report) = try fixture.convert(TableConverter(path, options: own))
        #expect(try file.dataset("/train/inputs").read(Double.self) == [2.25, 1.5, 4, 3.5])
        #expect(report.warnings[0].hasPrefix("numbers are read with decimal points, as '1.5' in line 2 must be"))
        own.delimiter = UInt8(ascii: ";")
        fixture.expect(
            "@b.csv has none of the columns of model.h5: a, b; its columns are b,a; its fields were to be separated by ';', and seem "
                + "to be by ',': say --delimiter ,", from: TableConverter(path, options: own))
    }

    /// Other ways to write a class, and names that lost their zeros.
    @Test func textsOfTheSameMeaning() throws {
        func convert(_ known: [String], _ texts: [String]) throws -> ([Int32], ConversionReport) {
            var own = TableOptions()
            own.like = LikeTable(
                inputs: Recipe([RecipeColumn("x", .number)]),
                targets: Recipe([RecipeColumn("t", .category, categories: known)]), place: "model.h5")
            let rows = texts.map { "1,\($0)\n" }.joined()
            let (file, report) = try fixture.convert(
                TableConverter(fixture.write("x,t\n" + rows, to: "a.csv"), options: own))
            return (try file.dataset("/train/targets").read(Int32.self), report)
        }
        let (truths, report) = try convert(["FALSE", "TRUE"], ["True", "0", "yes", "FALSE", "maybe"])
        #expect(truths == [1, 0, 1, 0, 2])
        #expect(
            report.notes.contains("column 't' holds 'True', which is taken for 'TRUE' of model.h5"), "\(report.notes)")
        #expect(try convert(["1", "2"], ["1.0", "2", "3"]).0 == [0, 1, 2])
        #expect(try convert(["1.0", "2.0", "yes"], ["1", "no"]).0 == [0, 3])
        let (zeros, told) = try convert(["06290", "10115"], ["6290", "10115"])
        #expect(zeros == [2, 1])
        #expect(
            told.warnings
                == [
                    "column 't' holds '6290' in @a.csv, and '06290' in model.h5: they are taken for different names; write them alike, "
                        + "with their zeros, if they are the same"
                ].map { $0.replacingOccurrences(of: "@", with: fixture.path + "/") })
    }

    private func kinds(_ columns: [RecipeColumn]) -> TableOptions {
        var options = TableOptions()
        options.like = LikeTable(inputs: Recipe(columns), targets: nil, place: "model.h5")
        return options
    }

    @Test func otherKindsAreReadAsTheOtherHasThem() throws {
        var weight = RecipeColumn("weight", .number)
        weight.unit = "kg"
        var day = RecipeColumn("day", .date)
        day.order = .dayFirst
        let flag = RecipeColumn("flag", .boolean, categories: ["No", "Yes"])
        let code = RecipeColumn("code", .category, categories: ["1", "2"])
        // Numbers without a unit, days that might be months, words in another case or of another pair, and names that are
        // numbers.
        let path = try fixture.write(
            "flag,weight,day,code\nyes,5,03/04/2024,2\nNO,6,05/04/2024,1\nt,7,2024-04-06,1\n0,8,7 Apr 2024,2\n"
                + "x,9,8.4.2024,3\n", to: "a.csv")
        let (file, report) = try fixture.convert(TableConverter(path, options: kinds([weight, day, flag, code])))
        #expect(
            try file.dataset("/train/inputs").read(Float.self) == [
                5, 19_816, 1, 1, 6, 19_818, 0, 0, 7, 19_819, 1, 0, 8, 19_820, 0, 1, 9, 19_821, 2, 2,
            ])
        let columns = try recipe(file).columns
        #expect(columns[0].unit == "kg")
        #expect(columns[1].order == .dayFirst)
        // What says neither yes nor no stands behind, where whoever uses the model finds it.
        #expect(columns[2] == RecipeColumn("flag", .boolean, categories: ["No", "Yes", "x"]))
        #expect(columns[3].categories == ["1", "2", "3"])
        #expect(report.decisions?.remarks["weight"] == "no unit: taken for 'kg', as in model.h5")
    }

    @Test func otherKindsThatDoNotFit() throws {
        var weight = RecipeColumn("weight", .number)
        weight.unit = "kg"
        func expect(_ sentence: String, _ column: RecipeColumn, _ values: String...) throws {
            let path = try fixture.write("\(column.name),t\n" + values.map { "\($0),1\n" }.joined(), to: "a.csv")
            fixture.expect(sentence, from: TableConverter(path, options: kinds([column])))
        }
        try expect(
            "@a.csv, line 2: column 'weight' holds '5 lb', but 'kg' in model.h5; bring its numbers into 'kg'", weight,
            "5 lb",
            "6 lb")
        try expect(
            "@a.csv: column 'weight' holds '5 lb' in line 2 and '6 kg' in line 3; bring its numbers into one unit",
            weight,
            "5 lb", "6 kg")
        try expect(
            "@a.csv, line 3: column 'day' holds 'soon', but dates in model.h5; repair it, or leave it empty where it means a "
                + "missing value", RecipeColumn("day", .date), "2024-03-01", "soon")
        try expect(
            "@a.csv, line 2: column 'day' holds '20240301', but dates in model.h5; repair it, or leave it empty where it "
                + "means a missing value", RecipeColumn("day", .date), "20240301")
        try expect(
            "@a.csv: column 'day' holds '03/04/2024' in line 2, and no row tells whether the day or the month stands first; "
                + "write the year first, as 2024-03-31", RecipeColumn("day", .date), "03/04/2024")
        try expect(
            "@a.csv, line 2: column 'at' holds '2024-03-01', but times in model.h5; repair it, or leave it empty where it "
                + "means a missing value", RecipeColumn("at", .time), "2024-03-01")
    }
}
