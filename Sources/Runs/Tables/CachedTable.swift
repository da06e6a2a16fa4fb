import Batches
import Configuration
import Files
import Foundation

/// What stands beside a table's conversion in a run's cache, as `train.json` beside `train.h5`: the sums over the table and
/// over what was made of it.
struct CachedTable {
    /// The table.
    let source: String
    let sum: (sum: Int, bytes: Int)
    /// What was made of it.
    let made: (sum: Int, bytes: Int)

    private static let format = 1

    init(source: String, sum: (sum: Int, bytes: Int), made: (sum: Int, bytes: Int)) {
        (self.source, self.sum, self.made) = (source, sum, made)
    }

    /// What is known of a file in a cache; nil where there is nothing, or nothing that can be read.
    init?(_ cache: String, _ name: String) {
        guard let node = try? ConfigurationDocument(contentsOf: Self.path(cache, name)).root,
            node["format"]?.asInteger == Self.format, case .string(let source)? = node["source"]?.value
        else { return nil }
        func sum(_ key: String) -> (sum: Int, bytes: Int)? {
            guard let sum = node[key]?["crc32"]?.asInteger, let bytes = node[key]?["bytes"]?.asInteger else {
                return nil
            }
            return (sum, bytes)
        }
        guard let own = sum("table"), let made = sum("converted") else { return nil }
        self.init(source: source, sum: own, made: made)
    }

    /// The path of what stands beside a file in a cache.
    static func path(_ cache: String, _ name: String) -> String { "\(cache)/\(name.dropLast(".h5".count)).json" }

    /// - Throws: `FileError` where it can't be written.
    func write(to cache: String, _ name: String) throws {
        func node(_ sum: (sum: Int, bytes: Int)) -> JSONNode {
            ["crc32": JSONNode(sum.sum), "bytes": JSONNode(sum.bytes)]
        }
        let own: JSONNode = [
            "format": JSONNode(Self.format), "source": JSONNode(source), "table": node(sum), "converted": node(made),
        ]
        try AtomicFile.replace(Self.path(cache, name), with: own.jsonText())
    }

    /// Sees that a table is the one that the run was begun with.
    /// - Throws: `DataError` where it is not.
    func check(_ path: String, _ now: (sum: Int, bytes: Int)) throws {
        guard now != sum else { return }
        throw DataError(
            "\(path) has changed since the run was begun: it has \(now.bytes) bytes with the checksum \(Self.hexadecimal(now.sum)), "
                + "and had \(sum.bytes) with \(Self.hexadecimal(sum.sum)); give it the table as it was, or begin another run"
        )
    }

    private static func hexadecimal(_ sum: Int) -> String { String(format: "%08x", sum) }

    /// What is wrong with what was made of the table; nil where it is as it was written.
    func damage(of path: String) -> String? {
        guard access(path, F_OK) == 0 else { return "\(path) is missing" }
        guard let now = try? Checksum.ofFile(path), now == made else { return "\(path) is damaged" }
        return nil
    }
}
