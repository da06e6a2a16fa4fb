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
    /// Which of its rows the images are, where some have no name; else nil.
    private let rows: [Int]?
    /// What is said of rows without a name; nil where there are none.
    let leftOut: String?
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - skipsNameless: whether rows without a name are left out, rather than refused.
    ///   - skipping: what leaves them out, where who asks can have that.
    /// - Throws: `DataError` and `FileError` for a table that can't be read, or an image that is not there, with its line.
    init(
        _ path: String, column: String, options: TableOptions, skipsNameless: Bool = false, skipping: String? = nil
    ) throws {
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
            // A name that is missing is told of below.
            if options.missing == .refuse { options.missing = .category }
        }
        report = try TableConverter(path, options: options).convert(to: target) { _ in }
        let file = try HDF5File.open(converted)
        guard let names = report.datasets.first?.recipe?.columns.first?.categories else {
            throw DataError("\(path) has no column '\(column)' of the names of image files")
        }
        let codes = try file.dataset(TableSource.inputsPath).read(Double.self)
        let lines = try file.dataset(TableSource.linesPath).read(Int64.self)
        var images: [ImageList.Image] = []
        var (named, nameless): ([Int], [Int64]) = ([], [])
        for (row, (code, line)) in zip(codes, lines).enumerated() {
            guard let place = Int(exactly: code), names.indices.contains(place) else {
                guard skipsNameless else {
                    throw DataError(
                        "\(path), line \(line), column '\(column)', is empty; write the name of an image file there, or leave the "
                            + "row out" + (skipping.map { " (\($0) leaves such rows out)" } ?? ""))
                }
                nameless.append(line)
                continue
            }
            named.append(row)
            let name = names[place]
            let own = Self.path(of: name, namedIn: path)
            guard access(own, F_OK) == 0 else {
                throw DataError(
                    "\(path), line \(line), column '\(column)': there is no file \(own); names are taken from the folder of "
                        + "the table on")
            }
            images.append(ImageList.Image(path: own, name: name, label: nil))
        }
        guard !images.isEmpty else {
            throw DataError("\(path) names no image: column '\(column)' is empty in each of its \(nameless.count) rows")
        }
        list = ImageList(images)
        rows = nameless.isEmpty ? nil : named
        leftOut = Self.note(nameless, path, column)
    }

    /// So many lines are named.
    private static let mostNamed = 20

    private static func note(_ lines: [Int64], _ path: String, _ column: String) -> String? {
        guard !lines.isEmpty else { return nil }
        let shown = lines.prefix(mostNamed).map { "\($0)" }.joined(separator: ", ")
        let more = lines.count > mostNamed ? " and \(lines.count - mostNamed) more" : ""
        return lines.count == 1
            ? "1 row of \(path) was left out, since its column '\(column)' names no image: line \(shown)"
            : "\(lines.count) rows of \(path) were left out, since their column '\(column)' names no image: lines \(shown)\(more)"
    }

    /// The file of a name: beside the table, unless the name is given from the root on.
    static func path(of name: String, namedIn table: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        let parent = table.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return (table.hasPrefix("/") && parent.isEmpty ? "/" : parent.isEmpty ? "" : parent + "/") + name
    }

    /// What the table's own conversion says of its targets.
    var notes: [String] {
        let told = report.decisions?.runNotes ?? []
        return (leftOut.map { [$0] } ?? [])
            + report.notes.filter { !$0.contains("'\(column)'") || told.contains($0) }
    }
    var warnings: [String] { report.warnings.filter { !$0.contains("'\(column)'") } }

    /// The targets and what is kept beside them, as they are in the table.
    /// - Parameter kept: which of the images are kept, ascending; nil for all.
    func copyOthers(to file: HDF5File, _ group: String, _ kept: [Int]?, _ storage: DatasetStorage) throws {
        let rows = kept.map { kept in self.rows.map { own in kept.map { own[$0] } } ?? kept } ?? self.rows
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
