import Files
import Foundation

/// Paths seen from a directory.
enum RelativePath {
    /// The path from the root, without `.` and `..`.
    static func whole(_ path: String) -> String { "/" + parts(path).joined(separator: "/") }

    private static func parts(_ path: String) -> [String] {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return whole.split(separator: "/").reduce(into: []) { parts, part in
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
    }

    /// `../../trees.csv` for `/home/a/trees.csv` from `/home/a/runs/trees`.
    static func of(_ path: String, from directory: String) -> String {
        let (path, directory) = (parts(path), parts(directory))
        var shared = 0
        while shared < min(path.count, directory.count), path[shared] == directory[shared] { shared += 1 }
        return (Array(repeating: "..", count: directory.count - shared) + path[shared...]).joined(separator: "/")
    }

    /// Whether paths lead to the same files, whether or not they are there.
    static func areSame(_ some: [String], _ others: [String]) -> Bool {
        some.count == others.count
            && zip(some, others).allSatisfy { one, other in
                whole(one) == whole(other) || FileIdentity(one).map { $0 == FileIdentity(other) } ?? false
            }
    }

    /// The path that a relative one stands for.
    static func resolved(_ path: String, from directory: String) -> String { whole(directory + "/" + path) }
}
