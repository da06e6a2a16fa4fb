import Batches
import Files
internal import HDF5
internal import Recipes

/// The images that a model is used on, converted as its recipe says: folders, files as they are named, or tables of the names
/// of files.
package struct ModelImages: Sendable {
    /// Reads what was converted; without targets where there are none.
    package let source: DataSource
    /// What the conversion says, a sentence each.
    package let notes: [String]

    /// Whether a path is an image by its ending, or a folder.
    package static func reads(_ path: String) -> Bool {
        AtomicFile.isDirectory(path) || ImageList.isImage(path)
    }

    /// - Parameters:
    ///   - table: how a table of names is read, with the column of the names as its inputs.
    ///   - like: what the model says.
    ///   - folder: for what is converted.
    ///   - wantsTargets: whether labels are wanted: by folders, or in the table.
    /// - Throws: `DataError` and `FileError` for what can't be converted, and for files beside folders.
    package init(
        _ paths: [String], _ table: TableSource, like: LikeTable, into folder: String, wantsTargets: Bool,
        progress: (PreparationProgress) -> Void
    ) throws {
        guard let recipe = like.images else { throw DataError("\(like.place) says nothing of images") }
        var table = table
        table.images = table.images ?? ImageSource()
        let isSeparate = paths.map { AtomicFile.isDirectory($0) || TableSource.isTable($0) }
        guard isSeparate.contains(false) else {
            let tables = try SplitTables(
                TableSource.source(paths, table, hasTargets: wantsTargets), into: folder, split: "data", like: like,
                wantsTargets: wantsTargets
            ) { progress($1) }
            source = tables.source
            notes = tables.reports.flatMap(\.notes)
            return
        }
        if let other = isSeparate.firstIndex(of: true) {
            throw DataError(
                "\(paths[other]) stands beside single images; give images, or folders of them, or tables of their names"
            )
        }
        guard !wantsTargets else {
            throw DataError(
                "\(paths[0]) is an image without a label; give a folder with a folder for each class, or a CSV of names and "
                    + "labels")
        }
        var options = ImageOptions()
        options.recipe = recipe
        (options.skipsDamaged, options.skipping) = (table.images?.skipsDamaged ?? false, table.asker.skippingDamaged)
        let path = folder + "/" + SplitTables.name("data", 0)
        let report = try ImageConverter(.files(paths), options: options).convert(
            to: ConversionTarget(file: path, group: "/", storage: DatasetStorage(gzip: 0)), progress: progress)
        var own = TableSource.source(paths, table, hasTargets: false)
        own.table?.converted = [
            TableSource.Converted(paths.count == 1 ? paths[0] : "\(paths[0]) and \(paths.count - 1) more", path: path)
        ]
        source = own
        notes = report.notes
    }
}
