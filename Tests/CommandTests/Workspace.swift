import Foundation
import HDF5
import Testing

/// A directory of a test's own with a small dataset and a config, in which the built `stormo` runs.
final class Workspace {
    let path: String

    struct Result {
        var status: Int32
        var output: String
        var errors: String
        var lines: [String] {
            output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }

        /// The test figures that `train` prints, without what stands beside them: `accuracy 0.9750`.
        var testFigures: [String] {
            lines.filter { $0.hasPrefix("test ") }.map {
                $0.split(separator: " ")[1...2].joined(separator: " ")
            }
        }

        /// The figures that `evaluate` prints, as `train` prints them: `accuracy 0.9750`.
        var figures: [String] {
            guard let start = lines.firstIndex(where: { $0.hasPrefix("figure ") }) else { return [] }
            return lines[(start + 1)...].prefix { $0.contains("  ") }.map {
                $0.split(separator: " ").prefix(2).joined(separator: " ")
            }
        }
    }

    /// - Parameter config: written to `config.json`, beside `data.h5`.
    init(config: String = Workspace.config, _ change: (inout Rows) -> Void = { _ in }) throws {
        path = FileManager.default.temporaryDirectory.path + "/stormo-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(config, to: "config.json")
        var rows = Rows()
        change(&rows)
        try rows.write(to: path + "/data.h5")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Line 3 begins the data, line 6 the model; the layers stand in lines 7 and 8.
    static let config = """
        {
          "name": "three",
          "data": {"train": {"file": "data.h5"}, "validation": {"file": "data.h5"}, "test": {"file": "data.h5"},
            "normalize": "standardize"},
          "seed": 3,
          "model": {"layers": [
            {"type": "dense", "units": 8, "activation": "tanh"},
            {"type": "dense", "name": "logits", "units": 3, "activation": "softmax"}
          ]},
          "loss": "sparse_categorical_crossentropy",
          "metrics": ["accuracy"],
          "optimizer": {"type": "adam", "learning_rate": 0.05},
          "training": {"epochs": 2, "batch_size": 8},
          "parallel": {"workers": 2, "shards": 2}
        }
        """

    /// Three classes that are easy to tell apart, in four features: 48, 15 and 12 rows.
    struct Rows {
        static let sizes = [("train", 48), ("validation", 15), ("test", 12)]
        var inputs: [String: [Float]] = [:]
        var targets: [String: [Int32]] = [:]
        var inputColumns = 4
        /// Paths that are left out.
        var omitted: Set<String> = []

        init() {
            for (split, count) in Self.sizes {
                targets[split] = (0..<count).map { Int32($0 % 3) }
                inputs[split] = (0..<count * 4).map { index in
                    let (row, column) = index.quotientAndRemainder(dividingBy: 4)
                    return (column == row % 3 ? 2 : 0) + Float((row * 7 + column * 3) % 11) / 20
                }
            }
        }

        func write(to path: String) throws {
            let file = try HDF5File.create(path)
            for (split, _) in Self.sizes {
                let (inputs, targets) = (inputs[split] ?? [], targets[split] ?? [])
                if !omitted.contains("/\(split)/inputs") {
                    try file.root.createDataset(
                        "/\(split)/inputs", .float32, shape: [inputs.count / inputColumns, inputColumns]
                    ).write(inputs)
                }
                if !omitted.contains("/\(split)/targets") {
                    try file.root.createDataset("/\(split)/targets", .int32, shape: [targets.count]).write(targets)
                }
            }
            try file.attributes.set("class_names", ["red", "green", "blue"])
            try file.close()
        }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    /// The paths of all files and directories, sorted.
    func listing() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }

    /// The `stormo` that was built beside the tests; under the name of its target where the product is not built.
    static let executable: URL? = {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let arguments = CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        return ([own, Bundle.main.bundleURL] + arguments).lazy
            .flatMap { [$0.appendingPathComponent("stormo"), $0.appendingPathComponent("stormo-cli")] }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    /// Runs `stormo` here, with its outputs as files, and waits for its end.
    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
        try run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        let (output, errors) = (Self.scratch(), Self.scratch())
        defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file) } }
        let process = try process(arguments, environment)
        process.standardOutput = try handle(output)
        process.standardError = try handle(errors)
        try Self.finish(process)
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    /// What a script of bash prints that is run here.
    func bash(_ script: String) throws -> String {
        try write(script, to: "script.bash")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["script.bash"]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output
    }

    func process(_ arguments: [String], _ environment: [String: String]) throws -> Process {
        let process = Process()
        let executable: URL = try #require(Self.executable, "stormo is not built beside the tests")
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    static func finish(_ process: Process) throws {
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.start()
        ended.wait()
    }

    private static func scratch() -> String {
        FileManager.default.temporaryDirectory.path + "/stormo-output-\(UUID().uuidString)"
    }

    private func handle(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return try #require(FileHandle(forWritingAtPath: path))
    }

    /// Runs a command that must fail with this status and sentence, and must leave no file behind.
    func expectFailure(
        _ status: Int32, _ sentence: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try listing()
        let (output, errors) = (Self.scratch(), Self.scratch())
        defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file) } }
        let process = try process(arguments, [:])
        process.standardOutput = try handle(output)
        process.standardError = try handle(errors)
        try Self.finish(process)
        #expect(process.terminationReason == .exit, sourceLocation: sourceLocation)
        #expect(process.terminationStatus == status, sourceLocation: sourceLocation)
        #expect(
            try String(contentsOfFile: errors, encoding: .utf8) == "stormo: \(sentence)\n",
            sourceLocation: sourceLocation)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "", sourceLocation: sourceLocation)
        #expect(try listing() == before, sourceLocation: sourceLocation)
    }
}

extension Process {
    /// Starts the process and closes the files for its outputs, which are its own from then on. They would stay open as long as the
    /// tests run; and where some thousand are open, `run` reads beyond a buffer to count them.
    func start() throws {
        try run()
        for case let file as FileHandle in [standardOutput, standardError]
        where file !== FileHandle.nullDevice && file.fileDescriptor > 2 {
            try? file.close()
        }
    }
}
