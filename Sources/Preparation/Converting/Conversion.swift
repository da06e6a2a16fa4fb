import Batches
package import HDF5
package import Recipes

/// Where a conversion writes, and how.
package struct ConversionTarget: Sendable {
    /// The HDF5 file; one that is there is replaced when the new one is whole.
    package let file: String
    /// The group for `inputs` and `targets`; nil for `/train`, or for the source's own splits by their names.
    package let group: String?
    package let storage: DatasetStorage
    /// Whether the line of each row of a table is written too, as the dataset `lines`.
    package var keepsLines = false

    /// What is wrong with a name for a group; nil where it can be one.
    package static func problem(withGroup group: String) -> String? {
        let parts = group.split(separator: "/")
        if parts.contains(where: { $0 == "." || $0 == ".." }) {
            return "a path in an HDF5 file goes down only, without '.' and '..'; name it as /a/b"
        }
        return group.utf8.contains(0) ? "a name holds no zero byte" : nil
    }

    /// - Throws: `DataError` where the group's name can't be one.
    package init(file: String, group: String? = nil, storage: DatasetStorage = DatasetStorage()) throws {
        if let group, let problem = Self.problem(withGroup: group) {
            throw DataError("the group '\(group)': \(problem)")
        }
        self.file = file
        self.group = group
        self.storage = storage
    }

    /// The group of a split; nil for a source that has none.
    func path(split: String?) -> String {
        let own = (group ?? "").split(separator: "/").map { "/" + $0 }.joined()
        if let split { return own + "/" + split }
        return own.isEmpty && group == nil ? "/train" : own
    }
}

/// What a conversion has written.
package struct ConversionReport: Sendable {
    package struct Written: Sendable {
        package let path: String
        package let shape: [Int]
        package let type: HDF5ElementType
        package let classNames: [String]?
        /// What is declared of a table's columns, and what was seen in them.
        package internal(set) var recipe: Recipe?

        init(_ dataset: HDF5Dataset, classNames: [String]? = nil) {
            path = dataset.path
            shape = dataset.shape
            type = dataset.elementType
            self.classNames = classNames
        }
    }
    package internal(set) var datasets: [Written] = []
    /// Of images, what was done to them.
    package internal(set) var images: ImageRecipe?
    /// What was decided on the way and may surprise, a sentence each.
    package internal(set) var notes: [String] = []
    /// Of a table of text.
    package internal(set) var decisions: TableDecisions?
    /// What was done and is probably not what is wanted, a sentence each.
    package internal(set) var warnings: [String] = []
}

/// Turns a source into an HDF5 dataset file.
package protocol Converter {
    /// Writes the file; nothing is left of it where anything fails.
    /// - Parameter progress: called now and then, on the calling thread.
    /// - Throws: `DataError` and `FileError` for the source and the target, as sentences with file and line or row.
    func convert(to target: ConversionTarget, progress: (PreparationProgress) -> Void) throws -> ConversionReport
}
