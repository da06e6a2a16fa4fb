/// What is wrong with data, as a sentence with the file, the dataset and the row.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    package init(_ description: String) { self.description = description }
}
