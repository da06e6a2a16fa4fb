import Configuration
import Foundation
import HDF5
import Testing

@testable import Runs

/// `stormo evaluate RUN`: the rows that a run held out, made again.
struct EvaluateRunTests {
    private static let config = Workspace.config.replacingOccurrences(
        of: #""validation": {"file": "data.h5"}, "test": {"file": "data.h5"},"#,
        with: #""validation": {"fraction": 0.25}, "test": {"fraction": 0.125},"#)

    @Test func aSplitIsMadeAgain() throws {
        let workspace = try Workspace(config: Self.config)
        #expect(try workspace.run("train", "config.json", "--output", "run", "--quiet").status == 0)
        let figures = try #require(try FinalFigures(directory: workspace.path + "/run"))
        for (arguments, own, rows) in [
            ([], figures.test, 6), (["--split", "test"], figures.test, 6),
            (["--split", "validation"], figures.validation, 12),
        ] {
            let result = try workspace.run(["evaluate", "run", "--json"] + arguments)
            #expect(result.status == 0, "\(result.errors)")
            let object = try ConfigurationDocument(text: result.output, file: "output").root
            #expect(object["samples"] == JSONNode(rows))
            let loss = object["loss"]?.asNumber ?? .nan
            #expect(abs(loss - own[0].value) < 1e-6)
            #expect(object["metrics"]?["accuracy"] == JSONNode(own[1].value))
        }
        let text = try workspace.run("evaluate", "run", "--split", "train")
        #expect(
            text.lines.first
                == "30 samples of 4 from the train split of run, what the others leave of /train/inputs in "
                + "\(workspace.path)/data.h5, which the model was trained on", "\(text.output)")
        // Moved together with its data.
        try FileManager.default.createDirectory(atPath: workspace.path + "/there", withIntermediateDirectories: false)
        for name in ["run", "data.h5"] {
            try FileManager.default.moveItem(
                atPath: workspace.path + "/" + name, toPath: workspace.path + "/there/" + name)
        }
        #expect(try workspace.run("evaluate", "there/run").lines.first?.contains("/there/data.h5") == true)
        try workspace.expectFailure(
            65, "cannot open x.h5: there is no such file", "evaluate", "there/run", "--data", "x.h5")
        try workspace.expectFailure(
            64, "--split is for the run's own rows, and --data x.h5 names others; leave out one of the two", "evaluate",
            "there/run", "--data", "x.h5", "--split", "test")
        try workspace.expectFailure(
            64,
            "--group says how a file is read, and without --data the run's own rows are measured, as it read them; leave it out, "
                + "or name a file by --data", "evaluate", "there/run", "--group", "/test")
        try workspace.expectFailure(
            64, "--split is for a run, and there/run/model.h5 is none; name the run's directory in place of the model",
            "evaluate", "there/run/model.h5", "--split", "test")
    }

    /// A run's model on a file: as if the model itself were named.
    @Test func onAnotherFile() throws {
        let workspace = try Workspace(config: Self.config)
        #expect(try workspace.run("train", "config.json", "--output", "run", "--quiet").status == 0)
        let named = try workspace.run("evaluate", "run/model.h5", "--data", "data.h5")
        #expect(named.status == 0, "\(named.errors)")
        let run = try workspace.run("evaluate", "run", "--data", "data.h5")
        #expect(run.output == named.output && run.errors == named.errors)
        #expect(run.lines.first?.contains("/test/inputs in data.h5") == true)
    }

    /// What validation decided is said in front of its figures, in those of the end of training too.
    @Test func whatTheRowsDecided() throws {
        let workspace = try Workspace(
            config: Self.config.replacingOccurrences(of: #" "test": {"fraction": 0.125},"#, with: ""))
        let stopping = #"training.early_stopping={"patience": 9}"#
        let plain = try workspace.run("train", "config.json", "--output", "plain")
        let figure = #"\d\.\d{4}"#
        let own = plain.lines.suffix(5)
        #expect(own.first == "without a test split, on the validation rows:", "\(plain.output)")
        #expect(
            own.dropFirst(2).first?.range(
                of: "^validation accuracy \(figure) \\(12 rows; 95%: \(figure) to \(figure); simplest answer: \(figure)\\)$",
                options: .regularExpression) != nil, "\(plain.output)")
        #expect(try workspace.run("evaluate", "plain").lines.dropFirst().first?.hasPrefix("figure") == true)
        for (name, more, words) in [
            ("stopped", [], "the epoch"),
            ("last", ["--set", "training.early_stopping.restore_best=false"], "when training ended"),
        ] {
            let trained = try workspace.run(
                ["train", "config.json", "--output", name, "--set", stopping] + more)
            let sentence = "they chose \(words), so these figures are better than those of new rows will be"
            #expect(
                trained.lines.contains("without a test split, on the validation rows; \(sentence):"), "\(trained.output)")
            let result = try workspace.run("evaluate", name)
            #expect(result.lines.dropFirst().first == sentence, "\(result.output)")
            #expect(try !workspace.run("evaluate", name, "--split", "train").output.contains(sentence))
            let json = try workspace.run("evaluate", name, "--json")
            #expect(json.output.contains(#""chosen_by_rows":["\#(name == "last" ? "end" : "epoch")"]"#), "\(json.output)")
        }
        // With neither a test nor a validation split.
        let bare = try workspace.run("train", "config.json", "--output", "bare", "--set", "data.validation=null")
        #expect(
            bare.lines.suffix(5).first
                == "without a test or validation split, on the rows that were trained on: means over the model's epoch, which say "
                + "nothing of new rows:", "\(bare.output)")
        #expect(
            bare.lines.suffix(3).first?.range(of: "^train accuracy \(figure) \\(48 rows\\)$", options: .regularExpression)
                != nil, "\(bare.output)")
    }

    /// Data that have changed are no obstacle to measuring the model on them.
    @Test func whereTheDataHaveChanged() throws {
        let workspace = try Workspace()
        try workspace.write(TrainTableTests.table(90), to: "trees.csv")
        #expect(try workspace.run("init", "trees.csv", "--target", "height", "--set", "training.epochs=1").status == 0)
        #expect(try workspace.run("train", "trees.json", "--quiet").status == 0)
        try workspace.write(TrainTableTests.table(91), to: "trees.csv")
        let result = try workspace.run("evaluate", "runs/trees")
        #expect(result.status == 65)
        let command = "stormo evaluate runs/trees --data \(workspace.path)/trees.csv"
        #expect(
            result.errors.hasSuffix(
                "; give it the table as it was, or measure the model on what is there now: \(command)\n"), "\(result.errors)")
        let measured = try workspace.run("evaluate", "runs/trees", "--data", "\(workspace.path)/trees.csv")
        #expect(measured.status == 0, "\(measured.errors)")
    }

    /// What was probably meant, where nothing of that name is there.
    @Test func aNameThatIsNotThere() throws {
        let workspace = try Workspace(config: Self.config)
        try workspace.expectFailure(
            65, "there is no run, neither a run nor a model; stormo train makes runs, in the folder runs", "evaluate", "run")
        #expect(try workspace.run("train", "config.json", "--quiet").status == 0)
        let list = "stormo runs lists the runs that there are"
        for command in [["evaluate"], ["evaluate", "--split", "test"], ["predict", "data.h5"]] {
            let near = try workspace.run([command[0], "runs/tree"] + command.dropFirst())
            #expect(
                near.status == 65 && near.errors == "stormo: there is no runs/tree; did you mean runs/three? \(list)\n",
                "\(near.errors)")
            let bare = try workspace.run([command[0], "three"] + command.dropFirst())
            #expect(bare.errors == "stormo: there is no three; did you mean runs/three? \(list)\n", "\(bare.errors)")
            let far = try workspace.run([command[0], "runs/x"] + command.dropFirst())
            #expect(far.errors == "stormo: there is no runs/x, neither a run nor a model; \(list)\n", "\(far.errors)")
        }
        let model = try workspace.run("predict", "runs/three/modle.h5", "data.h5")
        #expect(
            model.errors == "stormo: there is no runs/three/modle.h5; did you mean runs/three/model.h5?\n",
            "\(model.errors)")
    }

    /// A config or a table in place of the model.
    @Test func whatWasTrainedIsNoModel() throws {
        let workspace = try Workspace()
        try workspace.write("x,t\n1,2\n", to: "t.csv")
        try workspace.write(Workspace.config, to: "three.json")
        #expect(try workspace.run("train", "three.json", "--quiet").status == 0)
        for command in ["evaluate", "predict"] {
            try workspace.expectFailure(
                64, "three.json is a config, and a run or its model.h5 is wanted here, such as runs/three", command, "three.json")
            try workspace.expectFailure(
                64, "t.csv is a table, and a run or its model.h5 is wanted here, such as runs/NAME", command, "t.csv")
        }
    }

    @Test func theFoldsAreNamed() throws {
        let workspace = try Workspace(
            config: Workspace.config.replacingOccurrences(of: #""validation": {"file": "data.h5"}, "#, with: #""k_fold": 3, "#))
        #expect(try workspace.run("train", "config.json", "--output", "folds", "--quiet").status == 0)
        for arguments in [["evaluate", "folds"], ["predict", "folds/", "data.h5"], ["inspect", "folds"]] {
            let result = try workspace.run(arguments)
            #expect(
                result.status == 65
                    && result.errors
                        == "stormo: folds is a cross-validation, with a model for each fold; name one of these: folds/fold-1, "
                        + "folds/fold-2, folds/fold-3\n", "\(result.errors)")
        }
    }

    /// More workers than rows.
    @Test func idleWorkersAreTold() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("train", "config.json", "--quiet").status == 0)
        let note = "note: 40 workers were asked for, but 12 work, since there are 12 rows\n"
        #expect(try workspace.run("evaluate", "runs/three", "--workers", "40").errors == note)
        let predicted = try workspace.run("predict", "runs/three", "data.h5", "--workers", "40")
        #expect(predicted.status == 0 && predicted.errors == note, "\(predicted.errors)")
        #expect(try workspace.run("evaluate", "runs/three", "--workers", "2").errors == "")
    }

    /// Where intervals are missing or too narrow.
    @Test func intervalsThatAreNotThere() throws {
        let workspace = try Workspace()
        let file = try HDF5File.create(workspace.path + "/pixels.h5")
        for split in ["train", "test"] {
            try file.root.createDataset("/\(split)/inputs", .float32, shape: [12, 5, 2]).write(
                (0..<120).map { Float($0 * 7 % 11) })
            try file.root.createDataset("/\(split)/targets", .int32, shape: [12, 5]).write(
                (0..<60).map { Int32($0 * 5 % 3) })
            try file.root.createDataset("/\(split)/patient", .int32, shape: [12]).write((0..<12).map { Int32($0 / 3) })
        }
        try file.close()
        let positions = [
            "--set", #"data={"train": {"file": "pixels.h5"}, "test": {"file": "pixels.h5"}}"#, "--set", "training.batch_size=4",
            "--set", #"metrics=["accuracy", "f1", "roc_auc"]"#,
        ]
        let trained = try workspace.run(["train", "config.json", "--output", "positions"] + positions)
        let note = "no interval for roc_auc: a sample has several rows, which hang together"
        #expect(trained.status == 0 && trained.lines.contains(note), "\(trained.output)\(trained.errors)")
        #expect(try workspace.run("evaluate", "positions").lines.contains(note))
        #expect(try workspace.run("evaluate", "positions", "--json").output.contains(#""notes":["no interval for roc_auc"#))
        let grouped = positions.dropLast(2).map {
            $0.replacingOccurrences(of: #""test": {"file": "pixels.h5"}}"#, with: #""validation": {"fraction": 0.5}, "split": {"together": "patient"}}"#)
        }
        let together = try workspace.run(["train", "config.json", "--output", "together"] + grouped)
        let narrow =
            "rows with the same patient hang together, so that intervals, which take each row for one of its own, are too narrow"
        #expect(together.status == 0 && together.lines.contains(narrow), "\(together.output)\(together.errors)")
        #expect(try workspace.run("evaluate", "together").lines.contains(narrow))
    }
}
