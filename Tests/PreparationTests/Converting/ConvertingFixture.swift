import Foundation
import HDF5
import Testing

@testable import Preparation

/// A folder of a test's own with sources to convert, deleted with its contents when the test lets go of it.
final class ConvertingFixture {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/stormo-converting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The names of all files, sorted.
    var listing: [String] { ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? ["unreadable"]).sorted() }

    /// Writes bytes to a file, and makes the folders on the way.
    /// - Returns: its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return file(name)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    /// Converts to `out.h5` and opens it.
    func convert(_ converter: some Converter, group: String? = nil) throws -> (HDF5File, ConversionReport) {
        let report = try converter.convert(to: ConversionTarget(file: file("out.h5"), group: group)) { _ in }
        return (try HDF5File.open(file("out.h5")), report)
    }

    /// Expects a conversion to fail with this sentence, in which `@` is the folder, and to leave nothing behind.
    func expect(
        _ sentence: String, from converter: some Converter, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = listing
        do {
            _ = try converter.convert(to: ConversionTarget(file: file("out.h5"))) { _ in }
            Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        } catch {
            #expect(
                "\(error)".replacingOccurrences(of: path + "/", with: "@") == sentence, sourceLocation: sourceLocation)
        }
        #expect(listing == before, sourceLocation: sourceLocation)
    }
}
