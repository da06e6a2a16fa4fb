internal import CHDF5

/// What part of a dataset a call transfers: all of it, or some rows of its first axis (a hyperslab).
struct Selection {
    var memory: hid_t { memorySpace?.id ?? Library.wholeSpace }
    var file: hid_t { fileSpace?.id ?? Library.wholeSpace }

    private var memorySpace: Handle?
    private var fileSpace: Handle?

    /// `rows` must lie within the dataset and hold at least one element; `elementCount` checks that.
    init(_ rows: Range<Int>?, of dataset: HDF5Dataset, _ action: String) throws(HDF5Error) {
        guard let rows else { return }
        var start = [hsize_t](repeating: 0, count: dataset.spaceShape.count)
        var count = dataset.spaceShape.map { hsize_t($0) }
        start[0] = hsize_t(rows.lowerBound)
        count[0] = hsize_t(rows.count)
        guard let space = Handle(H5Dget_space(dataset.handle.id), closedBy: H5Sclose) else {
            throw dataset.place.libraryFailure(action)
        }
        guard H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0 else {
            throw dataset.place.libraryFailure(action)
        }
        fileSpace = space
        var shape = dataset.spaceShape
        shape[0] = rows.count
        memorySpace = try Extent(shape, dataset.place, action).makeSpace(dataset.place, action)
    }
}

extension HDF5Dataset {
    /// The number of elements in `rows`, or in all rows, after checking that the dataset has them.
    func elementCount(_ rows: Range<Int>?, _ action: String) throws(HDF5Error) -> Int {
        guard let rows else { return count }
        guard let rowCount = shape.first else {
            throw place.error(.invalidArgument, action, "it is a single value, without rows")
        }
        guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
            throw place.error(
                .invalidArgument, action,
                "rows \(rows.lowerBound)..<\(rows.upperBound) were asked for; it has \(rowCount) rows, counted from 0")
        }
        return rowCount == 0 ? 0 : count / rowCount * rows.count
    }
}
