import Batches
import Files
import Foundation

/// A column of a table that holds the names of image files, told by the beginning of the table.
package struct ImageColumn: Sendable {
    package let name: String
    /// Whether the first of the files is there, beside the table or where its whole path says.
    package let isThere: Bool
    /// The first name, and the file that it stands for.
    package let first: (name: String, path: String)

    /// So many records are looked at.
    private static let looked = 200

    /// The first column whose values are all names of images, by their endings; one whose files are there before others.
    /// - Throws: `DataError` and `FileError` for a table that can't be read.
    package static func find(in path: String, _ options: TableOptions) throws -> ImageColumn? {
        let source = try Inflate.open(path)
        let form = try TableForm(source, options)
        let reader = try form.reader(source)
        if form.hasHeader { _ = try reader.next() }
        var firsts = [String?](repeating: nil, count: form.names.count)
        var others: Set<Int> = []
        var records = 0
        while records < looked, try reader.next() {
            records += 1
            for index in 0..<min(reader.fields.count, firsts.count) {
                let text = reader.text(index)
                // A value that is missing says nothing.
                guard !text.isEmpty, !others.contains(index) else { continue }
                if ImageList.isImage(text) { firsts[index] = firsts[index] ?? text } else { others.insert(index) }
            }
        }
        let found = firsts.enumerated().compactMap { index, first -> ImageColumn? in
            guard let first, !others.contains(index) else { return nil }
            let own = ImageTable.path(of: first, namedIn: path)
            return ImageColumn(name: form.names[index], isThere: access(own, F_OK) == 0, first: (first, own))
        }
        return found.first(where: \.isThere) ?? found.first
    }
}

extension ImageSurvey {
    /// The images that a table names.
    /// - Parameter skipsDamaged: whether files that are no images are left out, as `left` out tells.
    /// - Throws: `DataError` and `FileError` for a table that can't be read, and for files that are not there or no images.
    package init(table path: String, column: String, _ options: TableOptions, skipsDamaged: Bool) throws {
        let table = try ImageTable(
            path, column: column, options: options, skipsNameless: skipsDamaged, skipping: options.asker.skippingDamaged)
        try self.init(table.list.images.map(\.path))
        try refuseDamaged(unless: skipsDamaged, besides: table.leftOut)
    }
}
