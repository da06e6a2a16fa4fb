import Foundation
import Testing

/// Configs with mistakes: every one with its line, status 78, and no file left behind.
struct BadConfigTests {
    private func expect(
        _ sentence: String, _ replacements: [String: String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var config = Workspace.config
        for (old, new) in replacements {
            #expect(config.contains(old), sourceLocation: sourceLocation)
            config = config.replacingOccurrences(of: old, with: new)
        }
        for command in ["train", "check"] {
            try Workspace(config: config).expectFailure(
                78, sentence, command, "config.json", sourceLocation: sourceLocation)
        }
    }

    @Test func missingFile() throws {
        try Workspace().expectFailure(78, "gone.json: there is no such file", "train", "gone.json")
    }

    @Test func notJSON() throws {
        try expect(
            "config.json:1: not valid JSON at column 1: this '{' is never closed",
            ["\"shards\": 2}\n}": "\"shards\": 2}\n"])
    }

    @Test func severalMistakesAtOnce() throws {
        try expect(
            """
            3 mistakes in config.json:
            config.json:7: model.layers[0].activaton: unknown key; did you mean 'activation'?
            config.json:8: model.layers[1].type: unknown layer type 'dens'; did you mean 'dense'?
            config.json:13: training.epochs: must be 1 or more, but is 0
            """,
            [
                "8, \"activation\"": "8, \"activaton\"",
                "{\"type\": \"dense\", \"name\"": "{\"type\": \"dens\", \"name\"",
                "\"epochs\": 2": "\"epochs\": 0",
            ])
    }

    @Test func hyperparametersOfZeroOrLess() throws {
        try expect(
            """
            2 mistakes in config.json:
            config.json:12: optimizer.learning_rate: must be above 0, but is -0.05
            config.json:13: training.batch_size: must be 1 or more, but is 0
            """, ["0.05": "-0.05", "\"batch_size\": 8": "\"batch_size\": 0"])
    }

    @Test(
        "Class weights that are not those of the classes, which the data tell",
        arguments: [
            ("[1, 2]", "has 2 weights, but there are 3 classes; give one for each"),
            (#"{"7": 2}"#, "names the label 7, but the labels of 3 classes end at 2"),
        ])
    func classWeights(_ weights: String, _ sentence: String) throws {
        let config = Workspace.config.replacingOccurrences(
            of: #""normalize""#, with: #""class_weight": \#(weights), "normalize""#)
        try Workspace(config: config).expectFailure(
            78, "config.json:4: data.class_weight: \(sentence)", "train", "config.json")
    }

    @Test func overridesAreNamed() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            78, "--set data.shuffle_window: is 10 rows; it must be at least two batches, 16 rows", "train",
            "config.json", "--set", "data.shuffle_window=10")
        for arguments in [["--workers", "1"], ["--reading"]] {
            let bench = try workspace.run(
                ["bench", "config.json", "--seconds", "0.1", "--set", "data.shuffle_window=10"] + arguments)
            #expect(bench.status == 78)
            #expect(
                bench.errors
                    == "stormo: --set data.shuffle_window: is 10 rows; it must be at least two batches, 16 rows\n")
        }
        try workspace.expectFailure(
            78, "--set data.normalize_targets: names 'price', which is no output; the output is logits", "train",
            "config.json", "--set",
            #"data.normalize_targets={"price": "standardize"}"#)
        try workspace.expectFailure(
            78, "--set training.epochs: must be 1 or more, but is -3", "train", "config.json", "--set",
            "training.epochs=-3")
        try workspace.expectFailure(
            78, "--set training.epochs: write it as path=value, for example --set training.epochs=3", "train",
            "config.json", "--set", "training.epochs")
        try workspace.expectFailure(
            78, "--set model.layers[9].units: model.layers has no element 9; its last is 1", "train", "config.json",
            "--set", "model.layers[9].units=3")
    }

    @Test func layersThatDoNotFit() throws {
        try expect(
            "config.json:8: model.layers[1]: layer 'max_pooling2d' does not fit behind what comes before it "
                + "('dense' gives 8): max pooling: takes images of height×width×channels, but was given 8",
            [
                #"{"type": "dense", "name": "logits", "units": 3, "activation": "softmax"}"#:
                    #"{"type": "max_pooling2d"}"#
            ])
    }

    @Test func lossThatDoesNotFitTheLastLayer() throws {
        try expect(
            "config.json:10: loss: sparse_categorical_crossentropy needs probabilities, but the last layer 'logits' does not "
                + "end with softmax; give it \"activation\": \"softmax\", or set \"from_logits\": true in the loss",
            ["\"softmax\"": "\"relu\""])
    }

    @Test func metricThatDoesNotFitTheLoss() throws {
        try expect(
            "config.json:11: metrics: The metric \"r2\" needs regression values, and these are class targets; "
                + "use \"accuracy\", \"f1\" or \"roc_auc\".", ["[\"accuracy\"]": "[\"r2\"]"])
    }

    @Test func outputDirectoryInTheWay() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            1, "the output directory config.json can't be made: config.json is a file; choose another with --output",
            "train", "config.json", "--output", "config.json")
        try workspace.expectFailure(
            1,
            "the output directory config.json/runs/a can't be made: config.json is a file; choose another with --output",
            "train", "config.json", "--output", "config.json/runs/a")
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func outputDirectoryThatCannotBeWritten() throws {
        let workspace = try Workspace()
        let locked = workspace.path + "/locked"
        try FileManager.default.createDirectory(
            atPath: locked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        try workspace.expectFailure(
            1, "the output directory locked can't be written to: Permission denied; choose another with --output",
            "train", "config.json", "--output", "locked")
        try workspace.expectFailure(
            1, "the output directory locked/a can't be made: Permission denied; choose another with --output",
            "train", "config.json", "--output", "locked/a")
    }
}
