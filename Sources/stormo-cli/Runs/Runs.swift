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

    @Argument(
        help: "The directory that holds the run directories, or one of those.", completion: .directory)
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
            ("run", .left), ("state", .left), ("epochs", .right), ("best", .left), ("came to", .left),
            ("updated", .left),
            ("to go on", .left),
        ])
        for row in rows { table.append(row.cells) }
        table.print()
        for row in rows {
            if let error = row.state.error { Console.print("\(row.path): \(error)", style: .dim) }
        }
    }

    /// The directory itself if it is a run, else what is in it, the oldest name first; of a project's folder what is in its
    /// `runs`.
    private static func candidates(_ directory: String) -> [String] {
        let directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        if isRun(directory) { return [directory] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let folders = names.map { directory == "." ? $0 : "\(directory)/\($0)" }.filter(AtomicFile.isDirectory)
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        let inner = directory == "." ? "runs" : "\(directory)/runs"
        let holdsNone = folders.allSatisfy { !isRun($0) }
        return holdsNone && folders.contains(inner) ? candidates(inner) : folders
    }

    private static func isRun(_ directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/state.json")
            || !FoldDirectory.names(in: directory).isEmpty
    }

    /// One run, or the folds of a cross-validation.
    private struct Row {
        let path: String
        let state: RunState
        let words: String
        /// Nil where there is nothing to go on from.
        let resume: String?
        /// Of a cross-validation: how many folds are finished, and how many there are to be.
        let folds: (finished: Int, all: Int)?
        /// What `metrics.json` holds; nil where the run is not over.
        let final: JSONNode?
        /// The same for a person.
        let cameTo: String

        init?(_ path: String) throws {
            let folds = FoldDirectory.names(in: path)
            if folds.isEmpty { try self.init(single: path) } else { try self.init(path, folds: folds) }
        }

        private init?(single path: String) throws {
            guard let state = try RunState(directory: path) else { return nil }
            (self.path, self.state, self.folds) = (path, state, nil)
            words = Self.words(state, path)
            resume = Self.isOver(words) && CheckpointStore(reading: path).hasAny ? ResumeHint.command(path) : nil
            let figures = try FinalFigures(directory: path)
            final = figures?.node
            cameTo = figures.map(Self.text) ?? ""
        }

        /// - Parameter folds: those that have begun.
        private init?(_ path: String, folds names: [String]) throws {
            let states = try names.compactMap { name in
                try RunState(directory: "\(path)/\(name)").map { (path: "\(path)/\(name)", state: $0) }
            }
            guard let last = states.last(where: { $0.state.phase != .finished }) ?? states.last else { return nil }
            let all =
                (try? ConfigurationDocument(contentsOf: last.path + "/config.json"))?.root["data"]?["k_fold"]?.asInteger
            let finished = states.count { $0.state.phase == .finished }
            let figures = try FoldFigures(directory: path)
            (self.path, state) = (path, last.state)
            folds = (finished, all ?? names.count)
            // Between two folds nothing is running that could be seen.
            let isFinished = figures != nil && finished == all
            words = isFinished ? RunState.Phase.finished.rawValue : Self.words(last.state, last.path)
            resume = Self.isOver(words) ? ResumeHint.command(path) : nil
            final = isFinished ? figures?.node : nil
            cameTo = isFinished ? figures.map(Self.text) ?? "" : ""
        }

        private static func words(_ state: RunState, _ path: String) -> String {
            state.phase == .running && !RunLock.isHeld(path) ? "killed" : state.phase.rawValue
        }

        private static func isOver(_ words: String) -> Bool { ["killed", "interrupted", "failed"].contains(words) }

        /// The first metric, or the loss where there is none: of the test split, or else of the validation split.
        private static func text(_ figures: FinalFigures) -> String {
            let (name, own) = figures.test.isEmpty ? ("validation", figures.validation) : ("test", figures.test)
            guard let figure = own.dropFirst().first ?? own.first else { return "" }
            return "\(name) \(figure.name) \(Figures.figure(figure.value)) (\(Figures.count(figure.rows, "row")))"
        }

        private static func text(_ figures: FoldFigures) -> String {
            figures.splits.compactMap { name, entries in
                (entries.dropFirst().first ?? entries.first).map {
                    "\(name) \($0.name) \(Figures.figure($0.mean)) ± \(Figures.figure($0.deviation))"
                }
            }.joined(separator: ", ")
        }

        var cells: [String] {
            let best =
                folds == nil
                ? state.best.map {
                    "\($0.monitor) \(Figures.figure($0.value)) (epoch \(Figures.count($0.epoch)))"
                } : nil
            let progress = folds.map { "\($0.finished)/\($0.all) folds" } ?? "\(state.epoch)/\(state.epochs)"
            return [path, words, progress, best ?? "", cameTo, Self.local(state.updated), resume ?? ""]
        }

        var json: JSONNode {
            var node = state.json
            node["path"] = JSONNode(path)
            node["state"] = JSONNode(words)
            if let folds {
                for key in ["best", "epoch", "epochs", "step", "pid"] { node[key] = Optional<JSONNode>.none }
                node["folds"] = JSONNode(folds.all)
                node["finished_folds"] = JSONNode(folds.finished)
            }
            node["resume"] = resume.map { JSONNode($0) }
            node["figures"] = final
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
