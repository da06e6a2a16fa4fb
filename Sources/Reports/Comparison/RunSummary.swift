import Configuration
import Files
import Foundation
import Runs

/// What is told of a run, or of a cross-validation as one run, without its curves: its state, its config and its final
/// figures.
package struct RunSummary: Sendable {
    /// How a run stands.
    package enum Standing: String, Sendable, CaseIterable {
        case running, finished, interrupted, failed
        /// Its process is gone without a word.
        case killed

        /// - Parameter directory: of a single run, or of a fold.
        package init(_ state: RunState, directory: String) {
            self =
                switch state.phase {
                case .running: RunLock.isHeld(directory) ? .running : .killed
                case .finished: .finished
                case .interrupted: .interrupted
                case .failed: .failed
                }
        }

        package var canGoOn: Bool { [.killed, .interrupted, .failed].contains(self) }
    }

    /// What a run came to.
    package enum Final: Sendable {
        case run(FinalFigures)
        case folds(FoldFigures)

        package var node: JSONNode {
            switch self {
            case .run(let figures): figures.node
            case .folds(let figures): figures.node
            }
        }
    }

    package let path: String
    /// Of a cross-validation, that of the fold that is at work or was the last.
    package let state: RunState
    package let standing: Standing
    /// Whether there is something to go on from.
    package let canBeResumed: Bool
    /// Of a cross-validation: how many folds are finished, and how many there are to be.
    package let folds: (finished: Int, all: Int)?
    /// Nil where the run is not over.
    package let final: Final?
    /// Nil where there is no config.
    package let configuration: JSONNode?
    /// The directories that have the figures of epochs, each with its state: the run's own, or those of its folds.
    let parts: [(directory: String, state: RunState)]

    /// - Returns: nil where the directory has no state of a run.
    /// - Throws: `FileError` for a file that is damaged.
    package init?(_ path: String) throws {
        let names = FoldDirectory.names(in: path)
        if names.isEmpty { try self.init(single: path) } else { try self.init(path, folds: names) }
    }

    private init?(single path: String) throws {
        guard let state = try RunState(directory: path) else { return nil }
        (self.path, self.state, folds) = (path, state, nil)
        standing = Standing(state, directory: path)
        canBeResumed = standing.canGoOn && CheckpointStore(reading: path).hasAny
        final = try FinalFigures(directory: path).map { .run($0) }
        configuration = try Self.configuration(of: path)
        parts = [(path, state)]
    }

    /// - Parameter names: of the folds that have begun.
    private init?(_ path: String, folds names: [String]) throws {
        parts = try names.compactMap { name in
            try RunState(directory: "\(path)/\(name)").map { ("\(path)/\(name)", $0) }
        }
        guard let last = parts.last(where: { $0.state.phase != .finished }) ?? parts.last else { return nil }
        configuration = try Self.configuration(of: last.directory)
        let all = configuration?["data"]?["k_fold"]?.asInteger ?? names.count
        let finished = parts.count { $0.state.phase == .finished }
        let figures = try FoldFigures(directory: path)
        // Between two folds nothing is running that could be seen.
        let isFinished = figures != nil && finished == all
        (self.path, state, folds) = (path, last.state, (finished, all))
        standing = isFinished ? .finished : Standing(last.state, directory: last.directory)
        canBeResumed = standing.canGoOn
        final = isFinished ? figures.map { .folds($0) } : nil
    }

    private static func configuration(of directory: String) throws -> JSONNode? {
        let path = directory + "/config.json"
        guard access(path, F_OK) == 0 else { return nil }
        do {
            return try ConfigurationDocument(contentsOf: path).root
        } catch {
            throw FileError("\(path) is damaged: \(error)", isBadData: true)
        }
    }

    package var seed: Int? { configuration?["seed"]?.asInteger }
}
