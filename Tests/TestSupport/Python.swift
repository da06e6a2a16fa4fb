import Foundation
import Testing

/// A Python that has the programs which read what Stormo writes. The environment names them; tests that ask them are left
/// out where it does not.
package struct Python: Sendable, CustomTestStringConvertible {
    package let path: String

    /// `STORMO_PYTHON`: with keras, and h5py; with torch perhaps.
    package static let newest = Python("STORMO_PYTHON")
    /// `STORMO_KERAS2_PYTHON`: with Keras 2.15.
    package static let withKeras2 = Python("STORMO_KERAS2_PYTHON")

    private init?(_ variable: String) {
        guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else { return nil }
        self.path = path
    }

    package var testDescription: String { path }

    package struct Output {
        package let status: Int32
        package let text: String
    }

    /// Runs Python and waits for its end.
    /// - Parameters:
    ///   - log: where its outputs go meanwhile.
    ///   - backend: the one that Keras uses; what the environment says unless given.
    package func run(_ arguments: [String], log: String, backend: String? = nil) throws -> Output {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        if let backend { environment["KERAS_BACKEND"] = backend }
        process.environment = environment
        #expect(FileManager.default.createFile(atPath: log, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: log))
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        // Waiting on the process itself would need its thread's run loop.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        // It would stay open as long as the tests run.
        try handle.close()
        ended.wait()
        return Output(
            status: process.terminationStatus, text: try String(contentsOfFile: log, encoding: .utf8))
    }

    /// Runs a script of `Tests/Peers`.
    package func script(
        _ name: String, _ arguments: [String], log: String, backend: String? = nil
    ) throws -> Output {
        try run(["\(Repository.path)/Tests/Peers/\(name)"] + arguments, log: log, backend: backend)
    }

    /// Whether it has a module.
    package func has(_ module: String, log: String) throws -> Bool {
        let test = "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)"
        return try run(["-c", test], log: log).status == 0
    }
}
