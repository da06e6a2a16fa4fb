import Configuration
import Foundation
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

@Suite struct DataConfigurationTests {
    private func read(_ assignments: String...) throws -> RunConfiguration {
        var document = try smallest()
        for assignment in assignments { try document.set(assignment) }
        return try RunConfiguration(document, directory: "/c")
    }

    @Test func filesFractionsAndWeights() throws {
        let data = try read(
            #"data.train={"file": ["a.h5", "../b/*.h5"], "sample_weight": "/w"}"#,
            #"data.validation={"fraction": 0.25}"#, #"data.test={"file": "t.h5"}"#
        ).data
        #expect(data.train.files == ["/c/a.h5", "/b/*.h5"])
        #expect(data.train.weights == "/w")
        #expect(data.validation == .fraction(0.25))
        #expect(data.test?.source?.files == ["/c/t.h5"])
        #expect(data.test?.source?.weights == nil)
    }

    @Test func severalInputsAndTransposition() throws {
        let data = try read(
            #"data.train={"file": "a.h5", "inputs": ["/t/a", "/t/b"], "transpose_targets": [1, 0]}"#,
            #"data.test={"file": "a.h5", "inputs": "/x", "transpose_inputs": [3, 0, 1, 2]}"#
        ).data
        #expect(data.train.inputPaths == ["/t/a", "/t/b"])
        #expect(data.train.transposeTargets == [1, 0])
        #expect(data.test?.source?.inputPaths == ["/x"])
        #expect(data.test?.source?.transposeInputs == [3, 0, 1, 2])
        #expect(
            mistakes(try smallest("data.train.transpose_inputs=[1, 2]")) == [
                "data.train.transpose_inputs: [1, 2] is no order of axes: it must name each of 0 to 1 once"
            ])
        #expect(
            mistakes(try smallest(#"data.train.inputs=["/a", "/b"]"#, "data.train.transpose_inputs=[1, 0]")) == [
                "data.train.transpose_inputs: stands beside several inputs; put the axes of one dataset in order"
            ])
    }

    @Test(arguments: [
        ("65536", 65536), ("\"512 MiB\"", 512 << 20), ("\"1.5 GB\"", 1_500_000_000), ("\"100000\"", 100_000),
    ])
    func memoryLimits(text: String, bytes: Int) throws {
        #expect(try read("data.memory_limit=\(text)").data.memoryLimit == bytes)
    }

    @Test(arguments: [
        #"{"steps": 10}"#: CheckpointConfiguration.Interval.steps(10), #"{"epochs": 2}"#: .epochs(2),
        #"{"seconds": 0.5}"#: .seconds(0.5),
    ])
    func intervals(text: String, interval: CheckpointConfiguration.Interval) throws {
        #expect(try read("checkpoint.every=\(text)").checkpoint == CheckpointConfiguration(every: interval))
    }

    @Test func policies() throws {
        #expect(try read("training.on_nan=skip").training.onNaN == .skip)
        #expect(try read("training.on_nan=rewind").training.onNaN == .rewind(factor: 0.5, times: 3))
        #expect(try read(#"training.on_nan={"type": "stop"}"#).training.onNaN == .stop)
        #expect(
            try read(#"training.on_nan={"type": "rewind", "factor": 0.1}"#).training.onNaN
                == .rewind(factor: 0.1, times: 3))
    }

    /// Each key alone, written out in full and read again.
    @Test(arguments: [
        [#"data.train.file=["/a.h5", "/b/*.h5"]"#], ["data.train.sample_weight=/w"],
        [#"data.validation={"fraction": 0.25}"#, "data.stratify=true"], [#"data.test={"fraction": 0.5}"#],
        ["data.k_fold=5", "data.stratify=true"], ["data.k_fold=5", #"data.split={"together": "a"}"#],
        [#"data.validation={"fraction": 0.25}"#, #"data.split={"by_time": "/t"}"#],
        [#"data.normalize={"type": "standardize", "per": "feature"}"#],
        [#"data.normalize={"type": "constants", "offset": [1, 2], "scale": 0.5}"#], ["data.class_weight=balanced"],
        [#"data.augment=[{"type": "gaussian_noise"}, {"type": "mixup", "alpha": 1}]"#], ["data.memory_limit=2 GiB"],
        [#"data.train.inputs=["/table/a", "/table/b"]"#], ["data.train.transpose_inputs=[3, 0, 1, 2]"],
        ["data.train.transpose_targets=[1, 0]"], ["data.shuffle_window=1000"],
        [#"data.train={"file": "/a.csv", "targets": "price"}"#],
        [#"data.train={"file": "/a.csv", "targets": "price", "drop": []}"#],
        [#"data.train={"file": "/a.csv", "targets": "price", "missing": {"date": "mean", "kind:date": 0}}"#],
        [#"data.train={"file": ["/a.csv", "/b.tsv.gz"], "targets": ["y", "z"], "drop": ["id"], "missing": 0}"#],
        [
            #"data.train={"file": "/a.csv", "inputs": "x", "targets": "y", "columns": {"x": "category"}, "header": false}"#,
            #"data.test={"file": "/t.csv", "encoding": "latin-1", "delimiter": ";", "decimal_comma": true}"#,
        ], ["data.allow_external_links=true"],
        ["training.on_nan=rewind"],
        ["training.on_nan=skip"], [#"checkpoint={"every": {"steps": 3}, "keep_last": 5, "keep_best": true}"#],
    ])
    func whatIsWrittenOutReadsAsTheSame(assignments: [String]) throws {
        var document = try smallest()
        for assignment in assignments { try document.set(assignment) }
        let run = try RunConfiguration(document, directory: "/c")
        let model = try Model(input: [2], layers: run.layers)
        let written = run.configuration(model: model)
        let again = try RunConfiguration(
            ConfigurationDocument(text: written.jsonText(), file: "again.json"), directory: "/elsewhere")
        #expect(again.configuration(model: model) == written)
        #expect(again.data.train == run.data.train)
        #expect(again.data.validation == run.data.validation)
        #expect(again.data.test == run.data.test)
        #expect(again.data.stratify == run.data.stratify)
        #expect(again.data.splitRule == run.data.splitRule)
        #expect(again.data.folds == run.data.folds)
        #expect(again.data.normalize == run.data.normalize)
        #expect(again.data.classWeights == run.data.classWeights)
        #expect(again.data.augmentation == run.data.augmentation)
        #expect(again.data.memoryLimit == run.data.memoryLimit)
        #expect(again.data.shuffleWindow == run.data.shuffleWindow)
        #expect(again.data.allowsExternalLinks == run.data.allowsExternalLinks)
        #expect(again.training.onNaN == run.training.onNaN)
        #expect(again.checkpoint == run.checkpoint)
        // So that it is not the defaults that are compared.
        let plain = try RunConfiguration(smallest(), directory: "/c")
        #expect(written != plain.configuration(model: model))
    }

    @Test(arguments: [
        (
            "data.train.file=[]",
            "data.train.file: must be a string or a list of strings, at least one, but is an empty list"
        ),
        ("data.train.file=3", "data.train.file: must be a string or a list of strings, but is 3"),
        (#"data.train.file=["a.h5", 3]"#, "data.train.file[1]: must be a string, but is 3"),
        ("data.train.sample_weight=3", "data.train.sample_weight: must be a string, but is 3"),
        (
            #"data.test={"fraction": 0.1, "file": "a.h5"}"#,
            "data.test.file: stands beside 'fraction', which takes training data; leave one of the two out"
        ),
        (
            #"data.test={"file": "a.h5", "fractoin": 0.1}"#,
            "data.test.fractoin: unknown key; did you mean 'fraction'?"
        ),
        (
            "data.stratify=true",
            "data.stratify: has nothing to act on: neither 'validation' nor 'test' is a fraction, and there is no "
                + "'k_fold'; leave it out"
        ),
        (
            #"data.split={"together": "a"}"#,
            "data.split: has nothing to act on: there is neither 'validation' nor 'test', and no 'k_fold'; leave it out"
        ),
        (
            "data.split={}",
            #"data.split: needs the column by which rows are split, as in {"together": "patient"} or {"by_time": "date"}"#
        ),
        (#"data.split={"together": 3}"#, "data.split.together: must be a string, but is 3"),
        (#"data.split={"together": ""}"#, "data.split.together: must name a column"),
        (
            #"data.split={"together": "a", "by_time": "b"}"#,
            "data.split.by_time: stands beside 'together', but values that stay together may lie on both sides of a time; "
                + "leave one of the two out"
        ),
        ("data.stratify=yes", #"data.stratify: must be true or false, but is the string "yes""#),
        ("data.k_fold=1", "data.k_fold: must be from 2 to 1000, but is 1"),
        (
            "data.memory_limit=lots",
            "data.memory_limit: 'lots' is no amount of memory; write it as \"512 MiB\" or \"2 GiB\", or as a number of "
                + "bytes, 65536 or more"
        ),
        (
            "data.memory_limit=1000",
            "data.memory_limit: is 1000 bytes; nothing can be read in less than 65536"
        ),
        ("data.memory_limit=true", "data.memory_limit: must be a whole number or a string, but is true"),
        ("data.shuffle_window=0", "data.shuffle_window: must be 1 or more, but is 0"),
        ("data.allow_external_links=1", "data.allow_external_links: must be true or false, but is 1"),
        ("data.augment=mixup", #"data.augment: must be a list of objects, but is the string "mixup""#),
        ("data.augment=[\"mixup\"]", #"data.augment[0]: must be an object, but is the string "mixup""#),
        (
            #"data.augment=[{"type": "mixup"}, {"type": "random_crp"}]"#,
            "data.augment[1].type: unknown transform 'random_crp'; did you mean 'random_crop'?"
        ),
        ("training.on_nan=stp", "training.on_nan: unknown word 'stp'; did you mean 'stop'?"),
        ("training.on_nan=zzzz", "training.on_nan: unknown word 'zzzz'; known: 'stop', 'skip', 'rewind'"),
        ("training.on_nan=1", "training.on_nan: must be a string or an object, but is 1"),
        (
            #"training.on_nan={"type": "rewind", "factor": 1}"#,
            "training.on_nan.factor: must be above 0 and below 1, but is 1"
        ),
        (
            "checkpoint.every={}",
            #"checkpoint.every: must have one of steps, epochs and seconds, as in {"epochs": 1}"#
        ),
        (
            #"checkpoint.every={"steps": 1, "epochs": 1}"#,
            #"checkpoint.every: must have one of steps, epochs and seconds, as in {"epochs": 1}"#
        ),
        (#"checkpoint.every={"steps": 0}"#, "checkpoint.every.steps: must be 1 or more, but is 0"),
        ("checkpoint.keep_last=0", "checkpoint.keep_last: must be from 1 to 1000, but is 0"),
        ("checkpoint.keepbest=true", "checkpoint.keepbest: unknown key; did you mean 'keep_best'?"),
    ])
    func oneMistake(assignment: String, sentence: String) throws {
        #expect(try mistakes(smallest(assignment)) == [sentence])
    }

    @Test func tables() throws {
        let data = try read(
            #"data.train={"file": "a.csv", "targets": "price", "drop": "id", "columns": {"zip": "category"}}"#,
            #"data.validation={"file": "b.tsv.gz", "delimiter": "tab"}"#, #"data.test={"file": "c.h5"}"#
        ).data
        #expect(data.train.files == ["/c/a.csv"])
        #expect(data.train.table?.targets == ["price"])
        #expect(data.train.table?.inputs == nil)
        #expect(data.train.table?.dropped == ["id"])
        #expect(data.train.table?.kinds == [TableSource.Kind("zip", "category")])
        #expect(data.validation?.source?.table?.delimiter == "tab")
        #expect(data.test?.source?.table == nil)
        #expect(data.test?.source?.inputPaths == ["/test/inputs"])
        #expect(
            ["a.csv", "A.CSV.GZ", "b.tab", "c.tsv", "p/*.csv", ".csv", "csv", "a.csv.h5", "a.h5"].map(
                TableSource.isTable)
                == [true, true, true, true, true, false, false, false, false])
        #expect(TableSource.isTabbed("a.tsv.gz") && !TableSource.isTabbed("a.csv"))
    }

    /// What is for one kind of file is refused beside the other.
    @Test(arguments: [
        (
            #"data.train={"file": "a.h5", "drop": ["id"]}"#,
            "data.train.drop: is for tables (.csv, .tsv), and a.h5 is read as HDF5; leave it out, or give the table itself"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "sample_weight": "w"}"#,
            "data.train.sample_weight: is for HDF5 files, and this split is a table; leave it out"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "transpose_inputs": [1, 0]}"#,
            "data.train.transpose_inputs: is for HDF5 files, and this split is a table; leave it out"
        ),
        (
            #"data.train={"file": ["a.csv", "b.h5"], "targets": "y"}"#,
            "data.train.file: names tables and HDF5 files beside each other; convert the tables, or leave them out"
        ),
        (
            #"data.train={"file": "a.csv", "targets": {"y": "y"}}"#,
            "data.train.targets: must be a column's name or a list of names, since a table is one input and one output"
        ),
        (#"data.train={"file": "a.csv", "targets": ["y", "y"]}"#, "data.train.targets: names 'y' twice"),
        (
            #"data.train={"file": "a.csv", "targets": "y", "drop": "y"}"#,
            "data.train.targets: names 'y', which 'drop' names too"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "inputs": ["x"], "drop": "z"}"#,
            "data.train.drop: stands beside 'inputs', which names the columns that are taken; leave one of the two out"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "encoding": "latin1"}"#,
            "data.train.encoding: unknown encoding 'latin1'; did you mean 'latin-1'?"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "delimiter": "::"}"#,
            #"data.train.delimiter: is '::'; give one ASCII character, or "tab""#
        ),
        (
            #"data.test={"file": "a.csv", "missing": "mean"}"#,
            "data.test.missing: is said by data.train, whose columns and kinds this split's table gets by their names; leave "
                + "it out"
        ),
        (
            #"data.test={"fraction": 0.1, "drop": "x"}"#,
            "data.test.drop: stands beside 'fraction', which takes training data; leave one of the two out"
        ),
        (
            #"data.train={"file": "a.csv", "targets": "y", "droop": "x"}"#,
            "data.train.droop: unknown key; did you mean 'drop'?"
        ),
    ])
    func keysOfTables(assignment: String, sentence: String) throws {
        #expect(try mistakes(smallest(assignment)) == [sentence])
    }

    @Test func splitsThatCantStandTogether() throws {
        #expect(
            try mistakes(smallest(#"data.validation={"fraction": 0.5}"#, #"data.test={"fraction": 0.5}"#)) == [
                "data.test: the fractions of validation and test leave nothing to train on"
            ])
        #expect(
            try mistakes(smallest(#"data.validation={"fraction": 0.5}"#, "data.k_fold=3")) == [
                "data.k_fold: stands beside 'validation', but validates on each fold in turn; leave one of the two out"
            ])
        let fraction = #"data.validation={"fraction": 0.5}"#
        #expect(
            try mistakes(smallest(fraction, #"data.split={"by_time": "a"}"#, "data.stratify=true")) == [
                "data.stratify: stands beside 'split', by which time decides alone; leave one of the two out"
            ])
        #expect(try mistakes(smallest(fraction, #"data.split={"together": "a"}"#, "data.stratify=true")) == [])
        for (rule, end) in [("together", "belong together"), ("by_time", "are newer")] {
            #expect(
                try mistakes(
                    smallest(
                        fraction, #"data.split={"\#(rule)": "y"}"#,
                        #"data.train={"file": "a.csv", "targets": ["y", "z"]}"#)) == [
                        "data.split.\(rule): names 'y', which data.train.targets names too; name a column that says which rows "
                            + end
                    ])
        }
    }

    /// A resolved config has whole paths, so that a folder of any name stands in front of its patterns.
    @Test func aFolderIsNoPattern() throws {
        #expect(DataConfiguration.join("/a[1]*/b", "*.h5") == #"/a\[1]\*/b/*.h5"#)
        #expect(DataConfiguration.join("/a[1]", "b.h5") == "/a[1]/b.h5")
        let directory = try TestDirectory()
        let folder = directory.path + "/a[1]*"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for part in ["1", "2"] { _ = try NumberedRows.file(directory, "a[1]*/part\(part).h5", rows: 5) }
        let source = NumberedRows.source(DataConfiguration.join(folder, "part?.h5"))
        #expect(try Dataset(reading: source).count == 10)
    }
}
