import HDF5
import Kernels
import Machine

/// What attributes of the netCDF conventions say of a dataset's values: which mark missing ones, and how the others are
/// to be read (CF conventions 1.11, sections 2.5.1 and 8.1).
package struct Packing: Sendable {
    /// value·scale + offset is what was measured.
    struct Scaling: Sendable, Hashable {
        let scale: Double
        let offset: Double
    }

    /// A stored value that stands for a missing one.
    struct Missing: Sendable, Hashable {
        let value: Double
        let attribute: String
    }

    let scaling: Scaling?
    let missing: [Missing]

    /// - Throws: `DataError` for attributes that can't be understood, `HDF5Error` for those that can't be read.
    init(_ dataset: HDF5Dataset, _ place: String) throws {
        let attributes = dataset.attributes
        let names = try Set(attributes.names)
        func number(_ name: String) throws -> Double? {
            guard names.contains(name) else { return nil }
            guard let values = try attributes.doublesIfPresent(name), values.count == 1, values[0].isFinite else {
                throw DataError(
                    "\(place) has the attribute \(name), which says how its values are packed, but it is not one number; "
                        + "write the values as they are meant, without it")
            }
            return values[0]
        }
        let (scale, offset) = (try number("scale_factor") ?? 1, try number("add_offset") ?? 0)
        scaling = scale == 1 && offset == 0 ? nil : Scaling(scale: scale, offset: offset)
        if names.contains("_Unsigned"), let text = try attributes.stringsIfPresent("_Unsigned")?.first,
            text.lowercased() == "true",
            [.int8, .int16, .int32, .int64].contains(dataset.elementType.memoryType)
        {
            throw DataError(
                "\(place) is stored as \(dataset.elementType), but its attribute _Unsigned says that the numbers have no "
                    + "sign; write them as an unsigned type")
        }
        // Of text that can't stand among numbers there is none to be found.
        missing = try ["_FillValue", "missing_value"].filter(names.contains).flatMap { name in
            (try attributes.doublesIfPresent(name) ?? []).filter(\.isFinite).map { Missing(value: $0, attribute: name) }
        }
    }
}

extension Packing {
    /// What such attributes of a dataset mean for training, a sentence each.
    package static func sentences(_ dataset: HDF5Dataset) -> [String] {
        do {
            let packing = try Packing(dataset, "\(dataset.filePath): \(dataset.path)")
            var sentences: [String] = []
            if let scaling = packing.scaling {
                sentences.append(
                    "its attributes scale_factor and add_offset say that the values are packed: training reads "
                        + "value·\(NumberText.short(scaling.scale)) + \(NumberText.short(scaling.offset))")
            }
            for missing in packing.missing {
                sentences.append(
                    "its attribute \(missing.attribute) names \(NumberText.short(missing.value)) as the mark of a missing "
                        + "value: training refuses rows that hold it")
            }
            return sentences
        } catch {
            return ["\(error)"]
        }
    }
}

/// Rows among which no value may be one that marks a missing one.
struct MarkedRows: RowReading {
    private let base: any RowReading
    private let type: StoredType
    private let width: Int
    private let missing: [Packing.Missing]
    private let place: String
    var blockRows: Int { base.blockRows }
    var scratchBytes: Int { base.scratchBytes }
    var sharedScratchBytes: Int { base.sharedScratchBytes }

    init(_ base: any RowReading, _ type: StoredType, width: Int, _ missing: [Packing.Missing], place: String) {
        self.base = base
        self.type = type
        self.width = width
        // An attribute in double precision names a value in single precision.
        self.missing = missing.map { marker in
            switch type {
            case .float32: Packing.Missing(value: Double(Float(marker.value)), attribute: marker.attribute)
            case .float16: Packing.Missing(value: Double(Float16(marker.value)), attribute: marker.attribute)
            default: marker
            }
        }
        self.place = place
    }

    /// - Throws: `DataError` with the row and the element of the first missing value.
    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws {
        try base.read(rows: range, into: destination)
        let markers = missing.map(\.value)
        var found: (index: Int, value: Double)?
        type.forEach(destination, count: range.count * width) { index, value in
            if found == nil, markers.contains(value) { found = (index, value) }
        }
        guard let found, let marker = missing.first(where: { $0.value == found.value }) else { return }
        let element = width > 1 ? ", element \(found.index % width)" : ""
        throw DataError(
            "\(place) holds \(NumberText.short(found.value)) in row \(range.lowerBound + found.index / width)\(element), "
                + "which its attribute \(marker.attribute) names as the mark of a missing value; remove or fill such rows "
                + "before training")
    }
}

/// Rows whose values are packed, as they were measured: in float32 where it holds as many digits as the packed type.
struct ScaledRows: RowReading {
    let type: StoredType
    private let base: any RowReading
    private let stored: StoredType
    private let width: Int
    private let scaling: Packing.Scaling
    var blockRows: Int { base.blockRows }
    let scratchBytes: Int
    var sharedScratchBytes: Int { base.sharedScratchBytes }

    init(_ base: any RowReading, from stored: StoredType, width: Int, _ scaling: Packing.Scaling) {
        self.base = base
        self.stored = stored
        self.width = width
        self.scaling = scaling
        type = stored.joined(with: .float32)
        scratchBytes = base.scratchBytes + base.blockRows * width * stored.byteCount
    }

    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws {
        let count = range.count * width
        let memory = try AlignedMemory(byteCount: count * stored.byteCount)
        try base.read(rows: range, into: memory.base)
        let (scale, offset) = (scaling.scale, scaling.offset)
        if type == .float32 {
            let target = destination.assumingMemoryBound(to: Float.self)
            stored.forEach(memory.base, count: count) { target[$0] = Float($1 * scale + offset) }
        } else {
            let target = destination.assumingMemoryBound(to: Double.self)
            stored.forEach(memory.base, count: count) { target[$0] = $1 * scale + offset }
        }
    }
}
