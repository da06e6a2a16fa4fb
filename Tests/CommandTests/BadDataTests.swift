import Foundation
import HDF5
import Testing

/// Data that can't be trained on: one sentence with the place, status 65, and no file left behind.
struct BadDataTests {
    private func expect(
        _ sentence: String, _ change: (inout Workspace.Rows) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let workspace = try Workspace(change)
        try workspace.expectFailure(65, sentence, "train", "config.json", sourceLocation: sourceLocation)
    }

    @Test func missingFile() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            65, "cannot open gone.h5: there is no such file", "train", "config.json", "--set", "data.train.file=gone.h5"
        )
    }

    @Test func notHDF5() throws {
        let workspace = try Workspace()
        try workspace.write("1,2,3\n", to: "data.dat")
        try workspace.expectFailure(
            65, "cannot open data.dat: it is not an HDF5 file", "train", "config.json", "--set",
            "data.train.file=data.dat")
    }

    @Test func truncatedFile() throws {
        let workspace = try Workspace()
        let whole = try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/data.h5"))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: workspace.path + "/half.h5"))
        try workspace.expectFailure(
            65, "cannot open half.h5: the file is truncated, its end is missing; copy, download or make it again",
            "train", "config.json", "--set", "data.train.file=half.h5")
        try workspace.expectFailure(
            65, "cannot open half.h5: the file is truncated, its end is missing; copy, download or make it again",
            "inspect", "half.h5")
    }

    @Test func missingDataset() throws {
        try expect("no dataset '/train/targets' in data.h5; it has: /train/inputs") {
            $0.omitted = ["/train/targets"]
        }
    }

    @Test func rowsThatDoNotMatch() throws {
        try expect(
            "data.h5: /train/inputs has 48 rows, but data.h5: /train/targets has 47; "
                + "each row of inputs needs one of targets"
        ) { $0.targets["train"]?.removeLast() }
    }

    @Test func targetsOfAnotherRank() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            65,
            "data.h5: /train/inputs holds 4 numbers for each sample, but the loss needs one number, since the last "
                + "layer 'logits' gives 3 numbers; change that layer, the loss or the targets",
            "train", "config.json", "--set", "data.train.targets=/train/inputs")
    }

    @Test func emptyDataset() throws {
        try expect("data.h5: /validation/inputs is empty: it has no rows") {
            $0.inputs["validation"] = []
            $0.targets["validation"] = []
        }
    }

    @Test func labelsOutOfRange() throws {
        let rest =
            "which is out of range: the labels of 3 classes are whole numbers from 0 to 2; "
            + "the last layer 'logits' decides how many classes there are"
        try expect("data.h5: /train/targets holds 3 in row 7, \(rest)") { $0.targets["train"]?[7] = 3 }
        try expect("data.h5: /test/targets holds -1 in row 2, \(rest)") { $0.targets["test"]?[2] = -1 }
    }

    @Test func numbersThatAreNotFinite() throws {
        for value in [Float.nan, .infinity] {
            try expect(
                "data.h5: /train/inputs holds a number that is NaN or infinite, in row 5, element 2; "
                    + "remove or fill such rows before training"
            ) { $0.inputs["train"]?[5 * 4 + 2] = value }
        }
    }

    @Test func splitsOfAnotherShape() throws {
        let workspace = try Workspace()
        var rows = Workspace.Rows()
        rows.inputColumns = 2
        for (split, count) in Workspace.Rows.sizes { rows.inputs[split] = Array(repeating: 0, count: count * 2) }
        try rows.write(to: workspace.path + "/narrow.h5")
        try workspace.expectFailure(
            65, "narrow.h5: /test/inputs has samples of shape 2, but the model takes 4", "train", "config.json",
            "--set", "data.test.file=narrow.h5")
    }

    @Test func datasetsThatHoldNoNumbers() throws {
        let workspace = try Workspace()
        let file = try HDF5File.open(workspace.path + "/data.h5", writable: true)
        try file.root.createDataset("/words", .string, shape: [48]).writeStrings(Array(repeating: "a", count: 48))
        try file.close()
        try workspace.expectFailure(
            65,
            "data.h5: /words holds string, which are not numbers; texts can be labels, but inputs and weights are numbers; "
                + "stormo data convert makes codes of a table's texts", "train", "config.json", "--set",
            "data.train.inputs=/words")
    }
}
