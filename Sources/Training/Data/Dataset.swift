import Foundation
internal import HDF5
public import Kernels

/// Inputs with their targets: one split, held in memory as stored.
public struct Dataset: Sendable {
    public let inputs: StoredTensor
    /// Nil where there is nothing to compare with, as in prediction.
    public let targets: StoredTensor?
    /// The names of the classes, in the order of their labels, if the file has them.
    public let classNames: [String]?
    /// Where the data came from, for messages.
    public let source: DataSource?

    public var count: Int { inputs.rows }

    /// Data from a program: one array for each sample.
    /// - Throws: `DataError` where the rows differ in length or number, or hold what is not a number.
    public init(inputs: [[Float]], shape: Shape? = nil, targets: [[Float]]? = nil) throws {
        func tensor(_ rows: [[Float]], _ shape: Shape?, _ what: String) throws -> StoredTensor {
            let shape = shape ?? [rows.first?.count ?? 0]
            guard rows.isEmpty || shape.dimensions.allSatisfy({ $0 > 0 }) else {
                throw DataError("\(what): the rows have no elements, since their shape is \(shape)")
            }
            if let row = rows.firstIndex(where: { $0.count != shape.count }) {
                throw DataError("\(what): row \(row) has \(rows[row].count) numbers, but should have \(shape.count)")
            }
            return try StoredTensor(rows, rowShape: shape)
        }
        self.inputs = try tensor(inputs, shape, "inputs")
        self.targets = try targets.map { try tensor($0, nil, "targets") }
        classNames = nil
        source = nil
        try check()
    }

    /// Reads a split from an HDF5 file.
    /// - Throws: `HDF5Error` for a file that can't be read, `DataError` for data that can't be trained on.
    public init(reading source: DataSource, wantsTargets: Bool = true) throws {
        let file = try HDF5File.open(source.file)
        inputs = try Self.read(file, source.inputs, source)
        if wantsTargets, let path = source.targets {
            targets = try Self.read(file, path, source)
        } else {
            targets = nil
        }
        let names = [try? file.dataset(source.targets ?? source.inputs).attributes, file.attributes].lazy
            .compactMap { try? $0?.strings("class_names") }.first
        classNames = names
        self.source = source
        try check()
    }

    private static func read(_ file: HDF5File, _ path: String, _ source: DataSource) throws -> StoredTensor {
        let dataset = try file.dataset(path)
        let place = "\(source.file): \(path)"
        guard dataset.shape.count >= 1 else {
            throw DataError("\(place) is a single value; a dataset needs rows, one for each sample")
        }
        guard dataset.shape[0] > 0 else { throw DataError("\(place) is empty: it has no rows") }
        let rowShape = Shape(Array(dataset.shape.dropFirst()))
        guard rowShape.count > 0 else {
            throw DataError("\(place) has rows without elements: its shape is \(Shape(dataset.shape))")
        }
        guard let memoryType = dataset.elementType.memoryType, let type = StoredType(rawValue: memoryType.rawValue)
        else {
            throw DataError("\(place) holds \(dataset.elementType), which are not numbers")
        }
        // Chunks that were never written take no room in the file, so a small one can claim any number of rows.
        let (byteCount, overflows) = dataset.count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflows, byteCount <= ProcessInfo.processInfo.physicalMemory else {
            throw DataError(
                "\(place) has \(dataset.shape[0]) rows of \(rowShape), more than fits into this machine's memory")
        }
        return try StoredTensor(type, rows: dataset.shape[0], rowShape: rowShape) { base in
            try dataset.read(into: UnsafeMutableRawBufferPointer(start: base, count: byteCount), as: memoryType)
        }
    }

    /// What a message calls the inputs or the targets.
    private func place(_ path: String?, _ fallback: String) -> String {
        guard let source, let path else { return fallback }
        return "\(source.file): \(path)"
    }
    var inputsPlace: String { place(source?.inputs, "inputs") }
    var targetsPlace: String { place(source?.targets, "targets") }

    private func check() throws {
        guard inputs.rows > 0 else { throw DataError("\(inputsPlace) is empty: it has no rows") }
        if let targets, targets.rows != inputs.rows {
            throw DataError(
                "\(inputsPlace) has \(inputs.rows) rows, but \(targetsPlace) has \(targets.rows); "
                    + "each row of inputs needs one of targets")
        }
        for (tensor, place) in [(inputs, inputsPlace), (targets, targetsPlace)] {
            if let (row, element) = tensor?.firstNonFinite() {
                throw DataError(
                    "\(place) holds a number that is NaN or infinite, in row \(row), element \(element); "
                        + "remove or fill such rows before training")
            }
        }
    }
}

/// Where a split stands: the file, and the paths in it.
public struct DataSource: Hashable, Sendable {
    public var file: String
    public var inputs: String
    public var targets: String?

    public init(file: String, inputs: String, targets: String?) {
        self.file = file
        self.inputs = inputs
        self.targets = targets
    }
}
