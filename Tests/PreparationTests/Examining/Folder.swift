import Foundation
import HDF5

/// A directory of a test's own.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/stormo-preparation-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// Makes a file and opens it for reading.
    func file(_ name: String = "data.h5", _ fill: (HDF5Group) throws -> Void) throws -> HDF5File {
        let file = try HDF5File.create(self(name))
        try fill(file.root)
        try file.close()
        return try HDF5File.open(self(name))
    }
}
