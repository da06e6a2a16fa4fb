internal import HDF5

/// The columns of a table, each of which is read by its path as a dataset is.
enum TableColumns {
    /// Their paths, the first eight; nil for what is no table.
    static func words(of dataset: HDF5Dataset) -> String? {
        guard dataset.elementType == .compound, let names = try? dataset.columnNames, !names.isEmpty else { return nil }
        return names.prefix(8).map { "\(dataset.path)/\($0)" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}
