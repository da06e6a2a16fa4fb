import Kernels

/// What is said of a number that is the code of no category.
enum NoCode {
    /// - Parameters:
    ///   - place: the file, the row and the column.
    ///   - count: how many categories there are.
    static func error(_ value: Double, _ place: String, of count: Int) -> DataError {
        DataError(
            "\(place): \(StoredType.text(value)) is the code of none of its \(count) categories; convert the table again"
        )
    }
}
