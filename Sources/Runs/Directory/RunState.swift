import Configuration
import Files
import Foundation

/// How far a run is: `state.json` in its directory, replaced whole each time, from which `stormo runs` is made.
package struct RunState: Sendable, Equatable {
    package enum Phase: String, Sendable, CaseIterable {
        case running, finished, interrupted, failed
    }

    /// The best value so far of the figure that is watched.
    package struct Best: Sendable, Equatable {
        package var monitor: String
        package var value: Double
        package var epoch: Int

        package init(monitor: String, value: Double, epoch: Int) {
            self.monitor = monitor
            self.value = value
            self.epoch = epoch
        }
    }

    package var phase: Phase
    package var name: String
    /// Of the first part of a run that was resumed; whole seconds are kept.
    package var started: Date
    package var updated: Date
    /// Epochs that are done.
    package var epoch: Int
    /// Epochs that the run will have.
    package var epochs: Int
    package var step: Int
    package var best: Best?
    package var process: Int
    /// Why the run failed.
    package var error: String?

    package init(
        phase: Phase, name: String, started: Date, updated: Date, epoch: Int, epochs: Int, step: Int,
        best: Best? = nil, process: Int, error: String? = nil
    ) {
        self.phase = phase
        self.name = name
        self.started = started
        self.updated = updated
        self.epoch = epoch
        self.epochs = epochs
        self.step = step
        self.best = best
        self.process = process
        self.error = error
    }

    package static func path(_ directory: String) -> String { directory + "/state.json" }

    /// Reads the state of a run.
    /// - Returns: nil where the directory has no such file.
    /// - Throws: `FileError` for a file that is damaged.
    package init?(directory: String) throws {
        let path = Self.path(directory)
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("\(path) is not a regular file", isBadData: true)
        }
        do {
            let document = try ConfigurationDocument(contentsOf: path)
            let diagnostics = Diagnostics()
            let reader = ObjectReader(document.root, path: "", diagnostics: diagnostics)
            phase = reader.requiredChoice("state", of: Phase.self) ?? .failed
            name = reader.string("name", default: "")
            started = Self.date("started", reader)
            updated = Self.date("updated", reader)
            epoch = reader.requiredInteger("epoch", in: 0...) ?? 0
            epochs = reader.requiredInteger("epochs", in: 0...) ?? 0
            step = reader.requiredInteger("step", in: 0...) ?? 0
            process = reader.requiredInteger("pid", in: 1...) ?? 0
            error = reader.optionalString("error")
            best = nil
            if let reader = reader.object("best") {
                let (monitor, value) = (reader.requiredString("monitor"), reader.requiredNumber("value"))
                let epoch = reader.requiredInteger("epoch", in: 0...)
                if let monitor, let value, let epoch { best = Best(monitor: monitor, value: value, epoch: epoch) }
            }
            try diagnostics.throwIfAny(file: path)
        } catch {
            throw FileError("\(path) is damaged: \(error)", isBadData: true)
        }
    }

    private static func date(_ key: String, _ reader: ObjectReader) -> Date {
        guard let text = reader.requiredString(key) else { return Date(timeIntervalSince1970: 0) }
        if let date = try? Date(text, strategy: .iso8601) { return date }
        reader.fail("must be a time such as 2025-01-31T12:00:00Z, but is '\(text)'", key: key)
        return Date(timeIntervalSince1970: 0)
    }

    /// What the file holds.
    package var json: JSONNode {
        var members: [JSONNode.Member] = [
            .init(key: "state", value: JSONNode(phase.rawValue)), .init(key: "name", value: JSONNode(name)),
            .init(key: "started", value: JSONNode(started.formatted(.iso8601))),
            .init(key: "updated", value: JSONNode(updated.formatted(.iso8601))),
            .init(key: "epoch", value: JSONNode(epoch)), .init(key: "epochs", value: JSONNode(epochs)),
            .init(key: "step", value: JSONNode(step)),
        ]
        // JSON has no infinities.
        if let best, best.value.isFinite {
            members.append(
                .init(
                    key: "best",
                    value: [
                        "monitor": JSONNode(best.monitor), "value": JSONNode(best.value), "epoch": JSONNode(best.epoch),
                    ]))
        }
        members.append(.init(key: "pid", value: JSONNode(process)))
        if let error { members.append(.init(key: "error", value: JSONNode(error))) }
        return JSONNode(.object(members))
    }

    /// Writes the file, whole or not at all.
    /// - Throws: `FileError` where it can't be written.
    package func write(to directory: String) throws {
        try AtomicFile.replace(Self.path(directory), with: json.jsonText())
    }
}
