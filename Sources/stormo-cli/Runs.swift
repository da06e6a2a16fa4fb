import ArgumentParser
import Configuration
import Files
import Foundation
import Runs

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List runs: how far they are, their best figure, and how to go on with them.",
        discussion: """
            The state is running, finished, interrupted, failed, or killed for a run whose process is gone without a \
            word. Damaged state files are named on the standard error.
            """)

    @Argument(help: "The directory that holds the run directories, or one of those.")
    var directory = "runs"

    @Flag(help: "Print a JSON list with all that the state files hold.")
    var json = false

    func run() throws {
        guard AtomicFile.isDirectory(directory) else {
            throw FileError("there is no directory \(directory); name the one that holds your runs")
        }
        var rows: [Row] = []
        for path in Self.candidates(directory) {
            do {
                if let row = try Row(path) { rows.append(row) }
            } catch let error as FileError {
                Console.error("stormo: \(error)")
            }
        }
        if json { return Console.print(JSONNode(rows.map(\.json)).jsonText().trimmingCharacters(in: .newlines)) }
        if rows.isEmpty { return Console.print("no runs in \(directory)") }
        var table = TextTable([
            ("run", .left), ("state", .left), ("epochs", .right), ("best", .left), ("updated", .left),
            ("to go on", .left),
        ])
        for row in rows { table.append(row.cells) }
        table.print()
        for row in rows {
            if let error = row.state.error { Console.print("\(row.path): \(error)", style: .dim) }
        }
    }

    /// The directory itself if it is a run, else what is in it, the oldest name first.
    private static func candidates(_ directory: String) -> [String] {
        if FileManager.default.fileExists(atPath: directory + "/state.json") { return [directory] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.map { directory == "." ? $0 : "\(directory)/\($0)" }.filter(AtomicFile.isDirectory)
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    /// One run.
    private struct Row {
        let path: String
        let state: RunState
        let words: String
        /// Nil where there is nothing to go on from.
        let resume: String?

        init?(_ path: String) throws {
            guard let state = try RunState(directory: path) else { return nil }
            self.path = path
            self.state = state
            let isKilled = state.phase == .running && !RunLock.isHeld(path)
            words = isKilled ? "killed" : state.phase.rawValue
            let isOver = isKilled || state.phase == .interrupted || state.phase == .failed
            resume =
                isOver && CheckpointStore(reading: path).hasAny
                ? ResumeHint.command(path) : nil
        }

        var cells: [String] {
            let best = state.best.map {
                "\($0.monitor) \(Figures.figure($0.value)) (epoch \(Figures.count($0.epoch)))"
            }
            return [
                path, words, "\(state.epoch)/\(state.epochs)", best ?? "", Self.local(state.updated), resume ?? "",
            ]
        }

        var json: JSONNode {
            var node = state.json
            node["path"] = JSONNode(path)
            node["state"] = JSONNode(words)
            node["resume"] = resume.map { JSONNode($0) }
            return node
        }

        /// `2025-01-31 12:00`, in the time zone of whoever looks.
        private static func local(_ date: Date) -> String {
            let parts = Calendar(identifier: .gregorian).dateComponents(
                [.year, .month, .day, .hour, .minute], from: date)
            return String(
                format: "%04d-%02d-%02d %02d:%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0,
                parts.minute ?? 0)
        }
    }
}
