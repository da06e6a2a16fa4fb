import HDF5

/// What a dataset's columns, the entries of its last axis, are called.
package enum ColumnNames {
    /// `stormo data convert` writes the first; the others are those of scikit-learn's and pandas's users.
    private static let attributes = ["column_names", "feature_names", "columns"]
    /// More are kept nowhere: each checkpoint would hold them.
    private static let (most, mostBytes) = (65_536, 4 << 20)

    /// The names on the dataset itself, or on the file where they are as many as its columns; nil where there are none.
    /// - Throws: `HDF5Error` where there are some that can't be read.
    package static func of(_ dataset: HDF5Dataset, root: HDF5Attributes) throws(HDF5Error) -> [String]? {
        guard dataset.shape.count > 1, let count = dataset.shape.last, count <= most else { return nil }
        for owner in [dataset.attributes, root] {
            for attribute in attributes {
                guard let names = try owner.stringsIfPresent(attribute), names.count == count,
                    names.reduce(0, { $0 + $1.utf8.count }) <= mostBytes
                else { continue }
                return names
            }
        }
        return nil
    }
}
