import Foundation

/// The directories of a cross-validation's folds: `fold-1`, `fold-2` and so on in its own.
package enum FoldDirectory {
    private static let prefix = "fold-"

    package static func path(_ fold: Int, in directory: String) -> String { "\(directory)/\(prefix)\(fold + 1)" }

    /// The names of those that have begun, in order; none where a directory is that of a single run.
    package static func names(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in number(of: name).map { ($0, name) } }.sorted { $0.0 < $1.0 }.map(\.1)
            .filter { hasBegun("\(directory)/\($0)") }
    }

    /// What is said where one model is wanted; nil for a directory that is no cross-validation's.
    package static func sentence(_ directory: String) -> String? {
        let directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        let paths = names(in: directory).map { "\(directory)/\($0)" }
        guard let first = paths.first else { return nil }
        return "\(directory) is a cross-validation, with a model for each fold; name one of these: "
            + (paths.count > 10 ? "\(first) to \(paths.last ?? first)" : paths.joined(separator: ", "))
    }

    /// The directory of the cross-validation that a fold's directory is in; a single run's own.
    package static func whole(of directory: String) -> String {
        guard number(of: directory) != nil else { return directory }
        guard let slash = directory.lastIndex(of: "/") else { return "." }
        return String(directory[..<slash])
    }

    /// Whether a run has begun in a directory: a killed one may have made it and written nothing yet.
    package static func hasBegun(_ directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/config.json")
    }

    /// The fold that a directory belongs to, from 0; nil for a single run.
    package static func number(of directory: String) -> Int? {
        guard let name = directory.split(separator: "/").last, name.hasPrefix(prefix),
            let number = Int(name.dropFirst(prefix.count)), number > 0
        else { return nil }
        return number - 1
    }
}
