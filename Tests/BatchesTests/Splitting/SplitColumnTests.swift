import Configuration
import HDF5
import Recipes
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// Which column `data.split` finds, and what a run's splits are by it.
@Suite struct SplitColumnTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// A table of two columns, a dataset of codes beside it, one of texts and one of numbers.
    /// - Parameter people: of each row; their codes are in the order of `names`.
    @discardableResult
    private func file(
        _ name: String = "data.h5", people: [String], names: [String] = ["ann", "bob", "cid"], days: [String]? = nil
    ) throws -> String {
        let rows = people.count
        let codes = people.map { names.firstIndex(of: $0).map(Int32.init) ?? -1 }
        return try directory.hdf5(name) { root in
            let inputs = try root.createDataset("/train/inputs", .float32, shape: [rows, 2])
            try inputs.write((0..<rows).flatMap { [Float($0), Float(codes[$0])] })
            let table = Recipe([
                RecipeColumn("row", .number), RecipeColumn("person", .category, missing: .category, categories: names),
            ])
            try inputs.attributes.set(Recipe.attribute, table.node.jsonText(pretty: false))
            try root.createDataset("/train/targets", .float32, shape: [rows]).write((0..<rows).map { Float($0) })
            let kept = try root.createDataset("/train/patient", .int32, shape: [rows])
            try kept.write(codes)
            let recipe = Recipe([RecipeColumn("patient", .category, categories: names)])
            try kept.attributes.set(Recipe.attribute, recipe.node.jsonText(pretty: false))
            try root.createDataset("/train/day", .int64, shape: [rows]).write((0..<rows).map { Int64(rows - $0) })
            try root.createDataset("/texts", .string, shape: [rows]).writeStrings(days ?? people)
            // Six keys, neighbours of one another.
            let base = Int64(1) << 60
            try root.createDataset("/keys", .int64, shape: [rows]).write((0..<rows).map { base + Int64($0 / 3 % 6) })
            try root.createDataset("/nanoseconds", .int64, shape: [rows]).write(
                (0..<rows).map { base + 23 - Int64($0) })
            try root.createDataset("/larger", .uint64, shape: [rows]).write((0..<rows).map { UInt64.max - UInt64($0) })
            try root.createDataset("/short", .int32, shape: [1]).write([1] as [Int32])
            try root.createDataset("/wide", .int32, shape: [rows, 2]).write(
                Array(repeating: Int32(1), count: 2 * rows))
        }
    }

    private func read(_ files: [String], _ assignments: String..., fold: Int? = nil) throws -> RunData {
        let list = files.map { #""\#(directory.file($0))""# }.joined(separator: ", ")
        var document = try smallest("data.train.file=[\(list)]", #"data.validation={"fraction": 0.25}"#)
        for assignment in assignments { try document.set(assignment) }
        let configuration = try RunConfiguration(document, directory: "")
        return try RunData(configuration.data, seed: configuration.seed, fold: fold)
    }

    private func rows(_ data: Dataset?) -> [Int] {
        data.map { data in (0..<data.count).map { data.selection[$0] } } ?? []
    }

    private static let people = (0..<24).map { ["ann", "bob", "cid", "dan", "eve", "fay"][$0 / 3 % 6] }
    private static let names = ["fay", "eve", "dan", "cid", "bob", "ann"]

    @Test(arguments: ["person", "patient", "/train/patient", "/texts"])
    func aColumnIsFound(name: String) throws {
        try file(people: Self.people, names: Self.names)
        let data = try read(["data.h5"], #"data.split={"together": "\#(name)"}"#, #"data.test={"fraction": 0.25}"#)
        let sides = [data.training, data.validation, data.test].map { Set(rows($0).map { Self.people[$0] }) }
        #expect(
            sides.map(\.count) == [3, 1, 2] || sides.map(\.count) == [4, 1, 1] || sides.map(\.count) == [3, 2, 1])
        #expect(sides[0].union(sides[1]).union(sides[2]).count == 6)
        #expect(rows(data.training).count + rows(data.validation).count + rows(data.test).count == 24)
        #expect(data.splitNote?.hasPrefix("data.split.together ") == true)
        // The same groups by whatever name the column goes.
        let other = try read(
            ["data.h5"], #"data.split={"together": "/texts"}"#, #"data.test={"fraction": 0.25}"#)
        #expect(rows(other.test) == rows(data.test) && rows(other.validation) == rows(data.validation))
    }

    /// Codes of several files differ: the texts are compared.
    /// Keys beyond 2^53 are told apart to the last digit, and so are nanoseconds.
    @Test func largeIntegersAreExact() throws {
        try file(people: Self.people, names: Self.names)
        let groups = try read(["data.h5"], #"data.split={"together": "/keys"}"#)
        let sides = [groups.training, groups.validation].map { Set(rows($0).map { $0 / 3 % 6 }) }
        #expect(sides[0].count + sides[1].count == 6 && sides[0].isDisjoint(with: sides[1]))
        let times = try read(["data.h5"], #"data.split={"by_time": "/nanoseconds"}"#)
        #expect(rows(times.validation) == Array(0..<6))
        #expect(times.splitNote?.contains("from 1152921504606846994 to 1152921504606846999") == true)
        #expect(
            throws: DataError(
                "\(directory.file("data.h5")): /larger holds 18446744073709551615 in row 0, more than the greatest integer of 64 bits "
                    + "with a sign, 9223372036854775807; store smaller ones, or texts")
        ) { try read(["data.h5"], #"data.split={"together": "/larger"}"#) }
    }

    @Test func groupsAreOfAllFiles() throws {
        try file("a.h5", people: ["ann", "ann", "bob", "bob"], names: ["ann", "bob"])
        try file("b.h5", people: ["bob", "bob", "cid", "cid"], names: ["cid", "bob"])
        for name in ["person", "patient"] {
            let data = try read(["a.h5", "b.h5"], #"data.split={"together": "\#(name)"}"#)
            let people = ["ann", "ann", "bob", "bob", "bob", "bob", "cid", "cid"]
            let (training, validation) = (
                Set(rows(data.training).map { people[$0] }), Set(rows(data.validation).map { people[$0] })
            )
            #expect(training.isDisjoint(with: validation) && !validation.isEmpty, "\(name)")
            #expect(training.union(validation).count == 3)
        }
    }

    /// Groups that each file counts anew may be others, though their numbers are the same.
    @Test func groupsThatAreCountedAnew() throws {
        func write(_ name: String, _ groups: [Int32]) throws {
            try directory.hdf5(name) { root in
                try root.createDataset("/train/inputs", .float32, shape: [groups.count, 1]).write(
                    groups.indices.map { Float($0) })
                try root.createDataset("/train/targets", .float32, shape: [groups.count]).write(
                    groups.indices.map { Float($0) })
                try root.createDataset("/train/patient", .int32, shape: [groups.count]).write(groups)
            }
        }
        try write("a.h5", [0, 0, 1, 1, 2, 2])
        try write("b.h5", [1, 1, 0, 0])
        let split = #"data.split={"together": "patient"}"#
        let place = "\(directory.file("a.h5")): /train/patient"
        #expect(
            try read(["a.h5", "b.h5"], split).splitWarnings.first
                == "data.split.together: each of the 2 files counts \(place) from 0 on, and rows with the same number stay together "
                + "whatever their file: if they are other groups in each file, number them through all files")
        #expect(
            throws: DataError(
                "\(place) has 3 different values, too few for 4 folds in which rows with the same value stay together; each file "
                    + "counts them anew: if they are other groups in each file, number them through all files")
        ) { try read(["a.h5", "b.h5"], "data.validation=null", "data.k_fold=4", split) }
        // Numbered through, there is nothing to say.
        try write("b.h5", [3, 3, 4, 4])
        #expect(try read(["a.h5", "b.h5"], split).splitWarnings.allSatisfy { !$0.contains("counts") })
        // Of another split they are refused, with the way out.
        try write("b.h5", [1, 1, 0, 0])
        let own = #"data.validation={"file": "\#(directory.file("b.h5"))", "inputs": "/train/inputs", "targets": "/train/targets"}"#
        #expect {
            _ = try read(["a.h5"], own, split)
        } throws: {
            "\($0)".hasSuffix(
                "leave such rows out of one of the two files, or leave data.split out; or, where each file counts its own from 0 on, "
                    + "number them through both")
        }
    }

    @Test func foldsKeepGroupsTogether() throws {
        try file(people: Self.people, names: Self.names)
        let folds = try (0..<3).map {
            try read(
                ["data.h5"], "data.validation=null", "data.k_fold=3", #"data.split={"together": "person"}"#, fold: $0)
        }
        #expect(folds.flatMap { rows($0.validation) }.sorted() == Array(0..<24))
        for fold in folds {
            #expect(
                Set(rows(fold.training).map { Self.people[$0] }).isDisjoint(
                    with: Set(rows(fold.validation).map { Self.people[$0] })))
        }
    }

    @Test func theNewestRowsAreTested() throws {
        let days = (0..<24).map { "2024-0\(1 + $0 % 3)-1\($0 / 3)" }
        try file(people: Self.people, names: Self.names, days: days)
        // Day 24 is the first row.
        let numbers = try read(["data.h5"], #"data.split={"by_time": "day"}"#, #"data.test={"fraction": 0.125}"#)
        #expect(rows(numbers.test) == [0, 1, 2] && rows(numbers.validation) == Array(3..<9))
        #expect(
            numbers.splitNote
                == "data.split.by_time \(directory.file("data.h5")): /train/day: training 15 rows from 1 to 15; validation 6 "
                + "rows from 16 to 21; test 3 rows from 22 to 24")
        #expect(numbers.splitWarnings == [])
        let texts = try read(["data.h5"], #"data.split={"by_time": "/texts"}"#, #"data.test={"fraction": 0.125}"#)
        #expect(rows(texts.test).map { days[$0] } == ["2024-03-15", "2024-03-16", "2024-03-17"])
    }

    @Test func whatDiffersMuchFromItsFractionIsWarnedOf() throws {
        try file(people: Array(repeating: "ann", count: 20) + ["bob", "cid"])
        let data = try read(["data.h5"], #"data.split={"together": "patient"}"#)
        #expect(
            data.splitWarnings.contains(
                "data.split.together: validation has 2 rows where the fraction asks for 6, since rows with the same value "
                    + "stay together; the most frequent one, 'ann', has 20")
                || data.splitWarnings.contains(
                    "data.split.together: validation has 1 row where the fraction asks for 6, since rows with the same value "
                        + "stay together; the most frequent one, 'ann', has 20"),
            "\(data.splitWarnings)")
    }

    @Test func targetsThatAreNumbersAreStratified() throws {
        try file(people: Self.people, names: Self.names)
        let data = try read(["data.h5"], "data.stratify=true")
        // Four strata of six rows each, as the targets are the rows' numbers; a quarter of 24 rows.
        #expect(
            Dictionary(grouping: rows(data.validation)) { $0 / 6 }.mapValues(\.count).values.allSatisfy {
                [1, 2].contains($0)
            })
        #expect(rows(data.validation).count == 6)
    }

    @Test(arguments: [
        (
            #"{"together": "patients"}"#,
            "data.split.together names 'patients', but @: /train/inputs has no such column; the columns are row, person, and "
                + "there is no dataset /train/patients; stormo data convert --keep patients writes one from a table"
        ),
        (#"{"together": "/no"}"#, "data.split.together names /no, but @ has no such dataset"),
        (
            #"{"together": "/short"}"#,
            "@: /short has 1 rows in all, but @: /train/inputs has 24; data.split.together needs a value for each row"
        ),
        (
            #"{"by_time": "/wide"}"#,
            "@: /wide has rows of 2; the column that splits rows has one value for each"
        ),
        (
            #"{"by_time": "person"}"#,
            "@: /train/inputs, column 'person' holds the text 'ann', but data.split.by_time orders numbers, or dates that are "
                + "all written alike with the year first, as 2024-03-01 or 2024-03-01 12:00"
        ),
    ])
    func whatCannotSplitIsRefused(split: String, sentence: String) throws {
        let path = try file(people: Self.people, names: Self.names)
        #expect(
            throws: DataError(sentence.split(separator: "@", omittingEmptySubsequences: false).joined(separator: path))
        ) {
            try read(["data.h5"], "data.split=\(split)")
        }
    }

    @Test func datesOfTwoFormsAreRefused() throws {
        var days = (0..<24).map { "2024-01-\(10 + $0)" }
        days[5] = "2024-1-15"
        let path = try file(people: Self.people, names: Self.names, days: days)
        #expect(
            throws: DataError(
                "\(path): /texts holds the text '2024-1-15' beside '2024-01-10', but data.split.by_time orders numbers, or "
                    + "dates that are all written alike with the year first, as 2024-03-01 or 2024-03-01 12:00")
        ) { try read(["data.h5"], #"data.split={"by_time": "/texts"}"#) }
    }

    @Test func aMissingValueIsRefused() throws {
        var people = Self.people
        people[7] = "nobody"
        let path = try file(people: people, names: Self.names)
        #expect(
            throws: DataError(
                "\(path): /train/patient holds no value in row 7, but data.split.together needs one in each row; fill it in "
                    + "the table, or leave such rows out")
        ) { try read(["data.h5"], #"data.split={"together": "patient"}"#) }
    }
}
