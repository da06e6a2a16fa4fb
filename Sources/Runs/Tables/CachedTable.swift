import Batches
import Configuration
import Files
import Foundation

/// What stands beside a table's conversion in a run's cache, as `train.json` beside `train.h5`: the sums over the table and
/// over what was made of it.
struct CachedTable {
    /// The table.
    let source: String
    let sum: FileSum
    /// What was made of it.
    let made: FileSum

    private static let format = 1

    init(source: String, sum: FileSum, made: FileSum) {
        (self.source, self.sum, self.made) = (source, sum, made)
    }

    /// What is known of a file in a cache; nil where there is nothing, or nothing that can be read.
    init?(_ cache: String, _ name: String) {
        guard let node = try? ConfigurationDocument(contentsOf: Self.path(cache, name)).root,
            node["format"]?.asInteger == Self.format, case .string(let source)? = node["source"]?.value,
            let own = FileSum(node["table"]), let made = FileSum(node["converted"])
        else { return nil }
        self.init(source: source, sum: own, made: made)
    }

    /// The path of what stands beside a file in a cache.
    static func path(_ cache: String, _ name: String) -> String { "\(cache)/\(name.dropLast(".h5".count)).json" }

    /// - Throws: `FileError` where it can't be written.
    func write(to cache: String, _ name: String) throws {
        let own: JSONNode = [
            "format": JSONNode(Self.format), "source": JSONNode(source), "table": sum.node, "converted": made.node,
        ]
        try AtomicFile.replace(Self.path(cache, name), with: own.jsonText())
    }

    /// Sees that a table is the one that the run was begun with.
    /// - Throws: `DataError` where it is not.
    func check(_ path: String, _ now: FileSum) throws {
        guard now != sum else { return }
        throw DataError(
            "\(path) has changed since the run was begun: \(now.words(ofChangeFrom: sum)); give it the table as it was, or begin "
                + "another run")
    }

    /// What is wrong with what was made of the table; nil where it is as it was written.
    func damage(of path: String) -> String? {
        guard access(path, F_OK) == 0 else { return "\(path) is missing" }
        guard let now = try? FileSum(ofFile: path), now == made else { return "\(path) is damaged" }
        return nil
    }
}
