import Foundation
import HDF5
import Testing

/// From a raw table to a model in two commands, and to new rows, as a user goes, with each wrong turn on the way.
struct TableJourneyTests {
    /// A shipped table in a workspace, every third row of it kept for later.
    private final class Journey {
        let workspace: Workspace
        let header: [String]
        let (old, new): ([[String]], [[String]])

        init(_ table: String) throws {
            workspace = try Workspace()
            let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Datasets/\(table).csv")
            let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            header = lines[0]
            let rows = lines.dropFirst().enumerated()
            old = rows.filter { $0.offset % 3 != 0 }.map(\.element)
            new = rows.filter { $0.offset % 3 == 0 }.map(\.element)
            try write("old", old)
            try write("new", new)
        }

        /// Writes rows as a table, in these columns.
        func write(
            _ name: String, _ rows: [[String]], columns: [String]? = nil,
            _ change: (_ index: Int, _ row: inout [String]) -> Void = { _, _ in }
        ) throws {
            let places = (columns ?? header).map { header.firstIndex(of: $0) ?? 0 }
            let lines = rows.enumerated().map { index, row in
                var row = row
                change(index, &row)
                return places.map { row[$0] }.joined(separator: ",")
            }
            try workspace.write(
                ([places.map { header[$0] }.joined(separator: ",")] + lines).map { $0 + "\n" }.joined(),
                to: name + ".csv")
        }

        func place(_ column: String) -> Int { header.firstIndex(of: column) ?? 0 }

        func evaluate(_ name: String, _ options: String...) throws -> Workspace.Result {
            try workspace.run(["evaluate", "runs/old/model.h5", "--data", name + ".csv"] + options)
        }

        func predict(_ name: String, _ options: String...) throws -> Workspace.Result {
            try workspace.run(
                ["predict", "runs/old/model.h5", "--data", name + ".csv", "--output", name + "-p.h5"] + options)
        }

        func predictions(_ name: String) throws -> [Float] {
            try HDF5File.open("\(workspace.path)/\(name)-p.h5").dataset("/predictions").read(Float.self)
        }

        /// What a figure came to.
        func figure(_ name: String, _ result: Workspace.Result) -> Double {
            result.figures.first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) } ?? .nan
        }
    }

    private func expectSuccess(_ result: Workspace.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    }

    @Test("Cars to a number, with categories, dates and missing values")
    func cars() throws {
        let journey = try Journey("cars")
        let workspace = journey.workspace
        expectSuccess(try workspace.run("init", "old.csv", "--target", "Miles_per_Gallon", "--drop", "Name"))
        let trained = try workspace.run("train", "old.json")
        expectSuccess(trained)
        #expect(trained.errors.contains("without a target are left out"))

        // New rows as they come: of the third that was kept, 2 or 3 have no target.
        let good = try journey.evaluate("new")
        expectSuccess(good)
        #expect(journey.figure("r2", good) > 0.8, "\(good.output)")
        expectSuccess(try journey.predict("new"))
        #expect(try journey.predictions("new").count == journey.new.count)
        #expect(try workspace.listing().filter { $0.hasPrefix("new") } == ["new-p.h5", "new.csv"])

        // The same rows in another order of columns, with one that the model does not take.
        try journey.write("turned", journey.new, columns: journey.header.reversed())
        let turned = try journey.evaluate("turned")
        #expect(journey.figure("r2", turned) == journey.figure("r2", good))
        #expect(
            turned.errors.contains("turned.csv has columns that the model does not take, and that are left out: Name"))
        expectSuccess(try journey.predict("turned"))
        #expect(try journey.predictions("turned") == journey.predictions("new"))

        // Cars of one origin, whose codes would begin anew.
        try journey.write("japan", journey.new.filter { $0[journey.place("Origin")] == "Japan" })
        #expect(journey.figure("mae", try journey.evaluate("japan")) < 6)

        // A category that the model has never seen.
        try journey.write("strange", journey.new) { index, row in
            if index == 40 { row[journey.place("Origin")] = "Korea" }
        }
        let strange = try journey.evaluate("strange")
        #expect(strange.status == 65)
        #expect(
            strange.errors.hasSuffix(
                "stormo: strange.csv, line 42, column 'Origin': 'Korea' is none of the categories that the model knows: Europe, "
                    + "Japan, USA; say --unknown missing to take it for a missing value, or --unknown skip to leave such rows "
                    + "out\n"), "\(strange.errors)")
        expectSuccess(try journey.evaluate("strange", "--unknown", "missing"))
        expectSuccess(try journey.predict("strange", "--unknown", "skip"))
        #expect(try journey.predictions("strange").count == journey.new.count - 1)
        #expect(
            try !HDF5File.open(workspace.path + "/strange-p.h5").dataset("/rows").read(Int64.self).contains(40))

        // A missing column.
        try journey.write("short", journey.new, columns: journey.header.filter { $0 != "Weight_in_lbs" })
        let short = try journey.evaluate("short")
        #expect(short.status == 65)
        #expect(
            short.errors.contains(
                "short.csv has no column 'Weight_in_lbs', which the model's training data has; its columns are "),
            "\(short.errors)")
        #expect(
            short.errors.hasSuffix("; say --unknown missing to take all of its values for missing ones\n"),
            "\(short.errors)")
        expectSuccess(try journey.evaluate("short", "--unknown", "missing"))

        // No target: nothing to measure, but to predict.
        try journey.write("asked", journey.new, columns: journey.header.filter { $0 != "Miles_per_Gallon" })
        let asked = try journey.evaluate("asked")
        #expect(asked.status == 65)
        #expect(
            asked.errors.hasPrefix(
                "stormo: asked.csv has no column 'Miles_per_Gallon', which is the target of runs/old/model.h5; its columns are "
                    + "Name, "), "\(asked.errors)")
        expectSuccess(try journey.predict("asked"))
        #expect(try journey.predictions("asked") == journey.predictions("new"))

        // A text among numbers, and a file without any of the columns.
        try journey.write("broken", journey.new) { index, row in
            if index == 2 { row[journey.place("Acceleration")] = "fast" }
        }
        let broken = try journey.predict("broken")
        #expect(broken.status == 65)
        #expect(
            broken.errors.hasPrefix("stormo: broken.csv, line 4, column 'Acceleration'")
                || broken.errors.hasPrefix("stormo: broken.csv, line 4: column 'Acceleration' holds 'fast'"),
            "\(broken.errors)")
        try workspace.write("a,b\n1,2\n", to: "other.csv")
        let other = try journey.predict("other")
        #expect(other.status == 65)
        #expect(
            other.errors.hasPrefix("stormo: other.csv has none of the columns of runs/old/model.h5: "),
            "\(other.errors)")
        // Options of HDF5 files.
        let group = try journey.evaluate("new", "--group", "/test")
        #expect(group.status == 64)
        #expect(
            group.errors
                == "stormo: --group is for HDF5 files, and new.csv is a table, whose columns are found by the names that the "
                + "model has; leave it out\n")
    }

    @Test("Penguins to classes, with columns of texts")
    func penguins() throws {
        let journey = try Journey("penguins")
        let workspace = journey.workspace
        expectSuccess(try workspace.run("init", "old.csv", "--target", "species"))
        expectSuccess(try workspace.run("train", "old.json", "--quiet"))
        let good = try journey.evaluate("new")
        #expect(journey.figure("accuracy", good) > 0.95, "\(good.output)\(good.errors)")
        expectSuccess(try journey.predict("new"))
        #expect(
            try HDF5File.open(workspace.path + "/new-p.h5").dataset("/labels").attributes.strings("class_names")
                == ["Adelie", "Chinstrap", "Gentoo"])

        // One class only, which is not the first one of the model.
        try journey.write("one", journey.new.filter { $0[0] == "Gentoo" })
        #expect(journey.figure("accuracy", try journey.evaluate("one")) > 0.9)
        // A class that the model does not have.
        try journey.write("emperor", journey.new) { index, row in if index == 7 { row[0] = "Emperor" } }
        let emperor = try journey.evaluate("emperor")
        #expect(emperor.status == 65)
        #expect(
            emperor.errors
                == "stormo: emperor.csv, line 9, column 'species': 'Emperor' is none of the classes that the model has: Adelie, "
                + "Chinstrap, Gentoo; say --unknown skip to leave such rows out\n")
        #expect(journey.figure("accuracy", try journey.evaluate("emperor", "--unknown", "skip")) > 0.95)
        // Other codes: a file of an island and a species of its own, turned around.
        try journey.write(
            "dream", journey.new.filter { $0[1] == "Dream" }, columns: journey.header.reversed())
        #expect(journey.figure("accuracy", try journey.evaluate("dream")) > 0.9)
    }
}
