import Batches
import Configuration
import Engine
import Foundation
import Interchange
import TestSupport
import Testing

@testable import Runs

/// A model that was trained on a table, asked by the names of its columns.
@Suite struct TrainedModelNamedTests {
    private let directory: TestDirectory
    private let model: TrainedModel

    init() throws {
        directory = try TestDirectory()
        let lines = (0..<60).map { row in
            "\(row % 9).5 kg,\(["ash", "elm"][row % 2]),\(row % 3 == 0 ? "yes" : "no"),2024-03-\(10 + row % 15),"
                + "\(row % 24):30,\(row % 7 == 0 ? "" : "\(row)"),\(row % 4)"
        }
        _ = try directory.write(
            (["weight,kind,old,seen,hour,size,y"] + lines).joined(separator: "\n"), to: "trees.csv")
        let run = try TrainingRun(
            RunConfiguration(
                ConfigurationDocument(text: Self.config, file: "trees.json"), directory: directory.path))
        try run.trainer.fit()
        model = try run.trainer.trainedModel()
    }

    private static let config = """
        {"data": {"train": {"file": "trees.csv", "targets": "y", "missing": {"size": "mean"}}, "normalize": "standardize"},
         "model": {"layers": [{"type": "dense", "units": 1}]},
         "loss": "mean_squared_error", "optimizer": "adam", "training": {"epochs": 2, "batch_size": 10}}
        """
    private let row: [String: ColumnValue] = [
        "weight": 3.5, "kind": "elm", "old": true, "seen": "2024-03-13", "hour": "3:30", "size": 3,
    ]

    /// What a row of a file gets, the same row by names gets, however its values are given.
    @Test func aRowGetsWhatItGetsInATable() throws {
        _ = try directory.write("weight,kind,old,seen,hour,size,y\n3.5 kg,elm,yes,2024-03-13,3:30,3,0\n", to: "new.csv")
        let config = Self.config.replacingOccurrences(
            of: #""normalize""#, with: #""test": {"file": "new.csv"}, "normalize""#)
        let run = try TrainingRun(
            RunConfiguration(ConfigurationDocument(text: config, file: "trees.json"), directory: directory.path))
        try run.trainer.fit()
        let model = try run.trainer.trainedModel()
        let expected = try run.trainer.predict(#require(run.test))[0]
        #expect(try model.predict(named: row).values == expected)
        var other = row
        other["weight"] = "3.5kg"
        other["old"] = "YES"
        other["seen"] = .date(Date(timeIntervalSince1970: 86_400 * 19_795))
        other["hour"] = "03:30 am"
        other["size"] = "3"
        other["y"] = 2
        #expect(try model.predict(named: [row, other]).map(\.values) == [expected, expected])
        #expect(try model.predict(named: row).name == "dense")
        #expect(try model.predict(named: row).className == nil)
    }

    private func sentence(_ changes: [String: ColumnValue?], fillsUnknown: Bool = false) throws -> String {
        var row = row
        for (name, value) in changes { row[name] = value }
        do {
            return "\(try model.predict(named: row, fillsUnknown: fillsUnknown).values.count) value"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatTheModelDoesNotTake() throws {
        #expect(
            try sentence(["kind": ColumnValue?.none]).hasPrefix(
                "row 0 has no column 'kind', which the model takes; its columns are weight, "))
        #expect(
            try sentence(["kind": ColumnValue?.none, "knd": "elm"])
                == "row 0 has no column 'kind', which the model takes; it has 'knd', which the model does not take")
        #expect(
            try sentence(["colour": "red"])
                == "row 0 has a column 'colour', which the model does not take; its columns are weight, kind, old, seen, hour, size"
        )
        #expect(
            try sentence(["kind": "oak"])
                == "row 0, column 'kind': 'oak' is none of the categories that the model knows: ash, elm; say fillsUnknown: true to "
                + "take it for a missing value")
        #expect(
            try sentence(["weight": .missing])
                == "row 0, column 'weight': the value is missing, and there was none missing in the rows that the model was trained "
                + "on; say fillsUnknown: true to fill it")
        #expect(
            try sentence(["weight": "5 lb"])
                == "row 0: column 'weight' holds '5 lb', but 'kg' in the model; bring its numbers into 'kg'")
        let repair = "repair it, or leave it empty where it means a missing value"
        #expect(
            try sentence(["weight": "heavy"])
                == "row 0: column 'weight' holds 'heavy', but numbers in the model; \(repair)")
        #expect(
            try sentence(["seen": "soon"]) == "row 0: column 'seen' holds 'soon', but dates in the model; \(repair)")
        #expect(
            try sentence(["seen": "03/04/2024"])
                == "row 0: column 'seen' holds '03/04/2024', and no row tells whether the day or the month stands first; write the "
                + "year first, as 2024-03-31")
        #expect(
            try sentence(["seen": 5])
                == "row 0, column 'seen': is a number, but the model takes dates there; give it as a text, or as a Date"
        )
        #expect(try sentence(["weight": true]) == "row 0, column 'weight': is true, but the model takes numbers there")
        // Where it may be missing.
        #expect(try sentence(["size": .missing]) == "1 value")
        #expect(try sentence(["size": "n/a"]) == "1 value")
        #expect(try sentence(["kind": "oak", "weight": .missing, "old": .some(nil)], fillsUnknown: true) == "1 value")
    }

    /// Each sentence that a table with such a row gets.
    @Test func whatIsTakenForGranted() throws {
        func warnings(_ changes: [String: ColumnValue], beside other: [String: ColumnValue]? = nil) throws -> [String] {
            var all = [row]
            all[0]["weight"] = "3.5 kg"
            if var other {
                other.merge(all[0]) { own, _ in own }
                all.insert(other, at: 0)
            }
            for (name, value) in changes { all[all.count - 1][name] = value }
            var warnings: [String] = []
            _ = try model.predict(named: all) { warnings.append($0) }
            return warnings
        }
        #expect(try warnings([:]) == [])
        #expect(
            try warnings(["weight": 3.5])
                == ["column 'weight' has no unit here, and 'kg' in the model: its numbers are taken for 'kg'"])
        #expect(
            try warnings(["size": "3 kg"])
                == [
                    "column 'size' holds 'kg' here, and the model names no unit: its numbers are taken for the same unit"
                ])
        #expect(
            try warnings(["size": "1,500"])
                == [
                    "column 'size' holds '1,500', which is read as 1500, and no row tells whether that mark divides thousands or "
                        + "the fraction; write it with the other mark if it divides the fraction"
                ])
        #expect(
            try warnings(["seen": "2024-03-13 10:00+02:00"])
                == [
                    "column 'seen' holds '2024-03-13 10:00+02:00', with a time zone, and the model has none: its times were converted "
                        + "to UTC"
                ])
        #expect(
            try warnings(["size": "1,500"], beside: ["kind": "ash"])[0].hasPrefix(
                "column 'size' holds '1,500' in row 1,"))
        // What fills is told too.
        var told: [String] = []
        var other = row
        other["kind"] = "oak"
        other["weight"] = "3 kg"
        _ = try model.predict(named: other, fillsUnknown: true) { told.append($0) }
        #expect(
            told == [
                "1 of the rows holds what the model does not know, which is taken for a missing value; the first is row 0, "
                    + "column 'kind': 'oak' is none of the categories that the model knows: ash, elm"
            ])
    }

    @Test func rowsInOrder() throws {
        #expect(
            throws: DataError(
                "the model takes the columns of a table, weight, kind, old, seen, hour, size, so name them: predict(named:)"
            )
        ) { try model.predict([1, 2, 3, 4, 5, 6]) }
        #expect(try model.predict(named: []).isEmpty)
    }
}
