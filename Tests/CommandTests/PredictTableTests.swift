import Foundation
import HDF5
import Testing

/// Answers for tables: rows on the command line, rows that are left out, and how tables are written.
struct PredictTableTests {
    private let workspace: Workspace
    private static let model = "runs/trees/model.h5"

    init() throws {
        workspace = try Workspace(config: TrainTableTests.config)
        try workspace.write(TrainTableTests.table(60), to: "trees.csv")
        try workspace.run("train", "config.json", "--quiet", "--set", "training.epochs=30")
    }

    private func predict(_ arguments: String...) throws -> Workspace.Result {
        try workspace.run(["predict", Self.model] + arguments)
    }

    @Test func numbersHaveTheirTargetsName() throws {
        try workspace.write("kind,width\nash,3\nelm,4\n", to: "new.csv")
        let result = try predict("new.csv")
        #expect(result.status == 0 && result.lines.count == 3, "\(result.errors)")
        #expect(result.lines[0] == "row,height")
        #expect(result.lines[1].hasPrefix("0,") && Float(result.lines[1].dropFirst(2)) != nil)
    }

    /// The truth beside the answers, by the name of its column.
    @Test func targetsOfATableStandBeside() throws {
        try workspace.write("kind,width,height\nash,3,7.5\nelm,4,8\n", to: "new.csv")
        let result = try predict("new.csv", "--targets", "height")
        #expect(result.status == 0 && result.lines[0] == "row,true_height,height", "\(result.errors)")
        #expect(result.lines[1].hasPrefix("0,7.5,") && result.lines[2].hasPrefix("1,8.0,"), "\(result.output)")
        try workspace.expectFailure(
            64,
            "--targets width: new.csv is no HDF5 file, and of other data the targets are those that the model predicts; say "
                + "--targets height", "predict", Self.model, "new.csv", "--targets", "width")
    }

    @Test func rowsThatAreLeftOutAreNamed() throws {
        try workspace.write("kind,width\nash,3\noak,4\nelm,4\nyew,1\n", to: "new.csv")
        let result = try predict("new.csv", "--unknown", "skip", "--output", "-")
        #expect(result.lines.dropFirst().map { $0.prefix(2) } == ["0,", "2,"], "\(result.output)")
        #expect(result.errors.hasSuffix("note: 2 of 4 rows are left out: 1, 3\n"), "\(result.errors)")
    }

    /// Where training left out rows with missing values, answers and figures are those of the others, and it is said.
    @Test func rowsThatTrainingLeavesOutAreLeftOut() throws {
        try workspace.run(
            "train", "config.json", "--quiet", "--set", "data.train.missing=skip", "--set", "name=whole", "--set",
            "training.epochs=1")
        try workspace.write("kind,width,height\nash,3,7\nelm,,8\nelm,4,8\n", to: "new.csv")
        let note = "note: 1 row of new.csv with missing values was left out: column 'width' in 1\n"
        let answers = try workspace.run("predict", "runs/whole", "new.csv")
        #expect(answers.status == 0 && answers.lines.dropFirst().map { $0.prefix(2) } == ["0,", "2,"])
        #expect(answers.errors == note)
        let figures = try workspace.run("evaluate", "runs/whole/model.h5", "--data", "new.csv")
        #expect(figures.status == 0 && figures.errors.contains(note), "\(figures.errors)")
        #expect(figures.lines.first?.hasPrefix("2 samples") == true, "\(figures.output)")
        // Filled where that is asked for.
        #expect(try workspace.run("predict", "runs/whole", "new.csv", "--unknown", "missing").lines.count == 4)
        try workspace.write("kind,width\nash,\nelm,\n", to: "none.csv")
        try workspace.expectFailure(
            65,
            "none.csv: each of its 2 rows has a missing value ('width' in 2), and such rows are left out; fill them in",
            "predict", "runs/whole", "none.csv")
    }

    @Test func aRowGoesThroughTheRecipe() throws {
        try workspace.write("kind,width\nash,3\n", to: "new.csv")
        let whole = try predict("new.csv")
        let row = try predict("--row", #"{"width": 3, "kind": "ash"}"#)
        #expect(row.status == 0 && row.output == whole.output, "\(row.errors)")
        let unknown = try predict("--row", #"{"width": null, "kind": "ash"}"#)
        #expect(unknown.status == 0 && unknown.output != whole.output, "\(unknown.errors)")
        let target = try predict("--row", #"{"width": 3, "kind": "ash", "height": 2}"#)
        #expect(target.output == whole.output)
        #expect(target.errors == "note: --row has 'height', which is what the model predicts; it is left out\n")

        func sentence(_ row: String, _ options: String...) throws -> String {
            let result = try workspace.run(["predict", Self.model, "--row", row] + options)
            #expect(result.status != 0)
            return result.errors
        }
        #expect(
            try sentence(#"{"widht": 3, "kind": "ash"}"#)
                == "stormo: --row: unknown column 'widht'; did you mean 'width'?\n")
        #expect(
            try sentence(#"{"kind": "ash"}"#)
                == "stormo: --row has no column 'width', which the model takes; give it, or null where it is not known\n"
        )
        #expect(
            try sentence(#"{"width": [3], "kind": "ash"}"#)
                == "stormo: --row: 'width' must be a number, a text, true, false or null\n")
        #expect(
            try sentence("[3, 1]")
                == "stormo: --row must be an object by the columns of the table that the model was trained on: width, kind\n"
        )
        #expect(
            try sentence(#"{"width": 3, "kind": "oak"}"#)
                == "stormo: --row, column 'kind': 'oak' is none of the categories that the model knows: ash, birch, elm; say "
                + "--unknown missing to take it for a missing value, or --unknown skip to leave such rows out\n")
        let short = try predict("--row", #"{"kind": "ash"}"#, "--unknown", "missing")
        #expect(short.output == unknown.output)
        #expect(
            short.errors
                == "warning: --row has no column 'width', which the model takes; its value is taken for missing\n")
        #expect(
            try sentence(#"{"width": 1e300, "kind": "ash"}"#).hasPrefix(
                "stormo: --row holds 1e+300 in column 'width', which no 32-bit float holds"))
        #expect(
            try sentence(#"{"width": 1, "width": 2}"#).hasPrefix(
                "stormo: --row is not JSON: 'width' is written twice, first on line 1; keep one"))
        #expect(try sentence(#"{"width":"#).contains("this '{' is never closed"))
        #expect(try sentence(" ").hasPrefix("stormo: --row is empty; write it as "))
    }

    /// A row is warned of as the same row in a file is.
    @Test func aRowIsWarnedOfAsATableIs() throws {
        for (cell, json) in [
            ("\"1,500\"", #""1,500""#), ("1.5 kg", #""1.5 kg""#), ("$46", #""$46""#), ("46%", #""46%""#),
        ] {
            try workspace.write("kind,width\nash,\(cell)\n", to: "new.csv")
            let (table, row) = (try predict("new.csv"), try predict("--row", "{\"width\": \(json), \"kind\": \"ash\"}"))
            #expect(table.output == row.output && !row.output.isEmpty)
            #expect(row.errors.hasPrefix("warning: column 'width' holds '"), "\(row.errors)")
            #expect(row.errors == table.errors.replacingOccurrences(of: " in line 2", with: ""), "\(table.errors)")
        }
        // As it may be advised.
        let comma = try predict("--row", #"{"width": "1,500", "kind": "ash"}"#, "--decimal-comma")
        #expect(comma.errors.isEmpty, "\(comma.errors)")
        #expect(try comma.output == predict("--row", #"{"width": 1.5, "kind": "ash"}"#).output)
    }

    @Test func severalTargetsHaveNames() throws {
        let both = ["--set", #"data.train={"file": "trees.csv", "targets": ["height", "id"], "missing": "indicator"}"#]
        let trained = try workspace.run(
            ["train", "config.json", "--quiet", "--output", "both", "--set", "model.layers[1].units=2"] + both)
        #expect(trained.status == 0, "\(trained.errors)")
        let result = try workspace.run("predict", "both/model.h5", "trees.csv", "--output", "out.h5")
        #expect(result.status == 0, "\(result.errors)")
        let dataset = try HDF5File.open(workspace.path + "/out.h5").dataset("predictions")
        #expect(try dataset.attributes.strings("column_names") == ["height", "id"])
        #expect(try workspace.run("predict", "both/model.h5", "trees.csv").lines[0] == "row,height,id")
    }

    /// A table that is written otherwise than the model's was gets a sentence that names the option.
    @Test func tablesMayBeWrittenOtherwise() throws {
        func write(_ text: String, _ encoding: String.Encoding, _ name: String) throws {
            try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: workspace.path + "/" + name))
        }
        let old = TrainTableTests.table(60).replacingOccurrences(of: "ash", with: "frêne")
        let new = "kind,width\nfrêne,3\n"
        try write(old, .isoLatin1, "old.csv")
        try write(new, .isoLatin1, "latin.csv")
        try write(new, .utf8, "utf8.csv")
        let latin = [
            "train", "config.json", "--quiet", "--output", "latin", "--set",
            #"data.train={"file": "old.csv", "targets": "height", "drop": ["id"], "missing": "indicator", "encoding": "latin-1"}"#,
        ]
        #expect(try workspace.run(latin).status == 0)
        let right = try workspace.run("predict", "latin/model.h5", "latin.csv")
        #expect(right.status == 0, "\(right.errors)")
        let other = try workspace.run("predict", "latin/model.h5", "utf8.csv")
        #expect(other.status == 65)
        #expect(
            other.errors
                == "stormo: utf8.csv is written in utf-8, but the model's table was in latin-1; say --encoding utf-8, or "
                + "--encoding latin-1 if it is in that after all\n")
        #expect(
            try workspace.run("predict", "latin/model.h5", "utf8.csv", "--encoding", "utf-8").output == right.output)

        try write(old, .utf8, "old.csv")
        let utf8 = latin.map { $0.replacingOccurrences(of: #", "encoding": "latin-1""#, with: "") }
        #expect(try workspace.run(utf8 + ["--overwrite"]).status == 0)
        let strange = try workspace.run("predict", "latin/model.h5", "latin.csv")
        #expect(strange.status == 65)
        #expect(strange.errors.contains("is not UTF-8; say --encoding latin-1 "), "\(strange.errors)")
        #expect(
            try workspace.run("predict", "latin/model.h5", "latin.csv", "--encoding", "latin-1").output == right.output)

        try write("kind;width\nfrêne;3,0\n", .utf8, "comma.csv")
        let comma = try workspace.run("predict", "latin/model.h5", "comma.csv", "--delimiter", ";", "--decimal-comma")
        #expect(comma.output == right.output, "\(comma.errors)")
        let evaluated = try workspace.run("evaluate", "latin/model.h5", "--data", "latin.csv", "--encoding", "utf-16")
        #expect(evaluated.status == 65, "\(evaluated.output)")
        let wrong = try workspace.run("predict", "latin/model.h5", "comma.csv", "--delimiter", "ab")
        #expect(wrong.status == 64 && wrong.errors.contains("--delimiter 'ab': give one ASCII character, or 'tab'"))
    }
}
