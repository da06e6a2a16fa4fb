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
    package private(set) var survey: ImageSurvey
    /// What was left out, a sentence each.
    package let notes: [String]

    /// - Parameter skipsDamaged: whether files that are trained on and are no images are left out.
    /// - Throws: `DataError` and `FileError` where there are no images, or one of them is none.
    package init(_ path: String, skipsDamaged: Bool = false) throws {
        var list = try ImageList(folder: path)
        survey = try ImageSurvey(list.splits[0].images.map(\.path))
        try survey.refuseDamaged(unless: skipsDamaged)
        let damaged = Set(survey.failures.map(\.0))
        list.splits[0].images = list.splits[0].images.enumerated().filter { !damaged.contains($0.offset) }.map(
            \.element)
        classNames = list.classNames
        notes = list.notes + (survey.leftOut.map { [$0] } ?? [])
        splits = list.splits.map { split in
            let counts = Dictionary(split.images.map { ($0.label ?? -1, 1) }, uniquingKeysWith: +)
            return Split(
                name: split.name, folder: String(split.images[0].name.prefix { $0 != "/" }), count: split.images.count,
                counts: (list.classNames ?? []).indices.map { counts[$0] ?? 0 })
        }
    }
}
