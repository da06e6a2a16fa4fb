import Foundation
import HDF5
import Testing

/// From an HDF5 file with names of one's own to a model, measured on the rows that its run held out, and to its mistakes.
struct OwnNamesJourneyTests {
    @Test func signalsToMistakes() throws {
        let workspace = try Workspace()
        // Three kinds of signal in noise; one of them is labelled wrongly.
        let file = try HDF5File.create(workspace.path + "/signals.h5")
        var signals: [Float] = []
        var labels: [UInt8] = []
        for row in 0..<240 {
            let kind = row * 7 % 3
            for step in 0..<12 {
                let noise = Float((row * 31 + step * 17) % 23) / 23 - 0.5
                let signal: Float = kind == 0 ? 0 : kind == 1 ? Float(step) / 6 : step % 2 == 0 ? 1 : -1
                signals.append(signal + noise)
            }
            labels.append(UInt8(row == 100 ? (kind + 1) % 3 : kind))
        }
        try file.root.createDataset("/signals", .float32, shape: [240, 12]).write(signals)
        let label = try file.root.createDataset("/label", .uint8, shape: [240])
        try label.write(labels)
        try label.attributes.set("class_names", ["flat", "rising", "swinging"])
        try file.close()

        func run(_ arguments: String...) throws -> Workspace.Result {
            let result = try workspace.run(arguments)
            #expect(result.status == 0, "\(arguments) \(result.errors)")
            return result
        }
        _ = try run("init", "signals.h5", "--inputs", "/signals", "--target", "/label")
        let trained = try run("train", "signals.json", "--set", #"data.test={"fraction": 0.25}"#)
        let test = trained.lines.filter { $0.hasPrefix("test ") }
        #expect(!test.isEmpty)

        let all = try run("evaluate", "runs/signals/model.h5", "--data", "signals.h5")
        #expect(
            all.lines[0]
                == "240 samples of 12 from /signals in signals.h5, of which its run held out 15% for validation and 25% for test "
                + "and trained on the rest")
        let mistakes = try run("evaluate", "runs/signals/model.h5", "--data", "signals.h5", "--errors", "3")
        let start = try #require(mistakes.lines.firstIndex { $0.hasPrefix("row  true") }, "\(mistakes.output)")
        // The one that is labelled wrongly, of which the model is sure.
        #expect(mistakes.lines[start + 1].hasPrefix("100  swinging  rising "), "\(mistakes.output)")
        let answer = try run("predict", "runs/signals/model.h5", "signals.h5", "--top", "1")
        #expect(answer.lines[0] == "row,class,p" && answer.lines[101].hasPrefix("100,rising,"), "\(answer.lines[101])")
    }
}
