import Foundation
import Reports
import Testing

@testable import Runs
@testable import stormo_cli

struct RunTableTests {
    /// Two runs, one of which was interrupted, with names as long as people make them.
    private func comparison(_ workspace: Workspace) throws -> RunComparison {
        let names = ["learning-rate-0.01-wide", "learning-rate-0.1-wide"]
        for (index, name) in names.enumerated() {
            let directory = "\(workspace.path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: directory + "/checkpoints", withIntermediateDirectories: true)
            let date = Date(timeIntervalSince1970: 1_750_000_065)
            try RunState(
                phase: index == 0 ? .finished : .interrupted, name: name, started: date, updated: date, epoch: 7,
                epochs: 20, step: 70, best: .init(monitor: "validation_sparse_accuracy", value: 0.5, epoch: 2),
                process: 1, error: nil
            ).write(to: directory)
            try workspace.write(
                #"{"optimizer": {"type": "adam", "learning_rate": 0.\#(index)1}, "model": {"layers": [{"type": "dense", "units": \#(8 + index)}]}}"#,
                to: name + "/config.json")
            try workspace.write("", to: name + "/checkpoints/step-0000000010.h5")
        }
        return try RunComparison(names.compactMap { try RunSummary("\(workspace.path)/\($0)") })
    }

    @Test func namesAndFiguresAreNeverCut() throws {
        let workspace = try Workspace()
        let table = RunTable(try comparison(workspace))
        func lines(_ width: Int?) -> [String] {
            table.lines(within: width).map { $0.text.replacing(workspace.path, with: "runs") }
        }
        for width in [40, 80, 120, 200] {
            let text = table.lines(within: width).map(\.text)
            for word in [
                "\(workspace.path)/learning-rate-0.01-wide", "validation_sparse_accuracy", "0.5000", "learning_rate",
                "layers[0].units", "interrupted", "0.11", "7/20",
            ] { #expect(text.contains { $0.contains(word) }, "\(word) at \(width): \(text)") }
            #expect(
                text.contains {
                    $0.hasSuffix("stormo train --resume \(workspace.path)/learning-rate-0.1-wide")
                })
        }
        #expect(
            Array(lines(40).prefix(6)) == [
                "runs/learning-rate-0.01-wide",
                "  highest validation_sparse_accuracy: 0.5000 (epoch 2)",
                "  learning_rate: 0.01",
                "  layers[0].units: 8",
                "  state: finished",
                "  epochs: 7/20",
            ])
        #expect(lines(40)[6].hasPrefix("  updated: 2025-06-15 "))
        #expect(lines(nil).count == 3)
    }
}
