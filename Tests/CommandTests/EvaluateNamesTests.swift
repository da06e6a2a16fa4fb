import Foundation
import HDF5
import Testing

/// Which datasets are measured where none are named, and what is said of them.
struct EvaluateNamesTests {
    /// Signals and labels under names of their own: 48 rows, of which the last twelve have names of a test split too.
    private static func workspace(_ data: String) throws -> Workspace {
        let config = Workspace.config.replacingOccurrences(
            of: #"{"train": {"file": "data.h5"}, "validation": {"file": "data.h5"}, "test": {"file": "data.h5"},"#,
            with: data)
        let workspace = try Workspace(config: config)
        let rows = Workspace.Rows()
        for (name, hasTest) in [("own.h5", false), ("tested.h5", true)] {
            let file = try HDF5File.create(workspace.path + "/" + name)
            try file.root.createDataset("/signals", .float32, shape: [48, 4]).write(rows.inputs["train"] ?? [])
            try file.root.createDataset("/label", .int32, shape: [48]).write(rows.targets["train"] ?? [])
            if hasTest {
                try file.root.createDataset("/held/x", .float32, shape: [12, 4]).write(rows.inputs["test"] ?? [])
                try file.root.createDataset("/held/y", .int32, shape: [12]).write(rows.targets["test"] ?? [])
            }
            try file.close()
        }
        let trained = try workspace.run("train", "config.json", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
    }

    private static let own = #""file": "own.h5", "inputs": "/signals", "targets": "/label""#

    private func first(_ workspace: Workspace, _ arguments: String...) throws -> String {
        let result = try workspace.run(["evaluate", "runs/three/model.h5", "--data"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result.lines.first ?? ""
    }

    @Test func thoseThatItWasTrainedOn() throws {
        let workspace = try Self.workspace(#"{"train": {\#(Self.own)},"#)
        #expect(
            try first(workspace, "own.h5") == "48 samples of 4 from /signals in own.h5, which the model was trained on")
        let predicted = try workspace.run("predict", "runs/three/model.h5", "own.h5", "--output", "out.h5")
        #expect(predicted.output == "out.h5: 48 predictions of 3 for /signals in own.h5\n")
        // A copy of the file, and one of other bytes that has a test group, which comes first.
        try FileManager.default.copyItem(atPath: workspace.path + "/own.h5", toPath: workspace.path + "/copy.h5")
        #expect(
            try first(workspace, "copy.h5")
                == "48 samples of 4 from /signals in copy.h5, which the model was trained on")
        #expect(
            try first(workspace, "data.h5")
                == "12 samples of 4 from /test/inputs in data.h5, another file than the model was trained on")
        try FileManager.default.removeItem(atPath: workspace.path + "/own.h5")
        // What the run wrote down of its rows tells them.
        #expect(
            try first(workspace, "copy.h5")
                == "48 samples of 4 from /signals in copy.h5, which the model was trained on")
        #expect(
            try first(workspace, "data.h5")
                == "12 samples of 4 from /test/inputs in data.h5, which the model was not trained on")
        try FileManager.default.removeItem(atPath: workspace.path + "/runs/three/sources.json")
        #expect(
            try first(workspace, "copy.h5")
                == "48 samples of 4 from /signals in copy.h5, perhaps trained on: \(workspace.path)/own.h5, the training file, is "
                + "not there to be compared")
        // Named by the command line, what belongs to it is found.
        #expect(try first(workspace, "copy.h5", "--inputs", "/signals").hasPrefix("48 samples of 4 from /signals"))
        let rows = Workspace.Rows()
        let other = try HDF5File.create(workspace.path + "/other.h5")
        try other.root.createDataset("/x", .float32, shape: [48, 4]).write(rows.inputs["train"] ?? [])
        try other.close()
        try workspace.expectFailure(
            65,
            "other.h5 has no inputs of the names /test/inputs or /signals or /train/inputs, which runs/three/model.h5 looks for; "
                + "name them by --inputs and --targets, or by --group; it has: /x", "evaluate", "runs/three/model.h5",
            "--data", "other.h5")
    }

    @Test func thoseOfTheTestSplit() throws {
        let held = #""test": {"file": "tested.h5", "inputs": "/held/x", "targets": "/held/y"}"#
        let workspace = try Self.workspace(
            #"{"train": {\#(Self.own.replacingOccurrences(of: "own.h5", with: "tested.h5"))}, \#(held),"#)
        #expect(
            try first(workspace, "tested.h5") == "12 samples of 4 from /held/x in tested.h5, the test rows of its run")
        #expect(
            try first(workspace, "tested.h5", "--inputs", "/signals", "--targets", "/label")
                == "48 samples of 4 from /signals in tested.h5, which the model was trained on")
    }

    @Test func partsThatWereHeldOut() throws {
        let workspace = try Self.workspace(
            #"{"train": {\#(Self.own)}, "validation": {"fraction": 0.125}, "test": {"fraction": 0.25},"#)
        #expect(
            try first(workspace, "own.h5")
                == "48 samples of 4 from /signals in own.h5, of which its run held out 12.5% for validation and 25% for test and "
                + "trained on the rest")
    }

    @Test func groupsOfTheTrainingFile() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--quiet", "--set", "data.test=null")
        #expect(
            try first(workspace, "data.h5")
                == "12 samples of 4 from /test/inputs in data.h5, which the model was not trained on")
        #expect(
            try first(workspace, "data.h5", "--group", "validation")
                == "15 samples of 4 from /validation/inputs in data.h5, the validation rows of its run")
        // What convert writes when it is told no group.
        var rows = Workspace.Rows()
        rows.omitted = ["/test/inputs", "/test/targets"]
        try rows.write(to: workspace.path + "/converted.h5")
        #expect(
            try first(workspace, "converted.h5").hasPrefix(
                "48 samples of 4 from /train/inputs in converted.h5, another"))
    }
}
