import Foundation
import HDF5
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct TableConverterTests {
    private func options(_ change: (inout TableOptions) -> Void) -> TableOptions {
        var options = TableOptions()
        change(&options)
        return options
    }

    private func recipe(_ file: HDF5File, _ dataset: String = "inputs") throws -> Recipe {
        let text = try file.dataset("/train/\(dataset)").attributes.string("recipe")
        return try Recipe(text: text, file: "out.h5").declared
    }

    @Test func aColumnThatIsKeptStandsByItself() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write(
            "patient,age,day,y\nbob,1.5,3,0\nann,2.5,,1\nbob,3.5,1.5,0\n", to: "a.csv")
        let (file, report) = try fixture.convert(
            TableConverter(path, options: options { $0.kept = ["patient", "2"] }))
        #expect(report.datasets.map(\.path) == ["/train/inputs", "/train/targets", "/train/patient", "/train/day"])
        #expect(try file.dataset("/train/inputs").attributes.strings("column_names") == ["age"])
        let patient = try file.dataset("/train/patient")
        #expect(try patient.shape == [3] && patient.read(Int32.self) == [1, 0, 1])
        #expect(
            try recipe(file, "patient").columns == [RecipeColumn("patient", .category, categories: ["ann", "bob"])])
        let day = try file.dataset("/train/day").read(Float.self)
        #expect(day[0] == 3 && day[1].isNaN && day[2] == 1.5)
        #expect(report.notes.contains("column 'patient' is no input, and stands in a dataset of its own"))
        fixture.expect(
            "column 'patient' is named by --keep and by --drop",
            from: TableConverter(path, options: options { ($0.kept, $0.dropped) = (["patient"], ["0"]) }))
        fixture.expect(
            "column 'y' is named by --keep and by --target",
            from: TableConverter(path, options: options { ($0.kept, $0.targets) = (["y"], ["y"]) }))
        let named = try fixture.write("inputs,age,y\n1,1.5,0\n2,2.5,1\n", to: "b.csv")
        fixture.expect(
            "@b.csv: column 'inputs' can't be kept by that name, which no dataset beside inputs and targets may have; give it "
                + "another one in the file", from: TableConverter(named, options: options { $0.kept = ["inputs"] }))
    }

    @Test func numbersBecomeAMatrixAndTextsCodes() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write(
            "length,\"width, cm\",colour,species\r\n1.5,-2,red,setosa\r\n2,0.25,\"blue\",virginica\r\n3,1e2,red,setosa\r\n",
            to: "a.csv")
        let (file, report) = try fixture.convert(TableConverter(path))
        let inputs = try file.dataset("/train/inputs")
        #expect(inputs.elementType == .float32)
        #expect(inputs.shape == [3, 3])
        #expect(try inputs.read(Float.self) == [1.5, -2, 1, 2, 0.25, 0, 3, 100, 1])
        #expect(try inputs.attributes.strings("column_names") == ["length", "width, cm", "colour"])
        #expect(try inputs.attributes.strings("categories:colour") == ["blue", "red"])
        let targets = try file.dataset("/train/targets")
        #expect(targets.elementType == .int32)
        #expect(targets.shape == [3])
        #expect(try targets.read(Int32.self) == [0, 1, 0])
        #expect(try targets.attributes.strings("class_names") == ["setosa", "virginica"])
        #expect(report.datasets.map(\.path) == ["/train/inputs", "/train/targets"])
        #expect(report.datasets[1].classNames == ["setosa", "virginica"])
        #expect(
            report.notes == [
                "the first line names the columns (--no-header if it is data)",
                "the target is 'species', the last column (--target names another)",
            ])
    }

    @Test func columnsAreChosen() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("id;y;x1;x2\n1;0.5;3;4\n2;1.5;5;6\n", to: "a.csv")
        let (file, report) = try fixture.convert(
            TableConverter(path, options: options { ($0.targets, $0.dropped) = (["y"], ["0"]) }), group: "/a/b")
        #expect(try file.dataset("/a/b/inputs").read(UInt8.self) == [3, 4, 5, 6])
        #expect(try file.dataset("/a/b/targets").read(Float.self) == [0.5, 1.5])
        #expect(report.notes.count == 1)
        // Two targets make a matrix; an index may count from the end.
        let (two, _) = try fixture.convert(
            TableConverter(path, options: options { $0.targets = ["-1", "y"] }))
        #expect(try two.dataset("/train/targets").shape == [2, 2])
        #expect(try two.dataset("/train/targets").read(Float.self) == [4, 0.5, 6, 1.5])
        #expect(try two.dataset("/train/targets").attributes.strings("column_names") == ["x2", "y"])
        let (none, _) = try fixture.convert(TableConverter(path, options: options { $0.hasTargets = false }))
        #expect(try none.allDatasetPaths() == ["/train/inputs"])
        #expect(try none.dataset("/train/inputs").shape == [2, 4])
    }

    @Test func typesFollowTheNumbers() throws {
        let fixture = try ConvertingFixture()
        func types(_ rows: String) throws -> [HDF5ElementType] {
            let path = try fixture.write("a,b,t\n" + rows, to: "a.csv")
            return try fixture.convert(TableConverter(path)).1.datasets.map(\.type)
        }
        #expect(try types("0,255,1\n7,9,2\n") == [.uint8, .int32])
        #expect(try types("0,256,1\n7,9,2\n") == [.float32, .int32])
        #expect(try types("0,-1,1.5\n7,9,2\n") == [.float32, .float32])
        #expect(try types("0,16777216,1\n7,9,2\n") == [.float32, .int32])
        // A float32 would take this number for its neighbour.
        #expect(try types("0,16777217,1\n7,9,2\n") == [.float64, .int32])
        #expect(try types("0.5,3,3000000000\n7,9,2\n") == [.float32, .int64])
    }

    @Test func theHeaderIsFoundOut() throws {
        let fixture = try ConvertingFixture()
        func rows(_ text: String, _ hasHeader: Bool? = nil) throws -> Int {
            let path = try fixture.write(text, to: "a.csv")
            return try fixture.convert(TableConverter(path, options: options { $0.hasHeader = hasHeader })).1.datasets[
                0
            ]
            .shape[0]
        }
        #expect(try rows("1,2\n3,4\n") == 2)
        #expect(try rows("a,b\n3,4\n") == 1)
        #expect(try rows("a,b\n3,x\n3,y\n") == 2)
        // Texts only: a first line that comes again is no header.
        #expect(try rows("red,yes\nblue,no\nred,no\n") == 3)
        #expect(try rows("colour,answer\nblue,no\nred,no\n") == 2)
        #expect(try rows("1,2\n3,4\n", true) == 1)
        #expect(try rows("a,b\nc,d\n", false) == 2)
    }

    @Test("The row index that pandas and R write is no feature")
    func aRowIndexIsLeftOut() throws {
        let fixture = try ConvertingFixture()
        func convert(_ text: String, _ change: (inout TableOptions) -> Void = { _ in }) throws -> (
            names: [String]?, values: [Float], notes: [String]
        ) {
            let path = try fixture.write(text, to: "a.csv")
            let (file, report) = try fixture.convert(TableConverter(path, options: options(change)))
            let inputs = try file.dataset("/train/inputs")
            return (try inputs.attributes.strings("column_names"), try inputs.read(Float.self), report.notes)
        }
        let note =
            "column 0 has no name: it was taken for a row index and left out (give it a name in the file to use it)"
        let pandas = try convert(",x,y\n0,1.5,2\n1,2.5,3\n")
        #expect(pandas.names == ["x"])
        #expect(pandas.values == [1.5, 2.5])
        #expect(
            pandas.notes == [
                "the first line names the columns (--no-header if it is data)", note,
                "the target is 'y', the last column (--target names another)",
                "the targets are whole numbers from 2 to 3; if they are classes, say --column y=category, since labels count "
                    + "from 0",
            ])
        // R puts the empty name into quotes; the index may be of texts.
        #expect(try convert("\"\",\"x\",\"y\"\n\"Mazda\",1,2\n\"Fiat\",3,4\n").values == [1, 3])
        #expect(try convert(",x,species\na,red,s\nb,blue,v\n").names == ["x"])
        // Columns without names of their own are numbered from 0.
        let numbered = try convert(",0,1,2\n0,1.5,2.5,1\n1,3.5,4.5,0\n")
        #expect(numbered.names == ["0", "1"])
        #expect(numbered.values == [1.5, 2.5, 3.5, 4.5])
        // An index of two columns, and one that was read and written once more.
        #expect(try convert(",,x,y\n0,1,5,2\n1,1,6,3\n").values == [5, 6])
        let again = try convert("Unnamed: 0,x,y\n0,1.5,2\n1,2.5,3\n")
        #expect(again.values == [1.5, 2.5])
        #expect(
            again.notes[1]
                == "column 'Unnamed: 0' is a row index that pandas wrote: it was taken for one and left out (give it a "
                + "name in the file to use it)")
        // Who asks for it gets it.
        #expect(try convert(",x,y\n0,1,2\n1,2,3\n") { $0.targets = ["0"] }.values == [1, 2, 2, 3])
        #expect(try convert(",x,y\n0,1,2\n1,2,3\n") { $0.dropped = ["0"] }.notes.count == 3)
        #expect(try convert(",x,y\nb,1,2\na,2,3\n") { $0.categorical = ["0"] }.values == [1, 1, 0, 2])
    }

    @Test func aHeaderIsToldByAllOfItsCells() throws {
        let fixture = try ConvertingFixture()
        func expect(_ sentence: String, _ text: String) throws {
            fixture.expect(sentence, from: TableConverter(try fixture.write(text, to: "a.csv")))
        }
        try expect(
            "@a.csv, line 1: 'id' stands over numbers, as a column's name does, but '2019' is a number itself; say --header "
                + "if this line names the columns, or --no-header if it is data", "id,2019,2020\n1,2.5,3\n2,3.5,4\n")
        // What says that a value is missing is no name.
        try expect(
            "@a.csv: 1 value is missing, in line 1, column '0'; say --missing skip to leave such rows out, --missing mean or "
                + "--missing VALUE to fill them, or --drop a column", "NA,2,0\n1,2.5,1\n")
        // A value that is missing in a first line of data does not make it a header.
        try expect(
            "@a.csv: 1 value is missing, in line 1, column '1'; say --missing skip to leave such rows out, --missing mean or "
                + "--missing VALUE to fill them, or --drop a column", "red,,yes\nblue,x,no\n")
    }

    @Test("Text that looks like numbers or dates becomes codes with a warning, by column, example and line")
    func numericTexts() throws {
        let fixture = try ConvertingFixture()
        func warnings(_ text: String, _ change: (inout TableOptions) -> Void = { _ in }) throws -> [String] {
            let path = try fixture.write(text, to: "a.csv")
            return try fixture.convert(TableConverter(path, options: options(change))).1.warnings
        }
        func sentence(_ column: String, _ kind: String, _ example: String, _ line: Int, _ advice: String) -> String {
            "column '\(column)' looks like \(kind) ('\(example)' in line \(line)), but is read as texts, whose codes say "
                + "nothing of their size; \(advice); or leave it out by --drop \(column); or say --column \(column)=category if "
                + "they are names"
        }
        let plain = "write plain numbers into the file"
        let table = "share,day,colour,t\n0x10,2024-03,red,1\n0x7,2024-04,blue,0\n0x55,2024-05,red,1\n"
        #expect(
            try warnings(table) == [
                sentence("share", "numbers", "0x10", 2, plain),
                sentence("day", "dates", "2024-03", 2, "write the dates as 2024-03-31, or as 31 Mar 2024"),
            ])
        #expect(try warnings(table) { $0.categorical = ["share", "day"] } == [])
        #expect(try warnings(table) { $0.dropped = ["share", "day"] } == [])
        // The target too, and a decimal mark that is not the one in use.
        #expect(
            try warnings("a;t\n1;2,5\n2;3,5\n") == [
                sentence(
                    "t", "numbers", "2,5", 2,
                    "say --decimal-comma if the comma divides whole from fraction, or write the numbers without it")
            ])
        #expect(
            try warnings("a;t\n1.5;2\n2.5;3\n") { $0.hasDecimalComma = true } == [
                sentence(
                    "a", "numbers", "1.5", 2,
                    "leave out --decimal-comma if the point divides whole from fraction, or write the numbers without it"
                )
            ])
        // Numbers and dates among which there are too many other texts.
        #expect(
            try warnings("a,d,t\n5%,1-Mar-2024,1\n6%,12-Sep-2024,0\nlow,soon,1\n") == [
                sentence(
                    "a", "numbers", "5%", 2, "'low' in line 4 is none: repair such rows, or leave the value empty there"
                ),
                sentence(
                    "d", "dates", "1-Mar-2024", 2,
                    "'soon' in line 4 is none: repair such rows, or leave the value empty there"),
            ])
        #expect(
            try warnings("a,t\n5 old,1\n6 new,0\n7 old,1\n") == [
                sentence("a", "numbers", "5 old", 2, "they have no unit in common, such as 'old' and 'new'")
            ])
        #expect(try warnings("a,t\n0x1F,1\n0x0a,0\n") == [sentence("a", "numbers", "0x1F", 2, plain)])
        #expect(try warnings("a,t\nMay B,1\nMarch 2024 a,0\n0xyz,1\n") == [])
        // Names with digits in them are names.
        #expect(try warnings("a,t\nA1,1\n4WD,2\n1st,3\n10-20,4\nroom 7,5\n") == [])
    }

    @Test("One long text among many is refused before it is multiplied")
    func aLongTextAmongMany() throws {
        try expectThreadTime {
            let fixture = try ConvertingFixture()
            let long = String(repeating: "x", count: 3 << 20)
            let path = try fixture.write(
                "a,t\n\(long),1\n" + (0..<100).map { "x\($0),0\n" }.joined(), to: "a.csv")
            fixture.expect(
                "@a.csv: the texts of column 'a' are 101, the longest of 3145728 bytes; kept as strings of that length they would "
                    + "be more than 256 MiB; shorten them, or leave the column out by --drop a",
                from: TableConverter(path))
        }
    }

    @Test("A million columns take time by their number")
    func manyColumns() throws {
        try expectThreadTime {
            let fixture = try ConvertingFixture()
            let columns = 200_000
            var text = (0..<columns).map { "\"c\"\"\($0)\"" }.joined(separator: ",") + "\n"
            for row in 0..<2 { text += (0..<columns).map { "\(($0 + row) % 10)" }.joined(separator: ",") + "\n" }
            let (file, report) = try fixture.convert(TableConverter(try fixture.write(text, to: "a.csv")))
            #expect(report.datasets.map(\.shape) == [[2, columns - 1], [2]])
            #expect(try file.dataset("/train/inputs").attributes.strings("column_names").last == "c\"\(columns - 2)")
        }
    }

    @Test func theDelimiterIsFoundOut() throws {
        let fixture = try ConvertingFixture()
        for delimiter in [",", ";", "\t", "|"] {
            let path = try fixture.write(
                ["a", "b", "t"].joined(separator: delimiter) + "\n"
                    + ["1.5", "\"x,y;z\"", "2"].joined(separator: delimiter) + "\n",
                to: "a.csv")
            #expect(try fixture.convert(TableConverter(path)).0.dataset("/train/inputs").read(Float.self) == [1.5, 0])
        }
        let path = try fixture.write("a;b;t\n1,5;2,25;1\n", to: "a.csv")
        let (file, _) = try fixture.convert(TableConverter(path, options: options { $0.hasDecimalComma = true }))
        #expect(try file.dataset("/train/inputs").read(Float.self) == [1.5, 2.25])
    }

    @Test func missingValuesAreRefusedByPlace() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("a,b,t\n1,,x\nNA,2,x\n3,nan,y\n4,?,y\n5,6,y\n", to: "a.csv")
        fixture.expect(
            "@a.csv: 4 values are missing, first in line 2, column 'b'; line 3, column 'a'; line 4, column 'b'; say "
                + "--missing skip to leave such rows out, --missing mean or --missing VALUE to fill them, or --drop a column",
            from: TableConverter(path))
        let (dropped, _) = try fixture.convert(
            TableConverter(path, options: options { ($0.dropped, $0.missing) = (["b"], .skip) }))
        #expect(try dropped.dataset("/train/inputs").read(UInt8.self) == [1, 3, 4, 5])
        let (mean, report) = try fixture.convert(TableConverter(path, options: options { $0.missing = .mean }))
        // What is missing stays missing, and the recipe says what becomes of it.
        let kept: [Float?] = [1, nil, nil, 2, 3, nil, 4, nil, 5, 6]
        func inputs(_ file: HDF5File) throws -> [Float?] {
            try file.dataset("/train/inputs").read(Float.self).map { $0.isNaN ? nil : $0 }
        }
        #expect(try inputs(mean) == kept)
        #expect(
            report.notes.last
                == "4 missing values stay missing in the file; in training numbers become the mean of the rows that are "
                + "trained on, texts the most frequent one")
        #expect(
            try recipe(mean).columns == [
                RecipeColumn("a", .number, missing: .mean), RecipeColumn("b", .number, missing: .mean),
            ])
        #expect(report.decisions?.inputs.columns.map(\.seen?.missing) == [1, 3])
        #expect(report.decisions?.inputs.columns.map(\.seen?.range) == [1...5, 2...6])
        let (value, _) = try fixture.convert(TableConverter(path, options: options { $0.missing = .value("-1") }))
        #expect(try inputs(value) == kept)
        #expect(try recipe(value).columns.map(\.missing) == [.number(-1), .number(-1)])
        let (median, _) = try fixture.convert(TableConverter(path, options: options { $0.missing = .median }))
        #expect(try recipe(median).columns.map(\.missing) == [.median, .median])
        let (marked, _) = try fixture.convert(TableConverter(path, options: options { $0.missing = .indicator }))
        #expect(try recipe(marked).columns.map(\.missing) == [.indicator, .indicator])
        let (skip, skipped) = try fixture.convert(TableConverter(path, options: options { $0.missing = .skip }))
        #expect(try skip.dataset("/train/inputs").read(Float.self) == [5, 6])
        // What is only in rows that are left out is no class.
        #expect(try skip.dataset("/train/targets").attributes.strings("class_names") == ["y"])
        let note = "4 rows of \(path) with missing values were left out: column 'b' in 3, 'a' in 1"
        #expect(skipped.notes.last == note)
        #expect(skipped.decisions?.runNotes == [note])
        fixture.expect(
            "--missing none fits no column of numbers, such as 'a'; give a number, mean, median, indicator or skip",
            from: TableConverter(path, options: options { $0.missing = .value("none") }))
    }

    @Test func missingTextsAndTargets() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("a,b,t\n1,red,1\n2,,0\n3,red,1\n4,blue,0\n", to: "a.csv")
        let (mean, _) = try fixture.convert(TableConverter(path, options: options { $0.missing = .mean }))
        let values = try mean.dataset("/train/inputs").read(Float.self)
        #expect(values[3].isNaN)
        #expect(values.filter { !$0.isNaN } == [1, 1, 2, 3, 1, 4, 0])
        // A mode is never called a mean.
        #expect(
            try recipe(mean).columns == [
                RecipeColumn("a", .number, missing: .mean),
                RecipeColumn("b", .category, missing: .mode, categories: ["blue", "red"]),
            ])
        let (named, _) = try fixture.convert(TableConverter(path, options: options { $0.missing = .value("none") }))
        #expect(try named.dataset("/train/inputs").attributes.strings("categories:b") == ["blue", "none", "red"])
        #expect(try recipe(named).columns[1].missing == .text("none"))
        #expect(try named.dataset("/train/inputs").read(Float.self)[3].isNaN)
        // Rows without a target stay, whatever is done with inputs, so that predict can answer for them.
        let targets = try fixture.write("a,t\n1,2\n2,\n", to: "b.csv")
        for missing in [TableOptions.Missing.refuse, .mean] {
            let (file, report) = try fixture.convert(TableConverter(targets, options: options { $0.missing = missing }))
            let values = try file.dataset("/train/targets").read(Float.self)
            #expect(values[0] == 2)
            #expect(values[1].isNaN)
            #expect(
                report.notes.last == "1 row has no target: training leaves it out, predict answers for it")
        }
        let classes = try fixture.write("a,t\n1,red\n2,\n3,blue\n", to: "b.csv")
        let (coded, _) = try fixture.convert(TableConverter(classes))
        #expect(try coded.dataset("/train/targets").read(Int32.self) == [1, -1, 0])
        #expect(
            try recipe(coded, "targets") == Recipe([RecipeColumn("t", .category, categories: ["blue", "red"])]))
        let hollow = try fixture.write("a,b,t\n1,,2\n2,,3\n", to: "b.csv")
        let (empty, _) = try fixture.convert(TableConverter(hollow, options: options { $0.missing = .mean }))
        #expect(try recipe(empty).columns[1] == RecipeColumn("b", .empty, missing: .mean))
        let none = try fixture.write("a,t\n1,\n2,\n", to: "b.csv")
        fixture.expect(
            "@b.csv: each of its 2 rows has a missing value ('t' in 2), and such rows are left out; say --missing mean or --missing "
                + "VALUE, or --drop the columns that lack most", from: TableConverter(none, options: options { $0.missing = .skip }))
    }

    @Test func numbersThatAreNames() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("x,quality\n1,10\n2,9\n3,5\n4,10\n", to: "a.csv")
        let (_, plain) = try fixture.convert(TableConverter(path))
        #expect(
            plain.notes.last
                == "the targets are whole numbers from 5 to 10; if they are classes, say --column quality=category, since "
                + "labels count from 0")
        let (file, _) = try fixture.convert(TableConverter(path, options: options { $0.categorical = ["quality"] }))
        // By value, not by letter.
        #expect(try file.dataset("/train/targets").attributes.strings("class_names") == ["5", "9", "10"])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [2, 1, 0, 2])
        // A column of both has its numbers among the names.
        let mixed = try fixture.write("deck,t\nA1,1\n7,0\nB2,1\n7,0\n", to: "b.csv")
        let (both, _) = try fixture.convert(TableConverter(mixed))
        #expect(try both.dataset("/train/inputs").attributes.strings("categories:deck") == ["7", "A1", "B2"])
        #expect(try both.dataset("/train/inputs").read(UInt8.self) == [1, 0, 2, 0])
    }

    /// R's write.table gives no name to the column of row names: the header is one field shorter than the rows.
    @Test(arguments: [",", "\t", ";"])
    func rowNamesOfRAreAnIndex(delimiter: String) throws {
        let fixture = try ConvertingFixture()
        let lines = ["\"x\",\"kind\"", "\"1\",1.5,\"a\"", "\"2\",2.5,\"b\"", "\"10\",3.5,\"a\""]
        let text = lines.map { $0.replacingOccurrences(of: ",", with: delimiter) + "\n" }.joined()
        let (file, report) = try fixture.convert(TableConverter(try fixture.write(text, to: "a.csv")))
        #expect(try file.dataset("/train/inputs").read(Float.self) == [1.5, 2.5, 3.5])
        #expect(try file.dataset("/train/inputs").attributes.strings("column_names") == ["x"])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [0, 1, 0])
        #expect(
            report.notes.contains(
                "column 0 has no name: it was taken for a row index and left out (give it a name in the file to use it)"
            ),
            "\(report.notes)")
        // Where not all rows are so, nobody knows.
        let mixed = try fixture.write("x,y\n1,2,3\n4,5\n", to: "b.csv")
        fixture.expect(
            "@b.csv, line 2: 2 fields are expected, as in the first line, but there are 3 (separated by ','); repair that "
                + "line, or give the right --delimiter; if the first field names the row, as R's write.table has it, name "
                + "its column in the header, too", from: TableConverter(mixed))
    }

    @Test func badTablesAreNamedByLine() throws {
        let fixture = try ConvertingFixture()
        func expect(
            _ sentence: String, _ text: String, _ options: TableOptions = TableOptions(),
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let path = try fixture.write(text, to: "a.csv")
            fixture.expect(sentence, from: TableConverter(path, options: options), sourceLocation: sourceLocation)
        }
        try expect(
            "@a.csv, line 3: 3 fields are expected, as in the first line, but there are 2 (separated by ','); repair that "
                + "line, or give the right --delimiter", "a,b,c\n1,2,3\n4,5\n6,7,8\n")
        try expect(
            "@a.csv, line 4: 2 fields are expected, as in the first line, but there is 1 (separated by ','); repair that "
                + "line, or give the right --delimiter", "a,b\n1,\"x\ny\"\n4\n")
        let stray = (0..<20).map { "\($0),1\n" }.joined()
        try expect(
            "@a.csv, line 22: column 'age' holds '3 O', but numbers in 20 of 21 rows; repair it, leave it empty where it "
                + "means a missing value, or say --column age=category if all of them are names",
            "age,t\n\(stray)3 O,0\n")
        try expect("@a.csv has no rows below its header", "a,b\n", options { $0.hasHeader = true })
        try expect("@a.csv is empty", "")
        try expect("@a.csv has no rows", "\n\n")
        try expect(
            "@a.csv has one column only; a dataset needs inputs beside the targets; give the right --delimiter, or say "
                + "--no-targets", "a\n1\n2\n")
        try expect("@a.csv has no column 'z' for --target; it has: a, b", "a,b\n1,2\n", options { $0.targets = ["z"] })
        try expect(
            "@a.csv has 2 columns, so --drop 2 is none; they are counted from 0, or from the end by -1", "a,b\n1,2\n",
            options { $0.dropped = ["2"] })
        try expect(
            "column 'b' is named by --target and by --drop", "a,b\n1,2\n",
            options { ($0.targets, $0.dropped) = (["b"], ["1"]) })
        try expect(
            "column 'a' is named by --categorical and by --drop", "a,b\n1,2\n",
            options { ($0.categorical, $0.dropped) = (["0"], ["a"]) })
        try expect(
            "@a.csv, line 1: two columns are named 'a'; give them different names, or say --no-header if that line is data",
            "a,a\n1,2\n")
        try expect(
            "@a.csv holds bytes that are no text in UTF-8; say --encoding utf-16 if it is in that, or save it as UTF-8",
            "a,b\n1,\0\n")
        fixture.expect("cannot open @none.csv: there is no such file", from: TableConverter(fixture.file("none.csv")))
    }

    @Test("Behind the first bytes, which are looked at beforehand, a zero byte is told by line and column")
    func zeroBytes() throws {
        let fixture = try ConvertingFixture()
        func expect(_ place: String, _ text: String) throws {
            fixture.expect(
                "@a.csv, \(place): there is a zero byte, which no text in UTF-8 has; repair that line, or give the right --encoding",
                from: TableConverter(try fixture.write(text, to: "a.csv")))
        }
        let rows = (0..<40_000).map { "\($0 % 7),\($0 % 3)\n" }.joined()
        try expect("line 40002, column 'b'", "a,b\n" + rows + "5,\0\n1,2\n")
        try expect("line 40002, column 'a'", "a,b\n" + rows + "x\0y,1\n")
        try expect("line 40003, column 'a'", "a,b\n" + rows + "1,1\n\"x\n\0y\",1\n")
        // In another buffer.
        try expect("line 400002, column 'b'", "a,b\n" + (0..<10).map { _ in rows }.joined() + "5,6\0")
    }

    @Test("Names and texts are compared in Unicode's composed form")
    func unicodeForms() throws {
        let fixture = try ConvertingFixture()
        let text = "cafe\u{301},kind,t\n1,re\u{301}d,A\u{30A}\n2,r\u{E9}d,\u{C5}\n3,blue,\u{212B}\n4,blue,b\n"
        let (file, report) = try fixture.convert(
            TableConverter(try fixture.write(text, to: "a.csv"), options: options { $0.targets = ["t"] }))
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [1, 1, 2, 1, 3, 0, 4, 0])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 1, 1, 0])
        let names = try file.dataset("/train/inputs").attributes.strings("column_names")
        #expect(names.map { Array($0.utf8) } == ["caf\u{E9}", "kind"].map { Array($0.utf8) })
        #expect(report.datasets[1].classNames?.map { Array($0.utf8) } == ["b", "\u{C5}"].map { Array($0.utf8) })
        #expect(
            report.notes.contains(
                "4 texts, first in line 1, were brought into Unicode's composed form (NFC), in which texts are compared"
            ))
        // Selectors in either form.
        let (dropped, _) = try fixture.convert(
            TableConverter(
                fixture.file("a.csv"), options: options { ($0.targets, $0.dropped) = (["t"], ["caf\u{E9}"]) }))
        #expect(try dropped.dataset("/train/inputs").shape == [4, 1])
        fixture.expect(
            "@b.csv, line 1: two columns are named 'caf\u{E9}'; give them different names, or say --no-header if that line is data",
            from: TableConverter(try fixture.write("cafe\u{301},caf\u{E9},t\n1,2,3\n", to: "b.csv")))
    }

    @Test func progressGrowsToItsEnd() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("a,t\n" + (0..<20_000).map { "\($0),\($0 % 2)\n" }.joined(), to: "a.csv")
        var last = 0
        var count = 0
        var total = 0
        _ = try TableConverter(path).convert(to: try ConversionTarget(file: fixture.file("out.h5"))) { progress in
            #expect(progress.done >= last)
            (last, total) = (progress.done, progress.total)
            count += 1
        }
        #expect(last == total)
        #expect(count >= 8)
    }

    /// What is said of a column that is in no dataset has no effect, and a word to Excel is no row.
    @Test func whatHasNoEffect() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write("size,city,t\n1,Bonn,0\n2,Ulm,1\n", to: "a.csv")
        var options = TableOptions()
        (options.inputs, options.targets) = (["size"], ["t"])
        options.kinds = [("city", ColumnWord(.category, width: 2))]
        fixture.expect(
            "--column city=category has no effect, since the column is neither an input nor a target; leave it out, or name the column "
                + "among the inputs", from: TableConverter(path, options: options))
        let excel = try fixture.write("sep=;\na;t\n1;2\n", to: "b.csv")
        fixture.expect(
            "@b.csv, line 1: 'sep=;' is a word to Excel and no row; remove that line, and say --delimiter ';' if the delimiter is not "
                + "found without it", from: TableConverter(excel))
    }
}
