import Batches
import Foundation

/// What is in a folder.
enum FolderNames {
    /// The names, sorted, without the hidden ones; none where it can't be read.
    /// - Throws: `DataError` for a name that is not UTF-8, since it could stand for no class and lead to no file.
    static func of(_ path: String) throws -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let (name, isWhole) = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                let size = MemoryLayout.size(ofValue: tuple.pointee)
                return tuple.withMemoryRebound(to: UInt8.self, capacity: size) { bytes in
                    UTF8Text.name(UnsafeBufferPointer(start: bytes, count: size).prefix { $0 != 0 })
                }
            }
            guard !name.hasPrefix(".") else { continue }
            guard isWhole else {
                throw DataError(
                    "\(path) holds '\(name)', a name that is not UTF-8; rename it, as by convmv -f latin1 -t utf8")
            }
            names.append(name)
        }
        return names.sorted()
    }
}
