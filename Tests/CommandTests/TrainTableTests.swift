import Foundation
import HDF5
import Testing

/// A config that names tables of text: converted once, kept with the run, known again.
struct TrainTableTests {
    private let workspace: Workspace

    init() throws {
        workspace = try Workspace(config: Self.config)
        try workspace.write(Self.table(60), to: "trees.csv")
    }

    static let config = """
        {
          "name": "trees", "seed": 3,
          "data": {"train": {"file": "trees.csv", "targets": "height", "drop": ["id"], "missing": "indicator"},
            "validation": {"fraction": 0.2}, "normalize": "standardize", "normalize_targets": "standardize"},
          "model": {"layers": [{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": 1}]},
          "loss": "mean_squared_error", "metrics": ["mae"], "optimizer": "adam",
          "training": {"epochs": 3, "batch_size": 8}
        }
        """

    /// Heights by width, kind and what is not known of either.
    static func table(_ rows: Int, from start: Int = 0) -> String {
        "id,width,kind,height\n"
            + (start..<start + rows).map { row in
                let width = row % 11 == 5 ? "" : "\(row * 7 % 23)"
                return "\(row + 100),\(width),\(["ash", "birch", "elm"][row % 3]),\(row * 7 % 23 * 2 + row % 3 * 10)\n"
            }.joined()
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/" + name))
    }

    private func train(_ arguments: String...) throws -> Workspace.Result {
        let result = try workspace.run(["train"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    @Test func theTableIsConvertedIntoTheRun() throws {
        let result = try train("config.json")
        #expect(result.lines.contains("trees.csv: 60 rows, converted to runs/trees/cache/train.h5"), "\(result.output)")
        #expect(result.lines.first == "trees: 48 samples of 2 from trees.csv")
        #expect(
            try workspace.listing().filter { $0.hasPrefix("runs/trees/cache/") } == [
                "runs/trees/cache/train.h5", "runs/trees/cache/train.json",
            ])
        // The run's own config trains again, to the same bytes.
        let written = try workspace.read("runs/trees/config.json")
        #expect(written.contains("\(workspace.path)/trees.csv"))
        #expect(!written.contains("cache"))
        _ = try train("runs/trees/config.json", "--output", "again")
        for name in ["model.h5", "metrics.csv", "config.json", "cache/train.h5"] {
            #expect(try bytes("runs/trees/\(name)") == bytes("again/\(name)"), "\(name)")
        }
        // And over itself.
        _ = try train("config.json", "--output", "again")
        #expect(try bytes("again/model.h5") == bytes("runs/trees/model.h5"))
        _ = try train("config.json", "--output", "again", "--overwrite", "--set", "training.epochs=1")
    }

    /// Texts that stand for a missing value are said once, and known to whatever the model is used on.
    @Test func marksOfMissingValues() throws {
        let rows = (0..<60).map { "\($0 % 4 == 0 ? "-" : "\($0 * 7 % 23)"),\($0 * 7 % 23 * 2)\n" }.joined()
        try workspace.write("width,height\n" + rows, to: "marks.csv")
        let made = try workspace.run("init", "marks.csv", "--target", "height", "--na", "width=-")
        #expect(made.status == 0 && made.output.contains("15 values are missing, in width (15)"), "\(made.errors)")
        #expect(try workspace.read("marks.json").contains(#""na": {"width": ["-"]}"#))
        _ = try train("marks.json", "--set", "training.epochs=2")
        _ = try train("--resume", "runs/marks", "--set", "training.epochs=3")
        try workspace.write("width\n-\n3\n", to: "new.csv")
        let table = try workspace.run("predict", "runs/marks", "new.csv")
        #expect(table.status == 0 && table.lines.count == 3, "\(table.errors)")
        let row = try workspace.run("predict", "runs/marks", "--row", #"{"width": "-"}"#)
        #expect(row.lines.dropFirst() == table.lines[1...1])
        let wrong = try workspace.run("init", "marks.csv", "--target", "height", "--na", "width")
        #expect(wrong.status == 64)
        #expect(
            wrong.errors.contains(
                "--na width: say which text stands for a missing value in which column, as in --na age=-"),
            "\(wrong.errors)")
    }

    @Test func aResumedRunKnowsItsTable() throws {
        _ = try train("config.json")
        _ = try train("config.json", "--output", "whole", "--set", "training.epochs=5")
        let before = try FileManager.default.attributesOfItem(atPath: workspace.path + "/runs/trees/cache/train.h5")
        let resumed = try train("--resume", "runs/trees", "--set", "training.epochs=4")
        #expect(
            resumed.lines.contains("trees.csv is unchanged: its 60 rows are read from runs/trees/cache/train.h5")
                || resumed.lines.contains {
                    $0.hasSuffix("trees.csv is unchanged: its 60 rows are read from runs/trees/cache/train.h5")
                }, "\(resumed.output)")
        let after = try FileManager.default.attributesOfItem(atPath: workspace.path + "/runs/trees/cache/train.h5")
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)

        // A cache that is damaged, or gone, is made anew.
        var damaged = try bytes("runs/trees/cache/train.h5")
        damaged[damaged.count / 2] ^= 0xFF
        try damaged.write(to: URL(fileURLWithPath: workspace.path + "/runs/trees/cache/train.h5"))
        let mended = try train("--resume", "runs/trees", "--set", "training.epochs=5")
        #expect(mended.errors.contains("runs/trees/cache/train.h5 is damaged: "), "\(mended.errors)")
        #expect(mended.errors.contains("is converted again"))
        #expect(try bytes("runs/trees/model.h5") == bytes("whole/model.h5"))
        #expect(try bytes("runs/trees/cache/train.h5") == bytes("whole/cache/train.h5"))
        try FileManager.default.removeItem(atPath: workspace.path + "/runs/trees/cache")
        let remade = try train("--resume", "runs/trees", "--set", "training.epochs=6")
        #expect(remade.output.contains("converted to runs/trees/cache/train.h5"))

        // A table that has changed is another one.
        try workspace.write(Self.table(61), to: "trees.csv")
        let changed = try workspace.run("train", "--resume", "runs/trees", "--set", "training.epochs=7")
        #expect(changed.status == 65)
        #expect(changed.errors.contains("/trees.csv has changed since the run was begun: it has "), "\(changed.errors)")
        #expect(changed.errors.hasSuffix("give it the table as it was, or begin another run\n"))
        // Also where nothing is left of what it was, nor of a checkpoint; and without what the run wrote down of its data.
        try FileManager.default.removeItem(atPath: workspace.path + "/runs/trees/cache")
        let lost = try workspace.run("train", "--resume", "runs/trees", "--set", "training.epochs=7")
        #expect(lost.status == 65 && lost.errors == changed.errors, "\(lost.errors)")
        try FileManager.default.moveItem(
            atPath: workspace.path + "/runs/trees/checkpoints", toPath: workspace.path + "/kept")
        let begun = try workspace.run("train", "--resume", "runs/trees", "--set", "training.epochs=7")
        #expect(begun.status == 65 && begun.errors == changed.errors, "\(begun.errors)")
        try FileManager.default.moveItem(
            atPath: workspace.path + "/kept", toPath: workspace.path + "/runs/trees/checkpoints")
        try FileManager.default.removeItem(atPath: workspace.path + "/runs/trees/sources.json")
        let unknown = try workspace.run("train", "--resume", "runs/trees", "--set", "training.epochs=7")
        #expect(unknown.status == 65)
        #expect(unknown.errors.contains("the data are not those that the run was begun with"), "\(unknown.errors)")
    }

    @Test func otherSplitsAreReadLikeTheTrainingTable() throws {
        // Other columns, another order, and fewer kinds.
        try workspace.write("kind;height;width\nelm;12;1,5\nelm;14;2\n", to: "val.csv")
        try workspace.write("extra,height,kind,width\n1,3,birch,4\n2,5,ash,\n", to: "test.csv")
        let result = try train(
            "config.json", "--set",
            #"data.validation={"file": "val.csv", "decimal_comma": true}"#, "--set", #"data.test={"file": "test.csv"}"#)
        #expect(
            result.lines.contains("val.csv: 2 rows, converted to runs/trees/cache/validation.h5"), "\(result.output)")
        let file = try HDF5File.open(workspace.path + "/runs/trees/cache/validation.h5")
        #expect(try file.dataset("/inputs").read(Float.self) == [1.5, 2, 2, 2])
        #expect(result.lines.contains { $0.hasPrefix("test mae ") })
        // A kind that the training table does not have is told with its line.
        try workspace.write("height,kind,width\n3,oak,4\n", to: "test.csv")
        let strange = try train("config.json", "--set", #"data.test={"file": "test.csv"}"#)
        #expect(
            strange.errors.contains("test.csv, line 2, column 'kind': 'oak' is none of the categories"),
            "\(strange.errors)")
        try workspace.write("height,width\n3,4\n", to: "test.csv")
        let missing = try workspace.run("train", "config.json", "--set", #"data.test={"file": "test.csv"}"#)
        #expect(missing.status == 65)
        #expect(missing.errors.contains("test.csv has no column 'kind'"), "\(missing.errors)")
    }

    @Test func severalTablesAreOneSplit() throws {
        let text = Self.table(60).split(separator: "\n")
        try workspace.write(text[...40].joined(separator: "\n") + "\n", to: "a.csv")
        try workspace.write(([text[0]] + text[41...]).joined(separator: "\n") + "\n", to: "b.csv")
        _ = try train("config.json", "--output", "whole")
        let result = try train("config.json", "--output", "parts", "--set", #"data.train.file=["a.csv", "b.csv"]"#)
        #expect(result.lines.contains("b.csv: 20 rows, converted to parts/cache/train-2.h5"), "\(result.output)")
        #expect(try bytes("whole/metrics.csv") == bytes("parts/metrics.csv"))
        _ = try train("config.json", "--output", "pattern", "--set", "data.train.file=[ab].csv")
        #expect(try bytes("whole/metrics.csv") == bytes("pattern/metrics.csv"))
    }

    @Test func foldsShareTheTable() throws {
        let folds = ["--set", "data.validation=null", "--set", "data.k_fold=3"]
        let result = try workspace.run(["train", "config.json"] + folds)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            try workspace.listing().filter { $0.contains("cache") } == [
                "runs/trees/cache", "runs/trees/cache/train.h5", "runs/trees/cache/train.json",
            ])
        #expect(result.lines.filter { $0.contains("converted to") }.count == 1)
        _ = try train("--resume", "runs/trees", "--set", "training.epochs=4")
        _ = try train("--resume", "runs/trees/fold-2", "--set", "training.epochs=5")
        #expect(try workspace.listing().filter { $0.contains("cache") }.count == 3)
    }

    /// The column by which rows are split is no input, and need not be named as one that stands beside them.
    @Test func rowsAreSplitByAColumn() throws {
        let arguments = ["--set", #"data.split={"together": "kind"}"#, "--set", #"data.validation={"fraction": 0.34}"#]
        let result = try workspace.run(["train", "config.json"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.lines.contains(
                "note: data.split.together trees.csv, column 'kind': training 40 rows of 2 values; validation 20 rows of 1 value"
            ), "\(result.output)")
        #expect(result.lines.first == "trees: 40 samples of 1 from trees.csv")
        // Where it is dropped, too; and as an input where it is asked for.
        let dropped = try workspace.run(
            ["train", "config.json", "--output", "dropped", "--set", #"data.train.drop=["id", "kind"]"#] + arguments)
        #expect(dropped.status == 0, "\(dropped.errors)")
        #expect(try bytes("dropped/metrics.csv") == bytes("runs/trees/metrics.csv"))
        let asked = try workspace.run(
            [
                "train", "config.json", "--output", "asked", "--set", "data.train.drop=null", "--set",
                #"data.train.inputs=["width", "kind"]"#,
            ] + arguments)
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(asked.lines.first == "trees: 40 samples of 2 from trees.csv")
    }

    /// How the training table is written holds for the others, and a mark that may divide either is told.
    @Test func otherTablesAreWrittenAlike() throws {
        let rows = (0..<40).map { "\($0 % 7 + 1),\(100 + $0);\($0 % 5),5\n" }.joined()
        try workspace.write("a;y\n" + rows, to: "comma.csv")
        let arguments = [
            "train", "config.json", "--set", "training.epochs=1", "--set", "data.normalize_targets=none", "--set",
            #"data.validation={"file": "comma.csv"}"#,
        ]
        let right = try workspace.run(
            arguments + ["--set", #"data.train={"file": "comma.csv", "targets": "y", "decimal_comma": true}"#])
        #expect(right.status == 0, "\(right.errors)")
        #expect(!right.output.contains("warning"), "\(right.output)")
        // Read as thousands the same inputs are a thousand times as large.
        let wrong = try workspace.run(
            arguments + [
                "--output", "wrong", "--set", #"data.train={"file": "comma.csv", "targets": "a", "drop": ["y"]}"#,
            ])
        #expect(wrong.status != 0 || wrong.output.contains("warning"), "\(wrong.output)\(wrong.errors)")
        let converted = try workspace.run(
            "data", "convert", "comma.csv", "--target", "a", "--drop", "y", "--output", "c.h5")
        #expect(converted.status != 0 || converted.output.contains("say --decimal-comma"), "\(converted.output)")
    }

    /// A model's unit that a new table does not name, the other order of dates and a column that is not there are told.
    @Test func whatIsTakenForGrantedIsTold() throws {
        func table(_ dates: (Int) -> String, _ unit: String) -> String {
            "day,share,y\n"
                + (0..<30).map { "\(dates($0)),\($0 % 9 + 1)\(unit),\($0 % 9)\n" }.joined()
        }
        try workspace.write(table({ "\($0 % 28 + 1)/0\($0 % 3 + 1)/2024" }, "%"), to: "old.csv")
        try workspace.write(table({ "0\($0 % 3 + 1)/\($0 % 28 + 1)/2024" }, ""), to: "new.csv")
        _ = try train("config.json", "--set", #"data.train={"file": "old.csv", "targets": "y"}"#)
        func said(_ file: String, _ options: String...) throws -> String {
            let result = try workspace.run(
                ["predict", "runs/trees/model.h5", "--data", file, "--output", "p.h5"] + options)
            #expect(result.status == 0, "\(result.errors)")
            return result.errors
        }
        #expect(try !said("old.csv").contains("warning"))
        let told = try said("new.csv")
        #expect(
            told.contains(
                "warning: column 'share' has no unit here, and '%' in runs/trees/model.h5: its numbers are taken for '%'\n"
            ),
            "\(told)")
        #expect(
            told.contains(
                "warning: column 'day' is read with the month first, as '01/13/2024' in line 14 must be, and in runs/trees/model.h5 the day stood first\n"
            ), "\(told)")
        try workspace.write(
            try workspace.read("old.csv").split(separator: "\n").map { $0.split(separator: ",")[0] + ",1\n" }.joined()
                .replacingOccurrences(of: "day,1", with: "day,z"), to: "short.csv")
        let short = try said("short.csv", "--unknown", "missing")
        #expect(
            short.contains(
                "has no column 'share', which the model's training data has: all of its values are taken for missing"),
            "\(short)")
    }

    @Test func numbersThatAreNamesAreTold() throws {
        let rows = (0..<60).map { "0\($0 % 4)1,\($0 % 23),\($0 % 23 * 2)\n" }.joined()
        try workspace.write("zip,width,height\n" + rows, to: "trees.csv")
        let config = Self.config.replacingOccurrences(of: #""drop": ["id"], "#, with: #""drop": [], "#)
        try workspace.write(config, to: "config.json")
        let result = try train("config.json")
        let note =
            "note: column 'zip' holds '001' in line 2, with a zero in front: its numbers were taken for names "
            + #"("columns": {"zip": "number"} in data.train takes them for amounts)"#
        #expect(result.lines.contains(note), "\(result.output)")
        // Said once, when the table is converted.
        let again = try train("--resume", "runs/trees", "--set", "training.epochs=4")
        #expect(!again.output.contains("zero in front"))
    }

    @Test func kindsAndPoliciesAreNamed() throws {
        let result = try train(
            "config.json", "--set", #"data.train.columns={"width": "category:3"}"#, "--set",
            #"data.train.missing={"category": "category", "width": "7"}"#)
        #expect(!result.output.contains("warning"), "\(result.output)")
        let inspected = try workspace.run("inspect", "runs/trees/model.h5")
        let width = inspected.lines.first { $0.hasPrefix("width") }
        // The three most frequent ones, and one for the others.
        #expect(
            width?.contains("category") == true && width?.contains("'7'") == true && width?.hasSuffix(" 4") == true,
            "\(inspected.output)")
        for (change, sentence) in [
            (
                #"data.train.columns={"width": "colour"}"#,
                "--set data.train.columns: data.train.columns.width: 'colour' is no kind of column; there are number, category, boolean, date, "
                    + "day-first, month-first, time, identifier, drop, and category:12 for twelve features"
            ),
            (
                #"data.train.columns={"weight": "number"}"#,
                "--set data.train.columns: data.train.columns.weight: trees.csv has no column 'weight'; did you mean 'height'? It "
                    + "has: id, width, kind, height"
            ),
        ] {
            try workspace.expectFailure(78, sentence, "train", "config.json", "--output", "other", "--set", change)
        }
    }

    @Test func otherCommandsTakeSuchAConfig() throws {
        let before = try workspace.listing()
        let check = try workspace.run("check", "config.json")
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.contains("The gradients are right") || check.output.contains("The others are right"))
        let inspected = try workspace.run("inspect", "config.json")
        #expect(inspected.status == 0, "\(inspected.errors)")
        #expect(inspected.output.contains("trees.csv: inputs (60×2 "), "\(inspected.output)")
        // 2 of width and 3 of kind, of which none is missing.
        #expect(inspected.output.contains("5"))
        let bench = try workspace.run("bench", "config.json", "--seconds", "0.2", "--workers", "1")
        #expect(bench.status == 0, "\(bench.errors)")
        #expect(try workspace.listing() == before)
    }

    @Test func wrongTurns() throws {
        try workspace.expectFailure(
            78,
            "--set data.train: data.train.targets: is missing; name the column of trees.csv that is to be predicted; it has the "
                + "columns id, width, kind, height",
            "train", "config.json", "--set", #"data.train={"file": "trees.csv"}"#)
        try workspace.expectFailure(
            64,
            "trees.csv is a table, and a config is wanted, which says what to make of it; to write one: stormo init trees.csv "
                + "--target COLUMN, where COLUMN is one of id, width, kind, height", "train", "trees.csv")
        try workspace.expectFailure(
            64,
            "data.h5 is an HDF5 file, and a config is wanted, which says what to make of it; to write one: stormo init data.h5",
            "check", "data.h5")
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/old", withIntermediateDirectories: true)
        try workspace.write("{}", to: "old/state.json")
        try workspace.expectFailure(
            64, "old is a run, and a config is wanted; to go on with the run: stormo train --resume old", "train", "old")
        try FileManager.default.removeItem(atPath: workspace.path + "/old")
        let strange = try workspace.run(
            "train", "config.json", "--set", #"data.train={"file": "trees.csv", "targets": "size"}"#)
        #expect(strange.status == 78)
        #expect(
            strange.errors
                == "stormo: --set data.train: data.train.targets: trees.csv has no column 'size'; it has: id, width, kind, "
                + "height\n", "\(strange.errors)")
        let gone = try workspace.run("train", "config.json", "--set", "data.train.file=gone.csv")
        #expect(gone.status == 65)
        #expect(gone.errors == "stormo: cannot open gone.csv: there is no such file\n")
        #expect(try workspace.listing().filter { $0.hasPrefix("runs") } == [])
    }
}
