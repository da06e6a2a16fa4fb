import Batches
package import HDF5
internal import Kernels

/// Copies an HDF5 file with its rows in chunks of another size.
///
/// Datasets of numbers are written anew; what else there is (strings, compounds, enumerations, single values) is
/// copied as it is. Groups and attributes are kept. Second names of an object become objects of their own where they
/// are hard links, and are left out where they are soft.
package struct Rechunking: Sendable {
    /// Rows of a chunk; nil for what `DatasetFile.chunkRows` says, which goes for datasets of one number a row always:
    /// a few labels would be less than what the library keeps about a chunk.
    package var rows: Int?
    /// The level of compression, 0 to 9; nil for none.
    package var gzip: Int? = 4
    /// Whether bytes of a compressed chunk are reordered, where numbers have several.
    package var shuffle = true
    package var fletcher32 = false
    /// Whether everything written is read back and compared, before the file takes its place.
    package var verify = false

    /// Whether values that lie in other files are taken along.
    package var followsExternalLinks = false

    package init() {}

    /// What became of a dataset.
    package struct Result: Sendable {
        package let path: String
        package let layout: HDF5Layout
        package let newLayout: HDF5Layout
        package let storedBytes: Int
        package let newStoredBytes: Int
        package let isRechunked: Bool
    }

    package struct Summary: Sendable {
        package internal(set) var results: [Result] = []
        /// Attributes that refer to objects of their file and are left out, each with its object's path.
        package internal(set) var omittedAttributes: [String] = []
        /// Links that are not in the copy.
        package internal(set) var omittedLinks: [HDF5Omission] = []
    }

    /// - Parameter output: may be the file itself, which is then replaced when all is written.
    /// - Throws: `HDF5Error`, `FileError`, `DataError`; nothing is left of the output then.
    package func run(
        _ file: String, to output: String, progress: ((PreparationProgress) throws -> Void)? = nil
    ) throws -> Summary {
        let source = try HDF5File.open(file, allowingExternal: followsExternalLinks, reading: .copies)
        let omitted = try source.omittedPaths()
        if let unreadable = omitted.first(where: { !$0.isLink }) {
            throw DataError("\(file): \(unreadable.path) can't be copied: \(unreadable.reason)")
        }
        let datasets = try source.allDatasetPaths().map { try source.dataset($0) }
        var counter = ByteCounter(total: datasets.reduce(0) { $0 + Self.bytes(of: $1) }, report: progress)
        var summary = Summary()
        summary.omittedLinks = omitted
        try DatasetFile.write(output) { target in
            for path in try source.allGroupPaths() {
                let group = path == "/" ? target.root : try target.root.createGroup(path)
                note(try group.attributes.copyAll(of: source.group(path).attributes), of: path, in: &summary)
            }
            for dataset in datasets {
                let isRechunked = Self.canRechunk(dataset)
                if isRechunked {
                    let copy = try rechunk(dataset, target, &counter)
                    note(try copy.attributes.copyAll(of: dataset.attributes), of: dataset.path, in: &summary)
                } else {
                    try target.root.copy(dataset, to: dataset.path)
                    try counter.add(Self.bytes(of: dataset), rows: dataset.shape.first ?? 1)
                }
            }
            try target.flush()
            for dataset in datasets {
                let copy = try target.dataset(dataset.path)
                if verify, dataset.elementType.isNumeric, !dataset.shape.isEmpty { try Self.compare(dataset, copy) }
                summary.results.append(
                    Result(
                        path: dataset.path, layout: dataset.layout, newLayout: copy.layout,
                        storedBytes: dataset.storageSize, newStoredBytes: copy.storageSize,
                        isRechunked: Self.canRechunk(dataset)))
            }
        }
        return summary
    }

    private func note(_ names: [String], of path: String, in summary: inout Summary) {
        summary.omittedAttributes += names.map { "\($0) of \(path)" }
    }

    /// Enumerations can be read, but not made.
    private static func canRechunk(_ dataset: HDF5Dataset) -> Bool {
        if case .enumeration = dataset.elementType { return false }
        return dataset.elementType.isNumeric && !dataset.shape.isEmpty && dataset.count > 0
    }

    private static func bytes(of dataset: HDF5Dataset) -> Int {
        dataset.count.multipliedReportingOverflow(by: max(dataset.elementType.size, 1)).partialValue
    }

    private func rechunk(
        _ dataset: HDF5Dataset, _ target: HDF5File, _ counter: inout ByteCounter
    ) throws -> HDF5Dataset {
        let source = try RowSource(dataset)
        let stored = source.width * dataset.elementType.size
        let wanted = min(
            (source.width > 1 ? rows : nil) ?? DatasetFile.chunkRows(rowBytes: stored, rows: source.rows), source.rows)
        let (chunkBytes, overflow) = wanted.multipliedReportingOverflow(by: stored)
        // The library holds a chunk in memory whole, and can't hold one of 4 GiB.
        guard !overflow, chunkBytes <= 1 << 30 else {
            throw DataError(
                "\(source.place): chunks of \(wanted) rows would take more than 1 GiB; ask for fewer rows")
        }
        let copy = try target.root.createDataset(
            dataset.path, dataset.elementType, shape: dataset.shape, chunk: [wanted] + source.rowShape.dimensions,
            gzip: gzip, shuffle: gzip != nil && shuffle && dataset.elementType.size > 1, fletcher32: fletcher32)
        let memory = try AlignedMemory(byteCount: source.blockRows * source.rowBytes)
        for block in 0..<source.blocks {
            let range = source.range(ofBlock: block)
            try source.read(range, into: memory.base)
            try copy.write(
                from: UnsafeRawBufferPointer(start: memory.base, count: range.count * source.rowBytes),
                as: source.type, rows: range)
            try counter.add(range.count * stored, rows: range.count)
        }
        return copy
    }

    private static func compare(_ dataset: HDF5Dataset, _ copy: HDF5Dataset) throws {
        let (source, result) = (try RowSource(dataset), try RowSource(copy))
        let memories = try (0..<2).map { _ in try AlignedMemory(byteCount: source.blockRows * source.rowBytes) }
        for block in 0..<source.blocks {
            let range = source.range(ofBlock: block)
            try source.read(range, into: memories[0].base)
            try result.read(range, into: memories[1].base)
            let (a, b) = (memories[0].base, memories[1].base)
            for row in 0..<range.count where !equal(a, b, row * source.rowBytes, source.rowBytes) {
                throw DataError("\(source.place): row \(range.lowerBound + row) was not written as it is")
            }
        }
    }

    private static func equal(
        _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ offset: Int, _ count: Int
    ) -> Bool {
        UnsafeRawBufferPointer(start: a + offset, count: count)
            .elementsEqual(UnsafeRawBufferPointer(start: b + offset, count: count))
    }
}

/// Adds up what has been done and tells it on.
struct ByteCounter {
    let total: Int
    let report: ((PreparationProgress) throws -> Void)?
    private var (done, rows) = (0, 0)

    init(total: Int, report: ((PreparationProgress) throws -> Void)?) {
        self.total = total
        self.report = report
    }

    mutating func add(_ bytes: Int, rows: Int) throws {
        done += bytes
        self.rows += rows
        try report?(PreparationProgress(done: done, total: total, rows: self.rows))
    }
}
