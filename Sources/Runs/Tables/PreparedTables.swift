import Batches
import Files
import Foundation
import HDF5
import Preparation
import Recipes

/// The data of a run whose tables of text, if it has any, are converted to HDF5.
///
/// They are converted in a folder for temporary files, so that nothing is written of a run that can't begin. `keep` moves
/// them into the run's `cache`, each beside a `CachedTable` with the sums by which a resumed run knows that its table is the
/// same and that what was made of it is whole.
///
/// The tables of validation and test are read as the training table declares: its columns, kinds and codes.
package final class PreparedTables {
    /// The data, whose sources read what was converted.
    package private(set) var data: DataConfiguration
    /// What happened, in a run's words; see `Step`.
    package private(set) var steps: [Step] = []
    /// Where the tables are kept; nil for the directory of the run that keeps them.
    private let cache: String?
    private var folder: TemporaryFolder?
    /// What is still to be moved into the cache.
    private var waiting: [(name: String, record: CachedTable)] = []
    /// Of the tables, by their paths.
    private(set) var sums: [String: FileSum] = [:]

    /// Tables with the same contents, a sentence each.
    private(set) var warnings: [String] = []

    /// What was done with a table.
    package struct Step: Sendable {
        /// As the config names it.
        package let table: String
        /// The converted file's name in the cache.
        package let name: String
        package let rows: Int
        /// What the conversion says; nil where an earlier one was used.
        package let report: ConversionReport?
        /// Why an earlier conversion could not be used; nil where there was none, or it could.
        package let damage: String?
    }

    /// Whether there is any table.
    package var isEmpty: Bool { steps.isEmpty }

    /// - Parameters:
    ///   - cache: the folder that converted tables are kept in.
    ///   - resumes: whether they may lie there already, and the tables must be those that they were made from.
    ///   - record: what the run's data were when it was begun.
    ///   - progress: with the table that is being converted.
    /// - Throws: `DataError` and `FileError` for tables that can't be converted, or have changed since the run was begun;
    ///   `HDF5Error` for a file that says what a table's columns are and can't be read.
    package init(
        _ data: DataConfiguration, cache: String? = nil, resumes: Bool = false, begunWith record: DataRecord? = nil,
        progress: (String, PreparationProgress) -> Void = { _, _ in }
    ) throws {
        (self.data, self.cache) = (data, cache)
        for (split, source) in data.sources {
            let paths = try source.paths()
            if source.table != nil {
                var own = source
                if split != "train" { own.table = source.table?.written(like: data.train.table) }
                for path in paths { sums[path] = try FileSum(of: path, in: own) }
            }
            try record?.check(split, paths.map { DataRecord.File(path: RelativePath.whole($0), sum: sums[$0]) })
        }
        guard data.hasTables else { return }
        warnings = try Self.copies(data, sums)
        self.data.keepSplitColumn()
        let rule = data.splitRule
        let earlier = resumes ? cache : nil
        var like: LikeTable?
        self.data.train = try prepare(self.data.train, "train", &like, earlier, progress)
        for (split, key) in DataConfiguration.otherSplits {
            guard var source = data[keyPath: key]?.source, source.table != nil else { continue }
            source.table = source.table?.written(like: data.train.table)
            if like == nil { like = try Self.like(data.train) }
            if let rule { try Self.keep(rule, of: &source, like) }
            let prepared = try prepare(source, split, &like, earlier, progress)
            self.data[keyPath: key] = .source(prepared)
        }
    }

    /// Tables whose rows are trained on twice, or measured on though they were trained on.
    private static func copies(_ data: DataConfiguration, _ sums: [String: FileSum]) throws -> [String] {
        var warnings: [String] = []
        var trained: [FileSum: String] = [:]
        for (split, source) in data.sources where source.table != nil {
            for path in try source.paths() {
                guard let sum = sums[path], sum.bytes > 0 else { continue }
                let isTraining = split == "train"
                guard let other = trained[sum] else {
                    if isTraining { trained[sum] = path }
                    continue
                }
                let copy = other == path ? path : "\(path), which holds the same as \(other)"
                warnings.append(
                    isTraining
                        ? "data.train.file names \(copy)\(other == path ? " twice" : ""): its rows count twice"
                        : "data.\(split).file names \(copy), \(other == path ? "which" : "and that") is trained on: what is measured there "
                            + "says nothing of new rows")
            }
        }
        return warnings
    }

    /// Keeps the column by which rows are split beside the inputs of a split that is held to it, where it is there.
    private static func keep(_ rule: SplitRule, of source: inout DataSource, _ like: LikeTable?) throws {
        guard let table = source.table, !rule.column.hasPrefix("/"), like?.hasInput(rule.column) != true,
            try source.paths().allSatisfy({
                try TableSource.isTable($0)
                    && SplitTables.columns($0, TableOptions(table, $0, like)).contains(rule.column)
            })
        else { return }
        source.table?.kept = [rule.column]
    }

    /// What an HDF5 file that is trained on says of its columns.
    private static func like(_ source: DataSource) throws -> LikeTable {
        let tables = try Dataset.open(source).tables
        if let images = tables.images["inputs"] {
            return LikeTable(inputs: Recipe([]), targets: tables["targets"], images: images, place: source.file)
        }
        guard let inputs = tables["inputs"] else {
            throw DataError(
                "\(source.file) says nothing of columns, so that no table can be read like it; make it from a table by stormo "
                    + "data convert, or give the table itself")
        }
        return LikeTable(inputs: inputs, targets: tables["targets"], place: source.file)
    }

    private func prepare(
        _ source: DataSource, _ split: String, _ like: inout LikeTable?, _ earlier: String?,
        _ progress: (String, PreparationProgress) -> Void
    ) throws -> DataSource {
        guard source.table != nil else { return source }
        var converted: [TableSource.Converted] = []
        for (index, path) in try source.paths().enumerated() {
            let name = SplitTables.name(split, index)
            var damage: String?
            let sum = try sums[path] ?? FileSum(of: path, in: source)
            if let earlier, let record = CachedTable(earlier, name) {
                try record.check(path, sum)
                let kept = "\(earlier)/\(name)"
                damage = record.damage(of: kept)
                if damage == nil, let rows = try? Self.rows(of: kept) {
                    if like == nil {
                        like = try LikeTable(HDF5File.open(kept), kept: source.table?.kept ?? []).called(path)
                    }
                    converted.append(TableSource.Converted(path, path: kept))
                    steps.append(Step(table: path, name: name, rows: rows, report: nil, damage: nil))
                    continue
                }
            }
            let folder = try self.folder ?? TemporaryFolder()
            self.folder = folder
            let file = "\(folder.path)/\(name)"
            let report = try SplitTables.convert(source, path, to: file, split, like, wantsTargets: true) {
                progress(path, $0)
            }
            if like == nil { like = LikeTable(report, place: path) }
            converted.append(TableSource.Converted(path, path: file))
            steps.append(
                Step(
                    table: path, name: name, rows: report.datasets.first?.shape.first ?? 0, report: report,
                    damage: damage))
            waiting.append((name, CachedTable(source: path, sum: sum, made: try FileSum(ofFile: file))))
        }
        var own = source
        own.table?.converted = converted
        return own
    }

    private static func rows(of path: String) throws -> Int {
        try HDF5File.open(path).dataset(TableSource.inputsPath).shape.first ?? 0
    }

    /// Moves what was converted into the cache, once the run has its directory.
    /// - Parameter directory: the run's, where no cache was named.
    /// - Throws: `FileError` where it can't be written.
    package func keep(in directory: RunDirectory) throws {
        guard !waiting.isEmpty, let folder else { return }
        let cache = cache ?? directory.cachePath
        _ = try RunDirectory(cache)
        for (name, record) in waiting {
            let (from, to) = ("\(folder.path)/\(name)", "\(cache)/\(name)")
            // What is there is no longer what its record says.
            unlink(CachedTable.path(cache, name))
            try AtomicFile.replace(to) { sibling in
                // To another file system it must be copied.
                if rename(from, sibling) != 0 { try Self.copy(from, to: sibling, as: to) }
            }
            try record.write(to: cache, name)
            self.data.moveTable(from: from, to: to)
        }
        waiting = []
        // What has them open keeps them.
        self.folder = nil
    }

    private static func copy(_ from: String, to sibling: String, as path: String) throws {
        do {
            try FileManager.default.copyItem(atPath: from, toPath: sibling)
        } catch {
            throw FileError("\(path) can't be written: \(AtomicFile.reason())")
        }
    }
}

extension DataConfiguration {
    /// Whether a split is a table of text.
    package var hasTables: Bool { [train, validation?.source, test?.source].contains { $0?.table != nil } }

    fileprivate static var otherSplits: [(name: String, key: WritableKeyPath<DataConfiguration, Split?>)] {
        [("validation", \.validation), ("test", \.test)]
    }

    /// The column by which rows are split stands beside the inputs, unless it is named as one of them.
    fileprivate mutating func keepSplitColumn() {
        guard let rule = splitRule, let table = train.table, !rule.column.hasPrefix("/"),
            table.inputs?.contains(rule.column) != true
        else { return }
        train.table?.kept = [rule.column]
    }

    fileprivate mutating func moveTable(from: String, to: String) {
        train.moveTable(from: from, to: to)
        for (_, key) in Self.otherSplits {
            guard var source = self[keyPath: key]?.source else { continue }
            source.moveTable(from: from, to: to)
            self[keyPath: key] = .source(source)
        }
    }
}

extension DataSource {
    fileprivate mutating func moveTable(from: String, to: String) {
        guard let converted = table?.converted else { return }
        table?.converted = converted.map { $0.path == from ? TableSource.Converted($0.table, path: to) : $0 }
    }
}
