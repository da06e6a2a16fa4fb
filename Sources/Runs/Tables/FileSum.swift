import Batches
import Configuration
import Files
import Foundation
import Preparation

/// The checksum of a file, CRC-32, and its size, as they stand in a run's JSON files.
struct FileSum: Hashable, Sendable {
    let sum: Int
    let bytes: Int

    init(sum: Int, bytes: Int) { (self.sum, self.bytes) = (sum, bytes) }

    /// - Throws: `FileError` where the file can't be read.
    init(ofFile path: String) throws {
        let own = try Checksum.ofFile(path)
        self.init(sum: own.sum, bytes: own.bytes)
    }

    /// Of a table, or of a folder of images with all that is in it.
    /// - Throws: `FileError` and `DataError` for what can't be read.
    init(of path: String, in source: DataSource) throws {
        let own = try SplitTables.checksum(path, of: source)
        self.init(sum: own.sum, bytes: own.bytes)
    }

    /// Nil for what is none.
    init?(_ node: JSONNode?) {
        guard let sum = node?["crc32"]?.asInteger, let bytes = node?["bytes"]?.asInteger else { return nil }
        self.init(sum: sum, bytes: bytes)
    }

    var node: JSONNode { ["crc32": JSONNode(sum), "bytes": JSONNode(bytes)] }

    /// What a table was when a run was begun, and is now: the rest of a sentence that begins with its path.
    /// - Parameter isOther: whether it is another file.
    func words(ofChangeFrom earlier: FileSum, isOther: Bool = false) -> String {
        "it has \(bytes) bytes with the checksum \(hexadecimal), and \(isOther ? "that " : "")had \(earlier.bytes) with "
            + earlier.hexadecimal
    }

    private var hexadecimal: String { String(format: "%08x", sum) }
}
