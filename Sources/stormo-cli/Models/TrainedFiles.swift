import Batches
import Files
import Foundation
import Preparation
import Runs

/// Tells whether files hold what a model was trained on: by what the files are, else by their checksums, and where the
/// training files are gone by what the model's run wrote down of them.
struct TrainedFiles {
    private let source: DataSource
    private let own: [String]
    private let record: DataRecord?

    /// - Parameter model: the path of the model.
    init(_ source: DataSource, besides model: String) {
        self.source = source
        own = (try? source.paths()) ?? source.files
        let directory = model.contains("/") ? String(model[..<(model.lastIndex(of: "/") ?? model.startIndex)]) : "."
        record = try? DataRecord(directory: directory.isEmpty ? "/" : directory)
    }

    /// Whether one of the files is among these, or holds the same bytes.
    /// - Parameter split: of the run, whose files these are.
    func contain(any files: [String], of split: String) -> Bool {
        if files.contains(where: { file in own.contains { Self.areOne($0, file) } }) { return true }
        return own.contains { path in
            if files.contains(where: { Self.mayBeAlike($0, path) && sum($0).map { $0 == sum(path) } ?? false }) {
                return true
            }
            return files.contains { FileIdentity($0) == nil } && record?.hasFile(path, in: split, source) ?? false
        }
    }

    /// Whether rows that were read are those that the run trained on; nil where that is not known.
    func areTrained(_ data: Dataset) -> Bool? {
        guard let record else { return nil }
        // A table with the checksum of one that was trained on has been found already.
        if source.table != nil { return record.hasSums(of: "train") ? false : nil }
        return (try? record.areTrained(data)) ?? nil
    }

    private static func areOne(_ one: String, _ other: String) -> Bool {
        FileIdentity(one).map { $0 == FileIdentity(other) } ?? false
    }

    /// Files of different lengths need not be read.
    private static func mayBeAlike(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard stat(one, &first) == 0, stat(other, &second) == 0, first.st_mode & S_IFMT == second.st_mode & S_IFMT
        else { return false }
        return first.st_mode & S_IFMT == S_IFDIR || first.st_size == second.st_size
    }

    private func sum(_ path: String) -> [Int]? {
        (try? SplitTables.checksum(path, of: source)).map { [$0.sum, $0.bytes] }
    }
}
