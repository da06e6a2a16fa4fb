import Foundation
internal import HDF5
import Kernels

extension Dataset {
    /// Reads a split from HDF5 files; one that is larger than `memoryLimit` is left there and read as it is wanted.
    /// - Parameter memoryLimit: in bytes; half of the memory that the process may use unless given.
    /// - Throws: `HDF5Error` for a file that can't be read, `DataError` for data that can't be trained on.
    public init(reading source: DataSource, wantsTargets: Bool = true, memoryLimit: Int? = nil) throws {
        let limit = memoryLimit ?? AvailableMemory.bytes / 2
        var data = try Self.open(source, wantsTargets: wantsTargets)
        if data.byteCount <= limit { data = try data.loaded() } else { data = try data.streamed(within: limit) }
        self = data
    }

    /// Opens a split whose rows stay in the files.
    static func open(_ source: DataSource, wantsTargets: Bool = true) throws -> Dataset {
        let files = try openFiles(of: source)
        let hasTargets = wantsTargets && source.targets != nil
        let inputs = try field(files, source.inputs)
        return try Dataset(
            inputs: inputs, targets: hasTargets ? field(files, source.targets!) : nil,
            weights: wantsTargets ? source.weights.map { try field(files, $0) } : nil,
            classNames: classNames(files[0], source), source: source)
    }

    private static func openFiles(of source: DataSource) throws -> [HDF5File] {
        let objects = [source.inputs] + [source.targets, source.weights].compactMap { $0 }
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

    private static func classNames(_ file: HDF5File, _ source: DataSource) -> [String]? {
        [try? file.dataset(source.targets ?? source.inputs).attributes, file.attributes].lazy
            .compactMap { try? $0?.strings("class_names") }.first
    }

    /// What the files of a split hold at a path, all together, as training reads them.
    /// - Returns: the shape with the rows first, and the type.
    /// - Throws: as reading the split does.
    package static func summary(of path: String, in source: DataSource) throws -> (shape: Shape, type: String) {
        let files = try openFiles(of: source)
        let field = try field(files, path)
        return (Shape([field.rows] + field.rowShape.dimensions), "\(try files[0].dataset(path).elementType)")
    }

    /// The field that one path makes over several files.
    private static func field(_ files: [HDF5File], _ path: String) throws -> Field {
        var parts: [Field.Part] = []
        var (type, shape, rows) = (StoredType.float32, Shape.scalar, 0)
        for file in files {
            let dataset = try file.dataset(path)
            let place = "\(file.path): \(path)"
            let (ownType, ownShape) = try description(dataset, place)
            if let first = parts.first, (ownType, ownShape) != (type, shape) {
                throw DataError(
                    "\(place) has rows of \(ownShape) \(ownType.rawValue), but \(first.place) of \(shape) "
                        + "\(type.rawValue); files that act as one dataset must agree")
            }
            (type, shape) = (ownType, ownShape)
            parts.append(
                Field.Part(place: place, first: rows, rows: dataset.shape[0], reader: try HDF5RowReader(dataset)))
            let (sum, overflows) = rows.addingReportingOverflow(dataset.shape[0])
            guard !overflows else { throw DataError("\(place) has more rows than can be counted") }
            rows = sum
        }
        let field = Field(type: type, rowShape: shape, rows: rows, parts: parts, tensor: nil)
        let (bytes, overflows) = rows.multipliedReportingOverflow(by: field.rowBytes)
        guard !overflows, bytes < 1 << 60 else {
            throw DataError("\(parts[0].place) has \(rows) rows of \(shape), more than any machine can hold")
        }
        return field
    }

    private static func description(_ dataset: HDF5Dataset, _ place: String) throws -> (StoredType, Shape) {
        guard dataset.shape.count >= 1 else {
            throw DataError("\(place) is a single value; a dataset needs rows, one for each sample")
        }
        guard dataset.shape[0] > 0 else { throw DataError("\(place) is empty: it has no rows") }
        let shape = Shape(Array(dataset.shape.dropFirst()))
        guard shape.count > 0 else {
            throw DataError("\(place) has rows without elements: its shape is \(Shape(dataset.shape))")
        }
        guard let memoryType = dataset.elementType.memoryType, let type = StoredType(rawValue: memoryType.rawValue)
        else {
            throw DataError("\(place) holds \(dataset.elementType), which are not numbers")
        }
        // A small file can claim any number of elements, since chunks that were never written take no room.
        let (rowBytes, overflows) = shape.count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflows, rowBytes <= ProcessInfo.processInfo.physicalMemory / 8 else {
            throw DataError(
                "\(place) has \(dataset.shape[0]) rows of \(shape), more than fits into this machine's memory")
        }
        return (type, shape)
    }
}
