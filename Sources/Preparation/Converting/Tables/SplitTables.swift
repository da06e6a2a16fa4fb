import Batches
internal import Configuration
internal import HDF5
internal import Recipes

/// Converts the tables of text that a split names, so that the split can be read.
package struct SplitTables: Sendable {
    /// Of each table what was written, in their order.
    package let reports: [ConversionReport]
    /// The source, reading what was written.
    package let source: DataSource
    /// What the first table declares of its columns, for other splits.
    package let like: LikeTable

    /// - Parameters:
    ///   - split: what the files are called: `train` gives `train.h5`, `train-2.h5` and so on.
    ///   - like: what is said of the columns elsewhere; nil where the split says it itself.
    ///   - wantsTargets: whether a table without the targets is refused, rather than read without them.
    ///   - progress: with the table that is converted.
    /// - Throws: `DataError` and `FileError` for tables that can't be converted.
    package init(
        _ source: DataSource, into folder: String, split: String, like: LikeTable?, wantsTargets: Bool = true,
        progress: (String, PreparationProgress) -> Void
    ) throws {
        var (like, reports, converted): (LikeTable?, [ConversionReport], [TableSource.Converted]) = (like, [], [])
        for (index, path) in try source.paths().enumerated() {
            let file = "\(folder)/\(Self.name(split, index))"
            let report = try Self.convert(source, path, to: file, split, like, wantsTargets: wantsTargets) {
                progress(path, $0)
            }
            like = like ?? LikeTable(report, place: path)
            reports.append(report)
            converted.append(TableSource.Converted(path, path: file))
        }
        guard let like else { throw DataError("data.\(split).file names no table") }
        var own = source
        own.table?.converted = converted
        if reports.contains(where: { !$0.hasTargets }) { own.targetParts = [] }
        (self.reports, self.source, self.like) = (reports, own, like)
    }

    /// What a split's converted tables are called: `train.h5`, `train-2.h5`.
    package static func name(_ split: String, _ index: Int) -> String {
        split + (index > 0 ? "-\(index + 1)" : "") + ".h5"
    }

    /// Converts one table.
    package static func convert(
        _ source: DataSource, _ path: String, to file: String, _ split: String, _ like: LikeTable?, wantsTargets: Bool,
        progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        let table = source.table ?? TableSource()
        if let images = table.images {
            return try SplitImages(table, images, path, split, like, wantsTargets: wantsTargets).convert(
                to: file, progress: progress)
        }
        let options = try TableOptions(table, path, like)
        if like == nil, table.targets.isEmpty {
            let names = RecipeMapping.list(try Self.columns(path, options))
            throw table.asker.mistake(
                .targets,
                "\(path): which column is to be predicted is said by data.\(split).targets, which is missing; the table has "
                    + "the columns \(names)",
                configured:
                    "is missing; name the column of \(path) that is to be predicted; it has the columns \(names)")
        }
        // Small beside the table; a temporary file is written fast.
        var target = try ConversionTarget(file: file, group: "/", storage: DatasetStorage(gzip: 1))
        target.keepsLines = true
        let report = try TableConverter(path, options: options).convert(to: target, progress: progress)
        if like == nil, let words = report.mixtureOfTargets {
            throw table.asker.mistake(.targets, "\(path): targets \(words)", configured: words)
        }
        if wantsTargets, !report.hasTargets, let like {
            let (names, wanted) = (try columns(path, options), like.targets?.names ?? [])
            let missing = wanted.filter { !names.contains($0) }
            throw DataError(
                wanted.isEmpty
                    ? "\(path): \(like.place) says nothing of targets, so they can't be read from a table"
                    : like.areNumbered
                        ? "\(path) has \(names.count) columns without names, too few for the target "
                            + "(\(wanted.joined(separator: ", ")), counted from 0) beside the inputs of \(like.place)"
                        : "\(path) has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")), which is "
                            + "\(missing.count == 1 ? "the target" : "among the targets") of \(like.place); its columns are "
                            + RecipeMapping.list(names))
        }
        return report
    }

    /// What the columns of a table are called; by their numbers where they have no names.
    package static func columns(_ path: String, _ options: TableOptions) throws -> [String] {
        try TableForm(Inflate.open(path), options).names
    }
}

extension LikeTable {
    /// What was declared in a conversion.
    package init(_ report: ConversionReport, place: String) {
        self.init(
            inputs: report.datasets.first?.recipe ?? Recipe([]), targets: report.targets?.recipe,
            kept: report.datasets.dropFirst(report.hasTargets ? 2 : 1).flatMap { $0.recipe?.columns ?? [] },
            images: report.images, place: place)
    }
}

extension ConversionReport {
    /// What was written of a table's targets, which no other column of its own is called.
    fileprivate var targets: Written? { datasets.first { $0.path == TableSource.targetsPath } }
    var hasTargets: Bool { targets != nil }

    /// What is wrong where classes stand beside numbers, of which one loss would take the classes' codes for amounts; nil
    /// where they do not. A 0 or 1 is an answer as a yes or no is.
    fileprivate var mixtureOfTargets: String? {
        guard let targets, let columns = targets.recipe?.columns, columns.count > 1,
            let text = columns.first(where: { $0.kind.isCoded })
        else { return nil }
        let number = columns.first { column in
            guard !column.kind.isCoded, let range = column.seen?.range else { return false }
            // Where a value is missing, whole numbers are stored as floats, too.
            let areWhole = targets.type == .int32 || columns.contains { ($0.seen?.missing ?? 0) > 0 }
            return range.lowerBound < 0 || range.upperBound > 1 || !areWhole
        }
        guard let number else { return nil }
        let names = columns.map(\.name)
        let texts = text.categories.prefix(3).joined(separator: ", ") + (text.categories.count > 3 ? ", …" : "")
        return "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? ""): \(text.name) holds texts "
            + "(\(texts)), \(number.name) \(number.kind.nouns); train a model for each, or give two outputs"
    }
}

extension TableOptions {
    /// What a config says of a table.
    /// - Parameter like: what is said of the columns elsewhere.
    /// - Throws: `DataError` for a word that is not known.
    package init(_ table: TableSource, _ path: String, _ like: LikeTable? = nil) throws {
        self.init()
        (self.like, asker) = (like, table.asker)
        if let word = table.encoding {
            guard let known = TextEncoding(rawValue: word) else {
                throw asker.mistake(
                    .encoding, "\(path): " + unknownWord(word, noun: "encoding", among: TableSource.encodings))
            }
            encoding = known
        }
        delimiter = table.delimiter.flatMap(TableSource.delimiter)
        hasDecimalComma = table.hasDecimalComma
        // Columns are found by their names, unless they had none.
        hasHeader = table.hasHeader ?? like.flatMap { $0.isNamed ? true : nil }
        kept = table.kept
        guard like == nil else {
            // The other tables of the same split; what else becomes of missing values is declared.
            missing = table.missing == "skip" ? .skip : .refuse
            return
        }
        inputs = table.inputs
        targets = table.targets
        dropped = table.dropped.filter { !table.kept.contains($0) }
        for kind in table.kinds {
            // What stands beside the inputs is no input anyhow.
            if table.kept.contains(kind.column), let word = ColumnWord(kind.word), word.kind.isLeftOut { continue }
            guard let known = ColumnWord(kind.word) else {
                let problem = ColumnWord.unknown(kind.word)
                throw asker.mistake(
                    .columns, of: kind.column, "\(path), column '\(kind.column)': \(problem)", configured: problem)
            }
            kinds.append((kind.column, known))
        }
        marks = table.marks
        missing = table.missing.map { Missing(word: $0) } ?? .refuse
        for policy in table.missingOf {
            // An object's keys differ.
            _ = setMissing(Missing(word: policy.word), of: policy.column)
        }
    }
}

extension LikeTable {
    /// The same under another name.
    package func called(_ place: String) -> LikeTable {
        LikeTable(inputs: inputs, targets: targets, kept: kept, images: images, place: place)
    }

    /// Whether a column is one of the inputs.
    package func hasInput(_ name: String) -> Bool { inputs.names.contains(name) }

    /// Whether the columns have names, rather than numbers.
    fileprivate var isNamed: Bool {
        !(inputs.names + (targets?.names ?? [])).allSatisfy { Int($0).map { $0 >= 0 } ?? false }
    }

    /// Whether the columns had no names.
    fileprivate var areNumbered: Bool { inputs.form?.columns != nil }
}
