import Configuration
import Files
import Foundation
import Runs

/// The directory that a new run is to be written to, and what stands in it.
///
/// A run is never replaced unasked. The one exception is a finished run of the same config on the same data: training
/// it again gives the same bytes.
struct RunOutput {
    let path: String
    /// Whether what stands there may be replaced.
    let overwrites: Bool

    /// - Parameter config: the config file that is read.
    /// - Throws: `UsageError` where the directory holds something that is not to be replaced, as far as that can be told
    ///   before the data are read; `FileError` where another process has it.
    init(_ path: String, overwrites: Bool, config: String, folds: Int?) throws {
        self.path = path
        self.overwrites = overwrites
        let standing = Standing(path)
        if !standing.isRun, FileIdentity("\(path)/config.json").map({ $0 == FileIdentity(config) }) ?? false {
            throw UsageError(
                "--output \(path) would replace \(config), which is read; name another directory")
        }
        let runs = FoldDirectory.names(in: path).map { "\(path)/\($0)" }
        // Who has one says so itself.
        for place in [path] + runs where RunLock.isHeld(place) { try RunLock(place).release() }
        guard !overwrites else { return }
        if folds != nil {
            // A plain run there would be hidden by the folds; their own summary is no obstacle.
            if runs.isEmpty || standing != .files("folds.csv") { try refuse(standing, at: path) }
            for run in runs { try refuse(Standing(run), at: run, unless: .finished) }
        } else {
            for run in runs { try refuse(Standing(run), at: run) }
            try refuse(standing, at: path, unless: .finished)
        }
    }

    /// What is in a directory.
    private enum Standing: Equatable {
        case nothing
        /// Files by the names of a run's, but no `state.json` beside them.
        case files(String)
        case run(RunState.Phase, words: String)

        var isRun: Bool { if case .run = self { true } else { false } }

        init(_ path: String) {
            guard AtomicFile.isDirectory(path) else {
                self = .nothing
                return
            }
            do {
                if let state = try RunState(directory: path) {
                    self = .run(state.phase, words: Self.words(state))
                    return
                }
            } catch {
                self = .run(.failed, words: "a run whose state.json is damaged")
                return
            }
            if let name = RunDirectory.fileNames.first(where: {
                FileManager.default.fileExists(atPath: "\(path)/\($0)")
            }) {
                self = .files(name)
            } else {
                self = CheckpointStore(reading: path).hasAny ? .files("checkpoints") : .nothing
            }
        }

        private static func words(_ state: RunState) -> String {
            let progress = "after \(state.epoch) of \(state.epochs) epochs"
            return switch state.phase {
            case .finished: "a finished run"
            case .interrupted: "a run that was interrupted \(progress)"
            case .failed: "a run that failed \(progress)"
            case .running: "a run that was killed \(progress)"
            }
        }
    }

    private func refuse(_ standing: Standing, at place: String, unless phase: RunState.Phase? = nil) throws {
        switch standing {
        case .nothing: return
        case .files(let name):
            throw UsageError(
                "--output \(path) would replace \(place)/\(name), which no run of stormo left there (it has no "
                    + "state.json); name another directory, or replace such files by --overwrite")
        case .run(let own, let words):
            if own == phase { return }
            throw refusal(words, at: place)
        }
    }

    private func refusal(_ words: String, at place: String) -> UsageError {
        UsageError(
            "--output \(path) holds \(words)" + (place == path ? "" : " (\(place))")
                + "; go on with it by \(ResumeHint.command(path)), name another directory, or replace it by --overwrite"
        )
    }

    /// Makes the place of a run free, once the run is built and has the directory's lock: nothing has been written yet.
    /// - Parameter place: the directory itself, or a fold's in it.
    /// - Throws: `UsageError` where the run that stands there would not come out the same again.
    func prepare(_ place: String, for run: TrainingRun) throws {
        if overwrites { return try clear(keeping: place) }
        let standing = Standing(place)
        try refuse(standing, at: place, unless: .finished)
        guard standing.isRun else { return }
        if let difference = try EarlierRun(place).difference(from: run) {
            throw refusal("a finished run of another kind: \(difference)", at: place)
        }
    }

    /// Removes all runs that stand there, the folds of a cross-validation included. What else is there stays.
    /// - Parameter own: the directory whose lock is held already.
    private func clear(keeping own: String) throws {
        let folds = FoldDirectory.names(in: path).map { "\(path)/\($0)" }
        // Of a cross-validation, the first fold has cleared the others.
        if own != path, FoldDirectory.number(of: own) != 0 { return }
        for place in folds + [path] where place == own || Standing(place) != .nothing {
            let lock = place == own ? nil : try RunLock(place)
            try RunDirectory.clear(place)
            lock?.release()
            // Stays where the user has put something of his own into it.
            if place != own, place != path { rmdir(place) }
        }
    }
}
