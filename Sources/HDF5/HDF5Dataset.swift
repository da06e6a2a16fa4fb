internal import CHDF5
import Synchronization

/// How a dataset's values lie in the file.
package enum HDF5Layout: Sendable, Hashable, CustomStringConvertible {
    /// In the dataset's header.
    case compact
    /// In one piece.
    case contiguous
    /// In blocks of this shape, each filtered on its own.
    case chunked([Int])
    /// A view over other datasets.
    case virtual

    package var description: String {
        switch self {
        case .compact: "compact"
        case .contiguous: "contiguous"
        case .chunked(let shape): "chunked " + shape.map(String.init).joined(separator: "x")
        case .virtual: "virtual"
        }
    }
}

/// A dataset: an array of values in an HDF5 file, or one column of a table, which is a dataset of compound type. It
/// keeps its file open.
package final class HDF5Dataset: Sendable {
    /// The absolute path in the file.
    package let path: String
    /// The size of each axis; empty for a single value. A column's shape is its table's. Where an element is itself an
    /// array, its axes come last.
    package let shape: [Int]
    /// The number of elements, the product of `shape`.
    package let count: Int
    package let elementType: HDF5ElementType
    package let layout: HDF5Layout
    /// The filters in the order in which they are applied, such as "shuffle", "gzip(4)".
    package let filters: [String]

    /// The path of the file, as it was given.
    package var filePath: String { file.path }
    package var attributes: HDF5Attributes { HDF5Attributes(of: handle, place, in: file) }

    let file: OpenFile
    let handle: Handle
    /// The member of a compound type that is read; nil where the elements are read whole.
    let column: String?
    /// The shape in the file, without the axes of elements that are arrays.
    let spaceShape: [Int]
    /// The axes of an element that is itself an array.
    var elementShape: [Int] { Array(shape.dropFirst(spaceShape.count)) }
    /// The files that the values come from, where they are elsewhere; nil as long as nobody has looked whether they are
    /// there.
    let sources = Mutex<[SourceFile.Identity]?>(nil)
    /// Whether what the dataset claims to hold has been held against what is stored of it.
    let isStorageChecked = Mutex(false)
    /// Whether the library leaves the places of values that were never written as they are.
    let leavesGaps: Bool
    /// Bytes of one element in the file, whole where it is an array or a row of a table; nil for what the library does not
    /// say, such as strings of variable length.
    let storedElementBytes: Int?
    /// Whether the values lie in files of raw bytes.
    let isElsewhere: Bool
    /// The most that the library keeps of its decompressed chunks.
    let cacheBytes: Int
    /// The first filter that this library can't undo.
    let missingFilter: String?
    var place: Place { Place(file, path) }

    /// Opens the dataset at an absolute path, or the column "/table/column" of the table "/table".
    ///
    /// - Parameter depth: how many virtual datasets lead to this one.
    init(_ path: String, in file: OpenFile, depth: Int = 0) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file, path)
        let (objectPath, column) = try file.tableAndColumn(path) ?? (path, nil)
        if column == nil { try file.require(.dataset, at: path) }
        var id = H5Dopen2(try file.id(for: place, "open"), objectPath, Library.defaultProperties)
        guard var handle = Handle(id, closedBy: H5Dclose, in: file) else { throw place.libraryFailure("open") }
        guard let space = Handle(H5Dget_space(id), closedBy: H5Sclose) else { throw place.libraryFailure("open") }
        guard let type = Handle(H5Dget_type(id), closedBy: H5Tclose) else { throw place.libraryFailure("open") }
        guard let creation = Handle(H5Dget_create_plist(id), closedBy: H5Pclose) else {
            throw place.libraryFailure("open")
        }
        let extent = try Extent(ofSpace: space, place, "open")
        self.column = column
        self.leavesGaps = !Self.hasFillValue(creation)
        self.path = path
        self.file = file
        let own = try column.map { name throws(HDF5Error) in try Self.memberType(name, in: type, place) } ?? type
        let (base, elementShape) = try Self.elements(of: own, isScalar: extent.shape.isEmpty, place)
        let whole = try Extent(extent.shape + elementShape, place, "open")
        self.spaceShape = extent.shape
        self.shape = whole.shape
        self.count = whole.count
        self.elementType = HDF5ElementType(ofType: base)
        self.layout = try Self.layout(creation, rank: extent.shape.count, place)
        (self.filters, self.missingFilter) = try Self.filters(creation, place)
        let typeBytes = H5Tget_size(type.id)
        self.storedElementBytes = Self.hasFixedSize(type.id) ? typeBytes : nil
        self.isElsewhere = H5Pget_external_count(creation.id) > 0
        self.cacheBytes =
            file.isWritable ? 0 : ChunkCache.byteCount(layout, shape: extent.shape, elementSize: typeBytes)
        // Only now it is known what cache it needs.
        if cacheBytes > 0 {
            let access = try ChunkCache.properties(cacheBytes, place)
            // Open, it would keep its cache.
            handle.closeNow()
            id = H5Dopen2(try file.id(for: place, "open"), objectPath, access.id)
            guard let reopened = Handle(id, closedBy: H5Dclose, in: file) else { throw place.libraryFailure("open") }
            handle = reopened
        }
        self.handle = handle
        if file.linkGuard != nil { try checkStaysInFile(creation, depth: depth) }
    }

    /// Whether elements of a type take as many bytes in the file as in memory.
    private static func hasFixedSize(_ type: hid_t) -> Bool {
        switch H5Tget_class(type) {
        case H5T_STRING: return H5Tis_variable_str(type) == 0
        case H5T_VLEN, H5T_REFERENCE: return false
        case H5T_ARRAY:
            guard let base = Handle(H5Tget_super(type), closedBy: H5Tclose) else { return false }
            return hasFixedSize(base.id)
        case H5T_COMPOUND:
            return (0..<UInt32(max(0, H5Tget_nmembers(type)))).allSatisfy { index in
                guard let member = Handle(H5Tget_member_type(type, index), closedBy: H5Tclose) else { return false }
                return hasFixedSize(member.id)
            }
        default: return true
        }
    }

    /// Whether values that were never written are read as something.
    static func hasFillValue(_ creation: Handle) -> Bool {
        var status = H5D_FILL_VALUE_UNDEFINED
        var time = H5D_FILL_TIME_IFSET
        return H5Pfill_value_defined(creation.id, &status) >= 0 && status != H5D_FILL_VALUE_UNDEFINED
            && H5Pget_fill_time(creation.id, &time) >= 0 && time != H5D_FILL_TIME_NEVER
    }

    /// Bytes that the values take in the file, compressed if they are (H5Dget_storage_size).
    package var storageSize: Int {
        Library.enter()
        defer { Library.leave() }
        return file.isOpen ? Int(clamping: H5Dget_storage_size(handle.id)) : 0
    }

    private static func layout(_ creation: Handle, rank: Int, _ place: Place) throws(HDF5Error) -> HDF5Layout {
        switch H5Pget_layout(creation.id) {
        case H5D_COMPACT: return .compact
        case H5D_CONTIGUOUS: return .contiguous
        case H5D_CHUNKED:
            var sizes = [hsize_t](repeating: 0, count: rank)
            guard H5Pget_chunk(creation.id, Int32(rank), &sizes) == rank else { throw place.libraryFailure("open") }
            return .chunked(sizes.map { Int(clamping: $0) })
        case H5D_VIRTUAL: return .virtual
        default: throw place.libraryFailure("open")
        }
    }

    private static func filters(
        _ creation: Handle, _ place: Place
    ) throws(HDF5Error) -> (names: [String], missing: String?) {
        let count = H5Pget_nfilters(creation.id)
        guard count >= 0 else { throw place.libraryFailure("open") }
        var names: [String] = []
        var missing: String?
        for index in 0..<UInt32(count) {
            var flags: UInt32 = 0
            var values = [UInt32](repeating: 0, count: 8)
            var valueCount = values.count
            var text = [CChar](repeating: 0, count: 256)
            var configuration: UInt32 = 0
            let filter = H5Pget_filter2(
                creation.id, index, &flags, &valueCount, &values, text.count - 1, &text, &configuration)
            guard filter >= 0 else { throw place.libraryFailure("open") }
            let ownName = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let name: String =
                switch filter {
                case H5Z_FILTER_DEFLATE: valueCount > 0 ? "gzip(\(values[0]))" : "gzip"
                case H5Z_FILTER_SHUFFLE: "shuffle"
                case H5Z_FILTER_FLETCHER32: "fletcher32"
                case H5Z_FILTER_SZIP: "szip"
                case H5Z_FILTER_NBIT: "nbit"
                case H5Z_FILTER_SCALEOFFSET: "scaleoffset"
                default: ownName.isEmpty ? "filter \(filter)" : ownName
                }
            names.append(name)
            if missing == nil, H5Zfilter_avail(filter) <= 0 { missing = name }
        }
        return (names, missing)
    }
}
