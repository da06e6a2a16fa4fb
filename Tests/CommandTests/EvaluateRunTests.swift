import Configuration
import Foundation
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
            64,
            "--data x.h5 says where rows are, and there/run is a run, whose own rows are measured; leave it out, or name "
                + "there/run/model.h5", "evaluate", "there/run", "--data", "x.h5")
        try workspace.expectFailure(
            64, "--split is for a run, and there/run/model.h5 is none; name the run's directory in place of the model",
            "evaluate", "there/run/model.h5", "--split", "test")
    }
}
