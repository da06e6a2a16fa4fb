internal import CHDF5

/// Rows of a dataset that lies in one piece in the file.
struct ContiguousRows: Sendable {
    private let dataset: HDF5Dataset
    private let bytes: FileBytes
    private let isSwapped: Bool
    private let elementSize: Int
    private let rowBytes: Int
    private let position: Int

    /// Nil where the library has to read it: also a dataset that was never written, which has no place in the file.
    init?(_ dataset: HDF5Dataset, _ layout: DirectLayout, byteCount: Int, rowBytes: Int) throws(HDF5Error) {
        let address = H5Dget_offset(dataset.handle.id)
        guard address != chdf5_undefined_address(), H5Dget_storage_size(dataset.handle.id) == UInt64(byteCount) else {
            return nil
        }
        guard let position = Int(exactly: address), position <= layout.bytes.size,
            byteCount <= layout.bytes.size - position
        else {
            throw dataset.place.error(
                .damaged, "open", "its values lie beyond the end of the file; copy, download or make it again")
        }
        self.dataset = dataset
        self.rowBytes = rowBytes
        self.position = position
        bytes = layout.bytes
        isSwapped = layout.isSwapped
        elementSize = dataset.elementType.size
    }

    func read(_ rows: Range<Int>, into destination: UnsafeMutableRawPointer) throws(HDF5Error) {
        try bytes.checkOpen(dataset.place)
        let count = rows.count * rowBytes
        try bytes.read(
            into: destination, count: count, at: position + rows.lowerBound * rowBytes, dataset.place)
        if isSwapped { ByteOrder.swap(destination, byteCount: count, elementSize: elementSize) }
    }
}
