import Foundation
import HDF5
import Kernels
import Machine

extension Dataset {
    /// Reads a split from HDF5 files; one that is larger than `memoryLimit` is left there and read as it is wanted.
    /// - Parameter memoryLimit: in bytes; half of the memory that the process may use unless given.
    /// - Throws: `HDF5Error` for a file that can't be read, `DataError` for data that can't be trained on.
    public init(reading source: DataSource, wantsTargets: Bool = true, memoryLimit: Int? = nil) throws {
        try self.init(reading: source, wantsTargets: wantsTargets, memoryLimit: memoryLimit, names: nil)
    }

    /// - Parameter names: what labels and categories must mean, as they did when a model was trained.
    package init(reading source: DataSource, wantsTargets: Bool, memoryLimit: Int?, names: CodeNames?) throws {
        let limit = memoryLimit ?? AvailableMemory.bytes / 2
        var data = try Self.open(source, wantsTargets: wantsTargets, names: names)
        if data.byteCount <= limit { data = try data.loaded() } else { data = try data.streamed(within: limit) }
        self = data
    }

    /// Opens a split whose rows stay in the files.
    /// - Parameter names: what the numbers stand for in a model, or in the training split, which this one must agree with.
    package static func open(_ source: DataSource, wantsTargets: Bool = true, names: CodeNames? = nil) throws -> Dataset
    {
        try open(source, in: openFiles(of: source), wantsTargets: wantsTargets, names: names)
    }

    private static func open(
        _ source: DataSource, in files: [HDF5File], wantsTargets: Bool, names: CodeNames?
    ) throws -> Dataset {
        let inputs = try inputs(files, source)
        var own = CodeNames()
        var notices = files.compactMap(\.notice)
        for file in files {
            notices += try own.merge(try CodeNames(file, inputs: source.inputPaths, targets: source.targets))
        }
        var targets: Field?
        if wantsTargets, let path = source.targets {
            if try files[0].dataset(path).elementType == .string {
                let given = names?.lists[CodeNames.classes].map { (names: $0.names, place: $0.place) }
                let coded = try ClassCodes.field(files, path, names: given)
                targets = coded.field
                own.setClasses(coded.names, "\(source.file): \(path)")
            } else {
                targets = try field(files, [path], order: source.transposeTargets, key: "transpose_targets")
            }
        }
        notices += try names?.check(own) ?? []
        var data = try Dataset(
            inputs: inputs, targets: targets,
            weights: wantsTargets ? source.weights.map { try field(files, [$0]) } : nil,
            classNames: nil, source: source)
        data.codeNames = own
        data.notices = notices
        if source.transposeInputs == nil {
            for path in source.inputPaths { data.notices += AxisHints.sentences(try files[0].dataset(path)) }
        }
        return data
    }

    /// A model sees rows with axes: numbers without are rows of one.
    private static func inputs(_ files: [HDF5File], _ source: DataSource) throws -> Field {
        let field = try field(files, source.inputPaths, order: source.transposeInputs, key: "transpose_inputs")
        guard field.rowShape.rank == 0 else { return field }
        return Field(type: field.type, rowShape: [1], rows: field.rows, parts: field.parts, tensor: nil)
    }

    private static func openFiles(of source: DataSource) throws -> [HDF5File] {
        let objects = source.inputPaths + [source.targets, source.weights].compactMap { $0 }
        return try source.paths().map {
            try HDF5File.open($0, allowingExternal: source.allowsExternalLinks, reading: .objects(objects))
        }
    }

    /// The split as it is, with what is small beside the limit in memory, and the rest of the limit for its windows.
    func streamed(within limit: Int) throws -> Dataset {
        var data = self
        let small = [targets, weights].compactMap { $0?.byteCount }.reduce(0, +)
        if small <= limit / 8 { data = try data.loadingLabels() }
        data.windowBytes = limit - (small <= limit / 8 ? small : 0)
        return data
    }

    /// What the files of a split hold, all together, as training reads it.
    /// - Returns: the shape with the rows first, and the type; nil of targets where there are none.
    /// - Throws: as reading the split does.
    package static func summary(
        of source: DataSource
    ) throws -> (inputs: (shape: Shape, type: String), targets: (shape: Shape, type: String)?) {
        let files = try openFiles(of: source)
        func words(_ field: Field, _ paths: [String]) throws -> (Shape, String) {
            let type = paths.count == 1 ? "\(try files[0].dataset(paths[0]).elementType)" : field.type.rawValue
            return (Shape([field.rows] + field.rowShape.dimensions), type)
        }
        let data = try open(source, in: files, wantsTargets: true, names: nil)
        return (
            try words(data.inputs, source.inputPaths),
            try data.targets.map { try words($0, source.targets.map { [$0] } ?? []) }
        )
    }

    /// The field that some paths make over several files.
    private static func field(
        _ files: [HDF5File], _ paths: [String], order: [Int]? = nil, key: String = ""
    ) throws -> Field {
        var parts: [Field.Part] = []
        var (type, shape, rows) = (StoredType.float32, Shape.scalar, 0)
        for file in files {
            let own = try SourceRows.open(file, paths, order: order, key: key)
            if let first = parts.first, (own.type, own.shape) != (type, shape) {
                throw DataError(
                    "\(own.place) has rows of \(own.shape) \(own.type.rawValue), but \(first.place) of \(shape) "
                        + "\(type.rawValue); files that act as one dataset must agree")
            }
            (type, shape) = (own.type, own.shape)
            parts.append(Field.Part(place: own.place, first: rows, rows: own.rows, reader: own.reader))
            let (sum, overflows) = rows.addingReportingOverflow(own.rows)
            guard !overflows else { throw DataError("\(own.place) has more rows than can be counted") }
            rows = sum
        }
        let field = Field(type: type, rowShape: shape, rows: rows, parts: parts, tensor: nil)
        let (bytes, overflows) = rows.multipliedReportingOverflow(by: field.rowBytes)
        guard !overflows, bytes < 1 << 60 else {
            throw DataError("\(parts[0].place) has \(rows) rows of \(shape), more than any machine can hold")
        }
        return field
    }
}
