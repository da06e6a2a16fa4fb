import Foundation
import HDF5
import Testing

struct CheckTests {
    @Test func comparesTheGradients() throws {
        let result = try Workspace().run("check", "config.json")
        #expect(result.status == 0)
        let lines = result.lines
        try #require(lines.count == 10)
        #expect(lines[0] == "config.json is valid: 48 samples of 4, 67 parameters")
        #expect(lines[2] == "Gradients on 8 samples, against central differences:")
        #expect(lines[3] == "  layer   parameter  worst relative error  compared  passed over")
        for (line, name) in zip(lines[4...7], ["dense   kernel", "dense   bias", "logits  kernel", "logits  bias"]) {
            let pattern = "^  \(name) +[0-9.]+e-0[2-9] +[1-9] +[0-9]$"
            #expect(line.range(of: pattern, options: .regularExpression) != nil, "\(line)")
        }
        #expect(lines[8] == "")
        #expect(lines[9].hasPrefix("The gradients are right: the worst relative error is "))
        #expect(lines[9].hasSuffix(", and 0.005 is the limit."))
    }

    /// They train, and are mostly a mistake.
    @Test func unitsWithoutAClassAreWarnedOf() throws {
        let workspace = try Workspace()
        let file = try HDF5File.create(workspace.path + "/two.h5")
        try file.root.createDataset("/train/inputs", .float32, shape: [20, 4]).write((0..<80).map { Float($0 % 7) })
        try file.root.createDataset("/train/targets", .int32, shape: [20]).write((0..<20).map { Int32($0 % 2) })
        try file.close()
        #expect(
            try workspace.run("check", "config.json", "--set", #"data={"train": {"file": "two.h5"}}"#).errors
                == "warning: two.h5: /train/targets has 2 classes, labels 0 to 1, but the last layer 'logits' has 3 units, so that "
                + "one stands for none; give it 2, unless labels are still to come\n")
        // A file that names three classes says that the third is still to come.
        #expect(try Workspace().run("check", "config.json").errors == "")
    }

    @Test func leavesNothingBehind() throws {
        let workspace = try Workspace()
        let before = try workspace.listing()
        try workspace.run("check", "config.json")
        #expect(try workspace.listing() == before)
    }
}
