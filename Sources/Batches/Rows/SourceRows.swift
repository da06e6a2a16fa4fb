import Foundation
import HDF5
import Kernels
import Recipes

/// The rows of one file at one path, or of several paths joined, as training reads them.
struct SourceRows: Sendable {
    /// The file and the paths in it, for messages.
    let place: String
    let type: StoredType
    /// The shape of one row.
    let shape: Shape
    let rows: Int
    let reader: any RowReading

    /// Several paths stand side by side along the last axis; what has no axis counts as one of length 1.
    /// - Parameters:
    ///   - order: how the axes of the dataset are put, as NumPy's `transpose` takes them.
    ///   - key: what a config calls that order, for messages.
    /// - Throws: `HDF5Error` for what can't be read, `DataError` for what can't be trained on.
    static func open(
        _ file: HDF5File, _ paths: [String], order: [Int]? = nil, key: String = ""
    ) throws -> SourceRows {
        guard paths.count > 1 else { return try SourceRows(file, paths[0], order: order, key: key) }
        let parts = try paths.map { try SourceRows(file, $0, order: nil, key: key) }
        let first = parts[0]
        func leading(_ part: SourceRows) -> [Int] { Array(part.shape.dimensions.dropLast()) }
        for part in parts.dropFirst() where part.rows != first.rows || leading(part) != leading(first) {
            throw DataError(
                "\(part.place) has \(part.rows) rows of \(part.shape), but \(first.place) \(first.rows) of "
                    + "\(first.shape); what is joined along the last axis must agree in all others")
        }
        let joined = JoinedRows(parts)
        return SourceRows(
            place: "\(file.path): \(paths.joined(separator: ", "))", type: joined.type,
            shape: Shape(leading(first) + [joined.width]), rows: first.rows, reader: joined)
    }

    /// The same rows under another name.
    func called(_ place: String) -> SourceRows {
        SourceRows(place: place, type: type, shape: shape, rows: rows, reader: reader)
    }

    /// The same rows in the columns and the codes of another table.
    func recoded(_ mapping: RecipeMapping, as type: StoredType) -> SourceRows {
        let shape = self.shape.rank == 0 ? self.shape : Shape([mapping.places.count])
        return SourceRows(
            place: place, type: type, shape: shape, rows: rows,
            reader: RecodedRows(reader, from: self.type, mapping, as: type, place: place))
    }

    private init(place: String, type: StoredType, shape: Shape, rows: Int, reader: any RowReading) {
        (self.place, self.type, self.shape, self.rows, self.reader) = (place, type, shape, rows, reader)
    }

    private init(_ file: HDF5File, _ path: String, order: [Int]?, key: String) throws {
        let dataset = try file.dataset(path)
        let place = "\(file.path): \(path)"
        if dataset.elementType == .compound { throw Self.table(dataset, place) }
        let axes = try order.map { try Self.transposed(dataset, $0, key, place) } ?? dataset.shape
        let (type, shape) = try Self.description(dataset, axes, place)
        var reader: any RowReading =
            try order.map { try TransposedRows(dataset, $0, elementSize: type.byteCount) } ?? HDF5RowReader(dataset)
        let packing = try Packing(dataset, place)
        if !packing.missing.isEmpty {
            reader = MarkedRows(reader, type, width: shape.count, packing.missing, place: place)
        }
        if let scaling = packing.scaling {
            let scaled = ScaledRows(reader, from: type, width: shape.count, scaling)
            (self.reader, self.type) = (scaled, scaled.type)
        } else {
            (self.reader, self.type) = (reader, type)
        }
        (self.place, self.shape, rows) = (place, shape, axes[0])
    }

    private static func table(_ dataset: HDF5Dataset, _ place: String) -> DataError {
        let columns = ((try? dataset.columnNames) ?? []).map { "\"\(dataset.path)/\($0)\"" }
        let shown = columns.prefix(8).joined(separator: ", ") + (columns.count > 8 ? ", …" : "")
        return DataError("\(place) is a table; name the columns that are wanted: [\(shown)]")
    }

    private static func transposed(
        _ dataset: HDF5Dataset, _ order: [Int], _ key: String, _ place: String
    ) throws -> [Int] {
        guard order.count == dataset.shape.count else {
            throw DataError(
                "\(place) is \(Shape(dataset.shape)), of \(dataset.shape.count) axes, but \(key) puts \(order.count) in "
                    + "order; name each axis once")
        }
        return order.map { dataset.shape[$0] }
    }

    private static func description(
        _ dataset: HDF5Dataset, _ axes: [Int], _ place: String
    ) throws -> (StoredType, Shape) {
        guard axes.count >= 1 else {
            throw DataError("\(place) is a single value; a dataset needs rows, one for each sample")
        }
        guard axes[0] > 0 else { throw DataError("\(place) is empty: it has no rows") }
        let shape = Shape(Array(axes.dropFirst()))
        guard shape.count > 0 else {
            throw DataError("\(place) has rows without elements: its shape is \(Shape(dataset.shape))")
        }
        guard let memoryType = dataset.elementType.memoryType, let type = StoredType(rawValue: memoryType.rawValue)
        else {
            let advice =
                dataset.elementType == .string
                ? "texts can be labels, but inputs and weights are numbers; stormo data convert makes codes of a table's texts"
                : "store them as integers or floats"
            throw DataError("\(place) holds \(dataset.elementType), which are not numbers; \(advice)")
        }
        // A small file can claim any number of elements, since chunks that were never written take no room.
        let (rowBytes, overflows) = shape.count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflows, rowBytes <= Int(clamping: ProcessInfo.processInfo.physicalMemory) / 8 else {
            throw DataError("\(place) has \(axes[0]) rows of \(shape), more than fits into this machine's memory")
        }
        return (type, shape)
    }
}
