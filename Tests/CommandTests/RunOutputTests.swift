import Foundation
import Testing

@testable import Runs

/// What `train --output` does where its directory holds something already.
struct RunOutputTests {
    private func bytes(_ workspace: Workspace, _ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/" + name))
    }

    private let goOn =
        "; go on with it by stormo train --resume run, name another directory, or replace it by --overwrite"

    /// A run that was ended after two epochs or more.
    private func interrupt(_ workspace: Workspace) throws {
        let command = try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--set", "training.epochs=1000000")
        try command.wait { command.epochs >= 2 }
        command.send(SIGTERM)
        #expect(try command.finish().status == 143)
    }

    @Test func aFinishedRunOfAnotherConfigIsRefused() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        try workspace.expectFailure(
            64, "--output run holds a finished run of another kind: seed, training.epochs differ" + goOn, "train",
            "config.json", "--output", "run", "--set", "training.epochs=3", "--set", "seed=4")
    }

    @Test func aFinishedRunOfTheSameConfigAndDataIsTrainedAgainToTheSameBytes() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        // Checkpoints hold how fast each epoch was, too.
        let names = ["model.h5", "metrics.csv", "config.json"]
        let before = try names.map { try bytes(workspace, "run/" + $0) }
        #expect(try workspace.run("train", "config.json", "--output", "run").status == 0)
        #expect(try names.map { try bytes(workspace, "run/" + $0) } == before)
        // From its resolved config too, which it is to write again.
        #expect(try workspace.run("train", "run/config.json", "--output", "run").status == 0)
        #expect(try names.map { try bytes(workspace, "run/" + $0) } == before)
    }

    @Test func aFinishedRunOnOtherDataIsRefused() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        var rows = Workspace.Rows()
        rows.inputs["train"]?[0] = 7
        try rows.write(to: workspace.path + "/data.h5")
        try workspace.expectFailure(
            64,
            "--output run holds a finished run of another kind: its data, or the stormo that trained it, were others"
                + goOn, "train", "config.json", "--output", "run")
    }

    @Test func anInterruptedRunIsRefusedAndOverwrittenOnlyByName() throws {
        let workspace = try Workspace()
        try interrupt(workspace)
        let before = try bytes(workspace, "run/metrics.csv")
        let result = try workspace.run("train", "config.json", "--output", "run")
        #expect(result.status == 64)
        #expect(result.output == "")
        let sentence =
            #"^stormo: --output run holds a run that was interrupted after \d+ of 1000000 epochs; go on with it by "#
            + #"stormo train --resume run, name another directory, or replace it by --overwrite\n$"#
        #expect(result.errors.range(of: sentence, options: .regularExpression) != nil, "\(result.errors)")
        #expect(try bytes(workspace, "run/metrics.csv") == before)
        #expect(CheckpointStore(reading: workspace.path + "/run").hasAny)

        // What is the user's own stays.
        try workspace.write("mine", to: "run/notes.txt")
        #expect(try workspace.run("train", "config.json", "--output", "run", "--overwrite").status == 0)
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: workspace.path + "/run").sorted() == [
                "checkpoints", "checkpoints/step-0000000012.h5", "config.json", "metrics.csv", "metrics.json",
                "model.h5",
                "notes.txt",
                "sources.json", "state.json", "times.csv",
            ])
    }

    @Test("A model of the run before does not stay beside the config of one that has none yet")
    func overwriteBeginsEmpty() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        let command = try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--overwrite", "--set", "training.epochs=1000000")
        try command.wait { command.epochs >= 2 }
        command.send(SIGTERM)
        #expect(try command.finish().status == 143)
        #expect(try !workspace.listing().contains("run/model.h5"))
    }

    @Test func aRunningRunIsNotReplacedWithTheFlagEither() throws {
        let workspace = try Workspace()
        let first = try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--set", "training.epochs=1000000")
        try first.wait { first.epochs >= 1 }
        for flag in ["--quiet", "--overwrite"] {
            let second = try workspace.run("train", "config.json", "--output", "run", flag)
            #expect(second.status == 1)
            #expect(second.errors.hasPrefix("stormo: the run directory run is in use by process "))
        }
        first.send(SIGKILL)
        _ = try first.finish()
        let third = try workspace.run("train", "config.json", "--output", "run")
        #expect(third.status == 64)
        #expect(third.errors.hasPrefix("stormo: --output run holds a run that was killed after "))
    }

    @Test func filesThatNoRunLeftAreNotReplaced() throws {
        let workspace = try Workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/mine", withIntermediateDirectories: false)
        try workspace.write("{}", to: "mine/config.json")
        try workspace.expectFailure(
            64,
            "--output mine would replace mine/config.json, which no run of stormo left there (it has no state.json); "
                + "name another directory, or replace such files by --overwrite", "train", "config.json", "--output",
            "mine")
        #expect(try workspace.run("train", "config.json", "--output", "mine", "--overwrite").status == 0)
        for flag in ["--quiet", "--overwrite"] {
            try workspace.expectFailure(
                64, "--output . would replace config.json, which is read; name another directory", "train",
                "config.json", "--output", ".", flag)
        }
        // A directory without a run's files is as good as a new one.
        try workspace.write("mine", to: "notes.txt")
        try FileManager.default.createDirectory(atPath: workspace.path + "/own", withIntermediateDirectories: false)
        try workspace.write("mine", to: "own/notes.txt")
        #expect(try workspace.run("train", "config.json", "--output", "own").status == 0)
    }

    @Test func theFlagBelongsToOutput() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("train", "config.json", "--overwrite").status == 64)
        #expect(try workspace.run("train", "--resume", "run", "--overwrite").status == 64)
    }

    @Test func foldsAreNotReplacedEither() throws {
        let workspace = try Workspace(
            config: Workspace.config.replacingOccurrences(
                of: #""validation": {"file": "data.h5"}, "#, with: #""k_fold": 3, "#))
        #expect(try workspace.run("train", "config.json", "--output", "run").status == 0)
        let model = try bytes(workspace, "run/fold-2/model.h5")
        // The same again gives the same.
        #expect(try workspace.run("train", "config.json", "--output", "run").status == 0)
        #expect(try bytes(workspace, "run/fold-2/model.h5") == model)
        try workspace.expectFailure(
            64, "--output run holds a finished run of another kind: data.k_fold differs (run/fold-1)" + goOn, "train",
            "config.json", "--output", "run", "--set", "data.k_fold=2", "--quiet")
        // A plain run does not stand between folds.
        let plain = ["train", "plain.json", "--output", "run", "--quiet"]
        try workspace.write(Workspace.config, to: "plain.json")
        let refused = try workspace.run(plain[0], plain[1], plain[2], plain[3])
        #expect(refused.status == 64)
        #expect(refused.errors.hasPrefix("stormo: --output run holds a finished run (run/fold-"), "\(refused.errors)")
        // Fewer folds leave none of the earlier ones, which a resumed run would take for its own.
        #expect(
            try workspace.run("train", "config.json", "--output", "run", "--overwrite", "--set", "data.k_fold=2").status
                == 0)
        #expect(
            try workspace.listing().filter { $0.hasPrefix("run/") && !$0.dropFirst(4).contains("/") } == [
                "run/fold-1", "run/fold-2", "run/folds.csv", "run/metrics.json",
            ])
        #expect(
            try workspace.run("train", "plain.json", "--output", "run", "--overwrite").status == 0)
        #expect(
            try workspace.listing().filter { $0.hasPrefix("run/") && !$0.dropFirst(4).contains("/") } == [
                "run/checkpoints", "run/config.json", "run/metrics.csv", "run/metrics.json", "run/model.h5",
                "run/sources.json",
                "run/state.json",
                "run/times.csv",
            ])
    }

    @Test func noOutputReplacesWhatIsReadOrAModel() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        let isRead = "which is read; name another file"
        let model = "would replace a model or a checkpoint of stormo; name another file, or remove that one"
        try workspace.expectFailure(
            64, "--trace data.h5 would replace data.h5, \(isRead)", "train", "config.json", "--trace", "data.h5")
        try workspace.expectFailure(
            64, "--json config.json would replace config.json, \(isRead)", "bench", "config.json", "--json",
            "config.json")
        try workspace.expectFailure(
            64, "--svg run/model.h5 \(model)", "bench", "config.json", "--svg", "run/model.h5")
        try workspace.expectFailure(
            64, "--output ./data.h5 would replace data.h5, \(isRead)", "data", "split", "data.h5", "--inputs",
            "/train/inputs", "--fractions", "a=0.5,b=0.5", "--output", "./data.h5")
        try workspace.expectFailure(
            64, "--output run/model.h5 \(model)", "data", "synthesize", "moons", "--output", "run/model.h5")
        try workspace.expectFailure(
            64, "--output run/checkpoints/step-0000000012.h5 \(model)", "predict", "run/model.h5", "--data", "data.h5",
            "--output", "run/checkpoints/step-0000000012.h5")
        for name in ["metrics.csv", "state.json"] {
            try workspace.expectFailure(
                64, "--output run/\(name) is a file of the run run; choose another name", "predict", "run", "data.h5",
                "--format", "csv", "--output", "run/\(name)")
        }
        // Named by a pattern too.
        try workspace.expectFailure(
            64, "--output data.h5 would replace data.h5, \(isRead)", "predict", "run/model.h5", "--data", "dat*.h5",
            "--output", "data.h5")
    }
}
