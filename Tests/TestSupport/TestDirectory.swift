import Foundation
import HDF5

/// A directory of its own for one test, deleted with its contents when the test lets go of it.
package final class TestDirectory: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "stormo-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String = "data.h5") -> String { path + "/" + name }

    /// The names of all that is in it, sorted.
    package var listing: [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? ["unreadable"]).sorted()
    }

    /// Makes an HDF5 file with the contents that the body writes.
    /// - Returns: its path.
    package func hdf5(_ name: String = "data.h5", _ fill: (HDF5Group) throws -> Void) throws -> String {
        let file = try HDF5File.create(file(name))
        try fill(file.root)
        try file.close()
        return self.file(name)
    }

    /// The same, opened for reading.
    package func opened(_ name: String = "data.h5", _ fill: (HDF5Group) throws -> Void) throws -> HDF5File {
        try HDF5File.open(hdf5(name, fill))
    }

    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}
