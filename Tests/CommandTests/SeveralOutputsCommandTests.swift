import Foundation
import HDF5
import Testing

/// The commands on a model of two inputs and two outputs.
struct SeveralOutputsCommandTests {
    private static func split(_ name: String) -> String {
        #"{"file": "data.h5", "inputs": {"a": "/\#(name)/inputs", "b": "/\#(name)/inputs"}, "#
            + #""targets": {"kind": "/\#(name)/targets", "number": "/\#(name)/targets"}}"#
    }

    private static let config = """
        {
          "name": "two",
          "data": {"train": \(split("train")), "validation": \(split("validation")), "test": \(split("test")),
            "normalize": {"a": "standardize"}},
          "seed": 3,
          "model": {"layers": [
            {"type": "add", "name": "sum", "inputs": ["a", "b"]},
            {"type": "dense", "units": 8, "activation": "tanh"},
            {"type": "dense", "name": "kind", "units": 3, "activation": "softmax"},
            {"type": "dense", "name": "number", "inputs": ["dense"], "units": 1}
          ], "outputs": ["kind", "number"]},
          "loss": {"kind": "sparse_categorical_crossentropy", "number": "mean_squared_error"},
          "loss_weights": {"number": 0.5},
          "metrics": {"kind": ["accuracy"], "number": ["mae"]},
          "optimizer": {"type": "adam", "learning_rate": 0.05},
          "training": {"epochs": 40, "batch_size": 8},
          "parallel": {"workers": 2, "shards": 2}
        }
        """

    private static let paths = [
        "--inputs", "a=/test/inputs", "--inputs", "b=/test/inputs", "--targets", "kind=/test/targets", "--targets",
        "number=/test/targets",
    ]

    @Test func trainEvaluateAndPredict() throws {
        let workspace = try Workspace(config: Self.config)
        let trained = try workspace.run("train", "config.json")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.lines.first == "two: 48 samples of a 4, b 4 from data.h5")
        let model = ["runs/two/model.h5", "--data", "data.h5"]
        let measured = try workspace.run(["evaluate"] + model + Self.paths + ["--confusion"])
        #expect(measured.status == 0, "\(measured.errors)")
        let figures = measured.figures
        #expect(
            figures.map { $0.prefix { $0 != " " } } == [
                "loss", "kind_loss", "kind_accuracy", "number_loss", "number_mae",
            ])
        #expect(figures == trained.testFigures)
        #expect(measured.figures.contains("kind_accuracy 1.0000"))
        // A matrix for the output that has classes, under its name.
        #expect(measured.lines.dropFirst(7).prefix(3).map { $0.prefix(4) } == ["", "kind", "true"])

        let other = try workspace.run(["evaluate"] + model + Self.paths + ["--metrics", "number_rmse,kind_f1"])
        #expect(
            other.figures.map { $0.prefix { $0 != " " } }
                == ["loss", "kind_loss", "kind_f1", "number_loss", "number_rmse"])
        let json = try workspace.run(["evaluate"] + model + Self.paths + ["--json", "--confusion"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect((object["metrics"] as? [String: Double])?["kind_accuracy"] == 1)
        #expect((object["confusion"] as? [String: Any])?.keys.map { $0 } == ["kind"])

        let predicted = try workspace.run(
            ["predict"] + model + Array(Self.paths.prefix(4)) + ["--output", "out.h5"])
        #expect(
            predicted.output
                == "out.h5: 12 predictions of kind 3, number 1 for /test/inputs, /test/inputs in data.h5\n")
        let file = try HDF5File.open(workspace.path + "/out.h5")
        #expect(try file.dataset("/predictions/kind").shape == [12, 3])
        #expect(try file.dataset("/predictions/number").shape == [12, 1])
        #expect(try file.dataset("/labels/kind").read(Int64.self) == (0..<12).map { $0 % 3 })
        #expect(try !file.exists("/labels/number"))

        let inspected = try workspace.run("inspect", "runs/two/model.h5")
        #expect(inspected.lines.first == "runs/two/model.h5: model 'two' of a 4, b 4 → kind 3, number 1")
        let words = inspected.lines.map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "loss of kind sparse_categorical_crossentropy", "loss of number mean_squared_error, weight 0.5",
            "metrics of number mae", "preprocessing of b none",
        ] { #expect(words.contains(line), "\(line)") }
        #expect(try workspace.run("verify", "runs/two/model.h5").status == 0)
    }

    @Test func checkBenchmarkAndConfig() throws {
        let workspace = try Workspace(config: Self.config)
        let check = try workspace.run("check", "config.json")
        #expect(check.status == 0, "\(check.output) \(check.errors)")
        #expect(check.lines.first?.hasPrefix("config.json is valid: 48 samples of a 4, b 4, ") == true)
        let config = try workspace.run("inspect", "config.json")
        #expect(config.output.contains("data.h5: a /train/inputs (48×4 float32), b /train/inputs (48×4 float32), kind"))
        #expect(config.output.contains("normalize of a"))
        for mode in [["--operators"], ["--reading"]] {
            #expect(try workspace.run(["bench", "config.json", "--seconds", "0.1"] + mode).status == 0, "\(mode)")
        }
    }

    @Test func pathsAreGivenByName() throws {
        let workspace = try Workspace(config: Self.config)
        try workspace.run("train", "config.json", "--set", "training.epochs=1")
        func sentence(_ arguments: [String]) throws -> String {
            try workspace.run(["evaluate", "runs/two/model.h5", "--data", "data.h5"] + arguments).errors
        }
        func sentence(_ arguments: String...) throws -> String { try sentence(arguments) }
        // Unnamed, the datasets are those of the run's test split.
        #expect(try sentence() == "")
        #expect(try sentence("--group", "/test").contains("/test/inputs/a"))
        #expect(
            try sentence("--inputs", "/test/inputs").contains(
                "--inputs /test/inputs names none of a, b; give each as NAME=PATH"))
        #expect(
            try sentence("--targets", "kind=/x", "--targets", "kind=/y").contains("--targets names 'kind' twice"))
        #expect(
            try workspace.run(
                ["evaluate", "runs/two/model.h5", "--data", "data.h5"] + Self.paths + ["--metrics", "accuracy"]
            ).errors.contains(
                "--metrics: 'accuracy' is no metric of an output; write OUTPUT_METRIC, such as kind_accuracy"))
        for inputs in [["a=/test/inputs"], ["a=/test/inputs", "b=/test/inputs"]] {
            #expect(
                try sentence(inputs.flatMap { ["--inputs", $0] } + ["--transpose-inputs", "1,0"])
                    == "stormo: --transpose-inputs puts the axes of one input in order, and runs/two/model.h5 takes "
                    + "several; store them in the order that it was trained on\n")
        }
    }
}
