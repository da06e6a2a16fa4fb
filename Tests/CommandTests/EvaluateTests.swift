import Foundation
import Testing

struct EvaluateTests {
    @Test func givesTheFiguresOfTheTrainingsTest() throws {
        let workspace = try Workspace()
        let trained = try workspace.run("train", "config.json")
        let result = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--workers", "3")
        #expect(result.status == 0)
        #expect(result.lines.first == "12 samples of 4 from /test/inputs in data.h5, the test rows of its run")
        #expect(result.figures == trained.testFigures)
    }

    @Test func takesGroupsWithoutASlashAndOtherMetrics() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let result = try workspace.run(
            "evaluate", "runs/three/model.h5", "--data", "data.h5", "--group", "validation", "--metrics", "f1,recall")
        #expect(result.status == 0)
        #expect(
            result.lines.first == "15 samples of 4 from /validation/inputs in data.h5, the validation rows of its run")
        #expect(result.figures.map { $0.prefix { $0 != " " } } == ["loss", "f1", "recall"])
    }

    /// The figures of a run whose test split has weights are had again by naming them.
    @Test func takesSampleWeights() throws {
        let workspace = try Workspace()
        let trained = try workspace.run("train", "config.json", "--set", "data.test.sample_weight=/test/targets")
        let plain = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5")
        let weighted = try workspace.run(
            "evaluate", "runs/three/model.h5", "--data", "data.h5", "--sample-weight", "/test/targets")
        #expect(weighted.status == 0)
        #expect(weighted.figures == trained.testFigures)
        #expect(plain.figures[0] != weighted.figures[0])
        #expect(plain.figures[1] == weighted.figures[1])
    }

    @Test func printsJSON() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--set", "training.epochs=40")
        let arguments = ["evaluate", "runs/three/model.h5", "--data", "data.h5", "--json"]
        let plain = try workspace.run(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4])
        #expect(plain.lines.count == 1)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(plain.output.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["samples", "loss", "metrics", "figures", "data", "rows"])
        #expect(object["samples"] as? Int == 12)
        #expect((object["loss"] as? Double ?? 9) < 0.2)
        #expect(object["metrics"] as? [String: Double] == ["accuracy": 1])

        let full = try workspace.run(
            arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], "--confusion")
        let second = try #require(try JSONSerialization.jsonObject(with: Data(full.output.utf8)) as? [String: Any])
        let confusion = try #require(second["confusion"] as? [String: Any])
        #expect(confusion["classes"] as? [String] == ["red", "green", "blue"])
        #expect(confusion["counts"] as? [[Int]] == [[4, 0, 0], [0, 4, 0], [0, 0, 4]])
    }

    @Test func printsTheConfusionMatrix() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--set", "training.epochs=40")
        let result = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--confusion")
        #expect(
            result.lines.suffix(6) == [
                "true \\ predicted  red  green  blue  precision  recall  rows",
                "red                 4      0     0     1.0000  1.0000     4",
                "green               0      4     0     1.0000  1.0000     4",
                "blue                0      0     4     1.0000  1.0000     4",
                "total               4      4     4     1.0000  1.0000    12",
                "accuracy 1.0000 (12 of 12)",
            ])
    }

    @Test func refusesWhatDoesNotFit() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let model = "runs/three/model.h5"
        try workspace.expectFailure(
            64, "--metrics: unknown metric 'acuracy'; did you mean 'accuracy'?", "evaluate", model, "--data", "data.h5",
            "--metrics", "acuracy")
        try workspace.expectFailure(
            64,
            "The metric \"mae\" needs regression values, and these are class targets; "
                + "use \"accuracy\", \"f1\" or \"roc_auc\".",
            "evaluate", model, "--data", "data.h5", "--metrics", "mae")
        try workspace.expectFailure(
            65, "no dataset '/nope/inputs' in data.h5: there is no '/nope'; it has: /test, /train, /validation",
            "evaluate", model, "--data", "data.h5", "--group", "nope")
        try workspace.expectFailure(
            65, "data.h5 is an HDF5 file, but not a model that stormo wrote: it has no group /stormo", "evaluate",
            "data.h5", "--data", "data.h5")
        try workspace.expectFailure(
            65, "cannot open gone.h5: there is no such file", "evaluate", model, "--data", "gone.h5")
    }

    @Test func refusesWhatHasNothingToActOn() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let named = ["runs/three/model.h5", "--data", "data.h5", "--inputs", "/validation/inputs"]
        let targets = ["--targets", "/validation/targets"]
        let result = try workspace.run(["evaluate"] + named + targets)
        #expect(
            result.lines.first == "15 samples of 4 from /validation/inputs in data.h5, the validation rows of its run")
        let evaluate = try workspace.run(["evaluate"] + named + targets + ["--group", "/test"])
        #expect(evaluate.status == 64)
        #expect(
            evaluate.errors
                == "stormo: --group /test has nothing to act on, since --inputs and --targets name what is read; leave it "
                + "out\n")
        let predict = try workspace.run(["predict"] + named + ["--output", "out.h5", "--group", "/test"])
        #expect(predict.status == 64)
        #expect(
            predict.errors
                == "stormo: --group /test has nothing to act on, since --inputs names what is read; leave it out\n")
        let array = try workspace.run(["predict"] + named + targets + ["--output", "out.h5"])
        #expect(array.status == 64)
        #expect(
            array.errors
                == "stormo: --targets is for tables, csv, json and jsonl, and .h5 holds what the model gives; leave it out\n"
        )
        let joined = try workspace.run(
            ["predict"] + named + ["--inputs", "/test/inputs", "--transpose-inputs", "1,0", "--output", "out.h5"])
        #expect(joined.status == 64)
        #expect(
            joined.errors
                == "stormo: --transpose-inputs puts the axes of one dataset in order, and several are joined\n")
    }

    @Test func refusesSamplesOfAnotherShape() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        var rows = Workspace.Rows()
        rows.inputColumns = 2
        for (split, count) in Workspace.Rows.sizes { rows.inputs[split] = Array(repeating: 0, count: count * 2) }
        try rows.write(to: workspace.path + "/narrow.h5")
        try workspace.expectFailure(
            65, "narrow.h5: /test/inputs has samples of shape 2, but the model takes 4", "evaluate",
            "runs/three/model.h5", "--data", "narrow.h5")
    }
}
