import Foundation
import HDF5
import Kernels
import Machine
import Recipes

extension Dataset {
    /// Reads a split from HDF5 files. A split larger than the memory limit stays in its files, and rows are read as
    /// they are needed.
    /// - Parameters:
    ///   - wantsTargets: false for prediction: targets and weights are then not read.
    ///   - memoryLimit: in bytes; nil for half of the memory that the process may use.
    /// - Throws: `HDF5Error` for a file that can't be read, `DataError` for data that can't be trained on.
    public init(reading source: DataSource, wantsTargets: Bool = true, memoryLimit: Int? = nil) throws {
        try self.init(reading: source, wantsTargets: wantsTargets, memoryLimit: memoryLimit, names: nil)
        self = try settled(.error, "the rows")
    }

    /// - Parameters:
    ///   - names: what labels and categories must mean, as they did when a model was trained.
    ///   - tables: the columns of tables then, into whose order and codes these are brought.
    ///   - unknown: what a model's user wants done with what it does not know; nil in training.
    package init(
        reading source: DataSource, wantsTargets: Bool, memoryLimit: Int?, names: CodeNames?,
        tables: TableRecipes = TableRecipes(), unknown: UnknownValues? = nil
    ) throws {
        let limit = memoryLimit ?? AvailableMemory.bytes / 2
        var data = try Self.open(
            source, wantsTargets: wantsTargets, names: names, tables: tables, unknown: unknown)
        if data.byteCount <= limit { data = try data.loaded() } else { data = try data.streamed(within: limit) }
        self = data
    }

    /// Opens a split whose rows stay in the files.
    /// - Parameters:
    ///   - names: what the numbers stand for in a model, or in the training split, which this one must agree with.
    ///   - tables: the columns of tables there.
    package static func open(
        _ source: DataSource, wantsTargets: Bool = true, names: CodeNames? = nil, tables: TableRecipes = TableRecipes(),
        unknown: UnknownValues? = nil
    ) throws -> Dataset {
        try open(
            source, in: openFiles(of: source), wantsTargets: wantsTargets, names: names, tables: tables,
            unknown: unknown)
    }

    private static func open(
        _ source: DataSource, in files: [HDF5File], wantsTargets: Bool, names: CodeNames?,
        tables reference: TableRecipes, unknown: UnknownValues?
    ) throws -> Dataset {
        try checkFilters(files, source, wantsTargets: wantsTargets)
        var own = CodeNames()
        var notices = files.compactMap(\.notice)
        let tables = try Tables(files, source, onto: reference, wantsTargets: wantsTargets, unknown: unknown)
        notices += tables.notices
        for file in files {
            notices += try own.merge(try CodeNames(file, source, besides: tables.keys))
        }
        tables.name(&own)
        var fields = try source.inputParts.map { part in
            var field = try input(files, source, part, tables.table(.input, part))
            field.images = tables.images(part)
            return DataField(.input, field, name: part.name)
        }
        for part in wantsTargets ? source.targetParts : [] {
            guard try files[0].dataset(part.paths[0]).elementType == .string else {
                fields.append(
                    DataField(
                        .target,
                        try field(
                            files, source, part.paths, order: part.axes, key: "transpose_targets",
                            tables.table(.target, part)),
                        name: part.name))
                continue
            }
            let output = source.targetParts.count > 1 ? part.name : nil
            let given = names?.lists[CodeNames.key(CodeNames.classes, output)].map {
                (names: $0.names, place: $0.place)
            }
            let coded = try ClassCodes.field(files, part.paths[0], names: given)
            fields.append(DataField(.target, coded.field, name: part.name))
            own.setClasses(coded.names, "\(source.file): \(part.words)", of: output)
        }
        notices += try names?.check(own) ?? []
        for part in wantsTargets ? source.weightParts : [] {
            fields.append(DataField(.weight, try field(files, source, part.paths), name: part.name))
        }
        var data = try Dataset(fields: fields, source: source)
        data.codeNames = own
        data.notices = notices
        for part in source.inputParts where part.axes == nil {
            for path in part.paths { data.notices += AxisHints.sentences(try files[0].dataset(path)) }
        }
        for part in wantsTargets ? source.targetParts : [] where part.axes == nil {
            data.notices += AxisHints.sentences(try files[0].dataset(part.paths[0]), key: "transpose_targets")
        }
        return data
    }

    /// Names what no installed filter can undo, in all files, before any of them is read.
    private static func checkFilters(_ files: [HDF5File], _ source: DataSource, wantsTargets: Bool) throws {
        let roles = wantsTargets ? DataField.Role.allCases : [.input]
        var failures: [HDF5Error] = []
        for file in files {
            for path in roles.flatMap({ source.parts($0).flatMap(\.paths) }) {
                // What is missing is told where it is read.
                if let failure = try? file.dataset(path).filterFailure { failures.append(failure) }
            }
        }
        guard let first = failures.first else { return }
        guard failures.count > 1 else { throw first }
        let others = failures.dropFirst().map { "\($0.object ?? "") in \($0.file)" }
        throw DataError(
            "\(first); the same holds for \(others.prefix(5).joined(separator: ", "))"
                + (others.count > 5 ? " and \(others.count - 5) more" : ""))
    }

    /// A model sees rows with axes: numbers without are rows of one.
    private static func input(
        _ files: [HDF5File], _ source: DataSource, _ part: DataSource.Part, _ table: Tables.Table?
    ) throws -> Field {
        let field = try field(files, source, part.paths, order: part.axes, key: "transpose_inputs", table)
        guard field.rowShape.rank == 0 else { return field }
        return Field(
            type: field.type, rowShape: [1], rows: field.rows, parts: field.parts, tensor: nil, recipe: field.recipe)
    }

    private static func openFiles(of source: DataSource) throws -> [HDF5File] {
        let objects = source.allPaths
        return try source.storedFiles().map {
            try HDF5File.open($0, allowingExternal: source.allowsExternalLinks, reading: .objects(objects))
        }
    }

    /// The split as it is, with what is small beside the limit in memory, and the rest of the limit for its windows.
    func streamed(within limit: Int) throws -> Dataset {
        var data = self
        let small = fields.filter { $0.role != .input }.reduce(0) { $0 + $1.field.byteCount }
        if small <= limit / 8 { data = try data.loadingLabels() }
        data.windowBytes = limit - (small <= limit / 8 ? small : 0)
        return data
    }

    /// A field of the files of a split, all together, as training reads it.
    package struct FieldSummary: Sendable {
        package let role: DataField.Role
        package let name: String?
        /// The paths in the files.
        package let path: String
        /// The shape with the rows first.
        package let shape: Shape
        package let type: String
    }

    /// What the files of a split hold: inputs, then targets.
    /// - Throws: as reading the split does.
    package static func summaries(of source: DataSource) throws -> [FieldSummary] {
        let files = try openFiles(of: source)
        let data = try open(
            source, in: files, wantsTargets: true, names: nil, tables: TableRecipes(), unknown: nil)
        return try zip(data.fields, source.inputParts + source.targetParts).map { entry, part in
            let type =
                part.paths.count == 1 ? "\(try files[0].dataset(part.paths[0]).elementType)" : entry.field.type.rawValue
            return FieldSummary(
                role: entry.role, name: entry.name, path: part.words,
                shape: Shape([entry.field.rows] + entry.field.rowShape.dimensions), type: type)
        }
    }

    /// The field that some paths make over several files.
    private static func field(
        _ files: [HDF5File], _ source: DataSource, _ paths: [String], order: [Int]? = nil, key: String = "",
        _ table: Tables.Table? = nil
    ) throws -> Field {
        var parts: [Field.Part] = []
        var (type, shape, rows) = (StoredType.float32, Shape.scalar, 0)
        var sources = try files.enumerated().map { index, file in
            try SourceRows.open(file, paths, order: order, key: key)
                .called(source.place(index, file.path, paths.joined(separator: ", ")))
        }
        if let table { sources = try table.recoded(sources) }
        for (index, own) in sources.enumerated() {
            if let first = parts.first, (own.type, own.shape) != (type, shape) {
                throw DataError(
                    "\(own.place) has rows of \(own.shape) \(own.type.rawValue), but \(first.place) of \(shape) "
                        + "\(type.rawValue); files that act as one dataset must agree")
            }
            (type, shape) = (own.type, own.shape)
            var part = Field.Part(place: own.place, first: rows, rows: own.rows, reader: own.reader)
            if source.table != nil {
                part.lines = try counts(files[index], TableSource.linesPath, rows: own.rows)
                part.tableRows = try counts(files[index], TableSource.rowsPath, rows: own.rows)
            }
            if source.table?.images != nil, let names = try? files[index].dataset(Dataset.fileNames).readStrings() {
                part.fileNames = names
            }
            parts.append(part)
            let (sum, overflows) = rows.addingReportingOverflow(own.rows)
            guard !overflows else { throw DataError("\(own.place) has more rows than can be counted") }
            rows = sum
        }
        let field = Field(
            type: type, rowShape: shape, rows: rows, parts: parts, tensor: nil, recipe: table?.recipe)
        let (bytes, overflows) = rows.multipliedReportingOverflow(by: field.rowBytes)
        guard !overflows, bytes < 1 << 60 else {
            throw DataError("\(parts[0].place) has \(rows) rows of \(shape), more than any machine can hold")
        }
        return field
    }

    /// A number for each row, that stands beside what a table was converted to; nil where there is none.
    private static func counts(_ file: HDF5File, _ path: String, rows: Int) throws -> (any RowReading)? {
        guard try file.exists(path) else { return nil }
        let reader = try HDF5RowReader(file.dataset(path))
        return reader.memoryType == .int64 && reader.rowShape == [] && reader.rows == rows ? reader : nil
    }
}
