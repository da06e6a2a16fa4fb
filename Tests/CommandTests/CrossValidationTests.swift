import Configuration
import Foundation
import Testing

/// `data.k_fold`: a run for each fold, and what they come to together.
struct CrossValidationTests {
    /// One optimizer step is as good as any, so the best epochs are not the last ones, and differ by figure.
    private static let config = Workspace.config
        .replacingOccurrences(of: #""validation": {"file": "data.h5"}, "#, with: #""k_fold": 3, "#)
        .replacingOccurrences(of: #""learning_rate": 0.05"#, with: #""learning_rate": 0.9"#)
        .replacingOccurrences(
            of: #""epochs": 2,"#,
            with: """
                "epochs": 12, "early_stopping": {"monitor": "validation_accuracy", "patience": 12, "restore_best": true},
                """)

    private func table(_ text: String) -> [[String: String]] {
        let rows = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        return rows.dropFirst().map { Dictionary(zip(rows[0], $0)) { first, _ in first } }
    }

    @Test("The summary is of the epochs whose parameters the models have, by the figure that is watched")
    func summary() throws {
        let workspace = try Workspace(config: Self.config)
        let result = try workspace.run("train", "config.json", "--output", "run")
        #expect(result.status == 0)
        let folds = table(try workspace.read("run/folds.csv"))
        try #require(folds.map { $0["fold"] } == ["1", "2", "3", "mean", "deviation"])
        var accuracies: [Double] = []
        for fold in 1...3 {
            let epochs = table(try workspace.read("run/fold-\(fold)/metrics.csv"))
            func number(_ row: [String: String], _ key: String) -> Double { Double(row[key] ?? "") ?? .nan }
            let most = epochs.map { number($0, "validation_accuracy") }.max()
            // The first of equals: a later one is no improvement.
            let best = try #require(epochs.first { number($0, "validation_accuracy") == most })
            let row = folds[fold - 1]
            #expect(number(row, "validation_accuracy") == number(best, "validation_accuracy"))
            #expect(number(row, "validation_loss") == number(best, "validation_loss"))
            accuracies.append(number(best, "validation_accuracy"))
        }
        let mean = accuracies.reduce(0, +) / 3
        #expect(abs((Double(folds[3]["validation_accuracy"] ?? "") ?? .nan) - mean) < 1e-12)
        #expect(result.lines.last == "folds run/folds.csv")
        // The same in JSON, with the test split's figures, and in the list of runs.
        let figures = try ConfigurationDocument(text: workspace.read("run/metrics.json"), file: "metrics.json").root
        #expect(figures["folds"] == 3)
        let accuracy = figures["validation"]?["accuracy"]
        #expect(accuracy?["mean"] == JSONNode(mean) && accuracy?["rows"] == [16, 16, 16])
        let deviation = Double(folds[4]["test_loss"] ?? "") ?? .nan
        #expect(figures["test"]?["loss"]?["deviation"] == JSONNode(deviation))
        #expect(figures["test"]?["loss"]?["rows"] == [12, 12, 12])
        let runs = try workspace.run("runs", ".")
        let row = try #require(runs.lines.first { $0.hasPrefix("run ") && !$0.contains("came to") })
        #expect(row.contains("finished") && row.contains("3/3 folds"), "\(row)")
        #expect(row.contains("validation accuracy ") && row.contains(" ± ") && row.contains(", test accuracy "))
        let list = try ConfigurationDocument(
            text: "{\"runs\": \(workspace.run("runs", "run", "--json").output)}", file: "output")
        guard case .array(let rows)? = list.root["runs"]?.value else { return #expect(Bool(false)) }
        #expect(rows.count == 1 && rows[0]["figures"] == figures && rows[0]["finished_folds"] == 3)
    }

    @Test("Who ends it is told how to go on with all folds, not with one alone")
    func interrupted() throws {
        let workspace = try Workspace(config: Self.config)
        let command = try RunningCommand(
            workspace, "train", "config.json", "--output", "a run", "--set", "training.epochs=1000000", "--set",
            "training.early_stopping.patience=1000000")
        try command.wait { command.epochs >= 2 }
        command.send(SIGINT)
        let result = try command.finish()
        #expect(result.status == 130)
        #expect(result.lines.suffix(2) == ["ended by SIGINT; to go on:", "  stormo train --resume 'a run'"])
        // A kill may leave a fold's directory before anything is in it.
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/a run/fold-2", withIntermediateDirectories: true)
        let rows = try workspace.read("a run/fold-1/metrics.csv").split(separator: "\n").count - 1
        let resumed = try workspace.run("train", "--resume", "a run", "--set", "training.epochs=\(rows + 1)")
        #expect(resumed.status == 0)
        #expect(table(try workspace.read("a run/folds.csv")).count == 5)
    }
}
