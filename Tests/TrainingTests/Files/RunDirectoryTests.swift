import Configuration
import Foundation
import Testing

@testable import Training

@Suite struct RunDirectoryTests {
    private func record(
        _ epoch: Int, metrics: [Double], validationLoss: Double? = nil, validationMetrics: [Double]? = nil
    ) -> EpochRecord {
        EpochRecord(
            epoch: epoch, step: epoch * 10, learningRate: 0.001, loss: 0.5 / Double(epoch), metrics: metrics,
            validationLoss: validationLoss, validationMetrics: validationMetrics, samplesPerSecond: 1234.56,
            gradientNorm: 0.75)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func theDirectoryAndThoseAboveItAreMade() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.file("runs/a/b"))
        #expect(run.path == directory.file("runs/a/b"))
        #expect(run.modelPath == directory.file("runs/a/b/model.h5"))
        #expect(AtomicFile.isDirectory(run.path))
        // One that is there may be used again, and keeps what is in it.
        _ = try directory.write("mine", to: "runs/a/b/notes.txt")
        _ = try RunDirectory(run.path)
        #expect(directory.listing == ["runs", "runs/a", "runs/a/b", "runs/a/b/notes.txt"])
    }

    @Test func aFileInTheWayIsNamed() throws {
        let directory = try TestDirectory()
        let file = try directory.write("", to: "runs")
        for path in [file, file + "/digits", file + "/digits/1"] {
            #expect(
                throws: FileError(
                    "the output directory \(path) can't be made: \(file) is a file; choose another with --output")
            ) { try RunDirectory(path) }
        }
        #expect(
            throws: FileError(
                "the output directory /proc/runs can't be made: No such file or directory; "
                    + "choose another with --output")
        ) { try RunDirectory("/proc/runs") }
        #expect(directory.listing == ["runs"])
    }

    @Test func theFirstUnusedNameIsFound() throws {
        let directory = try TestDirectory()
        let runs = directory.file("runs")
        #expect(RunDirectory.unused("digits", in: runs) == runs + "/digits")
        _ = try RunDirectory(runs + "/digits")
        #expect(RunDirectory.unused("digits", in: runs) == runs + "/digits-2")
        _ = try RunDirectory(runs + "/digits-2")
        _ = try directory.write("", to: "runs/digits-3")
        #expect(RunDirectory.unused("digits", in: runs) == runs + "/digits-4")
        #expect(RunDirectory.unused("xor", in: runs) == runs + "/xor")
        #expect(RunDirectory.unused("none-such-name") == "runs/none-such-name")
    }

    @Test func theConfigCanBeReadAgain() throws {
        let directory = try TestDirectory()
        let configuration: JSONNode = ["name": "ü \"x\"", "seed": 3, "rate": 0.1, "layers": [["units": 2], nil, true]]
        try RunDirectory(directory.path).write(configuration)
        let path = directory.file("config.json")
        #expect(try ConfigurationDocument(contentsOf: path).root == configuration)
        #expect(try text(path).hasSuffix("}\n"))
        #expect(directory.listing == ["config.json"])
    }

    @Test func theMetricsAreATable() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.path)
        try run.beginMetrics([.accuracy, .rocAUC], hasValidation: true)
        let header =
            "epoch,step,learning_rate,loss,accuracy,roc_auc,validation_loss,validation_accuracy,validation_roc_auc,"
            + "samples_per_second,gradient_norm\n"
        #expect(try text(directory.file("metrics.csv")) == header)
        try run.append(record(1, metrics: [0.25, .nan], validationLoss: 0.75, validationMetrics: [0.5, .nan]))
        let first = "1,10,0.001,0.5,0.25,,0.75,0.5,,1234.6,0.75\n"
        // At once, so that a run can be watched and nothing is lost with it.
        #expect(try text(directory.file("metrics.csv")) == header + first)
        try run.append(record(2, metrics: [1, 0.5], validationLoss: .infinity, validationMetrics: [0, 1]))
        #expect(
            try text(directory.file("metrics.csv"))
                == header + first + "2,20,0.001,0.25,1.0,0.5,inf,0.0,1.0,1234.6,0.75\n")
    }

    @Test func aTableWithoutValidationHasNoColumnsForIt() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.path)
        _ = try directory.write("of an older run", to: "metrics.csv")
        try run.beginMetrics([], hasValidation: false)
        try run.append(record(4, metrics: []))
        #expect(
            try text(directory.file("metrics.csv"))
                == "epoch,step,learning_rate,loss,samples_per_second,gradient_norm\n4,40,0.001,0.125,1234.6,0.75\n")
    }
}
