import Foundation
import HDF5
import Testing

struct TrainTests {
    @Test func saysWhatIsTrainedAndALineAnEpoch() throws {
        let workspace = try Workspace()
        let result = try workspace.run("train", "config.json")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let lines = result.lines
        try #require(lines.count == 8)
        #expect(lines[0] == "three: 48 samples of 4 from data.h5")
        #expect(lines[1] == "67 parameters, 6 steps of 8 samples an epoch, 2 workers, 2 shards")
        let figure = #"\d\.\d{4}"#
        for (index, line) in lines[2...3].enumerated() {
            let pattern =
                "^epoch \(index + 1)/2  loss \(figure)  accuracy \(figure)  validation_loss \(figure)  "
                + "validation_accuracy \(figure)  [0-9.]+k? samples/s  gradient [0-9.]+$"
            #expect(line.range(of: pattern, options: .regularExpression) != nil, "\(line)")
        }
        // What it takes to judge a figure stands beside it.
        let beside = #" \(12 rows; 95%: \#(figure) to \#(figure)"#
        #expect(
            lines[4].range(of: "^test loss \(figure)\(beside); .+: \(figure)\\)$", options: .regularExpression) != nil,
            "\(lines[4])")
        #expect(
            lines[5].range(
                of: "^test accuracy \(figure)\(beside); simplest answer: \(figure)\\)$", options: .regularExpression)
                != nil, "\(lines[5])")
        #expect(lines[6...] == ["run runs/three", "model runs/three/model.h5"])
        #expect(!result.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    /// What new users typed, which is understood.
    @Test func shortFormsOnTheCommandLine() throws {
        let workspace = try Workspace()
        try workspace.write(
            Workspace.config.replacingOccurrences(
                of: #"{"type": "adam", "learning_rate": 0.05}"#, with: #""adam""#), to: "short.json")
        let result = try workspace.run(
            "train", "short.json", "--set", "optimizer.learning_rate=0.01", "--set", "training.early_stopping=true",
            "--set", "data.normalize.per=all")
        #expect(result.status == 0, "\(result.errors)")
        let config = try workspace.read("runs/three/config.json")
        #expect(config.contains(#""learning_rate": 0.01"#) && config.contains(#""patience": 5"#), "\(config)")
        // And so they are gone on with.
        let resumed = try workspace.run(
            "train", "--resume", "runs/three", "--set", "training.epochs=3")
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    /// Not even a warning; what would be warned of, check tells.
    @Test func quietIsQuiet() throws {
        let workspace = try Workspace { rows in
            for row in 0..<4 { rows.inputs["train"]?[row * 44] = -9999 }
        }
        let check = try workspace.run("check", "config.json")
        #expect(check.errors.contains("holds -9999"), "\(check.errors)")
        let quiet = try workspace.run("train", "config.json", "--set", "training.batch_size=64", "--quiet")
        #expect(quiet.status == 0 && quiet.output + quiet.errors == "", "\(quiet.output)\(quiet.errors)")
        let wrong = try workspace.run("train", "config.json", "--set", "training.epochs=0", "--quiet")
        #expect(wrong.status == 78 && wrong.errors != "")
    }

    /// As new users find them: first what helps most.
    @Test func largeTargetsAreTold() throws {
        let workspace = try Workspace()
        let file = try HDF5File.create(workspace.path + "/prices.h5")
        try file.root.createDataset("/train/inputs", .float32, shape: [40, 4]).write(
            (0..<160).map { $0 == 7 ? -9999 : Float($0 % 7) })
        try file.root.createDataset("/train/targets", .float32, shape: [40]).write(
            (0..<40).map { 200_000 + 900 * Float($0) })
        try file.close()
        let check = try workspace.run(
            "check", "config.json", "--set", #"data={"train": {"file": "prices.h5"}}"#, "--set",
            "loss=mean_squared_error",
            "--set", "metrics=[]", "--set", #"model={"layers": [{"type": "dense", "units": 1}]}"#)
        #expect(
            check.errors.hasPrefix(
                "warning: prices.h5: /train/targets holds numbers as large as 235100, which train slowly or not at all as they "
                    + "are; set data.normalize_targets to \"standardize\"\nwarning: "), "\(check.errors)")

        // And again where they make training diverge, also in the list of runs.
        let diverged = try workspace.run(
            "train", "config.json", "--output", "run", "--set", #"data={"train": {"file": "prices.h5"}}"#, "--set",
            "loss=mean_squared_error", "--set", "metrics=[]", "--set",
            #"model={"layers": [{"type": "dense", "units": 1}]}"#, "--set",
            #"optimizer={"type": "sgd", "learning_rate": 1}"#, "--set", "training.epochs=50")
        #expect(diverged.status == 1)
        let advice =
            "First set data.normalize_targets to \"standardize\", since prices.h5: /train/targets holds numbers as large as "
            + "235100; else try a smaller learning_rate, or look at these rows"
        #expect(diverged.errors.contains(advice), "\(diverged.errors)")
        #expect(try workspace.run("runs", "run").output.contains(advice))
        let exploding = diverged.errors.split(separator: "\n").filter { $0.contains("the gradient explodes") }
        #expect(exploding.allSatisfy { $0.contains("; but first set data.normalize_targets") }, "\(diverged.errors)")
    }

    /// Where a run without --output goes when its usual directory is taken.
    @Test func aSecondRunSaysWhereItGoes() throws {
        let workspace = try Workspace()
        #expect(try !workspace.run("train", "config.json").output.contains("is there already"))
        let second = try workspace.run("train", "config.json")
        #expect(
            second.lines.first
                == "note: runs/three is there already, so this run is written to runs/three-2; --output runs/three --overwrite "
                + "would replace it")
        #expect(try workspace.run("train", "config.json", "--quiet").output == "")
    }

    @Test func aBatchBeyondTheDataIsOneOfAllRows() throws {
        let workspace = try Workspace()
        let large = try workspace.run("train", "config.json", "--set", "training.batch_size=64", "--output", "large")
        #expect(large.errors == "")
        #expect(large.lines[1] == "67 parameters, 1 step of 48 samples an epoch, 2 workers, 2 shards")
        #expect(
            large.lines.contains(
                "note: training.batch_size is 64, and data.h5: /train/inputs has 48 rows: an epoch is one step with all of them"
            ),
            "\(large.output)")
        let whole = try workspace.run("train", "config.json", "--set", "training.batch_size=48", "--output", "whole")
        #expect(whole.status == 0 && !whole.output.contains("note:"))
        #expect(try workspace.read("large/metrics.csv") == workspace.read("whole/metrics.csv"))
        // Gone on with, it is the same batch.
        let resumed = try workspace.run("train", "--resume", "large", "--set", "training.epochs=3")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let parts = try workspace.run(
            "train", "config.json", "--set", "training.batch_size=20", "--set", "training.accumulate=3", "--output",
            "parts")
        #expect(
            parts.lines.contains(
                "note: training.batch_size is 20, accumulated 3 times, and data.h5: /train/inputs has 48 rows: an epoch is one "
                    + "step with all of them"), "\(parts.output)\(parts.errors)")
    }

    @Test func writesTheRunDirectory() throws {
        let workspace = try Workspace()
        let result = try workspace.run("train", "config.json", "--output", "here/run")
        #expect(result.lines.suffix(2) == ["run here/run", "model here/run/model.h5"])
        #expect(
            try workspace.listing() == [
                "config.json", "data.h5", "here", "here/run", "here/run/checkpoints",
                "here/run/checkpoints/step-0000000012.h5", "here/run/config.json", "here/run/metrics.csv",
                "here/run/metrics.json", "here/run/model.h5", "here/run/sources.json", "here/run/state.json",
                "here/run/times.csv",
            ])
        let metrics = try workspace.read("here/run/metrics.csv").split(separator: "\n").map { $0.split(separator: ",") }
        #expect(
            metrics.first == [
                "epoch", "step", "learning_rate", "loss", "accuracy", "validation_loss", "validation_accuracy",
                "gradient_norm",
            ])
        try #require(metrics.count == 3)
        #expect(metrics[1].prefix(3) == ["1", "6", "0.05"])
        #expect(metrics[2].prefix(3) == ["2", "12", "0.05"])
        #expect(metrics.allSatisfy { $0.count == 8 })
        #expect(metrics.dropFirst().allSatisfy { $0.allSatisfy { Double($0)?.isFinite == true } })

        let model = try HDF5File.open(workspace.path + "/here/run/model.h5")
        #expect(try model.dataset("/model_weights/logits/logits/kernel:0").shape == [8, 3])
    }

    @Test func theResolvedConfigGivesTheSameRun() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let second = try workspace.run("train", "runs/three/config.json")
        #expect(second.status == 0)
        #expect(second.lines.last == "model runs/three-2/model.h5")
        let (first, again) = try (
            Data(contentsOf: URL(fileURLWithPath: workspace.path + "/runs/three/model.h5")),
            Data(contentsOf: URL(fileURLWithPath: workspace.path + "/runs/three-2/model.h5"))
        )
        #expect(first == again)
    }

    @Test func overridesValues() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "train", "config.json", "--set", "training.epochs=1", "--set", "name=other", "--workers", "1")
        #expect(result.status == 0)
        #expect(result.lines[0] == "other: 48 samples of 4 from data.h5")
        #expect(result.lines[1].hasSuffix("1 worker, 2 shards"))
        #expect(result.lines.filter { $0.hasPrefix("epoch") }.count == 1)
        #expect(result.lines.last == "model runs/other/model.h5")
        let config = try workspace.read("runs/other/config.json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(config.utf8)) as? [String: Any])
        // Another number of workers makes no other run.
        #expect((object["parallel"] as? [String: Any])?["workers"] as? Int == 2)
    }

    @Test func workersWithoutAShardAreTold() throws {
        let workspace = try Workspace()
        let note =
            "note: 3 workers were asked for, but 2 work, since a batch has 2 shards; to use them all, set "
            + "parallel.shards to 3"
        let result = try workspace.run("train", "config.json", "--workers", "3")
        #expect(result.status == 0)
        #expect(result.lines[2] == note)
        #expect(result.errors == "")
        #expect(try workspace.run("check", "config.json", "--set", "parallel.workers=3").lines[1] == note)
        #expect(try workspace.run("train", "config.json", "--workers", "3", "--quiet").output == "")
        let both = try workspace.run("train", "config.json", "--workers", "1", "--set", "parallel.workers=2")
        #expect(both.status == 64)
        #expect(both.errors.hasPrefix("stormo: --workers and --set parallel.workers say the same; give one\n"))
    }

    /// A run that is shorter than its warm-up is a try, and no mistake.
    @Test func aWarmUpAsLongAsTheRunIsWarnedOf() throws {
        let workspace = try Workspace()
        let schedule = #"optimizer={"type": "adam", "schedule": {"type": "cosine", "warmup_epochs": 1}}"#
        let warning =
            "warning: optimizer.schedule.warmup_epochs is 1, and training.epochs 1: the learning rate rises to the "
            + "end of the run and never reaches its full value; make the warm-up shorter, or 0 for a quick try, or train "
            + "longer\n"
        for command in ["train", "check"] {
            let result = try workspace.run(command, "config.json", "--set", schedule, "--set", "training.epochs=1")
            #expect(result.status == 0)
            #expect(result.errors == warning)
        }
    }

    @Test func aTraceIsOfOneRun() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            64, "--trace is of one run, and data.k_fold makes 3; leave one of the two out", "train", "config.json",
            "--set",
            #"data={"train": {"file": "data.h5"}, "k_fold": 3}"#, "--trace", "trace.json")
    }

    @Test func quietPrintsNothing() throws {
        let workspace = try Workspace()
        let result = try workspace.run("train", "config.json", "--quiet")
        #expect(result.status == 0)
        #expect(result.output + result.errors == "")
        #expect(try workspace.listing().contains("runs/three/model.h5"))
    }

    @Test func saysWhyItStoppedEarly() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "train", "config.json", "--set", "training.epochs=30",
            "--set", #"training.early_stopping={"monitor": "validation_loss", "patience": 2, "min_delta": 5}"#)
        #expect(result.status == 0)
        #expect(
            result.lines.contains(
                "stopped after epoch 3: validation_loss has not improved in 2 epochs; "
                    + "the model is that of epoch 1, the best"))
    }

    /// One class alone in the validation split.
    @Test func anUndefinedFigureIsNeverTheBest() throws {
        let workspace = try Workspace { rows in
            for split in ["train", "validation", "test"] {
                rows.targets[split] = rows.targets[split]?.indices.map { split == "train" ? Int32($0 % 2) : 1 }
            }
        }
        let result = try workspace.run(
            "train", "config.json", "--set", "training.epochs=30", "--set", "loss=binary_crossentropy", "--set",
            #"model.layers[1]={"type": "dense", "units": 1, "activation": "sigmoid"}"#, "--set",
            #"metrics=["roc_auc"]"#, "--set",
            #"training.early_stopping={"monitor": "validation_roc_auc", "patience": 2}"#)
        #expect(result.status == 0)
        #expect(
            result.lines.contains(
                "stopped after epoch 2: validation_roc_auc was undefined in each of them, so that none is the best"))
        #expect(
            result.errors
                == "warning: validation_roc_auc is undefined in epoch 1, since it needs samples of both classes; it is shown "
                + "as n/a, and never the best\n")
        #expect(result.lines.contains { $0.contains("validation_roc_auc n/a") })
    }

    /// A loss of 0 would be the best there is.
    @Test func theLossOfASplitWithoutWeightIsUndefined() throws {
        let workspace = try Workspace()
        let file = try HDF5File.open(workspace.path + "/data.h5", writable: true)
        try file.root.createDataset("/validation/weights", .float32, shape: [15]).write(
            [Float](repeating: 0, count: 15))
        try file.close()
        let result = try workspace.run(
            "train", "config.json", "--set", "data.validation.sample_weight=/validation/weights")
        #expect(result.status == 0 && result.lines.contains { $0.contains("validation_loss n/a") }, "\(result.output)")
        #expect(
            result.errors
                == "warning: validation_loss is undefined in epoch 1, since no sample counts: all labels are ignored, or all "
                + "weights are 0; it is shown as n/a, and never the best\n")
        let evaluation = try workspace.run(
            "evaluate", "runs/three/model.h5", "--data", "data.h5", "--group", "/validation", "--sample-weight",
            "/validation/weights")
        #expect(evaluation.figures.contains("loss n/a"))
    }

    @Test func divergenceKeepsTheLastFiniteModel() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "train", "config.json", "--set", "optimizer.learning_rate=1e30", "--set", "model.layers[0].activation=relu")
        #expect(result.status == 1)
        let sentence =
            #"^stormo: training diverged in epoch 1, step \d+: .* is not finite \(rows [0-9, ]+ of the training "#
            + #"data\)\. The parameters are kept as they were before that step\. "#
            + #"Try a smaller learning_rate, or look at these rows\n"#
            + #"The model with these parameters is runs/three/model\.h5\nNo checkpoint had been saved before\n$"#
        #expect(result.errors.range(of: sentence, options: .regularExpression) != nil, "\(result.errors)")
        #expect(
            try workspace.listing().filter { $0.hasPrefix("runs/three/") } == [
                "runs/three/checkpoints", "runs/three/config.json", "runs/three/metrics.csv", "runs/three/model.h5",
                "runs/three/sources.json", "runs/three/state.json", "runs/three/times.csv",
            ])
        let kernel = try HDF5File.open(workspace.path + "/runs/three/model.h5")
            .dataset("/model_weights/logits/logits/kernel:0").read(Float.self)
        let isFinite = kernel.allSatisfy(\.isFinite)
        #expect(isFinite)
        #expect(try workspace.run("inspect", "runs/three/model.h5").status == 0)
    }
}
