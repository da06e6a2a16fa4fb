import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// Splits with files of their own, held to `data.split`.
@Suite struct SplitCheckTests {
    private let directory: TestDirectory
    init() throws { directory = try TestDirectory() }

    /// A table with a row for each group.
    private func table(_ name: String, _ groups: [String], column: String = "who") throws -> String {
        let rows = groups.enumerated().map { "\($0 % 7),\($1),\($0 % 5)\n" }
        return try directory.write("x,\(column),y\n" + rows.joined(), to: name)
    }

    private func read(_ assignments: [String]) throws -> RunData {
        var document = try smallest(#"data.train={"file": "\#(directory.file("train.csv"))", "targets": "y"}"#)
        for assignment in assignments { try document.set(assignment) }
        let configuration = try RunConfiguration(document, directory: directory.path)
        let tables = try PreparedTables(configuration.data)
        return try withExtendedLifetime(tables) { try RunData(tables.data, seed: configuration.seed) }
    }

    private func read(_ key: String, _ assignments: String...) throws -> RunData {
        try read([#"data.split={"\#(key)": "who"}"#] + assignments)
    }

    @Test func sharedGroupsAreRefused() throws {
        let (train, test) = try (
            table("train.csv", ["a", "b", "b", "c", "d"]), table("test.csv", ["e", "c", "f", "b", "c"])
        )
        #expect(
            throws: DataError(
                "data.split.together: 2 values of 'who' stand in the test rows and in the training rows, first 'c' "
                    + "(\(test), line 3; \(train), line 5); none may stand on two sides: leave such rows out of one of the "
                    + "two files, or leave data.split out")
        ) { try read("together", #"data.test={"file": "test.csv"}"#) }
        let other = try table("other.csv", ["e", "g"])
        #expect(
            throws: DataError(
                "data.split.together: 1 value of 'who' stands in the test rows and in the validation rows, first 'e' "
                    + "(\(test), line 2; \(other), line 2); none may stand on two sides: leave such rows out of one of the two "
                    + "files, or leave data.split out")
        ) {
            _ = try table("train.csv", ["x", "y"])
            return try read(
                "together", #"data.validation={"file": "other.csv"}"#, #"data.test={"file": "test.csv"}"#)
        }
        // Also where the other split is cut from the training table.
        _ = try table("train.csv", ["a", "b", "b", "c", "d"])
        #expect("a group on two sides") {
            try read("together", #"data.validation={"fraction": 0.4}"#, #"data.test={"file": "test.csv"}"#)
        } throws: {
            "\($0)".contains("values of 'who' stand in the test rows and in the ")
                || "\($0)".contains("value of 'who' stands in the test rows and in the ")
        }
    }

    @Test func othersPass() throws {
        _ = try (table("train.csv", ["a", "b", "b", "c"]), table("test.csv", ["e", "f", "e"]))
        let data = try read("together", #"data.test={"file": "test.csv"}"#, #"data.validation={"fraction": 0.5}"#)
        #expect(data.splitWarnings == [] && data.test?.count == 3)
        // The column is no input.
        #expect(data.training.inputs.recipe?.names == ["x"] && data.test?.inputs.recipe?.names == ["x"])
        // Without a fraction it is a check alone.
        let whole = try read("together", #"data.test={"file": "test.csv"}"#)
        #expect(whole.splitNote == nil && whole.splitWarnings == [] && whole.training.count == 4)
    }

    /// Names of which one table has numbers alone are compared as numbers.
    @Test func numbersAndTextsAreCompared() throws {
        let (train, test) = try (table("train.csv", ["7", "8", "9"]), table("test.csv", ["x1", "12", "9"]))
        #expect(
            throws: DataError(
                "data.split.together: 1 value of 'who' stands in the test rows and in the training rows, first '9' "
                    + "(\(test), line 4; \(train), line 4); none may stand on two sides: leave such rows out of one of the two "
                    + "files, or leave data.split out")
        ) { try read("together", #"data.test={"file": "test.csv"}"#) }
        _ = try table("test.csv", ["x1", "12", "90"])
        #expect(try read("together", #"data.test={"file": "test.csv"}"#).splitWarnings == [])
    }

    @Test func whatNobodyCanTellIsWarnedOf() throws {
        _ = try table("train.csv", ["a", "b", "b", "c"])
        let test = try table("test.csv", ["e", "f"], column: "name")
        #expect(
            try read("together", #"data.test={"file": "test.csv"}"#).splitWarnings == [
                "data.split.together: \(test) has no column 'who' with a value for each row, so that nobody can tell whether "
                    + "test rows belong to rows on other sides"
            ])
        _ = try table("test.csv", ["e", "", ""])
        #expect(
            try read("together", #"data.test={"file": "test.csv"}"#).splitWarnings == [
                "data.split.together: 2 of the test rows have no value in column 'who', first \(test), line 3, so that nobody "
                    + "can tell whether test rows belong to rows on other sides"
            ])
        let train = try table("train.csv", ["2024-01-01", "2024-02-01"])
        _ = try table("test.csv", ["3", "4"])
        #expect("dates and numbers") {
            try read("by_time", #"data.test={"file": "test.csv"}"#)
        } throws: { "\($0)".contains("column 'who' holds '3', but dates in \(train)") }
    }

    @Test func timesOutOfOrderAreWarnedOf() throws {
        let train = try table("train.csv", ["2024-01-05", "2024-03-01", "2024-02-01"])
        let test = try table("test.csv", ["2024-04-01", "2024-02-28", "2024-03-01", "2023-12-31"])
        let data = try read("by_time", #"data.test={"file": "test.csv"}"#)
        #expect(
            data.splitWarnings == [
                "data.split.by_time: 2 of 4 test rows are older than the newest of the training rows, 2024-03-01 (\(train), line "
                    + "3); the first is 2024-02-28 (\(test), line 3)"
            ])
        _ = try table("test.csv", ["2024-03-01", "2024-03-02"])
        #expect(try read("by_time", #"data.test={"file": "test.csv"}"#).splitWarnings == [])
        // Dates are shown as dates.
        let cut = try read(
            "by_time", #"data.validation={"fraction": 0.34}"#, #"data.test={"file": "test.csv"}"#)
        #expect(
            cut.splitNote
                == "data.split.by_time \(train), column 'who': training 2 rows from 2024-01-05 to 2024-02-01; validation 1 row at "
                + "2024-03-01")
    }

    /// Where day and month can't be told apart, the training table says.
    @Test func datesAreReadAsInTheTrainingTable() throws {
        _ = try (table("train.csv", ["25/01/2024", "03/02/2024"]), table("test.csv", ["04/02/2024", "02/02/2024"]))
        let data = try read("by_time", #"data.test={"file": "test.csv"}"#)
        #expect(data.splitWarnings.count == 1 && data.splitWarnings[0].contains("1 of 2 test rows is older"))
        #expect(data.splitWarnings[0].contains("2024-02-03"))
    }

    /// In an HDF5 file the column stands beside the inputs of each split, or at one path in other files.
    @Test func groupsOfHDF5Files() throws {
        func file(_ name: String, _ groups: [String: [Int32]]) throws {
            _ = try directory.hdf5(name) { root in
                for (group, people) in groups {
                    try root.createDataset("/\(group)/inputs", .float32, shape: [people.count, 1]).write(
                        people.map { Float($0) })
                    try root.createDataset("/\(group)/targets", .float32, shape: [people.count]).write(
                        people.map { Float($0) })
                    try root.createDataset("/\(group)/who", .int32, shape: [people.count]).write(people)
                }
            }
        }
        try file("one.h5", ["train": [1, 2, 2, 3], "test": [4, 5], "other": [6, 3]])
        try file("two.h5", ["train": [9, 3, 9]])
        let one = #"data.train={"file": "one.h5"}"#
        for column in ["who", "/train/who"] {
            let rule = #"data.split={"together": "\#(column)"}"#
            #expect(try read([one, rule, #"data.test={"file": "one.h5"}"#]).splitWarnings == [])
            let shared = #"data.test={"file": "one.h5", "inputs": "/other/inputs", "targets": "/other/targets"}"#
            let place = directory.file("one.h5")
            #expect(
                throws: DataError(
                    "data.split.together: 1 value of '\(column)' stands in the test rows and in the training rows, first 3 "
                        + "(\(place): /other/inputs, row 1; \(place): /train/inputs, row 3); none may stand on two sides: leave "
                        + "such rows out of one of the two files, or leave data.split out")
            ) { try read([one, rule, shared]) }
            #expect("another file") {
                try read([
                    one, rule, #"data.test={"file": "two.h5", "inputs": "/train/inputs", "targets": "/train/targets"}"#,
                ])
            } throws: { "\($0)".contains("first 3 (\(directory.file("two.h5")): /train/inputs, row 1") }
        }
    }
}
