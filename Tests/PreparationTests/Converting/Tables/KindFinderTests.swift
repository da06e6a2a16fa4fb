import HDF5
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct KindFinderTests {
    private let fixture: ConvertingFixture
    init() throws { fixture = try ConvertingFixture() }

    private func converter(_ text: String, _ change: (inout TableOptions) -> Void = { _ in }) throws -> TableConverter {
        var options = TableOptions()
        change(&options)
        return TableConverter(try fixture.write(text, to: "a.csv"), options: options)
    }

    /// A table of one column of inputs beside a target.
    private func table(_ name: String, _ values: [String]) -> String {
        "\(name),t\n" + values.enumerated().map { "\"\($1)\",\($0 % 2)\n" }.joined()
    }

    private func values(_ converter: TableConverter) throws -> ([Double], RecipeColumn, TableDecisions) {
        let (file, report) = try fixture.convert(converter)
        let decisions = try #require(report.decisions)
        return (try file.dataset("/train/inputs").read(Double.self), decisions.inputs.columns[0], decisions)
    }

    private func expect(
        _ sentence: String, _ text: String, _ change: (inout TableOptions) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        fixture.expect(sentence, from: try converter(text, change), sourceLocation: sourceLocation)
    }

    @Test(
        arguments: [
            (["102%", "7%", "-5.5 %"], [102, 7, -5.5], "%"),
            (["$3,825.00", "$12.50", "-$1,000.00"], [3825, 12.5, -1000], "$"),
            (["825", "1,250,000", "12", "3,000"], [825, 1_250_000, 12, 3000], nil),
            (["102 kg", "5.5 kg", "1 250 kg"], [102, 5.5, 1250], "kg"),
            (["5 lbs", "6 lb"], [5, 6], "lb"), (["4 WD", "2 WD"], [4, 2], "WD"), (["12", "9"], [12, 9], nil),
        ] as [([String], [Double], String?)])
    func numbersWithUnits(_ texts: [String], _ numbers: [Double], _ unit: String?) throws {
        let (found, column, decisions) = try values(converter(table("x", texts)))
        #expect(found == numbers)
        #expect(column.kind == .number)
        #expect(column.unit == unit)
        #expect(column.seen?.range == (numbers.min() ?? 0)...(numbers.max() ?? 0))
        #expect(decisions.warnings == [])
    }

    @Test func numbersWithADecimalComma() throws {
        let converter = try converter("x;t\n1.234,5 kg;1\n7,25 kg;0\n") { $0.hasDecimalComma = true }
        #expect(try values(converter).0 == [1234.5, 7.25])
    }

    @Test func twoUnitsAreRefused() throws {
        try expect(
            "@a.csv: column 'weight' holds '5 kg' in line 2 and '11 lb' in line 4; bring its numbers into one unit, or say "
                + "--column weight=category if they are names", table("weight", ["5 kg", "6 kg", "11 lb"]))
        try expect(
            "@a.csv: column 'x' holds '$5' in line 2 and '€5' in line 3; bring its numbers into one unit, or say --column "
                + "x=category if they are names", table("x", ["$5", "€5"]))
        // Words behind numbers are no units, unless somebody says that the column is one of numbers.
        let (_, column, _) = try values(converter(table("x", ["12 Main", "7 Oak", "9 Elm"])))
        #expect(column.kind == .category)
        try expect(
            "@a.csv: column 'x' holds '12 Main' in line 2 and '7 Oak' in line 3; bring its numbers into one unit, or say "
                + "--column x=category if they are names", table("x", ["12 Main", "7 Oak", "9 Elm"])
        ) { $0.kinds = [("x", ColumnWord(.number))] }
    }

    @Test func numbersThatLackTheUnit() throws {
        let (found, column, decisions) = try values(converter(table("x", ["5 kg", "6", "7 kg", "8"])))
        #expect(found == [5, 6, 7, 8])
        #expect(column.unit == "kg")
        #expect(decisions.remarks["x"] == "some without a unit, first '6' in line 3")
        #expect(decisions.warned == ["x"])
        #expect(
            decisions.warnings == [
                "column 'x' holds '6' in line 3 without a unit, and '5 kg' in line 2: both were taken for 'kg'"
            ])
        // Nothing is nothing in every unit.
        #expect(try values(converter(table("x", ["5 kg", "0", "7 kg"]))).2.warnings == [])
    }

    @Test func separatorsThatMightBeDecimalMarks() throws {
        func remark(_ texts: String...) throws -> String? { try values(converter(table("x", texts))).2.remarks["x"] }
        #expect(try remark("1,250", "3,125") == "'1,250' is read as 1250")
        #expect(try remark("1,250", "3,125.5") == nil)
        #expect(try remark("1,250", "1,000,000") == nil)
        // What can be no thousands is none.
        let (_, column, decisions) = try values(converter(table("x", ["1,25", "3,125"])))
        #expect(column.kind == .category)
        #expect(decisions.remarks["x"] == "looks like numbers, but became codes")
    }

    /// Three digits behind the only mark: of prices, and beside numbers without a mark, they may be thousands.
    @Test func marksThatMightDivideThousands() throws {
        func warnings(_ texts: [String], _ change: (inout TableOptions) -> Void = { _ in }) throws -> [String] {
            try values(converter(table("x", texts), change)).2.warnings
        }
        #expect(
            try warnings(["1.000 €", "2.500 €", "12.300 €"]) == [
                "column 'x' holds '1.000 €' in line 2, which is read as 1, and no row tells whether that mark divides the fraction "
                    + "or thousands; say --decimal-comma if it divides thousands, or --no-decimal-comma if it does not"
            ])
        #expect(try warnings(["$1.234", "$850"])[0].contains("'$1.234' in line 2, which is read as 1.234,"))
        #expect(try warnings(["850", "1.250", "12.300"])[0].contains("'1.250' in line 3, which is read as 1.25,"))
        // As it is advised.
        let (found, _, decisions) = try values(
            converter(table("x", ["1.000 €", "2.500 €"])) { $0.hasDecimalComma = true })
        #expect(found == [1000, 2500])
        #expect(
            decisions.warnings.isEmpty || decisions.warnings[0].contains("'1.000 €' in line 2, which is read as 1000"))
        #expect(try warnings(["1.000 €", "2.500 €"]) { $0.hasDecimalComma = false } == [])
        for texts in [
            ["1.234", "5.678"], ["1.000 €", "2.5 €"], ["1.250", "0.125"], ["1.250", "1250"], ["1.250 kg", "2.125 kg"],
            ["850", "1.250", "3.5"], ["1.250", "3e2"], ["$1,000", "$1,000,000"],
        ] {
            #expect(try warnings(texts) == [], "\(texts)")
        }
    }

    @Test func marksBesideAnotherTable() throws {
        var column = RecipeColumn("x", .number)
        column.seen = .init(missing: 0, range: 120_000...900_000)
        let like = LikeTable(inputs: Recipe([column]), targets: nil, place: "model.h5")
        func warnings(_ texts: [String]) throws -> [String] {
            try values(converter(table("x", texts)) { $0.like = like }).2.warnings
        }
        #expect(
            try warnings(["531.293", "207.111"])[0].hasPrefix(
                "column 'x' holds '531.293' in line 2, which is read as 531.293,"))
        #expect(try warnings(["531.293", "207.1"]) == [])
        #expect(try warnings(["1.293"]) == [])
    }

    /// Numbers that lack the unit of the other table may have its mark of thousands all the same.
    @Test func marksWithoutTheUnitOfAnotherTable() throws {
        var column = RecipeColumn("x", .number)
        column.unit = "$"
        let like = LikeTable(inputs: Recipe([column]), targets: nil, place: "model.h5")
        let decisions = try values(converter(table("x", ["1.234", "5.678"])) { $0.like = like }).2
        #expect(
            decisions.warnings == [
                "column 'x' has no unit here, and '$' in model.h5: its numbers are taken for '$'",
                "column 'x' holds '1.234' in line 2, which is read as 1.234, and no row tells whether that mark divides the fraction "
                    + "or thousands; say --decimal-comma if it divides thousands, or --no-decimal-comma if it does not",
            ])
        #expect(decisions.remarks["x"] == "no unit: taken for '$', as in model.h5; '1.234' is read as 1.234")
        #expect(
            try values(converter(table("x", ["1,234", "5"])) { $0.like = like }).2.warnings[1].contains(
                "'1,234' in line 2, which is read as 1234,"))
        #expect(try values(converter(table("x", ["1.23", "5"])) { $0.like = like }).2.warnings.count == 1)
    }

    /// A few texts beside numbers, which make names of all of them.
    @Test(arguments: ["-", "--", "<5", "#DIV/0!", "inf", "unknown", "below detection"], [1, 2, 3])
    func marksBesideNumbers(_ mark: String, _ share: Int) throws {
        let texts = (0..<40).map { $0 % 4 < share ? mark : "\($0).5" }
        let shown = ["-", "--", "inf", "unknown"].contains(mark) ? "x=\(mark)" : "'x=\(mark)'"
        let decisions = try values(converter(table("x", texts))).2
        #expect(decisions.inputs.columns[0].kind == .category)
        #expect(
            decisions.warnings == [
                "column 'x' holds numbers, such as '\(share).5' in line \(share + 2), and of its 40 values '\(mark)' in "
                    + "\(share * 10): so it is read as texts, whose codes say nothing of their size; say --na \(shown) where it means "
                    + "a missing value; or leave the column out by --drop x; or say --column x=category if its numbers are names"
            ])
        #expect(decisions.remarks["x"] == "numbers beside '\(mark)', became codes")
        #expect(decisions.warned == ["x"])
        // As it is advised.
        let (numbers, column, read) = try values(
            converter(table("x", texts)) { ($0.marks, $0.missing) = ([.init("x", [mark])], .mean) })
        #expect(numbers.count { $0.isNaN } == share * 10 && numbers.last { !$0.isNaN } != nil)
        #expect(column.kind == .number && column.marks == [mark] && column.seen?.missing == share * 10)
        #expect(read.warnings == [])
    }

    /// The texts that stand for a missing value are those that are said, and no others: a number among them, too.
    @Test func marksOfMissingValues() throws {
        let text = "x,y\n-999,NA\n5,EU\n,NA\n7,\n"
        let converter = try converter(text) {
            ($0.marks, $0.missing) = ([.init("x", ["-999"]), .init("y", [])], .mean)
        }
        let (file, report) = try fixture.convert(converter)
        let numbers = try file.dataset("/train/inputs").read(Double.self)
        #expect(numbers[0].isNaN && numbers[1] == 5 && numbers[2].isNaN && numbers[3] == 7)
        #expect(report.decisions?.inputs.columns[0].seen?.range == 5...7)
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 0, 1, -1])
        #expect(try file.dataset("/train/targets").attributes.strings("class_names") == ["EU", "NA"])
        #expect(report.notes.allSatisfy { !$0.contains("'NA'") })
        // A new table is read alike.
        let like = try LikeTable(file)
        let (other, _) = try fixture.convert(try self.converter("y,x\nNA,-999\n,6\n") { $0.like = like })
        let again = try other.dataset("/train/inputs").read(Double.self)
        #expect(again[0].isNaN && again[1] == 6)
        #expect(try other.dataset("/train/targets").read(Int32.self) == [1, -1])
        let (skipped, _) = try fixture.convert(
            try self.converter(text) { ($0.marks, $0.missing) = ([.init("x", ["-999"])], .skip) })
        #expect(try skipped.dataset("/train/inputs").read(Double.self) == [5])
        try expect("@a.csv has no column 'z' for --na; it has: x, y", text) { $0.marks = [.init("z", ["-"])] }
        try expect("--na x has no effect, since the column is left out; leave one of the two out", "x,a,y\n1,2,3\n") {
            ($0.marks, $0.dropped) = ([.init("x", ["-"])], ["x"])
        }
        // What comes again among numbers is no slip.
        try expect(
            "@a.csv, line 22: column 'x' holds '-', but numbers in 20 of 22 rows; repair it, leave it empty or say --na x=- where "
                + "it means a missing value, or say --column x=category if all of them are names",
            table("x", (0..<20).map { "\($0).5" } + ["-", "-"]))
    }

    @Test func aMarkBesideDates() throws {
        let texts = (0..<40).map { $0 % 2 == 0 ? "-" : "2024-03-\($0 / 2 % 28 + 10)" }
        #expect(
            try values(converter(table("x", texts))).2.warnings == [
                "column 'x' looks like dates ('2024-03-10' in line 3), but is read as texts, whose codes say nothing of their size; "
                    + "'-' in line 2 is none: repair such rows, or leave the value empty there, or say --na x=-; or leave it out by "
                    + "--drop x; or say --column x=category if they are names"
            ])
        let (numbers, column, _) = try values(
            converter(table("x", texts)) { ($0.marks, $0.missing) = ([.init("x", ["-"])], .mean) })
        #expect(column.kind == .date && numbers[0].isNaN && numbers[1] == 19_792)
    }

    @Test func severalMarksBesideNumbers() throws {
        func warnings(_ texts: [String], _ change: (inout TableOptions) -> Void = { _ in }) throws -> [String] {
            try values(converter(table("x", texts), change)).2.warnings
        }
        let texts = (0..<40).map { ["<5", "5", "<5", "-", "7.5", ">9", "unknown", "8"][$0 % 8] }
        #expect(
            try warnings(texts)[0].contains(
                "such as '5' in line 3, and of its 40 values '<5' in 10, '-' in 5, '>9' in 5 and 1 more: so it is read as texts"))
        #expect(try warnings(texts) { $0.kinds = [("x", ColumnWord(.category))] } == [])
        // A target too, whose classes would be numbers.
        let (_, report) = try fixture.convert(
            TableConverter(
                fixture.write("a,y\n" + texts.enumerated().map { "\($0 % 3),\($1)\n" }.joined(), to: "a.csv")))
        #expect(report.warnings[0].hasPrefix("column 'y' holds numbers, such as '5' in line 3,"))
        // Names of which a few are numbers.
        #expect(try warnings((0..<40).map { $0 % 20 == 0 ? "\($0)" : ["red", "blue"][$0 % 2] }) == [])
        #expect(try warnings((0..<40).map { $0 % 2 == 0 ? "\($0)" : "name\($0 % 26)" }) == [])
    }

    /// What says yes and no in one pair of words does so in any case: of a target as of an input.
    @Test func yesAndNoInAnyCase() throws {
        let text = "x,y\n" + ["true", "True", "false", "FALSE"].map { "\($0),\($0)\n" }.joined()
        let (file, report) = try fixture.convert(TableConverter(fixture.write(text, to: "a.csv")))
        #expect(report.decisions?.inputs.columns[0].kind == .boolean)
        #expect(try file.dataset("/train/inputs").read(Int32.self) == [1, 1, 0, 0])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 1, 0, 0])
        #expect(try file.dataset("/train/targets").attributes.strings("class_names") == ["false", "true"])
        // Said to be names, they are as they stand.
        let (named, _) = try fixture.convert(
            try converter(text) { $0.kinds = [("y", ColumnWord(.category))] })
        #expect(
            try named.dataset("/train/targets").attributes.strings("class_names") == ["FALSE", "True", "false", "true"])
    }

    /// A class that is called as missing values are is told of.
    @Test func aClassCalledNA() throws {
        let text = "x,continent\n1,EU\n2,NA\n3,\n4,NA\n5,AS\n"
        let (_, report) = try fixture.convert(TableConverter(fixture.write(text, to: "a.csv")))
        let note =
            "the target 'continent' holds 'NA' in line 3 and such words in 2 rows in all, which stands for a missing value: these "
            + "rows have no target; if it is a class, say --na continent=, so that empty cells alone are missing there"
        #expect(report.notes.last == note)
        #expect(report.decisions?.runNotes == [note])
        for text in ["x,y\n1,EU\n2,\n", "x,y\n1,5\n2,NA\n"] {
            let (_, report) = try fixture.convert(TableConverter(fixture.write(text, to: "a.csv")))
            #expect(report.decisions?.runNotes == [])
        }
    }

    /// Most of their texts are numbers or dates that are not read, which nobody would see in their codes.
    @Test(
        arguments: [
            (["5k", "6k", "7k"], "numbers"), (["5M", "6M"], "numbers"), (["1/2", "1/3", "3/4"], "numbers"),
            (["5-", "6-"], "numbers"), (["１２", "３"], "numbers"), (["20-30", "30-40"], "numbers"),
            (["2024-01-01 10:00 EST", "2024-01-02 10:00 EST"], "dates"),
            (["2024-01-01 10:00 Europe/Berlin", "2024-01-02 09:30 Europe/Berlin"], "dates"),
            (["Mon, 01 Jan 2024", "Tue, 02 Jan 2024"], "dates"), (["1. März 2024", "12. März 2024"], "dates"),
            (["3 de mayo 2024", "7 de abril 2024"], "dates"),
        ] as [([String], String)])
    func whatLooksLikeMore(_ texts: [String], _ what: String) throws {
        let rows = (0..<30).map { texts[$0 % texts.count] }
        let (_, column, decisions) = try values(converter(table("x", rows)))
        #expect(column.kind == .category && decisions.warned == ["x"])
        #expect(decisions.remarks["x"] == "looks like \(what), but became codes")
        #expect(
            decisions.warnings.first?.hasPrefix(
                "column 'x' looks like \(what) ('\(texts[0])' in line 2), but is read as texts")
                == true, "\(decisions.warnings)")
        #expect(
            try values(converter(table("x", rows)) { $0.kinds = [("x", ColumnWord(.category))] }).2.warnings == [])
    }

    @Test(arguments: [
        ["4WD", "2WD"], ["1Story", "2Story"], ["C85", "B20"], ["1st", "2nd", "3rd"], ["March", "May"],
    ])
    func namesAreNotWarnedOf(_ texts: [String]) throws {
        #expect(try values(converter(table("x", (0..<30).map { texts[$0 % texts.count] }))).2.warnings == [])
    }

    /// Nor are numbers with a decimal comma.
    @Test func numbersThatWouldNameTheRows() throws {
        let text = "x;y;t\n" + (10..<40).map { "1,\($0);\($0 % 7);\($0 % 2)\n" }.joined()
        let decisions = try values(converter(text)).2
        #expect(decisions.leftOut.map(\.name) == ["x"])
        #expect(
            decisions.warnings == [
                "column 'x' looks like numbers ('1,10' in line 2), but is left out as an identifier, since its texts are not read as "
                    + "numbers; say --decimal-comma if the comma divides whole from fraction, or write the numbers without it"
            ])
    }

    /// Without a line of names, commas within numbers cut into more fields than the semicolon.
    @Test func theSemicolonAroundDecimalCommas() throws {
        let text = (0..<30).map { "1,\($0 % 7);\($0 % 5),5;\($0 % 2)\n" }.joined()
        let decisions = try values(converter(text)).2
        #expect(decisions.warnings.count == 2 && decisions.warnings.allSatisfy { $0.contains("say --decimal-comma") })
        #expect(decisions.inputs.columns.count == 2, "\(decisions.inputs.names)")
    }

    /// Dates that are not read, another one in each row, are no identifier without a word.
    @Test func datesThatWouldNameTheRows() throws {
        let rows = (1...28).map { "2024-01-\($0 < 10 ? "0" : "")\($0) 10:00 EST" }
        let text = "x,y,t\n" + rows.enumerated().map { "\($1),\($0 % 5),\($0 % 2)\n" }.joined()
        let decisions = try values(converter(text)).2
        #expect(decisions.leftOut.map(\.name) == ["x"])
        #expect(
            decisions.warnings == [
                "column 'x' looks like dates ('2024-01-01 10:00 EST' in line 2), but is left out as an identifier, since its texts are "
                    + "not read as dates; write the dates as 2024-03-31, or as 31 Mar 2024"
            ])
    }

    @Test func yesAndNoInSeveralWays() throws {
        func warnings(_ texts: [String]) throws -> [String] {
            try values(converter(table("x", (0..<30).map { texts[$0 % texts.count] }))).2.warnings
        }
        #expect(
            try warnings(["yes", "no", "true"]) == [
                "column 'x' says yes and no in several ways, such as 'yes' and 'true', each of which became a category of its own; say "
                    + "--column x=boolean to take them for yes and no, or --column x=category if they are names"
            ])
        #expect(
            try warnings(["yes", "no", "Unknown"]) == [
                "column 'x' says yes and no, and 'Unknown', which became a category of its own; leave it empty where it means a missing "
                    + "value, or say --column x=category if it does not"
            ])
        #expect(try warnings(["Y", "N", "P"]) == [])
        #expect(try warnings(["yes", "No"]) == [])
        // Numbers say it too.
        #expect(
            try warnings(["true", "1", "false", "0"]) == [
                "column 'x' says yes and no in several ways, such as 'true' and '1', each of which became a category of its own; say "
                    + "--column x=boolean to take them for yes and no, or --column x=category if they are names"
            ])
        #expect(try warnings(["true", "1", "false", "2"]) == [])
    }

    /// What a float32 takes for its neighbour is no target.
    @Test func targetsThatLieTooCloseTogether() throws {
        func warnings(_ targets: [String]) throws -> [String] {
            let text = "x,y\n" + targets.enumerated().map { "\($0 % 3),\"\($1)\"\n" }.joined()
            return try converter(text).decisions().warnings
        }
        #expect(
            try warnings((0..<100).map { "\(1_700_000_000 + $0)" }) == [
                "the target 'y' holds numbers from 1700000000 to 1700000099, which 32-bit floats, in which targets are trained on, "
                    + "can't tell apart where they lie close together; subtract a constant from them first, such as the least one"
            ])
        let single =
            "the target 'y' holds numbers from 20000000 to 20000001, which 32-bit floats, in which targets are trained on, can't "
            + "tell apart at all; subtract a constant from them first, such as the least one"
        #expect(try warnings(["20000000", "20000001"]) == [single])
        #expect(try warnings(["20000000 kg", "20000001 kg"]) == [single])
        // Each of them is a float32; and what is lost does not matter.
        #expect(try warnings(["1700000000", "1700000128"]) == [])
        #expect(try warnings(["1", "20000001"]) == [])
        #expect(try warnings(["20000001", "20000001"]) == [])
        #expect(try warnings(["0.1", "0.2", "0.3"]) == [])
    }

    @Test func datesAndTimes() throws {
        let (days, column, _) = try values(converter(table("x", ["2024-03-01", "1 Mar 2024", "1970-01-02"])))
        #expect(days == [19_783, 19_783, 1])
        #expect(column.kind == .date)
        #expect(column.order == nil)
        // With times they need a float64.
        let (times, _, decisions) = try values(converter(table("x", ["2024-03-01 06:00", "2024-03-01 00:00:01"])))
        #expect(times == [19_783.25, 19_783 + 1 / 86_400])
        #expect(decisions.inputs.columns[0].seen?.range == 19_783 + 1 / 86_400...19_783.25)
        let (clock, time, _) = try values(converter(table("x", ["06:00", "6:00 pm"])))
        #expect(clock == [0.25, 0.75])
        #expect(time.kind == .time)
        // As targets they are numbers.
        let (file, _) = try fixture.convert(converter("x,t\n1,2024-03-01\n2,2024-03-02\n"))
        #expect(try file.dataset("/train/targets").read(Double.self) == [19_783, 19_784])
        // Dates and times of the day in one column are neither.
        #expect(try values(converter(table("x", ["2024-03-01", "06:00"]))).1.kind == .category)
    }

    @Test func numbersWithZerosInFrontAreNames() throws {
        let (codes, column, decisions) = try values(converter(table("zip", ["01234", "10115", "01234"])))
        #expect(codes == [0, 1, 0])
        #expect(column.categories == ["01234", "10115"])
        #expect(decisions.remarks["zip"] == "numbers with zeros in front are names")
        #expect(
            decisions.notes.contains(
                "column 'zip' holds '01234' in line 2, with a zero in front: its numbers were taken for names (--column zip=number "
                    + "takes them for amounts)"))
        #expect(decisions.warnings == [])
        func kind(_ texts: String..., word: ColumnKind? = nil) throws -> RecipeColumn.Kind {
            try values(
                converter(table("x", texts)) { if let word { $0.kinds = [("x", ColumnWord(word))] } }
            ).1.kind
        }
        #expect(try kind("00", "12", "9") == .category)
        #expect(try kind("01234", "10115", "K1A 0B1") == .category)
        #expect(try kind("0171", "0172 5", "0049") == .category)
        #expect(try kind("01234", "10115", word: .number) == .number)
        // Nobody calls things so.
        for texts in [["0", "1"], ["0.5", "1"], ["0", "0.25"], ["0e3", "1"], ["0%", "1%"], ["05 kg", "12 kg"]] {
            #expect(try values(converter(table("x", texts))).1.kind == .number, "\(texts)")
        }
        for texts in [["007", "-5"], ["007", "2.5"]] {
            let (numbers, column, decisions) = try values(converter(table("x", texts)))
            #expect(column.kind == .number && numbers[0] == 7)
            #expect(decisions.remarks["x"] == "'007' in line 2 is read as 7")
        }
        // Dates and times have zeros, too.
        #expect(try kind("01/02/2024", "13/02/2024") == .date)
        #expect(try kind("09:30", "08:15") == .time)
    }

    @Test("Numbers with zeros in front that differ in each row name the rows, however many")
    func accountNumbers() throws {
        for count in [12, 70_000] {
            let rows = (0..<count).map { "\(String($0 * 7 + 100_000_000).dropFirst()),\($0 % 5),\($0 % 3)\n" }.joined()
            let decisions = try #require(try fixture.convert(converter("account,x,t\n" + rows)).1.decisions)
            #expect(
                decisions.leftOut == [
                    TableDecisions.LeftOut(name: "account", kind: "identifier", reason: "a different text in each row")
                ])
            #expect(decisions.inputs.names == ["x"])
        }
        let rows = (0..<70_000).map { "\(String(max($0, 1) + 1_000_000).dropFirst()),1,\($0 % 3)\n" }.joined()
        try expect(
            "@a.csv, line 65539: column 'account' holds more than 65536 different texts, which are no categories; leave it out by "
                + "--drop account, or say --column account=number if they are amounts in spite of the zeros in front",
            "account,x,t\n" + rows)
    }

    @Test func aLetterBehindNumbersIsAUnitWhereAllHaveIt() throws {
        func found(_ texts: String...) throws -> (RecipeColumn, TableDecisions) {
            let (_, column, decisions) = try values(converter(table("seat", texts)))
            return (column, decisions)
        }
        #expect(try found("5A", "10A", "5A").0.unit == "A")
        #expect(try found("5 A", "10A").0.unit == "A")
        #expect(try found("5A", "1.5A").0.unit == "A")
        let (column, decisions) = try found("1A", "2B", "3A")
        #expect(column.categories == ["1A", "2B", "3A"])
        #expect(decisions.remarks["seat"] == "numbers with different letters are names")
        #expect(
            decisions.notes.contains(
                "column 'seat' holds '1A' in line 2 and '2B' in line 3: a capital letter right behind a number is a unit only "
                    + "where each row has the same one, so they were taken for names"))
        #expect(decisions.warnings == [])
        // Some without, which are names then, and some with a letter that is no unit at all.
        #expect(try found("1A", "2", "3A").0.categories == ["1A", "2", "3A"])
        #expect(try found("1A", "2A", "3C").0.kind == .category)
        #expect(try found("1A", "2A", "3A", "4A", "5A", "6A", "7A", "8A", "9A", "10C").0.kind == .category)
        // Small letters are units, and two of them are too many.
        try expect(
            "@a.csv: column 'seat' holds '5g' in line 2 and '6m' in line 3; bring its numbers into one unit, or say --column "
                + "seat=category if they are names", table("seat", ["5g", "6m"]))
        // Where each row has another one they name the rows.
        let rows = (1...12).map { "\($0)\($0 % 2 == 0 ? "A" : "B"),\($0 % 5),\($0 % 3)\n" }.joined()
        #expect(try fixture.convert(converter("seat,x,t\n" + rows)).1.decisions?.leftOut.map(\.name) == ["seat"])
    }

    @Test func timeZones() throws {
        let (days, column, decisions) = try values(
            converter(table("x", ["2024-03-01T14:00+02:00", "2024-03-01T12:00Z", "2024-03-01"])))
        #expect(days == [19_783.5, 19_783.5, 19_783])
        #expect(column.isZoned)
        #expect(decisions.remarks["x"] == "several time zones, now UTC")
        #expect(
            decisions.notes.contains(
                "column 'x' holds '2024-03-01T14:00+02:00' in line 2 and '2024-03-01T12:00Z' in line 3, in different time zones: "
                    + "its times were converted to UTC"))
        let one = try values(converter(table("x", ["2024-03-01T14:00+02:00", "2024-03-01T12:00+02:00"]))).2
        #expect(one.remarks["x"] == "now UTC")
        #expect(
            one.notes.contains(
                "column 'x' holds '2024-03-01T14:00+02:00' in line 2, with a time zone: its times were converted to UTC"
            ))
        #expect(try values(converter(table("x", ["2024-03-01 12:00Z", "2024-03-01 13:00 UTC"]))).2.remarks["x"] == nil)
        #expect(try !values(converter(table("x", ["2024-03-01 12:00", "2024-03-01 13:00"]))).1.isZoned)
        try expect(
            "@a.csv: column 'x' holds '2024-03-01 12:00Z' in line 3, with a time zone, and '2024-03-01 12:00' in line 2, without "
                + "one; write all of its times with their zone, or none",
            table("x", ["2024-03-01 12:00", "2024-03-01 12:00Z"]))
        try expect(
            "@a.csv: column 'x' holds '12:00+01:00' in line 2, with a time zone, and '12:00' in line 3, without one; write all of "
                + "its times with their zone, or none", table("x", ["12:00+01:00", "12:00"]))
    }

    @Test func timeZonesOfATableThatAnotherOneIsLike() throws {
        func like(_ isZoned: Bool, _ texts: String...) throws -> TableDecisions {
            var when = RecipeColumn("x", .date)
            when.isZoned = isZoned
            return try converter(table("x", texts)) {
                $0.like = LikeTable(inputs: Recipe([when]), targets: nil, place: "model.h5")
            }.decisions()
        }
        #expect(
            try like(true, "2024-03-01 12:00").warnings == [
                "column 'x' holds '2024-03-01 12:00' in line 2, without a time zone, and model.h5 has one: its times were taken for "
                    + "UTC"
            ])
        #expect(
            try like(false, "2024-03-01 12:00Z").warnings == [
                "column 'x' holds '2024-03-01 12:00Z' in line 2, with a time zone, and model.h5 has none: its times were converted "
                    + "to UTC"
            ])
        // A day begins at another time in each zone.
        let sentence =
            ", without a time, and model.h5 has times with a time zone: such days were taken for midnight in UTC"
        let days = try like(true, "2024-03-01")
        #expect(days.warnings == ["column 'x' holds '2024-03-01' in line 2" + sentence])
        #expect(days.remarks["x"] == "without a time")
        #expect(
            try like(true, "2024-03-01 12:00Z", "2024-03-02").warnings == [
                "column 'x' holds '2024-03-02' in line 3" + sentence
            ])
        #expect(try like(false, "2024-03-01").warnings == [])
        #expect(try like(true, "2024-03-01 12:00+02:00").inputs.columns[0].isZoned)
    }

    @Test func theDayOrTheMonthFirst() throws {
        let (days, column, _) = try values(converter(table("x", ["03/04/2024", "13/04/2024"])))
        #expect(days == [19_816, 19_826])
        #expect(column.order == .dayFirst)
        let (others, american, _) = try values(converter(table("x", ["03/04/2024", "04/13/2024"])))
        #expect(others == [19_786, 19_826])
        #expect(american.order == .monthFirst)
        #expect(try values(converter(table("x", ["03/03/2024", "05/05/2024"]))).1.order == nil)
        try expect(
            "@a.csv: column 'x' holds '03/04/2024' in line 3, and no row tells whether the day or the month stands first; say "
                + "--column x=day-first or --column x=month-first", table("x", ["05/05/2024", "03/04/2024"]))
        #expect(
            try values(converter(table("x", ["03/04/2024"])) { $0.kinds = [("x", ColumnWord(.monthFirst))] }).0 == [
                19_786
            ])
        try expect(
            "@a.csv, line 3: column 'x' holds '13/04/2024', which is no date with the month first; repair it, leave it empty "
                + "where it means a missing value, or leave out --column x=month-first",
            table("x", ["03/04/2024", "13/04/2024"])
        ) { $0.kinds = [("x", ColumnWord(.monthFirst))] }
        try expect(
            "@a.csv: column 'x' holds '13/04/2024' in line 2, where the day stands first, and '04/13/2024' in line 3, where "
                + "the month does; write them in one order, as 2024-03-31", table("x", ["13/04/2024", "04/13/2024"]))
    }

    @Test func booleans() throws {
        let (codes, column, _) = try values(converter(table("x", ["Yes", "no", "YES", "No"])))
        #expect(codes == [1, 0, 1, 0])
        #expect(column.kind == .boolean)
        #expect(column.categories == ["no", "Yes"])
        func kind(_ texts: String...) throws -> RecipeColumn.Kind { try values(converter(table("x", texts))).1.kind }
        #expect(try kind("t", "f") == .boolean)
        #expect(try kind("0", "1") == .number)
        #expect(try kind("yes", "false") == .category)
        #expect(try kind("yes", "yes") == .category)
        #expect(try kind("yes", "no", "maybe") == .category)
        let forced = try converter(table("x", ["1", "0", "1"])) { $0.kinds = [("x", ColumnWord(.boolean))] }
        #expect(try values(forced).0 == [1, 0, 1])
        #expect(try values(forced).1.categories == ["0", "1"])
        try expect(
            "@a.csv, line 3: column 'x' holds '2', which is neither yes nor no (true/false, yes/no, t/f, y/n, on/off, 1/0); "
                + "repair it, leave it empty where it means a missing value, or leave out --column x=boolean",
            table("x", ["1", "2"])
        ) { $0.kinds = [("x", ColumnWord(.boolean))] }
        // A target's texts are classes.
        let (file, report) = try fixture.convert(
            converter("x,t\n1,Yes\n2,No\n") { $0.kinds = [("t", ColumnWord(.boolean))] })
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 0])
        #expect(report.datasets[1].classNames == ["No", "Yes"])
    }

    @Test func whatNamesRowsIsLeftOut() throws {
        let rows = (0..<12).map { "\(($0 * 5) % 12 + 7),n\($0),\($0 * 2),\($0 % 3)\n" }.joined()
        let (file, report) = try fixture.convert(converter("id,name,even,t\n" + rows))
        #expect(try file.dataset("/train/inputs").attributes.strings("column_names") == ["even"])
        #expect(
            report.decisions?.leftOut == [
                TableDecisions.LeftOut(
                    name: "id", kind: "identifier", reason: "consecutive integers, another one in each row"),
                TableDecisions.LeftOut(name: "name", kind: "identifier", reason: "a different text in each row"),
            ])
        #expect(
            report.notes.filter { $0.contains("identifier") } == [
                "column 'id' has consecutive integers: it was taken for an identifier and left out (--column id=number keeps it)",
                "column 'name' has a different text in each row: it was taken for an identifier and left out (--column "
                    + "name=category keeps it)",
            ])
        let (kept, _) = try fixture.convert(
            converter("id,name,even,t\n" + rows) {
                $0.kinds = [("id", ColumnWord(.number)), ("name", ColumnWord(.category))]
            })
        #expect(try kept.dataset("/train/inputs").shape == [12, 3])
        // A target is none, few rows tell nothing, and where all others are missing it stays.
        let short = (0..<9).map { "\($0),\($0 % 2)\n" }.joined()
        #expect(try values(converter("id,t\n" + short)).0.count == 9)
        #expect(
            try fixture.convert(converter("x,t\n" + (0..<12).map { "5,\($0)\n" }.joined())).0.allDatasetPaths().count
                == 2)
        let alone = try fixture.convert(converter("id,t\n" + (0..<12).map { "\($0),5\n" }.joined())).1
        #expect(
            alone.warnings == [
                "column 'id' seems to name the rows, of which a model learns nothing for new ones: consecutive integers, "
                    + "another one in each row; there is no other input"
            ])
        // One number twice, or one left out.
        for numbers in [[0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]] {
            let text = "id,x,t\n" + numbers.map { "\($0),\($0 % 2),\($0 % 3)\n" }.joined()
            #expect(try fixture.convert(converter(text)).1.decisions?.leftOut == [])
        }
    }

    @Test func whatIsSaidComesFirst() throws {
        let text = "zip,id,when,junk,t\n10115,1,2024-03-01,x,1\n80331,2,2024-03-02,y,0\n"
        let (file, report) = try fixture.convert(
            converter(text) {
                $0.kinds = [
                    ("zip", ColumnWord(.category)), ("1", ColumnWord(.number)), ("when", ColumnWord(.category)),
                    ("junk", ColumnWord(.drop)),
                ]
            })
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [0, 1, 0, 1, 2, 1])
        #expect(report.decisions?.inputs.columns.map(\.kind) == [.category, .number, .category])
        #expect(
            report.decisions?.leftOut == [TableDecisions.LeftOut(name: "junk", kind: "dropped", reason: "as asked")])
        #expect(report.warnings == [])
        try expect(
            "@a.csv, line 2: column 'junk' holds 'x', which is no number; repair it, leave it empty where it means a missing "
                + "value, or leave out --column junk=number", text
        ) { $0.kinds = [("junk", ColumnWord(.number))] }
        try expect(
            "@a.csv, line 2: column 'zip' holds '10115', which is no date; repair it, leave it empty where it means a missing "
                + "value, or leave out --column zip=date", text
        ) { $0.kinds = [("zip", ColumnWord(.date))] }
        try expect(
            "@a.csv, line 2: column 'when' holds '2024-03-01', which is no time of the day; repair it, leave it empty where it "
                + "means a missing value, or leave out --column when=time", text
        ) { $0.kinds = [("when", ColumnWord(.time))] }
        try expect("column 'zip' is named by --column zip=number and by --column zip=category", text) {
            ($0.categorical, $0.kinds) = (["zip"], [("zip", ColumnWord(.number))])
        }
        try expect("column 'zip' is named by --column zip=number and by --drop", text) {
            ($0.dropped, $0.kinds) = (["zip"], [("0", ColumnWord(.number))])
        }
        try expect("column 't' is named by --target and by --column t=identifier", text) {
            ($0.targets, $0.kinds) = (["t"], [("t", ColumnWord(.identifier))])
        }
        try expect("@a.csv has no column 'zap' for --column; did you mean 'zip'? It has: zip, id, when, junk, t", text)
        {
            $0.kinds = [("zap", ColumnWord(.number))]
        }
    }

    @Test func aFewThatHaveStrayed() throws {
        let dates = (0..<20).map { "2024-03-\($0 + 10)" }
        try expect(
            "@a.csv, line 22: column 'x' holds 'soon', but dates in 20 of 21 rows; repair it, leave it empty where it means a "
                + "missing value, or say --column x=category if all of them are names", table("x", dates + ["soon"]))
        try expect(
            "@a.csv, line 22: column 'x' holds 'heavy', but numbers in 20 of 21 rows; repair it, leave it empty where it means "
                + "a missing value, or say --column x=category if all of them are names",
            table("x", (0..<20).map { "\($0) kg" } + ["heavy"]))
    }

    @Test("Kinds are found from all rows")
    func allRowsCount() throws {
        let numbers = (0..<3000).map { "\($0 % 700)" }
        #expect(try values(converter(table("x", numbers + ["5 kg"]))).1.unit == "kg")
        #expect(
            try values(converter(table("x", (0..<3000).map { "0\($0 % 3 + 1)/04/2024" } + ["13/04/2024"]))).1.order
                == .dayFirst)
    }

    @Test("More different texts than categories may be numbers, dates or names")
    func manyDifferentTexts() throws {
        let count = 70_000
        func rows(_ value: (Int) -> String) -> String {
            "a,x,t\n" + (0..<count).map { "\($0 % 3),\(value($0)),\($0 % 2)\n" }.joined()
        }
        let (file, report) = try fixture.convert(converter(rows { "\($0).5 kg" }))
        #expect(try file.dataset("/train/inputs").read(Float.self).last == Float(count) - 0.5)
        #expect(report.decisions?.inputs.columns[1].unit == "kg")
        // A date for each, with a time to the minute.
        let (dates, _) = try fixture.convert(
            converter(rows { "\(2000 + $0 / 10_000)-01-\($0 % 28 + 1) \($0 / 28 % 24):\(10 + $0 / 672 % 50)" }))
        #expect(try dates.dataset("/train/inputs").shape == [count, 2])
        #expect(try dates.dataset("/train/inputs").elementType == .float64)
        let names = try fixture.convert(converter(rows { "name \($0)" })).1
        #expect(names.decisions?.leftOut.map(\.name) == ["x"])
        try expect(
            "@a.csv, line 65539: column 'x' holds more than 65536 different texts, which are no categories; leave it out by "
                + "--drop x", rows { "name \(max($0, 1))" })
        try expect(
            "@a.csv, line 70001: column 'x' holds 'y', but numbers in 69999 of 70000 rows; repair it, leave it empty where it "
                + "means a missing value, or say --column x=category if all of them are names",
            rows { $0 == count - 1 ? "y" : "\($0).5 kg" })
    }

    @Test func whatWouldBeMadeOfATable() throws {
        let decisions = try converter("x,t\n5 kg,red\n6 kg,blue\n").decisions()
        #expect(decisions.rows == 2)
        #expect(decisions.inputs.columns[0].unit == "kg")
        #expect(decisions.targets.classNames == ["blue", "red"])
        #expect(fixture.listing == ["a.csv"])
    }
}
