import Batches
import HDF5
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct MissingPoliciesTests {
    private static let table =
        "n,c,b,d,h,t\n1,red,yes,2024-03-01,06:00,1\n,,,,,0\n3,blue,no,2024-03-03,18:00,1\n4,red,yes,2024-03-04,12:00,0\n"

    private let fixture: ConvertingFixture
    init() throws { fixture = try ConvertingFixture() }

    private func converter(_ change: (inout TableOptions) -> Void) throws -> TableConverter {
        var options = TableOptions()
        change(&options)
        return TableConverter(try fixture.write(Self.table, to: "a.csv"), options: options)
    }

    private func policies(_ change: (inout TableOptions) -> Void) throws -> [RecipeColumn.Missing] {
        try converter(change).decisions().inputs.columns.map(\.missing)
    }

    @Test func oneWordForAllColumns() throws {
        func policies(_ missing: TableOptions.Missing) throws -> [RecipeColumn.Missing] {
            try self.policies { $0.missing = missing }
        }
        #expect(try policies(.mean) == [.mean, .mode, .mode, .mean, .mean])
        #expect(try policies(.median) == [.median, .mode, .mode, .median, .median])
        #expect(try policies(.indicator) == [.indicator, .category, .category, .indicator, .indicator])
    }

    @Test func byKindAndByColumn() throws {
        #expect(
            try policies {
                $0.missing = .median
                $0.missingOfKinds = [
                    .category: .category, .boolean: .value("No"), .time: .value("12:30"), .date: .indicator,
                ]
            } == [.median, .category, .text("No"), .indicator, .number(12.5 / 24)])
        #expect(
            try policies {
                $0.missing = .median
                $0.missingOfKinds = [.number: .mean, .category: .mode]
                $0.missingOfColumns = [("n", .value("7")), ("1", .value("grey")), ("d", .value("1 Mar 2024"))]
            } == [.number(7), .text("grey"), .mode, .number(19_783), .median])
        let note = try converter {
            $0.missing = .median
            $0.missingOfKinds = [.number: .mean]
        }.decisions().notes.last
        #expect(note == "5 missing values stay missing in the file; in training they become what the table above says")
        // What no column is of is told.
        let warnings = try converter {
            ($0.missing, $0.targets) = (.median, ["t"])
            $0.dropped = ["d"]
            $0.missingOfKinds = [.date: .mean]
        }.decisions().warnings
        #expect(warnings == ["--missing date=mean has no effect: no input holds dates"])
        // What nothing is said of is refused.
        fixture.expect(
            "@a.csv: 4 values are missing, first in line 3, column 'c'; line 3, column 'b'; line 3, column 'd'; say --missing "
                + "skip to leave such rows out, --missing mean or --missing VALUE to fill them, or --drop a column",
            from: try converter { $0.missingOfKinds = [.number: .mean] })
        fixture.expect(
            "@a.csv: 1 value is missing, in line 3, column 'd'; say --missing skip to leave such rows out, --missing mean or "
                + "--missing VALUE to fill them, or --drop a column",
            from: try converter { ($0.missing, $0.missingOfColumns) = (.mean, [("d", .refuse)]) })
    }

    @Test("A column may be called as a kind is")
    func namesOfKinds() throws {
        func decisions(_ words: [(String, String)], header: String = "date,number,d,t") throws -> TableDecisions {
            try fixture.write(header + "\n1,2,2024-03-01,1\n,,,0\n3,4,2024-03-03,1\n", to: "b.csv")
            var options = TableOptions()
            options.missing = .indicator
            for (subject, word) in words {
                let isNew = options.setMissing(TableOptions.Missing(word: word), of: subject)
                #expect(isNew)
            }
            return try TableConverter(fixture.file("b.csv"), options: options).decisions()
        }
        let found = try decisions([("date", "7"), ("number", "median")])
        #expect(found.inputs.columns.map(\.missing) == [.number(7), .median, .indicator])
        #expect(
            found.notes.filter { $0.contains("--missing") } == [
                "--missing date=7 is said of the column 'date'; of all columns of that kind it is said by --missing kind:date=7",
                "--missing number=median is said of the column 'number'; of all columns of that kind it is said by --missing "
                    + "kind:number=median",
            ])
        let kinds = try decisions([("kind:date", "mean"), ("kind:number", "median"), ("number", "0")])
        #expect(kinds.inputs.columns.map(\.missing) == [.median, .number(0), .mean])
        // Without such columns the kinds are meant.
        let others = try decisions([("date", "mean"), ("number", "median")], header: "a,b,d,t")
        #expect(others.inputs.columns.map(\.missing) == [.median, .median, .mean])
        #expect(!others.notes.contains { $0.contains("--missing") })
        #expect(throws: DataError("columns of the kind 'date' are named by --missing twice")) {
            try decisions([("date", "mean"), ("kind:date", "median")], header: "a,b,d,t")
        }
    }

    @Test func whatDoesNotFit() throws {
        func expect(_ sentence: String, _ change: (inout TableOptions) -> Void) throws {
            fixture.expect(sentence, from: try converter(change))
        }
        try expect(
            "--missing mode fits no column of numbers, such as 'n'; give a number, mean, median, indicator or skip"
        ) {
            $0.missing = .mode
        }
        try expect(
            "--missing 5 fits no column of booleans, such as 'b'; give one of its texts, mode, category or skip"
        ) { $0.missing = .value("5") }
        try expect(
            "--missing category=mean fits no column of categories, such as 'c'; give a text, mode, category or refuse"
        ) { ($0.missing, $0.missingOfKinds) = (.mean, [.category: .mean]) }
        try expect(
            "--missing d=soon fits no column of dates, such as 'd'; give a date such as 2024-03-31, mean, median, indicator or "
                + "refuse"
        ) { ($0.missing, $0.missingOfColumns) = (.mean, [("d", .value("soon"))]) }
        // The day or the month may stand first.
        try expect(
            "--missing d=03/04/2024 fits no column of dates, such as 'd'; give a date such as 2024-03-31, mean, median, "
                + "indicator or refuse"
        ) { ($0.missing, $0.missingOfColumns) = (.mean, [("d", .value("03/04/2024"))]) }
        try expect(
            "--missing h=7 fits no column of times, such as 'h'; give a time such as 14:30, mean, median, indicator or refuse"
        ) { ($0.missing, $0.missingOfColumns) = (.mean, [("h", .value("7"))]) }
        try expect("column 'n' is named by --missing twice") {
            $0.missingOfColumns = [("n", .mean), ("0", .median)]
        }
        try expect("@a.csv has no column 'z' for --missing; it has: n, c, b, d, h, t") {
            $0.missingOfColumns = [("z", .mean)]
        }
        try expect(
            "--missing skip leaves out each row with a missing value, so that --missing number=… has no effect; leave one of "
                + "them out"
        ) { ($0.missing, $0.missingOfKinds) = (.skip, [.number: .mean]) }
    }
}
