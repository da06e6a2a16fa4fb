import CImageWriters
import Foundation
import HDF5
import Testing

/// From a folder of PNGs by class to a model in two commands, and to single images named, with each wrong turn on the way.
struct ImageJourneyTests {
    private func expectSuccess(_ result: Workspace.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    }

    private func expect(
        _ sentence: String, _ result: Workspace.Result, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            result.errors.split(separator: "\n").last.map(String.init) == "stormo: " + sentence,
            sourceLocation: sourceLocation)
        #expect(result.status != 0, sourceLocation: sourceLocation)
    }

    @Test("Digits by class, to single images named")
    func digits() throws {
        let images = try ImageWorkspace(500)
        let workspace = images.workspace
        let made = try workspace.run("init", "digits")
        expectSuccess(made)
        for line in [
            "data.train.images.size      8×8                              all images have it",
            "data.train.images.channels  1                                all images are grey",
        ] {
            #expect(
                made.output.contains(line.split(separator: " ").joined(separator: " "))
                    || made.lines.contains { $0.split(separator: " ") == line.split(separator: " ") }, "\(made.output)")
        }
        let config = try workspace.read("digits.json")
        #expect(config.contains(#"{"file": "digits", "images": {"size": [8, 8], "channels": 1, "fit": "resize"}}"#))
        let trained = try workspace.run("train", "digits.json", "--quiet", "--set", "training.epochs=12")
        expectSuccess(trained)
        #expect(try workspace.listing().contains("runs/digits/cache/train.h5"))
        #expect(
            try workspace.run("inspect", "runs/digits/model.h5").lines.contains {
                $0.split(separator: " ").joined(separator: " ") == "images 8×8, grey, resize"
            })

        let model = "runs/digits/model.h5"
        // Others, larger and in colour, are brought to what the model takes.
        var right = 0
        for index in 900..<930 {
            try images.write(index, to: "new/\(index).png", scale: 1 + index % 3, channels: index % 2 == 0 ? 1 : 3)
        }
        expectSuccess(try workspace.run("predict", "runs/digits/model.h5", "--data", "new", "--output", "p.h5"))
        let file = try HDF5File.open(workspace.path + "/p.h5")
        let labels = try file.dataset("/labels").read(Int32.self)
        #expect(labels.count == 30)
        let classes = ImageWorkspace.names.sorted()
        for (label, index) in zip(labels, 900..<930) where classes[Int(label)] == images.name(index) { right += 1 }
        #expect(right >= 24, "\(right) of 30")
        expectSuccess(try workspace.run("predict", "runs/digits/model.h5", "--data", "new/901.png", "--output", "q.h5"))
        #expect(try HDF5File.open(workspace.path + "/q.h5").dataset("/labels").read(Int32.self) == [labels[1]])

        // In one line, as a shell hands them over.
        let named = try workspace.run("predict", model, "new/900.png", "new/901.png", "new/902.png")
        expectSuccess(named)
        #expect(
            named.lines.map { String($0.prefix { $0 != "," }) } == [
                "file", "new/900.png", "new/901.png", "new/902.png",
            ])
        #expect(named.lines[0].hasPrefix("file,class,p_eight,p_five,"), "\(named.lines[0])")
        #expect(
            named.lines.dropFirst().map { $0.split(separator: ",")[1] }
                == labels.prefix(3).map { Substring(classes[Int($0)]) })
        // A converted file gives the names back too.
        expectSuccess(
            try workspace.run(
                "data", "convert", "new", "--size", "8", "--grayscale", "--output", "new.h5", "--group", "/test"))
        let converted = try workspace.run("predict", model, "new.h5")
        #expect(converted.lines.dropFirst().map { String($0.prefix { $0 != "," }) } == (900..<930).map { "\($0).png" })
        expect(
            "new stands beside single images; give images, or folders of them, or tables of their names",
            try workspace.run("predict", model, "new/900.png", "new"))

        // A folder that has other classes, and one of them alone.
        try images.write(901, to: "more/ten/901.png")
        try images.write(902, to: "more/\(images.name(902))/902.png")
        expect(
            "more, ten/901.png, column 'class': 'ten' is none of the classes that the model has: eight, five, four, nine, "
                + "one, seven, six, three, two, zero; say --unknown skip to leave such rows out",
            try workspace.run("evaluate", model, "--data", "more"))
        let skipped = try workspace.run("evaluate", model, "--data", "more", "--unknown", "skip")
        expectSuccess(skipped)
        #expect(skipped.output.hasPrefix("1 sample of 8×8×1"), "\(skipped.output)")
        expect(
            "new holds images without labels; put them into a folder for each class, or give a CSV of their names and labels",
            try workspace.run("evaluate", model, "--data", "new"))

        // What is no image that can be read.
        try images.write(Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]), to: "new/z.tif")
        expect(
            "new/z.tif is a TIFF image, which stormo does not read (--skip-damaged leaves such files out); make a PNG of it: "
                + "python3 -c 'import os; from PIL import Image; Image.open(\"new/z.tif\").save(\"new/z.png\"); "
                + "os.rename(\"new/z.tif\", \"new/z.tif.original\")'",
            try workspace.run("predict", model, "--data", "new", "--output", "p.h5"))
        // One of them does not keep the others from being answered; a run stands for its model.
        try images.write(Data("not an image\n".utf8), to: "new/y.png")
        let others = try workspace.run("predict", "runs/digits", "new", "--skip-damaged")
        expectSuccess(others)
        #expect(others.lines.count == 31)
        #expect(
            others.errors.hasPrefix(
                "note: 2 images were left out: new/y.png, new/z.tif. Of the first: new/y.png is a text, whatever its name says"
            ),
            "\(others.errors)")
        try images.remove("new/y.png")
        try images.remove("new/z.tif")
        try images.write(Data("not an image\n".utf8), to: "new/z.png")
        expect(
            "new/z.png is a text, whatever its name says: it begins with 'not an image'; remove it, or give it another ending "
                + "(--skip-damaged leaves such files out)",
            try workspace.run("predict", model, "--data", "new", "--output", "p.h5"))
        try images.write(Data(), to: "empty/notes.txt")
        expect(
            "empty holds no images (PNG, JPEG or WebP), neither beside each other nor in a folder for each class",
            try workspace.run("predict", model, "--data", "empty", "--output", "p.h5"))

        // The run knows its images again.
        let run = ["train", "--resume", "runs/digits", "--set", "training.epochs=13", "--quiet"]
        let same = try workspace.run(run)
        expectSuccess(same)
        try images.write(3, to: "digits/\(images.name(2))/2.png")
        let changed = try workspace.run(run)
        #expect(changed.errors.contains("digits has changed since the run was begun"), "\(changed.errors)")
    }

    @Test func aModelOfOtherDataSaysNothingOfImages() throws {
        let workspace = try ImageWorkspace(0).workspace
        expectSuccess(try workspace.run("train", "config.json", "--quiet"))
        expect(
            "a.png is an image, and what runs/three/model.h5 was trained on says nothing of images; give data as it was trained "
                + "on, or train it on a folder of images",
            try workspace.run("predict", "runs/three/model.h5", "a.png"))
    }

    @Test func whatCannotBeLearnedIsRefused() throws {
        let images = try ImageWorkspace(0)
        let workspace = images.workspace
        for index in 0..<12 { try images.write(index, to: "one/cat/\(index).png") }
        let sentence =
            "one holds images of one class, 'cat', so there is nothing to tell apart; give each class a folder"
        expect(sentence, try workspace.run("init", "one"))
        try workspace.write(Self.config(#""file": "one""#), to: "config.json")
        expect(sentence, try workspace.run("train", "config.json"))
        expect(
            "one/cat holds images without labels; put them into a folder for each class, or give init a CSV of their names and "
                + "labels", try workspace.run("init", "one/cat"))
        try images.write(0, to: "two/a/0.png")
        try images.write(1, to: "two/b/1.png")
        expect(
            "two has 2 images, of which nothing can be learned and kept back to measure it; init wants 10 or more",
            try workspace.run("init", "two"))
        try images.write(0, to: "splits/train/a/0.png")
        try images.write(1, to: "splits/train/b/1.png")
        try images.write(1, to: "splits/test/b/1.png")
        try workspace.write(Self.config(#""file": "splits""#), to: "config.json")
        expect(
            "splits has folders for splits; name one of them, such as splits/train",
            try workspace.run("train", "config.json"))
        expect(
            "--target is not for a folder of images with a folder for each class, and two is one; leave it out",
            try workspace.run("init", "two", "--target", "x"))
    }

    @Test("A table of the names of files and of what they are")
    func namesAndLabels() throws {
        let images = try ImageWorkspace(0)
        let workspace = images.workspace
        var lines = ["file,digit,writer"]
        for index in 0..<60 {
            try images.write(index, to: "scans/\(index).png")
            lines.append("scans/\(index).png,\(images.name(index)),\(index % 7)")
        }
        func write(_ name: String, _ lines: [String]) throws {
            try workspace.write(lines.map { $0 + "\n" }.joined(), to: name)
        }
        try write("train.csv", lines)
        // By other writers.
        var others = [lines[0]]
        for index in 60..<80 {
            try images.write(index, to: "scans/\(index).png")
            others.append("scans/\(index).png,\(images.name(index)),\(index)")
        }
        try write("test.csv", others)
        try workspace.write(
            Self.config(
                #""file": "train.csv", "inputs": "file", "targets": "digit", "images": {"size": 8}"#,
                others:
                    #""test": {"file": "test.csv"}, "validation": {"fraction": 0.2}, "split": {"together": "writer"},"#),
            to: "config.json")
        let trained = try workspace.run("train", "config.json")
        expectSuccess(trained)
        #expect(
            trained.lines.contains("train.csv: 60 rows, converted to runs/scans/cache/train.h5"), "\(trained.output)")
        let cache = try HDF5File.open(workspace.path + "/runs/scans/cache/train.h5")
        #expect(try cache.dataset("/file_names").readStrings()[..<2] == ["scans/0.png", "scans/1.png"])
        #expect(try cache.dataset("/inputs").shape == [60, 8, 8, 1])
        let model = "runs/scans/model.h5"
        expectSuccess(try workspace.run("evaluate", model, "--data", "test.csv"))
        try write("unlabelled.csv", lines.map { String($0.split(separator: ",")[0]) })
        expectSuccess(try workspace.run("predict", model, "--data", "unlabelled.csv", "--output", "p.h5"))
        #expect(try HDF5File.open(workspace.path + "/p.h5").dataset("/predictions").shape[0] == 60)

        try write("missing.csv", lines + ["scans/none.png,one,1"])
        expect(
            "missing.csv, line 62, column 'file': there is no file scans/none.png; names are taken from the folder of the table "
                + "on", try workspace.run("evaluate", model, "--data", "missing.csv"))
        try write("other.csv", lines + ["scans/1.png,ten,1"])
        let other = try workspace.run("evaluate", model, "--data", "other.csv")
        #expect(other.errors.contains("'ten' is none of the classes that the model has"), "\(other.errors)")
        try workspace.write(
            Self.config(#""file": "train.csv", "targets": "digit", "images": {}"#), to: "config.json")
        #expect(
            try workspace.run("train", "config.json").errors.contains(
                "data.train.inputs: must name the column that holds the names of the images' files"))
    }

    /// A folder says nothing of the columns of a table in another split; what can be done is said.
    @Test func aTableBesideAFolder() throws {
        let images = try ImageWorkspace(20)
        let workspace = images.workspace
        try workspace.write("file,digit\ndigits/\(images.name(0))/0.png,\(images.name(0))\n", to: "test.csv")
        try workspace.write(
            Self.config(#""file": "digits", "images": {"size": 8}"#, others: #""test": {"file": "test.csv"},"#), to: "config.json")
        for command in ["check", "train"] {
            expect(
                "test.csv is a table of the names of images, and data.train.file is a folder, which says nothing of columns; give these "
                    + "images in a folder for each class too, or leave the table out here and measure the model on it once it is "
                    + "trained: stormo evaluate RUN --data test.csv", try workspace.run(command, "config.json"))
        }
    }

    /// A model of a folder is used on a table of names and labels, and a model of a table on a folder.
    @Test func aTableForAFolderAndAFolderForATable() throws {
        let images = try ImageWorkspace(120)
        let workspace = images.workspace
        let rows = (0..<120).map { "digits/\(images.name($0))/\($0).png,\(images.name($0))\n" }.joined()
        try workspace.write("file,digit\n" + rows, to: "labels.csv")
        try workspace.write(Self.config(#""file": "digits", "images": {"size": 8}"#), to: "folder.json")
        try workspace.write(
            Self.config(#""file": "labels.csv", "inputs": "file", "targets": "digit", "images": {"size": 8}"#),
            to: "table.json")
        for name in ["folder", "table"] {
            expectSuccess(try workspace.run("train", "\(name).json", "--quiet", "--output", name))
            // The same images, however they are named.
            let figures = try ["digits", "labels.csv"].map { data in
                let result = try workspace.run("evaluate", "\(name)/model.h5", "--data", data)
                expectSuccess(result)
                return result.figures
            }
            #expect(figures[0].count == 2 && figures[0] == figures[1], "\(figures)")
            let answers = try ["digits", "labels.csv"].map { data in
                let result = try workspace.run("predict", "\(name)/model.h5", data)
                expectSuccess(result)
                return Set(
                    result.lines.dropFirst().map {
                        $0.replacingOccurrences(of: "digits/", with: "").split(separator: ",").prefix(3).joined(
                            separator: ",")
                    })
            }
            #expect(answers[0].count == 120 && answers[0] == answers[1])
        }
        // With other columns beside them it is to be said which one holds the labels, unless it is called as the model's.
        try workspace.write(
            "image,number,kind\n"
                + (0..<40).map { "digits/\(images.name($0))/\($0).png,\($0),\(images.name($0))\n" }.joined(),
            to: "more.csv")
        expect(
            "which column of more.csv holds what folder/model.h5 calls 'class'? Say --targets COLUMN; beside the names of images it "
                + "has number, kind", try workspace.run("evaluate", "folder/model.h5", "--data", "more.csv"))
        let said = try workspace.run("evaluate", "folder/model.h5", "--data", "more.csv", "--targets", "kind")
        expectSuccess(said)
        #expect(said.lines.first?.hasPrefix("40 samples of 8×8×1 from more.csv") == true)
        expectSuccess(try workspace.run("predict", "folder/model.h5", "more.csv"))
        try workspace.write("a,b\n1,2\n", to: "none.csv")
        expect(
            "none.csv names no images: in none of its columns (a, b) do all values end as those of images do; folder/model.h5 takes "
                + "images", try workspace.run("predict", "folder/model.h5", "none.csv"))
    }

    @Test("A config of a table of the names of files, and of what is no such table")
    func initOfNames() throws {
        let images = try ImageWorkspace(0)
        let workspace = images.workspace
        // Grey images, of which some are stored in colour.
        for index in 0..<24 { try images.write(index, to: "scans/\(index).png", channels: index % 3 == 0 ? 3 : 1) }
        let rows = (0..<24).map { "scans/\($0).png,\($0 % 2 == 0 ? "even" : "odd"),\(Double($0) / 8),\($0 % 5)\n" }
            .joined()
        try workspace.write("file,kind,weight,pen\n" + rows, to: "labels.csv")
        expect(
            "what of the images that column 'file' of labels.csv names is to be predicted? Say --target COLUMN; it has the columns "
                + "kind, weight, pen", try workspace.run("init", "labels.csv"))
        let made = try workspace.run("init", "labels.csv", "--target", "kind", "--set", "training.epochs=2")
        expectSuccess(made)
        let words = made.lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(words.contains("data.train.images.channels 1 all images are grey, though 8 are stored in colour"))
        #expect(words.contains("other columns left out the model sees the images alone, not weight, pen"))
        #expect(words.filter { $0.hasPrefix("training.epochs") } == ["training.epochs 2 as --set says"])
        let node = try #require(
            JSONSerialization.jsonObject(with: Data(try workspace.read("labels.json").utf8)) as? [String: Any])
        let train = try #require((node["data"] as? [String: Any])?["train"] as? [String: Any])
        #expect(train["file"] as? String == "labels.csv" && train["inputs"] as? String == "file")
        #expect(train["targets"] as? String == "kind" && train["images"] != nil)
        #expect((node["training"] as? [String: Any])?["epochs"] as? Int == 2)
        expectSuccess(try workspace.run("train", "labels.json", "--quiet"))
        let predicted = try workspace.run("predict", "runs/labels", "scans/1.png")
        expectSuccess(predicted)
        #expect(predicted.lines[1].hasPrefix("scans/1.png,"))
        // A number of each image, too.
        expectSuccess(try workspace.run("init", "labels.csv", "--target", "weight", "--output", "weight.json"))
        #expect(try workspace.read("weight.json").contains("mean_squared_error"))
        expectSuccess(try workspace.run("train", "weight.json", "--quiet", "--set", "training.epochs=1"))

        // Damaged ones are named, and left out with their rows.
        try images.write(Data("not an image\n".utf8), to: "scans/3.png")
        expect(
            "scans/3.png is a text, whatever its name says: it begins with 'not an image'; remove it, or give it another ending "
                + "(--skip-damaged leaves such files out)",
            try workspace.run("init", "labels.csv", "--target", "kind", "--overwrite"))
        expect(
            "scans/3.png is a text, whatever its name says: it begins with 'not an image'; remove it, or give it another ending "
                + "(\"images\": {\"skip_damaged\": true} in data.train leaves such files out)",
            try workspace.run("train", "labels.json"))
        expectSuccess(
            try workspace.run("init", "labels.csv", "--target", "kind", "--overwrite", "--skip-damaged"))
        let trained = try workspace.run("train", "labels.json", "--output", "skipped", "--set", "training.epochs=1")
        expectSuccess(trained)
        #expect(trained.lines.contains { $0.hasPrefix("note: 1 image was left out: scans/3.png is a text") })
        let cache = try HDF5File.open(workspace.path + "/skipped/cache/train.h5")
        #expect(try cache.dataset("/inputs").shape == [23, 8, 8, 1])
        #expect(try cache.dataset("/targets").read(Int32.self) == (0..<24).filter { $0 != 3 }.map { Int32($0 % 2) })
        #expect(try cache.dataset("/file_names").readStrings()[2...3] == ["scans/2.png", "scans/4.png"])

        // A row without a name is one of no image: refused with its line, or left out.
        try workspace.write(try workspace.read("labels.csv") + ",even,1,2\n", to: "hollow.csv")
        let empty = "hollow.csv, line 26, column 'file', is empty; write the name of an image file there, or leave the row out "
        expect(
            empty + "(--skip-damaged leaves such rows out)", try workspace.run("init", "hollow.csv", "--target", "kind"))
        let hollow = try workspace.run("init", "hollow.csv", "--target", "kind", "--skip-damaged")
        expectSuccess(hollow)
        let left = "1 row of hollow.csv was left out, since its column 'file' names no image: line 26"
        #expect(hollow.output.contains("note: " + left), "\(hollow.output)")
        let run = try workspace.run("train", "hollow.json", "--set", "training.epochs=1")
        expectSuccess(run)
        #expect(run.lines.contains("note: " + left), "\(run.output)")
        expectSuccess(try workspace.run("train", "--resume", "runs/hollow", "--set", "training.epochs=2", "--quiet"))
        expect(
            empty + "(\"images\": {\"skip_damaged\": true} in data.train leaves such rows out)",
            try workspace.run("train", "hollow.json", "--set", "data.train.images.skip_damaged=false"))
        expectSuccess(
            try workspace.run(
                "init", "hollow.csv", "--target", "kind", "--skip-damaged", "--set", "data.train.missing=skip",
                "--overwrite"))
        for command in ["predict", "evaluate"] {
            expect(
                empty + "(--skip-damaged leaves such rows out)",
                try workspace.run(command, "runs/labels/model.h5", "--data", "hollow.csv"))
        }
        let damaged = try workspace.run("predict", "runs/labels", "hollow.csv", "--skip-damaged")
        expectSuccess(damaged)
        #expect(damaged.errors.contains("note: " + left), "\(damaged.errors)")
        try images.write(3, to: "scans/3.png")
        for command in ["predict", "evaluate"] {
            let skipped = try workspace.run(command, "runs/labels/model.h5", "--data", "hollow.csv", "--unknown", "skip")
            expectSuccess(skipped)
            #expect(
                skipped.errors.contains("1 row of hollow.csv with missing values was left out"), "\(skipped.errors)")
        }

        // The names as texts, where that is said, and where the images are elsewhere.
        expectSuccess(
            try workspace.run("init", "labels.csv", "--target", "kind", "--drop", "file", "--output", "texts.json"))
        #expect(try !workspace.read("texts.json").contains("images"))
        try workspace.write(
            "file,kind,a\n" + (0..<24).map { "x/\($0).png,\($0 % 2 + 1),\($0 % 7)\n" }.joined(), to: "far.csv")
        let far = try workspace.run("init", "far.csv", "--target", "kind")
        expectSuccess(far)
        #expect(
            far.output.contains(
                "warning: far.csv, column 'file', names images, such as 'x/0.png', and there is no file x/0.png: so it is taken "
                    + "for any other column. Where the images are beside the table, init makes a config of them"),
            "\(far.output)")
    }

    @Test("Colours are seen, also where few images have them")
    func fewColours() throws {
        let images = try ImageWorkspace(0)
        for index in 0..<12 { try images.write(index, to: "p/\(index % 2 == 0 ? "a" : "b")/\(index).png", channels: 3) }
        var count = 0
        let colours: [UInt8] = (0..<192).map { $0 % 3 == 0 ? UInt8($0 / 3) : 100 }
        let bytes = write_png(colours, 8, 8, 3, 8, false, &count)
        try images.write(Data(bytes: #require(bytes), count: count), to: "p/b/z.png")
        free(bytes)
        let made = try images.workspace.run("init", "p")
        expectSuccess(made)
        #expect(made.output.contains("there are colours, as in p/b/z.png"), "\(made.output)")
    }

    @Test("Files of other depth or fit are not taken for the same")
    func otherRecipes() throws {
        let images = try ImageWorkspace(40)
        let workspace = images.workspace
        try workspace.write(Self.config(#""file": "digits""#), to: "config.json")
        expectSuccess(try workspace.run("train", "config.json", "--quiet"))
        let model = "runs/scans/model.h5"
        let convert = ["data", "convert", "digits", "--output", "a.h5", "--group", "/test"]
        expectSuccess(try workspace.run(convert))
        let same = try workspace.run("evaluate", model, "--data", "a.h5")
        expectSuccess(same)
        #expect(!same.errors.contains("warning"), "\(same.errors)")
        expectSuccess(try workspace.run(convert + ["--fit", "crop"]))
        let cropped = try workspace.run("evaluate", model, "--data", "a.h5")
        #expect(
            cropped.errors.contains(
                "warning: a.h5: /test/inputs holds images that came to their size by crop, but the model's training data by "
                    + "resize: what they show has other proportions"), "\(cropped.errors)")
        expectSuccess(try workspace.run(convert + ["--bits", "16"]))
        let deep = try workspace.run("evaluate", model, "--data", "a.h5")
        #expect(
            deep.errors.contains(
                "a.h5: /test/inputs holds images of 16 bits a value, but the model's training data 8; convert them again with "
                    + "--bits 8"), "\(deep.errors)")
    }

    private static func config(_ train: String, others: String = "") -> String {
        """
        {
          "name": "scans", "seed": 3,
          "data": {"train": {\(train)}, \(others) "normalize": "standardize"},
          "model": {"layers": [
            {"type": "flatten"}, {"type": "dense", "units": 10, "activation": "softmax"}]},
          "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam",
          "training": {"epochs": 2, "batch_size": 8}
        }
        """
    }
}
