import Configuration
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Metrics
@testable import Runs

@Suite struct RunDirectoryTests {
    private func record(
        _ epoch: Int, metrics: [Double], validationLoss: Double? = nil, validationMetrics: [Double]? = nil,
        samplesPerSecond: Double = 1234.56
    ) -> EpochRecord {
        EpochRecord(
            epoch: epoch, step: epoch * 10, learningRate: 0.001, loss: 0.5 / Double(epoch), metrics: metrics,
            validationLoss: validationLoss, validationMetrics: validationMetrics, samplesPerSecond: samplesPerSecond,
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
        #expect(try RunDirectory.unused("digits", in: runs) == runs + "/digits")
        #expect(try RunDirectory.unused("digits", in: runs) == runs + "/digits-2")
        _ = try directory.write("", to: "runs/digits-3")
        #expect(try RunDirectory.unused("digits", in: runs) == runs + "/digits-4")
        #expect(try RunDirectory.unused("xor", in: runs) == runs + "/xor")
    }

    /// Of runs that begin at once each has a directory of its own.
    @Test func anUnusedNameIsTakenByOne() throws {
        let directory = try TestDirectory()
        let runs = directory.file("runs")
        let taken = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            for _ in 0..<4 {
                guard let path = try? RunDirectory.unused("digits", in: runs) else { continue }
                taken.withLock { $0.append(path) }
            }
        }
        let paths = taken.withLock { $0 }
        #expect(paths.count == 64 && Set(paths).count == 64)
    }

    /// A run that could not begin leaves nothing, and takes nothing away that somebody has put there.
    @Test func anUnusedDirectoryIsRemoved() throws {
        let directory = try TestDirectory()
        let runs = directory.file("runs")
        let first = try RunDirectory.unused("digits", in: runs)
        RunDirectory.remove(unused: first)
        #expect(directory.listing == [])
        let second = try RunDirectory.unused("digits", in: runs)
        _ = try directory.write("mine", to: "runs/digits/notes.txt")
        RunDirectory.remove(unused: second)
        #expect(FileManager.default.fileExists(atPath: second + "/notes.txt"))
    }

    @Test func aDirectoryThatCantBeMadeIsTold() throws {
        let directory = try TestDirectory()
        let runs = try directory.write("", to: "runs")
        #expect(
            throws: FileError(
                "the output directory \(runs)/digits can't be made: \(runs) is a file; choose another with --output")
        ) { try RunDirectory.unused("digits", in: runs) }
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
        try run.beginMetrics([AccuracyMetric(), ROCAUCMetric()], hasValidation: true)
        let header =
            "epoch,step,learning_rate,loss,accuracy,roc_auc,validation_loss,validation_accuracy,validation_roc_auc,"
            + "gradient_norm\n"
        #expect(try text(directory.file("metrics.csv")) == header)
        try run.append(record(1, metrics: [0.25, .nan], validationLoss: 0.75, validationMetrics: [0.5, .nan]))
        let first = "1,10,0.001,0.5,0.25,,0.75,0.5,,0.75\n"
        // At once, so that a run can be watched and nothing is lost with it.
        #expect(try text(directory.file("metrics.csv")) == header + first)
        try run.append(record(2, metrics: [1, 0.5], validationLoss: .infinity, validationMetrics: [0, 1]))
        #expect(
            try text(directory.file("metrics.csv"))
                == header + first + "2,20,0.001,0.25,1.0,0.5,inf,0.0,1.0,0.75\n")
    }

    @Test func aTableWithoutValidationHasNoColumnsForIt() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.path)
        _ = try directory.write("of an older run", to: "metrics.csv")
        try run.beginMetrics([], hasValidation: false)
        try run.append(record(4, metrics: []))
        #expect(
            try text(directory.file("metrics.csv"))
                == "epoch,step,learning_rate,loss,gradient_norm\n4,40,0.001,0.125,0.75\n")
    }

    @Test func timesStandApart() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.path)
        try run.beginMetrics([], hasValidation: false)
        try run.append(record(1, metrics: []), seconds: 2.34567)
        try run.append(record(2, metrics: []))
        // Resumed where nothing was left to train on.
        try run.append(record(3, metrics: [], samplesPerSecond: 0), seconds: 0.02)
        #expect(
            try text(directory.file("times.csv"))
                == "epoch,seconds,samples_per_second\n1,2.346,1234.6\n2,,1234.6\n3,0.020,\n")
        #expect(try !text(directory.file("metrics.csv")).contains("1234"))
        try run.beginMetrics([], hasValidation: false)
        #expect(try text(directory.file("times.csv")) == "epoch,seconds,samples_per_second\n")
    }

    /// A run that is gone on from epoch 2: what was written of epoch 3 goes, half a row too.
    @Test func aResumedRunsTableIsThatOfOneThatWasNeverStopped() throws {
        let directory = try TestDirectory()
        let whole = try RunDirectory(directory.file("whole"))
        let records = (1...4).map { record($0, metrics: [0.5], validationLoss: .nan, validationMetrics: [0.1]) }
        try whole.beginMetrics([AccuracyMetric()], hasValidation: true)
        for record in records { try whole.append(record) }

        let resumed = try RunDirectory(directory.file("resumed"))
        try resumed.beginMetrics([AccuracyMetric()], hasValidation: true)
        for record in records[..<3] { try resumed.append(record) }
        let table = directory.file("resumed/metrics.csv")
        try Data((text(table) + "4,40,0.0").utf8).write(to: URL(fileURLWithPath: table))
        let again = try RunDirectory(directory.file("resumed"))
        try again.resumeMetrics([AccuracyMetric()], hasValidation: true, history: Array(records[..<2]))
        for record in records[2...] { try again.append(record, seconds: 1) }
        #expect(try text(table) == text(directory.file("whole/metrics.csv")))
        #expect(
            try text(directory.file("resumed/times.csv")).split(separator: "\n").dropFirst() == [
                "1,,1234.6", "2,,1234.6", "3,,1234.6", "3,1.000,1234.6", "4,1.000,1234.6",
            ])
    }

    @Test func aDirectoryThatIsRemovedIsNoticed() throws {
        let directory = try TestDirectory()
        let run = try RunDirectory(directory.file("run"))
        try run.beginMetrics([], hasValidation: false)
        try FileManager.default.removeItem(atPath: run.path)
        #expect(throws: FileError("\(run.path)/metrics.csv can't be written: it has been removed or replaced")) {
            try run.append(record(1, metrics: []))
        }
    }

    /// Rows are whole or missing, and what was missing comes once there is room.
    @Test func aFullDiskCostsNoRow() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let path = directory.file("a.csv")
            let file = try AppendedFile(path)
            try file.append("one")
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 6, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(throws: FileError("\(path) can't be written: File too large")) { try file.append("two") }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\n")
            limit.rlim_cur = rlim_t.max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try file.append("three")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\nthree\n")
        }
    }
}
