import Foundation
import Testing

/// A sample of the fuzz run, and that the fuzzer notices what it looks for.
struct FuzzTests {
    private func fuzz(_ arguments: String...) throws -> (status: Int32, lines: [String], directory: TestFolder) {
        let stormo: URL = try #require(Workspace.executable, "stormo is not built beside the tests")
        let folder = try TestFolder()
        let process = Process()
        process.executableURL = stormo.deletingLastPathComponent().appendingPathComponent("stormo-fuzz")
        process.arguments = arguments + ["--output", folder.path]
        process.standardInput = FileHandle.nullDevice
        let log = folder.path + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        try Workspace.finish(process)
        let text = try String(contentsOfFile: log, encoding: .utf8)
        return (process.terminationStatus, text.split(separator: "\n").map(String.init), folder)
    }

    /// A directory that goes with its last reference.
    final class TestFolder {
        let path = FileManager.default.temporaryDirectory.path + "/stormo-fuzz-test-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test(arguments: ["config", "model", "checkpoint", "dataset", "train", "image"])
    func aSampleDoesNoHarm(reader: String) throws {
        let result = try fuzz("--reader", reader, "--count", "200", "--seed", "2025")
        #expect(result.status == 0, "\(result.lines)")
        #expect(result.lines.count == 1 && result.lines[0].hasPrefix("\(reader): 200 inputs, "), "\(result.lines)")
        // Not everything is damaged beyond reading, nor harmless.
        #expect(!result.lines[0].contains(" 0 read") && !result.lines[0].contains(" 0 refused"), "\(result.lines)")
    }

    @Test func harmIsNoticedAndKept() throws {
        let result = try fuzz("--reader", "faulty", "--count", "12", "--patience", "4")
        #expect(result.status == 1)
        let path = result.directory.path
        #expect(
            result.lines.map { $0.replacingOccurrences(of: path, with: "out") } == [
                "faulty: 12 inputs, 8 read, 1 refused, 3 harmful",
                "  input 3 crashes by signal 4: out/faulty-1-3.h5",
                "  input 5 hangs for more than 4.0 s: out/faulty-1-5.h5",
                "  input 8 takes too much memory: out/faulty-1-8.h5",
            ] || result.lines.contains { $0.contains("crashes by signal 5") })
        for number in [3, 5, 8] { #expect(FileManager.default.fileExists(atPath: "\(path)/faulty-1-\(number).h5")) }
    }
}
