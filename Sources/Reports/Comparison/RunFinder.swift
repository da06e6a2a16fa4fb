import Files
import Foundation
import Runs

/// The directories of runs, as a person names them: one run, a folder of runs, or a project's folder.
package enum RunFinder {
    /// A directory itself where it is a run, else the runs in it, the oldest name first; of a project's folder those in its
    /// `runs`.
    package static func runs(in directory: String) -> [String] {
        let directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        if isRun(directory) { return [directory] }
        let inside = folders(in: directory).filter(isRun)
        let inner = directory == "." ? "runs" : "\(directory)/runs"
        return inside.isEmpty ? folders(in: inner).filter(isRun) : inside
    }

    private static func folders(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.map { directory == "." ? $0 : "\(directory)/\($0)" }.filter(AtomicFile.isDirectory)
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    private static func isRun(_ directory: String) -> Bool {
        ["state.json", "metrics.csv"].contains { access("\(directory)/\($0)", F_OK) == 0 }
            || !FoldDirectory.names(in: directory).isEmpty
    }
}
