extension DataRecord {
    /// A file that a split was read from.
    package struct SplitFile: Sendable, Hashable {
        package let split: String
        package let path: String
        /// CRC-32, and the size; nil for what is no table of text.
        package let checksum: Int?
        package let bytes: Int?
    }

    /// All files, split by split.
    package var splitFiles: [SplitFile] {
        Self.splitNames.flatMap { name in
            (splits[name]?.files ?? []).map {
                SplitFile(split: name, path: $0.path, checksum: $0.sum?.sum, bytes: $0.sum?.bytes)
            }
        }
    }
}
