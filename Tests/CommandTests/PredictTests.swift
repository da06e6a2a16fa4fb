import Foundation
import HDF5
import Testing

struct PredictTests {
    @Test func writesProbabilitiesAndLabels() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--set", "training.epochs=40")
        let result = try workspace.run(
            "predict", "runs/three/model.h5", "--data", "data.h5", "--output", "out.h5", "--workers", "2")
        #expect(result.status == 0)
        #expect(result.output == "out.h5: 12 predictions of 3 for /test/inputs in data.h5\n")
        let file = try HDF5File.open(workspace.path + "/out.h5")
        let predictions = try file.dataset("/predictions")
        #expect(predictions.shape == [12, 3])
        let values = try predictions.read(Float.self)
        for row in 0..<12 { #expect(abs(values[row * 3..<row * 3 + 3].reduce(0, +) - 1) < 1e-5) }
        let labels = try file.dataset("/labels")
        #expect(try labels.read(Int64.self) == (0..<12).map { $0 % 3 })
        #expect(try labels.attributes.strings("class_names") == ["red", "green", "blue"])
        #expect(try !workspace.listing().contains { $0.contains("partial") })
    }

    @Test func needsNoTargets() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        var rows = Workspace.Rows()
        rows.omitted = ["/test/targets"]
        try rows.write(to: workspace.path + "/inputs.h5")
        let arguments = ["runs/three/model.h5", "--data", "inputs.h5"]
        let result = try workspace.run("predict", arguments[0], arguments[1], arguments[2], "--output", "out.h5")
        #expect(result.status == 0)
        try workspace.expectFailure(
            65, "no dataset '/test/targets' in inputs.h5; it has: /test/inputs", "evaluate", arguments[0], arguments[1],
            arguments[2])
    }

    @Test func refusesWhatItCannotDo() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let model = "runs/three/model.h5"
        try workspace.expectFailure(
            65, "no dataset '/live/inputs' in data.h5: there is no '/live'; it has: /test, /train, /validation",
            "predict", model, "--data", "data.h5", "--output", "out.h5", "--group", "live")
        try workspace.expectFailure(
            1, "far/out.h5 can't be written: there is no directory far; make it first", "predict", model, "--data",
            "data.h5", "--output", "far/out.h5")
        // Before anything is read or computed.
        try workspace.expectFailure(
            1, "far/out.h5 can't be written: there is no directory far; make it first", "predict", model, "--data",
            "nowhere.h5", "--output", "far/out.h5")
        try workspace.expectFailure(
            1, "far/out.h5 can't be written: there is no directory far; make it first", "data", "synthesize",
            "blobs", "--output", "far/out.h5")
        try workspace.expectFailure(
            1, "far/t.json can't be written: there is no directory far; make it first", "train", "config.json",
            "--trace", "far/t.json")
        try workspace.expectFailure(
            1, "runs can't be written: it is a directory; name a file", "predict", model, "--data", "data.h5",
            "--output", "runs")
        try workspace.expectFailure(
            64, "--output ./data.h5 would replace data.h5, which is read; name another file", "predict", model,
            "--data",
            "data.h5", "--output", "./data.h5")
    }

    @Test func replacesWhatALinkLeadsTo() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        try workspace.write("old", to: "out.h5")
        try FileManager.default.createSymbolicLink(
            atPath: workspace.path + "/link.h5", withDestinationPath: "out.h5")
        let result = try workspace.run(
            "predict", "runs/three/model.h5", "--data", "data.h5", "--output", "link.h5")
        #expect(result.status == 0)
        #expect(try HDF5File.open(workspace.path + "/out.h5").dataset("/predictions").shape == [12, 3])
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: workspace.path + "/link.h5") == "out.h5")
    }
}
