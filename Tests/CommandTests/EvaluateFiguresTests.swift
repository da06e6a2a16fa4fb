import Foundation
import HDF5
import Testing

/// What stands beside the figures, and the worst mistakes.
struct EvaluateFiguresTests {
    @Test func intervalsAndTheSimplestAnswer() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--quiet", "--set", "training.epochs=40")
        let result = try workspace.run(
            "evaluate", "runs/three/model.h5", "--data", "data.h5", "--metrics", "accuracy,roc_auc,f1")
        let table = Array(result.lines.dropFirst())
        func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
        #expect(words(table[0]) == ["figure", "value", "95%", "interval", "simplest", "answer", "rows"])
        #expect(table[1].hasSuffix("1.0986 shares of the classes    12"), "\(table[1])")
        #expect(
            words(table[2]) == ["accuracy", "1.0000", "0.7575", "to", "1.0000", "0.3333", "commonest", "class", "12"])
        #expect(table[3].contains("0.5000 chance"))
        #expect(table.allSatisfy { $0.count <= 80 })
        // Twice the same.
        let again = try workspace.run(
            "evaluate", "runs/three/model.h5", "--data", "data.h5", "--metrics", "accuracy,roc_auc,f1", "--workers", "3"
        )
        #expect(again.output == result.output)
        let json = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let figures = try #require(object["figures"] as? [String: [String: Any]])
        #expect(Set(figures.keys) == ["loss", "accuracy"])
        #expect(figures["accuracy"]?["rows"] as? Int == 12)
        #expect((figures["accuracy"]?["baseline"] as? [String: Any])?["answer"] as? String == "commonest class")
        #expect((figures["accuracy"]?["interval"] as? [String: Double])?["upper"] == 1)
        #expect(object["rows"] as? String == "test" && object["data"] as? String == "/test/inputs in data.h5")
    }

    /// Labels that are wrong in the file, so that the model is sure and mistaken.
    @Test func theSurestMistakes() throws {
        let workspace = try Workspace { rows in
            rows.targets["test"]?[4] = 0
            rows.targets["test"]?[9] = 2
        }
        try workspace.run("train", "config.json", "--quiet", "--set", "training.epochs=40")
        let result = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--errors", "5")
        let start = try #require(result.lines.firstIndex(of: ""))
        let lines = Array(result.lines[(start + 1)...])
        #expect(lines[0] == "2 of 12 answers are wrong; those of which the model is the surest")
        #expect(lines[1] == "row  true  predicted       p", "\(lines[1])")
        #expect(
            Set(lines[2...].map { $0.split(separator: " ").prefix(3).joined(separator: " ") }) == [
                "4 red green", "9 blue red",
            ])
        let json = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--errors", "1", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let errors = try #require(object["errors"] as? [[String: Any]])
        #expect(errors.count == 1 && Set(errors[0].keys) == ["row", "true", "predicted", "p"])
        #expect(try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--errors", "0").status == 64)
    }

    @Test func theGreatestErrorsOfNumbers() throws {
        let workspace = try Workspace(config: TrainTableTests.config)
        try workspace.write(TrainTableTests.table(60), to: "trees.csv")
        try workspace.run("train", "config.json", "--quiet")
        let result = try workspace.run("evaluate", "runs/trees/model.h5", "--data", "trees.csv", "--errors", "3")
        let start = try #require(result.lines.firstIndex(of: ""), "\(result.errors)")
        let lines = Array(result.lines[(start + 1)...])
        #expect(lines[0] == "the greatest errors")
        #expect(lines[1].split(separator: " ") == ["row", "true", "predicted", "error"])
        let errors = lines[2...].compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        #expect(errors.count == 3 && errors.map(abs) == errors.map(abs).sorted(by: >), "\(lines)")
    }

    /// Images are drawn as `data head` draws them, with what they are and what they were taken for.
    @Test func imagesAreDrawn() throws {
        let workspace = try Workspace()
        let config = Workspace.config.replacingOccurrences(
            of: #""layers": ["#, with: #""layers": [{"type": "flatten"},"#)
        try workspace.write(config, to: "config.json")
        let rows = Workspace.Rows()
        let file = try HDF5File.create(workspace.path + "/data.h5")
        for (split, count) in Workspace.Rows.sizes {
            var inputs: [UInt8] = []
            for row in 0..<count {
                for pixel in 0..<16 { inputs.append(pixel / 4 == row % 3 ? 200 : UInt8((pixel * 7 + row) % 20)) }
            }
            try file.root.createDataset("/\(split)/inputs", .uint8, shape: [count, 4, 4]).write(inputs)
            var targets = rows.targets[split] ?? []
            if split == "test" { targets[5] = 0 }
            try file.root.createDataset("/\(split)/targets", .int32, shape: [count]).write(targets)
        }
        try file.close()
        let trained = try workspace.run("train", "config.json", "--quiet", "--set", "training.epochs=40")
        #expect(trained.status == 0, "\(trained.errors)")
        let result = try workspace.run("evaluate", "runs/three/model.h5", "--data", "data.h5", "--errors", "2")
        let lines = Array(result.lines.suffix(6))
        #expect(lines[4] == "5: 0 as 2", "\(result.output)\(result.errors)")
        #expect(lines[2].count == 8 && lines[2].allSatisfy { "#%*+".contains($0) }, "\(lines)")
    }
}
