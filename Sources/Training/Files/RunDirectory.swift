public import Configuration
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The directory of a run: the resolved `config.json`, `metrics.csv` with a row an epoch, and `model.h5`.
public final class RunDirectory {
    public let path: String
    private var metrics: FileHandle?

    /// Makes the directory, and sees that it can be written to.
    /// - Throws: `FileError` where it can't be made or written to.
    public init(_ path: String) throws {
        self.path = path
        if let reason = Self.make(path) {
            throw FileError(
                "the output directory \(path) can't be made: \(reason); choose another with --output")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw FileError(
                "the output directory \(path) can't be written to: \(AtomicFile.reason()); choose another with --output"
            )
        }
    }

    /// Makes a directory and those above it.
    /// - Returns: why it can't be made; nil where it is there.
    private static func make(_ path: String) -> String? {
        if AtomicFile.isDirectory(path) { return nil }
        if access(path, F_OK) == 0 { return "\(path) is a file" }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex,
            let reason = make(String(path[..<slash]))
        {
            return reason
        }
        if mkdir(path, 0o777) == 0 { return nil }
        // Taken at once, before another call replaces it.
        let reason = AtomicFile.reason()
        return AtomicFile.isDirectory(path) ? nil : reason
    }

    /// The first of `runs/name`, `runs/name-2`, `runs/name-3` … that is not there yet.
    public static func unused(_ name: String, in parent: String = "runs") -> String {
        var path = "\(parent)/\(name)"
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(parent)/\(name)-\(number)"
            number += 1
        }
        return path
    }

    public var modelPath: String { path + "/model.h5" }

    public func write(_ configuration: JSONNode) throws {
        try AtomicFile.replace(path + "/config.json", with: configuration.jsonText())
    }

    /// Begins `metrics.csv` anew.
    public func beginMetrics(_ kinds: [MetricKind], hasValidation: Bool) throws {
        let names = ["loss"] + kinds.map(\.name)
        let columns =
            ["epoch", "step", "learning_rate"] + names
            + (hasValidation ? names.map { "validation_" + $0 } : [])
            + ["samples_per_second", "gradient_norm"]
        let file = path + "/metrics.csv"
        try AtomicFile.replace(file, with: columns.joined(separator: ",") + "\n")
        metrics = FileHandle(forWritingAtPath: file)
        _ = try metrics?.seekToEnd()
    }

    /// Adds a row, and sees that it reaches the file.
    public func append(_ record: EpochRecord) throws {
        var fields = ["\(record.epoch)", "\(record.step)", "\(record.learningRate)"]
        let figures =
            [record.loss ?? .nan] + (record.metrics ?? [])
            + (record.validationLoss.map { [$0] } ?? []) + (record.validationMetrics ?? [])
        fields += figures.map { $0.isNaN ? "" : "\($0)" }
        fields += [String(format: "%.1f", record.samplesPerSecond), "\(record.gradientNorm)"]
        do {
            try metrics?.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
        } catch {
            throw FileError("\(path)/metrics.csv can't be written: \(AtomicFile.reason())")
        }
    }
}
