internal import CHDF5

/// The shape of a dataset or attribute, checked: no axis is negative and the count of elements fits an Int.
struct Extent: Sendable, Equatable {
    /// Empty for a single value; `[0]` for the library's null dataspace.
    let shape: [Int]
    let count: Int

    /// The library's limit, H5S_MAX_RANK.
    private static let highestRank = 32

    init(_ shape: [Int], _ place: Place, _ action: String) throws(HDF5Error) {
        guard shape.count <= Self.highestRank else {
            throw place.error(
                .invalidArgument, action, "it has \(shape.count) axes; HDF5 allows at most \(Self.highestRank)")
        }
        var count = 1
        for size in shape {
            guard size >= 0 else {
                throw place.error(.invalidArgument, action, "the shape \(shape) has a negative size")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else {
                throw place.error(.tooLarge, action, "the shape \(shape) has more elements than a computer can count")
            }
            count = product
        }
        self.shape = shape
        self.count = count
    }

    /// The extent of a dataspace of the library.
    init(ofSpace space: Handle, _ place: Place, _ action: String) throws(HDF5Error) {
        let kind = H5Sget_simple_extent_type(space.id)
        if kind == H5S_NULL {
            try self.init([0], place, action)
            return
        }
        let rank = H5Sget_simple_extent_ndims(space.id)
        guard rank >= 0 else { throw place.libraryFailure(action) }
        var sizes = [hsize_t](repeating: 0, count: Int(rank))
        if rank > 0, H5Sget_simple_extent_dims(space.id, &sizes, nil) < 0 { throw place.libraryFailure(action) }
        var shape: [Int] = []
        for size in sizes {
            guard let size = Int(exactly: size) else {
                throw place.error(.tooLarge, action, "an axis has \(size) elements, more than a computer can count")
            }
            shape.append(size)
        }
        try self.init(shape, place, action)
    }

    func makeSpace(_ place: Place, _ action: String) throws(HDF5Error) -> Handle {
        let id =
            shape.isEmpty
            ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
        guard let space = Handle(id, closedBy: H5Sclose) else { throw place.libraryFailure(action, isWrite: true) }
        return space
    }

    /// `count` elements of `size` bytes each.
    static func byteCount(_ count: Int, _ size: Int, _ place: Place, _ action: String) throws(HDF5Error) -> Int {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow else {
            throw place.error(.tooLarge, action, "\(count) elements of \(size) bytes are more than a computer can hold")
        }
        return bytes
    }

    /// As many whole rows as fit in 1 MiB; a row that is larger is cut along its first axes.
    func defaultChunk(elementSize: Int) -> [Int] {
        var chunk = shape
        var room = max(1, (1 << 20) / elementSize)
        for axis in shape.indices.reversed() {
            chunk[axis] = max(1, min(shape[axis], room))
            room = max(1, room / shape[axis])
        }
        return chunk
    }

    func checkChunk(_ chunk: [Int], elementSize: Int, _ place: Place) throws(HDF5Error) {
        guard chunk.count == shape.count, zip(chunk, shape).allSatisfy({ 1...max(1, $1) ~= $0 }) else {
            throw place.error(
                .invalidArgument, "create",
                "the chunk \(chunk) does not fit the shape \(shape): it needs as many axes, each from 1 to the shape's")
        }
        // Each axis is at most the shape's, whose product fits an Int.
        let bytes = try Extent.byteCount(chunk.reduce(1, *), elementSize, place, "create")
        guard bytes < 1 << 32 else {
            throw place.error(.invalidArgument, "create", "the chunk \(chunk) is \(bytes) bytes; HDF5's limit is 4 GiB")
        }
    }
}
