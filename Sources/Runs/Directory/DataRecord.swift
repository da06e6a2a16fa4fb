import Batches
import Configuration
import Files
import Foundation

/// What a run's data were when it was begun: `sources.json` in its directory. By it data that have changed are noticed when the
/// run is resumed, whether or not a checkpoint had been saved, and data that were moved together with the run are found.
///
/// ```
/// {
///   "format": 1,
///   "train": {"file": "../../trees.csv", "files": [{"path": "/home/a/trees.csv", "crc32": 1234, "bytes": 99}]},
///   "rows": [48, 12, 0],
///   "values": [4294967297, 0]
/// }
/// ```
/// `file` is what the config names, seen from the run's directory; `files` are those that it stood for, tables of text with
/// their checksums. `rows` are those of training, validation and test, `values` the sums over what was read (see
/// `DataFingerprint`).
package struct DataRecord: Equatable, Sendable {
    struct File: Equatable, Sendable {
        let path: String
        /// Nil for what is no table of text.
        let sum: FileSum?

        init(path: String, sum: FileSum?) { (self.path, self.sum) = (path, sum) }

        /// Nil where a mistake has been noted.
        init?(_ reader: ObjectReader) {
            guard let path = reader.requiredString("path") else { return nil }
            let (sum, bytes) = (reader.optionalInteger("crc32"), reader.optionalInteger("bytes"))
            self.path = path
            if let sum, let bytes { self.sum = FileSum(sum: sum, bytes: bytes) } else { self.sum = nil }
        }

        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    struct Split: Equatable, Sendable {
        /// What the config names, seen from the run's directory.
        var paths: [String]
        var files: [File]
    }

    /// By the key in `data`: `train`, `validation`, `test`.
    var splits: [String: Split]
    var rows: [Int]
    var values: [Int]
    /// What helps where the data have changed and are not to be had as they were; the end of a sentence.
    var remedy = "or begin another run"

    static let splitNames = ["train", "validation", "test"]
    static let fileName = "sources.json"
    private static let format = 1

    static func path(_ directory: String) -> String { directory + "/" + fileName }

    /// - Parameters:
    ///   - tables: the sums of tables of text, by their paths.
    ///   - directory: the run's.
    ///   - earlier: that of the run which is gone on with.
    /// - Throws: `DataError` for a pattern that no file matches.
    init(
        _ data: DataConfiguration, _ tables: [String: FileSum], rows: [Int], _ fingerprint: DataFingerprint,
        directory: String, resuming earlier: DataRecord? = nil
    ) throws {
        (self.rows, values) = (rows, fingerprint.sums)
        splits = [:]
        for (name, source) in data.sources {
            let files = try source.paths().map {
                File(path: RelativePath.whole($0), sum: source.table == nil ? nil : tables[$0])
            }
            // A copied run whose data were not copied yet still looks for them beside itself.
            let known = earlier?.splits[name].flatMap { $0.files.map(\.path) == files.map(\.path) ? $0.paths : nil }
            splits[name] = Split(
                paths: known ?? source.files.map { RelativePath.of($0, from: directory) }, files: files)
        }
    }

    /// Reads what is known of a run's data.
    /// - Returns: nil where the directory has no such file, as that of a run of before.
    /// - Throws: `FileError` for a file that is damaged.
    package init?(directory: String) throws {
        let path = Self.path(directory)
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let diagnostics = Diagnostics()
            let root = ObjectReader(
                try ConfigurationDocument(contentsOf: path).root, path: "", diagnostics: diagnostics)
            root.requireFormat(Self.format)
            splits = [:]
            for name in Self.splitNames {
                guard let own = root.object(name) else { continue }
                splits[name] = Split(
                    paths: own.requiredStringOrStrings("file") ?? [],
                    files: own.objects("files").compactMap { File($0) })
            }
            rows = root.integers("rows", in: 0...) ?? []
            values = root.integers("values", in: 0...) ?? []
            try diagnostics.throwIfAny(file: path)
        } catch {
            throw FileError(
                "\(path) is damaged: \(error); remove it to go on without knowing whether the data have changed",
                isBadData: true)
        }
    }

    /// Writes the file, whole or not at all.
    /// - Throws: `FileError` where it can't be written.
    func write(to directory: String) throws {
        var node: JSONNode = ["format": JSONNode(Self.format)]
        for name in Self.splitNames {
            guard let split = splits[name] else { continue }
            node[name] = [
                "file": split.paths.count == 1
                    ? JSONNode(split.paths[0]) : JSONNode(split.paths.map { JSONNode($0) }),
                "files": JSONNode(
                    split.files.map { file in
                        var own: JSONNode = ["path": JSONNode(file.path)]
                        if let sum = file.sum {
                            own["crc32"] = JSONNode(sum.sum)
                            own["bytes"] = JSONNode(sum.bytes)
                        }
                        return own
                    }),
            ]
        }
        node["rows"] = JSONNode(rows.map { JSONNode($0) })
        node["values"] = JSONNode(values.map { JSONNode($0) })
        try AtomicFile.replace(Self.path(directory), with: node.jsonText())
    }

    // MARK: - Comparing

    /// Sees that a split's files are those that the run was begun with, wherever they are now and whatever they are called.
    /// What is no table of text has no checksum; its rows and values are compared once they are read.
    /// - Throws: `DataError` that says what was added, is gone or has changed.
    func check(_ name: String, _ now: [File]) throws {
        guard let earlier = splits[name]?.files, !Self.areAlike(earlier, now) else { return }
        func advice(_ path: String) -> String {
            "give it the \(AtomicFile.isDirectory(path) ? "folder" : "table") as it was, \(remedy)"
        }
        // Files that were moved have the same names.
        let isMoved = Set(earlier.map(\.path)).isDisjoint(with: now.map(\.path))
        func key(_ file: File) -> String { isMoved ? file.name : file.path }
        let before = Dictionary(earlier.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(now.map(key))
        // And those that were renamed come in the same places.
        if now.count == earlier.count, names.isDisjoint(with: before.keys),
            let (old, new) = zip(earlier, now).first(where: { $0.sum != $1.sum }), let was = old.sum, let sum = new.sum
        {
            throw DataError(
                "\(new.path) is not \(old.path), with which the run was begun: \(sum.words(ofChangeFrom: was, isOther: true)); "
                    + advice(new.path))
        }
        let changed = now.compactMap { file -> (path: String, words: String)? in
            guard let sum = file.sum, let old = before[key(file)]?.sum, sum != old else { return nil }
            return (file.path, sum.words(ofChangeFrom: old))
        }
        var changes =
            now.filter { before[key($0)] == nil }.map { "\($0.path) was not there" }
            + earlier.filter { !names.contains(key($0)) }.map { "\($0.path) is gone" }
        if changes.isEmpty, changed.count == 1 {
            throw DataError(
                "\(changed[0].path) has changed since the run was begun: \(changed[0].words); "
                    + advice(changed[0].path))
        }
        changes += changed.map { "\($0.path) has changed: \($0.words)" }
        if changes.isEmpty { changes = ["they come in another order"] }
        throw DataError(
            "the files of data.\(name) are not those that the run was begun with: \(changes.prefix(5).joined(separator: "; "))"
                + (changes.count > 5 ? "; …" : "") + "; give it the files as they were, \(remedy)")
    }

    /// Whether the files hold the same, as far as that is known, in the same order.
    private static func areAlike(_ earlier: [File], _ now: [File]) -> Bool {
        guard earlier.count == now.count else { return false }
        // Of files without checksums a new order is seen by their names alone.
        let names = [earlier, now].map { $0.map(\.name) }
        let areReordered = names[0] != names[1] && names[0].sorted() == names[1].sorted()
        return zip(earlier, now).allSatisfy { old, new in
            if old.sum != nil || new.sum != nil { return old.sum == new.sum }
            return !areReordered || old.name == new.name
        }
    }

    /// Whether tables hold what those of a split held when the run was begun; nil where there is none with a checksum.
    func holds(_ split: String, _ paths: [String], of source: DataSource) throws -> Bool? {
        guard let files = splits[split]?.files, source.table != nil, hasSums(of: split) else { return nil }
        return try paths.map { try FileSum(of: $0, in: source) } == files.map(\.sum)
    }

    /// Whether a table holds what one of a split's held when the run was begun; false where that is not known.
    package func hasFile(_ path: String, in split: String, _ source: DataSource) -> Bool {
        guard let files = splits[split]?.files, files.contains(where: { $0.sum != nil }),
            let sum = try? FileSum(of: path, in: source)
        else { return false }
        return files.contains { $0.sum == sum }
    }

    /// Whether the checksums of a split's files are known.
    package func hasSums(of split: String) -> Bool {
        splits[split].map { !$0.files.isEmpty && $0.files.allSatisfy { $0.sum != nil } } ?? false
    }

    /// Whether the inputs of a dataset are those that the run trained on; nil where they were summed up in another way.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read.
    package func areTrained(_ data: Dataset) throws -> Bool? {
        let own = try DataFingerprint([data]).sums.prefix(data.fields(.input).count)
        guard own.count <= values.count, zip(own, values).allSatisfy({ $0 >> 32 == $1 >> 32 }) else { return nil }
        return own.elementsEqual(values.prefix(own.count))
    }

    /// Sees that what was read has the same rows and values.
    /// - Throws: `DataError` where it has not.
    func check(rows: [Int], _ fingerprint: DataFingerprint) throws {
        let advice = "; give it the data as they were, \(remedy)"
        let words = ["training", "validation", "test"]
        for (word, (now, before)) in zip(words, zip(rows, self.rows)) where now != before {
            throw DataError(
                "the run's data have changed: there are \(now) \(word) rows, and there were \(before) when it was begun"
                    + advice)
        }
        if let place = fingerprint.placeOfFirstDifference(from: DataFingerprint(sums: values)) {
            throw DataError(
                "the run's data have changed: \(place) holds other values than when the run was begun" + advice)
        }
    }
}

extension DataConfiguration {
    /// The splits that have files, by their keys.
    var sources: [(name: String, source: DataSource)] {
        [("train", train)]
            + [("validation", validation), ("test", test)].compactMap { name, split in split?.source.map { (name, $0) }
            }
    }
}
