import Batches
package import Configuration
import Foundation
package import HDF5
internal import Kernels
internal import Recipes

/// Looks at all values of an HDF5 file's datasets, block by block, on all CPUs.
package struct FileExamination {
    /// Rows of one split that are also in another.
    package struct Leak: Sendable, Hashable {
        package let path: String
        package let other: String
        package let rows: RepeatedRows

        /// `37 rows of /test/inputs are also in /train/inputs: first row 4, which is row 7 there`.
        package var description: String {
            let subject = rows.count == 1 ? "1 row of \(path) is" : "\(rows.count) rows of \(path) are"
            return "\(subject) also in \(other): first row \(rows.row), which is row \(rows.of) there"
        }
    }

    package let file: String
    /// What is known without reading any value, in the order of paths.
    package let overview: [DatasetReport]
    /// What the file holds beside them, and why it is not examined; nothing where a path was named.
    package let omitted: [HDF5Omission]
    /// As far as examined.
    package private(set) var reports: [DatasetReport] = []

    private let datasets: [HDF5Dataset]
    private let attributes: HDF5Attributes
    private var indices: [RowIndex] = []

    /// - Parameter path: a dataset or a group; nil for the whole file.
    /// - Throws: `HDF5Error` where the file or the path can't be read, `DataError` where there is no dataset.
    package init(_ file: HDF5File, path: String? = nil) throws {
        self.file = file.path
        attributes = file.attributes
        if let path {
            let prefix = "/" + path.split(separator: "/").joined(separator: "/")
            let paths = try file.allDatasetPaths()
            let below = paths.filter { prefix == "/" || $0.hasPrefix(prefix + "/") }
            if below.isEmpty || paths.contains(prefix) {
                datasets = [try file.dataset(prefix)]
            } else {
                datasets = try below.map { try file.dataset($0) }
            }
            omitted = []
        } else {
            (datasets, omitted) = try file.allDatasets()
        }
        guard !datasets.isEmpty || !omitted.isEmpty else { throw DataError("\(file.path) holds no datasets") }
        overview = datasets.map { DatasetReport($0) }
    }

    /// Examines the next dataset.
    /// - Parameter progress: told the rows read so far; what it throws ends the examination.
    /// - Returns: nil when all have been examined. A dataset that can't be read says so in `failure`.
    package mutating func next(progress: ((PreparationProgress) throws -> Void)? = nil) throws -> DatasetReport? {
        guard reports.count < datasets.count else { return nil }
        let dataset = datasets[reports.count]
        var report = overview[reports.count]
        do {
            report.classNames = try names("class_names", dataset)
            report.recipe = try dataset.attributes.stringsIfPresent(Recipe.attribute)?.first.flatMap {
                try? Recipe(text: $0, file: dataset.path)
            }
            if report.type.isNumeric, !report.shape.isEmpty, dataset.count > 0 {
                try examine(dataset, &report, progress)
            }
        } catch let error as HDF5Error {
            report.failure = error.description
        } catch let error as DataError {
            report.failure = error.description
        }
        let axes = dataset.path.hasSuffix("/targets") ? "transpose_targets" : "transpose_inputs"
        report.advice =
            AxisHints.sentences(dataset, key: axes) + (report.type.isNumeric ? Packing.sentences(dataset) : [])
            + report.hints
            + DatasetAdvice.sentences(for: report)
            + (TableColumns.words(of: dataset).map { ["it is a table; name a column to see its values: \($0)"] } ?? [])
        reports.append(report)
        return report
    }

    /// Rows that occur in more than one of the datasets examined that have the same name and shape of rows.
    package func leaks() throws -> [Leak] {
        var leaks: [Leak] = []
        for (later, index) in indices.enumerated() {
            for other in indices[..<later] where Self.correspond(index.source, other.source) {
                // What is trained on is named last, as that is where a row may stay.
                let isTrain = index.source.dataset.path.contains("train")
                let (here, there) = isTrain ? (other, index) : (index, other)
                if let rows = try here.shared(with: there) {
                    leaks.append(Leak(path: here.source.dataset.path, other: there.source.dataset.path, rows: rows))
                }
            }
        }
        return leaks
    }

    package func json(leaks: [Leak]) -> JSONNode {
        [
            "file": JSONNode(file), "datasets": JSONNode(reports.map(\.json)),
            "leaks": JSONNode(
                leaks.map {
                    [
                        "path": JSONNode($0.path), "other": JSONNode($0.other), "count": JSONNode($0.rows.count),
                        "row": JSONNode($0.rows.row), "of": JSONNode($0.rows.of),
                    ]
                }),
        ]
    }

    private static func correspond(_ a: RowSource, _ b: RowSource) -> Bool {
        func name(_ source: RowSource) -> Substring? { source.dataset.path.split(separator: "/").last }
        return a.rowShape == b.rowShape && a.type == b.type && name(a) == name(b)
    }

    private struct Scan: Sendable {
        var statistics: ValueStatistics
        /// Of the worker's own blocks.
        var hashes: [(block: Int, hashes: [UInt64])] = []
    }

    private mutating func examine(
        _ dataset: HDF5Dataset, _ report: inout DatasetReport, _ progress: ((PreparationProgress) throws -> Void)?
    ) throws {
        let source = try RowSource(dataset)
        guard source.width > 0 else { return }
        // A row of one number is a label or a target, which repeat; an index of rows must fit into memory.
        let room = Int(clamping: ProcessInfo.processInfo.physicalMemory) / 128
        let wantsHashes = source.width > 1 && source.rows <= room
        let (rowShape, type, rowBytes, blockRows) = (source.rowShape, source.type, source.rowBytes, source.blockRows)
        let scans = try source.scan(
            make: { Scan(statistics: ValueStatistics(rowShape: rowShape)) },
            progress: { done in try progress?(PreparationProgress(done: done, total: source.rows, rows: done)) }
        ) { scan, rows, memory in
            scan.statistics.add(rows, memory, type)
            guard wantsHashes else { return }
            scan.hashes.append(
                (
                    rows.lowerBound / blockRows,
                    (0..<rows.count).map { RowHash.hash(memory + $0 * rowBytes, count: rowBytes) }
                ))
        }
        report.values = try values(scans.map(\.statistics), source, dataset)
        if wantsHashes {
            let blocks = scans.flatMap(\.hashes).sorted { $0.block < $1.block }
            let index = RowIndex(source, hashes: blocks.flatMap(\.hashes))
            report.duplicates = try index.duplicates()
            report.lookedForDuplicates = true
            indices.append(index)
        } else if source.width == 1 {
            report.labels = try LabelHistogram(source)
        }
        if report.labels == nil { report.hints = try extremeValues(source, report) }
    }

    /// Values that may mark missing ones.
    private func extremeValues(_ source: RowSource, _ report: DatasetReport) throws -> [String] {
        guard let type = StoredType(rawValue: source.type.rawValue), type.byteCount > 1 else { return [] }
        return try ExtremeColumns(rows: source.rows, rowShape: source.rowShape, type, runs: 16) {
            try source.read($0, into: $1)
        }.sentences("it", columns: report.recipe?.columns) { report.featureName($0) }
    }

    private func values(
        _ parts: [ValueStatistics], _ source: RowSource, _ dataset: HDF5Dataset
    ) throws -> DatasetReport.Values {
        var places = parts[0].perPlace()
        var (nan, infinite) = (parts[0].nan, parts[0].infinite)
        for part in parts.dropFirst() {
            for (place, summary) in part.perPlace().enumerated() { places[place].merge(summary) }
            nan.merge(part.nan)
            infinite.merge(part.infinite)
        }
        func irregular(_ found: ValueStatistics.Irregular) -> DatasetReport.Irregular? {
            found.firstRow.map { DatasetReport.Irregular(count: found.count, firstRow: $0) }
        }
        var values = DatasetReport.Values()
        values.all = DatasetReport.Figures(places.reduce(into: ValueStatistics.Summary()) { $0.merge($1) })
        values.nan = irregular(nan)
        values.infinite = irregular(infinite)
        values.fitsSingle = source.type == .float64 && parts.allSatisfy(\.fitsSingle)
        let last = source.rowShape.last
        if source.rowShape.rank > 0, (2...ValueStatistics.mostFeatures).contains(last), places.count % last == 0 {
            var features = Array(repeating: ValueStatistics.Summary(), count: last)
            for (place, summary) in places.enumerated() { features[place % last].merge(summary) }
            values.features = features.map { DatasetReport.Figures($0) }
        }
        if source.rowShape.rank == 1 { values.featureNames = try ColumnNames.of(dataset, root: attributes) }
        if places.count == source.width, source.width > 1, source.rows > 1 {
            values.places = places.count
            values.constant = places.indices.filter { places[$0].count > 0 && places[$0].minimum == places[$0].maximum }
        }
        return values
    }

    /// Names on the dataset itself or on the file.
    private func names(_ attribute: String, _ dataset: HDF5Dataset) throws -> [String]? {
        try dataset.attributes.stringsIfPresent(attribute) ?? attributes.stringsIfPresent(attribute)
    }
}
