import Foundation
import HDF5
import Testing

/// `stormo init`: a config for what a file holds, with a reason for each choice, that can be trained as it is.
struct InitTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func make(_ arguments: String...) throws -> Workspace.Result {
        let result = try workspace.run(["init"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    private func config(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/" + name))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func lastLayer(_ name: String) throws -> [String: Any] {
        let layers = (try config(name)["model"] as? [String: Any])?["layers"] as? [[String: Any]]
        return try #require(layers?.last)
    }

    private func data(_ name: String) throws -> [String: Any] {
        try #require(try config(name)["data"] as? [String: Any])
    }

    private func trains(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let result = try workspace.run("train", name, "--set", "training.epochs=2", "--quiet")
        #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    }

    @Test func aNumber() throws {
        try workspace.write(TrainTableTests.table(700), to: "trees.csv")
        let result = try make("trees.csv", "--target", "height", "--drop", "id")
        #expect(result.lines.suffix(2) == ["config trees.json; to train it:", "  stormo train trees.json"])
        #expect(result.output.contains("data.normalize_targets"))
        #expect(result.output.contains("because"))
        let data = try data("trees.json")
        let train = try #require(data["train"] as? [String: Any])
        #expect(train["file"] as? String == "trees.csv")
        #expect(train["targets"] as? String == "height")
        #expect(train["drop"] as? [String] == ["id"])
        #expect(train["missing"] as? String == "indicator")
        #expect(data["normalize_targets"] as? String == "standardize")
        #expect((data["test"] as? [String: Any])?["fraction"] as? Double == 0.15)
        #expect(try lastLayer("trees.json")["units"] as? Int == 1)
        #expect(try config("trees.json")["loss"] as? String == "mean_squared_error")
        try trains("trees.json")
        // What is there is not replaced unasked.
        try workspace.expectFailure(
            64, "trees.json is there already; name another file by --output, or replace it by --overwrite", "init",
            "trees.csv", "--target", "height")
        _ = try make("trees.csv", "--target", "height", "--overwrite")
        #expect((try self.data("trees.json")["train"] as? [String: Any])?["drop"] == nil)
    }

    /// Who mistypes is told so before anything of the config that is there.
    @Test func theMistakeComesFirst() throws {
        try workspace.write(TrainTableTests.table(90), to: "trees.csv")
        _ = try make("trees.csv", "--target", "height")
        #expect(try workspace.run("init", "trees.csv", "--target", "hieght").errors.contains("did you mean 'height'?"))
        #expect(
            try workspace.run("init", "trees.csv", "--target", "height", "--set", "training.epochs=0").errors.contains(
                "training.epochs"))
    }

    /// What init adds of its own gives way to what is said.
    @Test func whatIsSaidTakesTheRoomOfWhatIsChosen() throws {
        let rows = (0..<90).map { "\($0 % 7),\($0 % 5),\(["no", "yes", "perhaps"][$0 % 3]),p\($0 / 3)" }
        try workspace.write("a,b,word,who\n" + rows.joined(separator: "\n") + "\n", to: "t.csv")
        let word = ["t.csv", "--target", "word", "--drop", "who", "--overwrite"]
        let folds = try workspace.run(["init"] + word + ["--set", "data.k_fold=3"])
        #expect(folds.status == 0 && !folds.output.contains("data.validation"), "\(folds.output)\(folds.errors)")
        #expect(try data("t.json")["validation"] == nil && data("t.json")["k_fold"] as? Int == 3)
        try trains("t.json")
        let together = try workspace.run(["init"] + word + ["--set", #"data.split={"together": "who"}"#])
        #expect(together.status == 0 && !together.output.contains("data.stratify "), "\(together.output)\(together.errors)")
        #expect(try data("t.json")["stratify"] == nil)
        let bare = try workspace.run(["init"] + word + ["--set", "data.validation=null"])
        #expect(bare.status == 0, "\(bare.errors)")
        #expect(try (config("t.json")["training"] as? [String: Any])?["early_stopping"] == nil)
        // What is said beside each other is not mended.
        #expect(
            try workspace.run(
                ["init"] + word + ["--set", "data.k_fold=3", "--set", #"data.validation={"fraction": 0.2}"#]
            ).errors.contains("data.k_fold: stands beside 'validation'"))
    }

    @Test func classes() throws {
        let rows = (0..<90).map { "\($0 % 7),\($0 % 5),\(["no", "yes", "perhaps"][$0 % 3]),\($0 % 2),\($0 % 4 + 1)" }
        try workspace.write("a,b,word,bit,grade\n" + rows.joined(separator: "\n") + "\n", to: "t.csv")
        for (target, units) in [("word", 3), ("bit", 1), ("grade", 4)] {
            _ = try make("t.csv", "--target", target, "--output", "\(target).json")
            #expect(try lastLayer("\(target).json")["units"] as? Int == units, "\(target)")
            #expect(try lastLayer("\(target).json")["activation"] as? String == (units == 1 ? "sigmoid" : "softmax"))
            #expect(try data("\(target).json")["stratify"] as? Bool == true)
            #expect(try data("\(target).json")["test"] == nil)
            try trains("\(target).json")
        }
        let train = try #require(try data("grade.json")["train"] as? [String: Any])
        #expect(train["columns"] as? [String: String] == ["grade": "category"])
        // Two numbers, and a folder of its own.
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/configs", withIntermediateDirectories: true)
        _ = try make("t.csv", "--target", "a", "--target", "b", "--output", "configs/two.json")
        #expect((try data("configs/two.json")["train"] as? [String: Any])?["file"] as? String == "../t.csv")
        #expect(try lastLayer("configs/two.json")["units"] as? Int == 2)
        try trains("configs/two.json")
        // Each number by itself, by its column's name.
        let evaluated = try workspace.run("evaluate", "runs/two/model.h5", "--data", "t.csv")
        let table = evaluated.lines.suffix(3).map { $0.split(separator: " ").map(String.init) }
        #expect(table.first == ["target", "mae", "rmse", "r2"], "\(evaluated.output)\(evaluated.errors)")
        #expect(table.dropFirst().map { $0[0] } == ["a", "b"])
        let json = try workspace.run("evaluate", "runs/two/model.h5", "--data", "t.csv", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let targets = try #require(object["targets"] as? [String: [String: Double]])
        #expect(Set(targets.keys) == ["a", "b"] && Set(targets["a"]?.keys ?? [:].keys) == ["mae", "rmse", "r2"])
        let pooled = try #require((object["metrics"] as? [String: Double])?["mae"])
        #expect(abs(pooled - ((targets["a"]?["mae"] ?? 0) + (targets["b"]?["mae"] ?? 0)) / 2) < 1e-9)
    }

    /// One of two classes is one probability, as a Keras user writes it, of the second by name.
    @Test func twoClasses() throws {
        let rows = (0..<80).map { "\($0 % 7),\($0 % 9 < 4 ? "no" : "yes")\n" }.joined()
        try workspace.write("a,word\n" + rows, to: "two.csv")
        let result = try make("two.csv", "--target", "word")
        #expect(try config("two.json")["loss"] as? String == "binary_crossentropy")
        #expect(
            result.output.contains(
                "word is one of 2 classes: one number says how probable 'yes' is, and its threshold can be chosen "
                    + "(training.threshold)"), "\(result.output)")
        try trains("two.json")
        let predicted = try workspace.run("evaluate", "runs/two/model.h5", "--data", "two.csv", "--confusion")
        #expect(predicted.output.contains("yes"), "\(predicted.output)\(predicted.errors)")
    }

    /// Marks of missing values by their columns' names, rows that may belong together, and a class too rare to be shared out.
    @Test func whatIsSuspicious() throws {
        let rows = (0..<80).map { row in
            let age = row % 20 == 7 ? -999 : 30 + row % 11
            return "p\(row / 4),\(age),\(Double(row % 13) / 2),\(row == 5 ? "other" : ["a", "b", "c"][row % 3])\n"
        }
        try workspace.write("Patient ID,age,x,kind\n" + rows.joined(), to: "t.csv")
        let result = try make("t.csv", "--target", "kind")
        #expect(
            result.output.contains(
                "warning: t.csv, column 'age', holds -999 in 4 of 80 values, far from all others, which lie between 30 and 40; "
                    + "say --na age=-999 if it marks missing values"), "\(result.output)")
        // As it is advised, and as a run advises it.
        let said = try make("t.csv", "--target", "kind", "--na", "age=-999", "--output", "said.json")
        #expect(!said.output.contains("-999 in") && said.output.contains("in age (4)"), "\(said.output)")
        let run = try workspace.run("train", "t.json", "--set", "training.epochs=1")
        #expect(
            (run.output + run.errors).contains(
                #"say in data.train "na": {"age": ["-999"]} if it marks missing values"#), "\(run.output)\(run.errors)")
        #expect(
            result.output.contains(
                "class 'other' has 1 row, too few for 2 splits: collect more, or leave it out"), "\(result.output)")
        #expect(
            result.output.contains(
                #"Patient ID has 20 values in 80 rows: if rows of one belong together, put "split": {"together": "Patient ID"} "#
                    + "into data, so that none is on two sides"), "\(result.output)")
        #expect(try data("t.json")["stratify"] == nil)
        let trained = try workspace.run("train", "t.json", "--set", "training.epochs=1")
        #expect(trained.errors.contains("column 'age', holds -999"), "\(trained.errors)")
        // What is advised works.
        let together = try workspace.run(
            "train", "t.json", "--set", #"data.split={"together": "Patient ID"}"#, "--set", "training.epochs=1",
            "--output", "o")
        #expect(together.status == 0, "\(together.errors)")
    }

    @Test func hdf5() throws {
        _ = try make("data.h5")
        #expect(try lastLayer("data.json")["units"] as? Int == 3)
        #expect((try data("data.json")["validation"] as? [String: Any])?["file"] as? String == "data.h5")
        try trains("data.json")
        // Images, of one channel and without an axis for it.
        let file = try HDF5File.create(workspace.path + "/images.h5")
        for (path, shape) in [("/grey/x", [40, 12, 10]), ("/colour/x", [40, 12, 12, 3])] {
            try file.root.createDataset(path, .uint8, shape: shape).write(
                (0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try file.root.createDataset(path.replacingOccurrences(of: "/x", with: "/y"), .int32, shape: [40]).write(
                (0..<40).map { Int32($0 % 4) })
        }
        try file.close()
        try workspace.expectFailure(
            64,
            "which dataset of images.h5 holds the inputs? Say --inputs PATH; it has: /colour/x, /colour/y, /grey/x, /grey/y",
            "init", "images.h5")
        for name in ["grey", "colour"] {
            _ = try make("images.h5", "--inputs", "/\(name)/x", "--target", "/\(name)/y", "--output", "\(name).json")
            #expect(try workspace.read("\(name).json").contains("conv2d"))
            try trains("\(name).json")
        }
    }

    /// Labels that are stored as floats, and the only other dataset with as many rows; that they are amounts can be said.
    @Test func labelsStoredAsFloats() throws {
        let file = try HDF5File.create(workspace.path + "/own.h5")
        try file.root.createDataset("/label", .float64, shape: [60]).write((0..<60).map { Double($0 % 3) })
        try file.root.createDataset("/signals", .float32, shape: [60, 4]).write((0..<240).map { Float($0 % 7) })
        try file.root.createDataset("/times", .float32, shape: [2]).write([1, 2] as [Float])
        try file.close()
        let made = try make("own.h5", "--target", "/label")
        #expect(made.output.contains("it holds 3 whole numbers, 0 to 2, taken for classes (--column /label=number if"))
        #expect((try data("own.json")["train"] as? [String: Any])?["inputs"] as? String == "/signals")
        #expect(try config("own.json")["loss"] as? String == "sparse_categorical_crossentropy")
        try trains("own.json")
        _ = try make("own.h5", "--target", "/label", "--column", "label=number", "--output", "amounts.json")
        #expect(try config("amounts.json")["loss"] as? String == "mean_squared_error")
        try trains("amounts.json")
        try workspace.expectFailure(
            64,
            "--column signals=number: of an HDF5 file it says what the targets are, as in --column /label=category",
            "init",
            "own.h5", "--target", "/label", "--column", "signals=number", "--output", "x.json")
        // Inputs before labels, whatever their names' order.
        let head = try workspace.run("data", "head", "own.h5")
        #expect(head.lines[0] == "own.h5: /signals, 60 rows of 4 float32" && head.lines[1].hasSuffix("label"))
    }

    /// What becomes of missing values is told with the columns that lack them, and may be set.
    @Test func missingValues() throws {
        try workspace.write(TrainTableTests.table(60), to: "trees.csv")
        let filled = try make("trees.csv", "--target", "height")
        #expect(
            filled.output.contains(
                "5 values are missing, in width (5): numbers and dates are filled with the mean, beside an input that tells so"),
            "\(filled.output)")
        let skipped = try make("trees.csv", "--target", "height", "--set", "data.train.missing=skip", "--overwrite")
        #expect(
            skipped.output.contains("note: 5 rows of trees.csv with missing values were left out: column 'width' in 5"),
            "\(skipped.output)")
        #expect(try (data("trees.json")["train"] as? [String: Any])?["missing"] as? String == "skip")
        try trains("trees.json")
        try workspace.expectFailure(
            65,
            "--set data.train.missing=mode fits no column of numbers, such as 'width'; give a number, mean, median, indicator or skip",
            "init", "trees.csv", "--target", "height", "--set", "data.train.missing=mode", "--overwrite")
    }

    @Test func wrongTurns() throws {
        try workspace.write(TrainTableTests.table(30), to: "trees.csv")
        try workspace.expectFailure(
            64,
            "which column of trees.csv is to be predicted? Say --target COLUMN; it has the columns id, width, kind, height",
            "init", "trees.csv")
        try workspace.expectFailure(
            64, "--inputs is not for a table (.csv, .tsv, .tab, also with .gz), and trees.csv is one; leave it out",
            "init",
            "trees.csv", "--target", "height", "--inputs", "width")
        try workspace.expectFailure(
            64, "--drop is not for an HDF5 file, and data.h5 is one; leave it out", "init", "data.h5", "--drop", "x")
        try workspace.write("nothing", to: "a.txt")
        try workspace.expectFailure(
            64,
            "a.txt is none of what init makes a config for: a table of the names of image files, a table (.csv, .tsv, .tab, also "
                + "with .gz), a folder of images with a folder for each class, an HDF5 file; stormo data convert makes HDF5 of other forms",
            "init", "a.txt")
        try workspace.write("a,b\n1,x\n2,y\n", to: "few.csv")
        try workspace.expectFailure(
            65,
            "few.csv has 2 rows, of which nothing can be learned and kept back to measure it; init wants 10 or more",
            "init", "few.csv", "--target", "b")
        let rows = (0..<30).map { "\($0 * 7 % 11),x,\($0),3.5,n\($0),5\n" }.joined()
        try workspace.write("a,b,c,d,e,f\n" + rows, to: "same.csv")
        try workspace.expectFailure(
            65, "same.csv, column 'd': each row has the same value, 3.5, so there is nothing to predict", "init",
            "same.csv",
            "--target", "d")
        let many = try workspace.run("init", "same.csv", "--target", "e")
        #expect(many.status == 65)
        #expect(
            many.errors.hasPrefix("stormo: same.csv, column 'e': 30 rows have 30 different values, such as 'n")
                && many.errors.hasSuffix(
                    "', which are too many for classes; if they are numbers with a decimal comma, say --decimal-comma\n"
                ),
            "\(many.errors)")
        try workspace.expectFailure(
            65, "same.csv, column 'b': each row has the same value, 'x', so there is nothing to tell apart", "init",
            "same.csv", "--target", "b")
        try workspace.expectFailure(
            64, "--target height is given twice; give it once", "init", "trees.csv", "--target", "height", "--target",
            "height")
        let strange = try workspace.run("init", "trees.csv", "--target", "size")
        #expect(strange.status == 65)
        #expect(
            strange.errors == "stormo: trees.csv has no column 'size' for --target; it has: id, width, kind, height\n")
    }
}
