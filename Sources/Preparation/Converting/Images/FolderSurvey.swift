import Batches

/// What a folder of images holds, seen by the beginnings of the files.
package struct FolderSurvey: Sendable {
    package struct Split: Sendable {
        /// `train`, `validation` or `test`; nil where there are no splits.
        package let name: String?
        /// Its folder's name.
        package let folder: String
        package let count: Int
        /// The images of each class.
        package let counts: [Int]
    }

    /// The one that is trained on first.
    package let splits: [Split]
    package let classNames: [String]?
    /// Of the images that are trained on.
    package let survey: ImageSurvey
    /// What was left out, a sentence each.
    package let notes: [String]

    /// - Throws: `DataError` and `FileError` where there are no images, or one of them is none.
    package init(_ path: String) throws {
        let list = try ImageList(folder: path)
        classNames = list.classNames
        notes = list.notes
        splits = list.splits.map { split in
            let counts = Dictionary(split.images.map { ($0.label ?? -1, 1) }, uniquingKeysWith: +)
            return Split(
                name: split.name, folder: String(split.images[0].name.prefix { $0 != "/" }), count: split.images.count,
                counts: (list.classNames ?? []).indices.map { counts[$0] ?? 0 })
        }
        survey = try ImageSurvey(list.splits[0].images.map(\.path))
        if let (_, sentence) = survey.failures.first { throw DataError(sentence) }
    }
}
