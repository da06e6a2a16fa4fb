import Batches
import Files
import Foundation
internal import HDF5
internal import Recipes

/// A table that names image files and what is to be predicted. It is read by `TableConverter`, with the column of the names as
/// its only input, so that kinds, classes, missing targets and encodings are those of any table.
struct ImageTable {
    let path: String
    /// The column of the names.
    let column: String
    let list: ImageList
    /// The table as it was converted: its targets, and what is kept beside them.
    let converted: String
    let report: ConversionReport
    private let folder: TemporaryFolder

    /// - Throws: `DataError` and `FileError` for a table that can't be read, or an image that is not there, with its line.
    init(_ path: String, column: String, options: TableOptions) throws {
        (self.path, self.column) = (path, column)
        folder = try TemporaryFolder()
        converted = folder.path + "/table.h5"
        var target = try ConversionTarget(file: converted, group: "/", storage: DatasetStorage(gzip: 1))
        target.keepsLines = true
        var options = options
        if let like = options.like {
            options.like = LikeTable(
                inputs: Recipe([RecipeColumn(column, .category)]), targets: like.targets, place: like.place)
        } else {
            options.inputs = [column]
            options.kinds.removeAll { $0.column == column }
            if let word = ColumnWord("category") { options.kinds.append((column, word)) }
        }
        report = try TableConverter(path, options: options).convert(to: target) { _ in }
        let file = try HDF5File.open(converted)
        guard let names = report.datasets.first?.recipe?.columns.first?.categories else {
            throw DataError("\(path) has no column '\(column)' of the names of image files")
        }
        let codes = try file.dataset(TableSource.inputsPath).read(Double.self)
        let lines = try file.dataset(TableSource.linesPath).read(Int64.self)
        var images: [ImageList.Image] = []
        for (code, line) in zip(codes, lines) {
            guard let place = Int(exactly: code), names.indices.contains(place) else {
                throw DataError(
                    "\(path), line \(line), column '\(column)', is empty; write the name of an image file there, or leave the "
                        + "row out")
            }
            let name = names[place]
            let own = Self.path(of: name, namedIn: path)
            guard access(own, F_OK) == 0 else {
                throw DataError(
                    "\(path), line \(line), column '\(column)': there is no file \(own); names are taken from the folder of "
                        + "the table on")
            }
            images.append(ImageList.Image(path: own, name: name, label: nil))
        }
        list = ImageList(images)
    }

    /// The file of a name: beside the table, unless the name is given from the root on.
    static func path(of name: String, namedIn table: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        let parent = table.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return (table.hasPrefix("/") && parent.isEmpty ? "/" : parent.isEmpty ? "" : parent + "/") + name
    }

    /// What the table's own conversion says of its targets.
    var notes: [String] { report.notes.filter { !$0.contains("'\(column)'") } }
    var warnings: [String] { report.warnings.filter { !$0.contains("'\(column)'") } }

    /// The targets and what is kept beside them, as they are in the table.
    /// - Parameter rows: those of the images that are kept, ascending; nil for all.
    func copyOthers(to file: HDF5File, _ group: String, _ rows: [Int]?, _ storage: DatasetStorage) throws {
        // Nothing may have been read through it.
        let source = try HDF5File.open(converted)
        for written in report.datasets.dropFirst() {
            let dataset = try source.dataset(written.path)
            if let rows {
                try RowSubset.copy(rows, of: dataset, to: file, group + written.path, storage)
            } else {
                try file.root.copy(dataset, to: group + written.path)
            }
        }
    }
}
