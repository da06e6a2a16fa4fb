import Foundation
import HDF5
import Testing

/// From a table to labels, for one yes or no and for several, and the splits that such tables need.
struct BinaryAnswersTests {
    private let workspace: Workspace

    /// Two measurements of forty patients, three rows each: ill where their sum is large; red and round by each alone.
    init() throws {
        workspace = try Workspace()
        var lines = ["patient,a,b,ill,red,round"]
        for row in 0..<120 {
            let (a, b) = (Double(row * 37 % 100) / 50 - 1, Double(row * 61 % 100) / 50 - 1)
            lines.append(
                "p\(row / 3),\(a),\(b),\(a + b > 0.8 ? "yes" : "no"),\(a > 0 ? 1 : 0),\(b > 0.5 ? 1 : 0)")
        }
        try workspace.write(lines.joined(separator: "\n") + "\n", to: "ill.csv")
    }

    private func config(_ name: String, units: Int, _ training: String = "", split: String = "") -> String {
        """
        {"name": "\(name)", "seed": 1,
         "data": {"train": {"file": "\(name).h5"}, "validation": {"fraction": 0.25}\(split)},
         "model": {"layers": [{"type": "dense", "units": 8, "activation": "tanh"},
           {"type": "dense", "units": \(units), "activation": "sigmoid"}]},
         "loss": "binary_crossentropy", "metrics": ["accuracy", "f1"],
         "optimizer": {"type": "adam", "learning_rate": 0.02}, "training": {"epochs": 20, "batch_size": 16\(training)}}
        """
    }

    @Test func aYesOrNoHasANameAndAThreshold() throws {
        let converted = try workspace.run(
            "data", "convert", "ill.csv", "--target", "ill", "--drop", "red", "--drop", "round", "--keep", "patient",
            "--output", "ill.h5")
        #expect(converted.status == 0, "\(converted.errors)")
        #expect(converted.output.contains("/train/patient"))
        try workspace.write(
            config("ill", units: 1, #", "threshold": "f1""#, split: #", "split": {"together": "patient"}"#),
            to: "ill.json")
        let trained = try workspace.run("train", "ill.json")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(
            trained.lines.contains(
                "note: data.split.together ill.h5: /train/patient: training 90 rows of 30 values; validation 30 rows of 10 "
                    + "values"), "\(trained.output)")
        let note = try #require(trained.lines.first { $0.hasPrefix("note: the threshold is 0.") }, "\(trained.output)")
        #expect(note.contains(": on the validation split f1 is "))

        let evaluated = try workspace.run(
            "evaluate", "runs/ill/model.h5", "--data", "ill.h5", "--group", "/train", "--confusion")
        #expect(evaluated.lines.contains { $0.hasPrefix("threshold 0.") }, "\(evaluated.output)")
        #expect(evaluated.lines.contains { $0.hasPrefix("true \\ predicted  no  yes") })
        #expect(
            try workspace.run("inspect", "runs/ill/model.h5").lines.contains { $0.hasPrefix("threshold") })
        let predicted = try workspace.run(
            "predict", "runs/ill/model.h5", "--data", "ill.h5", "--group", "/train", "--output", "out.h5")
        #expect(predicted.lines.contains { $0.hasPrefix("labels by the threshold 0.") }, "\(predicted.output)")
        let file = try HDF5File.open(workspace.path + "/out.h5")
        #expect(try file.dataset("labels").attributes.strings("class_names") == ["no", "yes"])
        let labels = try file.dataset("labels").read(Int.self)
        let truths = try HDF5File.open(workspace.path + "/ill.h5").dataset("/train/targets").read(Int.self)
        #expect(zip(labels, truths).count { $0 == $1 } > 105)
    }

    @Test func severalLabelsHaveFiguresByTheirNames() throws {
        let converted = try workspace.run(
            "data", "convert", "ill.csv", "--target", "red", "--target", "round", "--drop", "patient", "--drop", "ill",
            "--output", "both.h5")
        #expect(converted.status == 0, "\(converted.errors)")
        try workspace.write(config("both", units: 2), to: "both.json")
        #expect(try workspace.run("train", "both.json", "--quiet").status == 0)
        let evaluated = try workspace.run(
            "evaluate", "runs/both/model.h5", "--data", "both.h5", "--group", "/train")
        let table = evaluated.lines.suffix(3).map { $0.split(separator: " ").map(String.init) }
        #expect(table.first == ["label", "precision", "recall", "f1", "roc_auc", "predicted", "true", "rows"])
        #expect(table.dropFirst().map { $0[0] } == ["red", "round"] && table.last?.last == "120")
        let json = try workspace.run(
            "evaluate", "runs/both/model.h5", "--data", "both.h5", "--group", "/train", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let labels = try #require(object["labels"] as? [String: [String: Any]])
        #expect(Set(labels.keys) == ["red", "round"])
        // The mean over labels is the metric.
        let areas = try ["red", "round"].map { try #require(labels[$0]?["roc_auc"] as? Double) }
        #expect(areas.allSatisfy { $0 > 0.5 && $0 <= 1 })
        let mean = try workspace.run(
            "evaluate", "runs/both/model.h5", "--data", "both.h5", "--group", "/train", "--metrics", "roc_auc", "--json"
        )
        #expect(mean.output.contains("\"roc_auc\":\((areas[0] + areas[1]) / 2)"), "\(mean.output)")
        #expect((labels["red"]?["counts"] as? [[Int]])?.joined().reduce(0, +) == 120)
        _ = try workspace.run(
            "predict", "runs/both/model.h5", "--data", "both.h5", "--group", "/train", "--output", "out.h5")
        let file = try HDF5File.open(workspace.path + "/out.h5")
        #expect(try file.dataset("labels").shape == [120, 2])
        #expect(try file.dataset("labels").attributes.strings("column_names") == ["red", "round"])
    }

    /// Targets that are datasets each, as h5py writes them.
    @Test func labelsMayBeDatasetsEach() throws {
        let file = try HDF5File.create(workspace.path + "/each.h5")
        let values = (0..<60).map { Float($0 % 7) - 3 }
        try file.root.createDataset("/x", .float32, shape: [60, 1]).write(values)
        try file.root.createDataset("/labels/high", .uint8, shape: [60]).write(values.map { UInt8($0 > 1 ? 1 : 0) })
        try file.root.createDataset("/labels/low", .uint8, shape: [60]).write(values.map { UInt8($0 < 0 ? 1 : 0) })
        try file.close()
        let text = config("each", units: 2).replacingOccurrences(
            of: #""file": "each.h5""#,
            with: #""file": "each.h5", "inputs": "/x", "targets": ["/labels/high", "/labels/low"]"#)
        try workspace.write(text, to: "each.json")
        let trained = try workspace.run("train", "each.json", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        let evaluated = try workspace.run(
            "evaluate", "runs/each/model.h5", "--data", "each.h5", "--inputs", "/x", "--targets", "/labels/high",
            "--targets", "/labels/low")
        #expect(evaluated.lines.suffix(2).map { $0.prefix { $0 != " " } } == ["high", "low"], "\(evaluated.output)")
        #expect(
            try workspace.run("inspect", "runs/each/model.h5").lines.contains {
                $0.hasPrefix("labels") && $0.contains("high")
            })
    }
}
