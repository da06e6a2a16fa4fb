import Files
import Foundation
import HDF5
import Interchange
import Testing

/// A model file to which something is done.
package enum ChangedModelFile {
    /// What is said of it then; `nothing` where it is read all the same.
    /// - Parameter path: of a file called `model.h5`, which is changed.
    package static func sentence(_ path: String, _ change: (HDF5File) throws -> Void) throws -> String {
        let file = try HDF5File.open(path, writable: true)
        try change(file)
        try file.close()
        do {
            _ = try TrainedModel(contentsOf: path)
            return "nothing"
        } catch {
            if let error = error as? FileError { #expect(error.isBadData) }
            return "\(error)".replacingOccurrences(of: path, with: "model.h5")
        }
    }
}
