import Charts
import Files
import Foundation
import Testing

@testable import Reports

/// A folder of small runs, written by hand.
final class RunFolder {
    let path = FileManager.default.temporaryDirectory.path + "/stormo-reports-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static let usual = """
        epoch,step,learning_rate,loss,accuracy,validation_loss,validation_accuracy,gradient_norm
        1,10,0.1,2.0,0.5,2.5,0.4,3.5
        2,20,0.05,1.0,0.75,1.25,0.7,2.5
        3,30,0.01,0.5,,1.5,0.6,1.5

        """

    /// - Returns: the run's directory.
    func run(
        _ name: String = "run", metrics: String? = RunFolder.usual,
        times: String? = "epoch,seconds,samples_per_second\n1,2,9\n2,3,9\n3,4,9\n",
        config: String = #"{"name": "a", "seed": 1, "batch": 8}"#, state: String? = nil
    ) throws -> String {
        let directory = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (file, text) in [
            ("metrics.csv", metrics), ("times.csv", times), ("config.json", config), ("state.json", state),
        ] {
            try text?.write(toFile: "\(directory)/\(file)", atomically: false, encoding: .utf8)
        }
        return directory
    }
}

@Suite struct RunHistoryTests {
    @Test func readsWhatARunLeft() throws {
        let folder = RunFolder()
        let run = try RunHistory(
            directory: folder.run(times: "epoch,seconds,samples_per_second\n1,2,9\n2,7,9\n2,3,9\n3,4,9\n"))
        #expect(run.epochs == [1, 2, 3] && run.steps == [10, 20, 30])
        #expect(run.seconds == [2, 5, 9], "the last time of an epoch counts")
        #expect(run.columns.first == "learning_rate" && run.columns.last == "gradient_norm" && run.columns.count == 6)
        #expect(run.values["loss"] == [2, 1, 0.5] && run.values["accuracy"]?[2].isNaN == true)
        #expect(run.settings["batch"] == 8 && run.settings["seed"] == nil && run.settings["name"] == nil)
    }

    /// What is written so far is read as training had it.
    @Test func epochsAsTrainingHasThem() throws {
        let folder = RunFolder()
        let run = try RunHistory(directory: folder.run())
        #expect(run.figures == ["accuracy"])
        let records = run.records
        #expect(records.map(\.epoch) == [1, 2, 3] && records.map(\.step) == [10, 20, 30])
        #expect(records[1].learningRate == 0.05 && records[1].loss == 1 && records[1].metrics == [0.75])
        #expect(records[1].validationLoss == 1.25 && records[1].validationMetrics == [0.7])
        #expect(records[1].samplesPerSecond == 9 && records[1].gradientNorm == 2.5)
        #expect(records[2].metrics?[0].isNaN == true)
        let begun = try RunHistory(soFar: folder.run("begun", metrics: "epoch,step,loss\n"))
        #expect(begun.map(\.path) == nil)
        let without = try RunHistory(directory: folder.run("without", metrics: "epoch,step,loss\n1,2,3\n", times: nil))
        #expect(without.records[0].validationLoss == nil && without.records[0].validationMetrics == nil)
        #expect(without.records[0].samplesPerSecond == 0)
    }

    @Test func timesMayBeMissing() throws {
        let folder = RunFolder()
        #expect(try RunHistory(directory: folder.run(times: nil)).seconds.allSatisfy(\.isNaN))
        let some = try RunHistory(
            directory: folder.run("other", times: "epoch,seconds,samples_per_second\n1,2,9\n3,4,9\n"))
        #expect(some.seconds[0] == 2 && some.seconds[1].isNaN && some.seconds[2].isNaN)
    }

    @Test(arguments: [
        ("", "/metrics.csv is damaged: its first line does not begin with epoch,step"),
        ("a,b\n1,2\n", "/metrics.csv is damaged: its first line does not begin with epoch,step"),
        ("epoch,step,loss\n", " has no epoch yet; wait until the first is over"),
        (
            "epoch,step,loss\n1,2\n",
            "/metrics.csv:2: has 2 values, but the first line names 3 columns; the file is damaged"
        ),
        ("epoch,step,loss\n1,2,x\n", "/metrics.csv:2: loss is 'x', which is no number"),
        ("epoch,step,loss\n,2,3\n", "/metrics.csv:2: epoch is '', which is no number"),
        ("epoch,step,loss\n2,2,3\n2,3,4\n", "/metrics.csv:3: epoch 2 does not follow 2; the file is damaged"),
    ])
    func damageIsTold(metrics: String, sentence: String) throws {
        let folder = RunFolder()
        let path = try folder.run(metrics: metrics)
        #expect { try RunHistory(directory: path) } throws: { "\($0)" == path + sentence }
    }

    @Test func whatIsNoRunIsTold() throws {
        let folder = RunFolder()
        let path = try folder.run(metrics: nil)
        #expect { try RunHistory(directory: path) } throws: {
            "\($0)"
                == "\(path) has no metrics.csv, so it is not the directory of a run, or one that has not begun; 'stormo runs' lists runs"
        }
        #expect { try RunHistory(directory: path + "/no") } throws: {
            "\($0)" == "there is no directory \(path)/no; name the directory of a run"
        }
    }
}
