import Batches
import Files
internal import HDF5
internal import Recipes

/// Converts the images that a split of a config names, or that a model is used on, so that they can be read.
struct SplitImages {
    private let converter: ImageConverter
    private let path: String
    private let isTraining: Bool
    private let place: String
    private let wantsTargets: Bool

    /// - Parameters:
    ///   - path: a folder, an image or a table of the names of images.
    ///   - split: for sentences: `train`.
    ///   - like: what is said elsewhere; nil where the split says it itself.
    /// - Throws: `DataError` where the config does not say enough.
    init(
        _ table: TableSource, _ images: ImageSource, _ path: String, _ split: String, _ like: LikeTable?,
        wantsTargets: Bool
    ) throws {
        var options = ImageOptions()
        options.recipe = like?.images
        if let size = images.size { (options.height, options.width) = (size[0], size[1]) }
        (options.channels, options.bits) = (images.channels, images.bits)
        options.fit = images.fit ?? .resize
        (options.skipsDamaged, options.skipping) = (images.skipsDamaged, table.asker.skippingDamaged)
        // For a model that was trained on a table of names, folders are the classes of its one column.
        if let targets = like?.targets, targets.columns.count == 1, targets.columns[0].kind.isCoded {
            options.classColumn = targets.columns[0].name
        }
        if like != nil, like?.images == nil {
            throw DataError(
                "\(path) holds images, but \(like?.place ?? "") says nothing of images; make it from images by stormo data "
                    + "convert, or give the images themselves")
        }
        self.path = path
        isTraining = like == nil
        place = "data.\(split)"
        self.wantsTargets = wantsTargets
        guard TableSource.isTable(path) else {
            let source: ImageConverter.Source =
                AtomicFile.isDirectory(path) || isTraining ? .folder(path) : .files([path])
            converter = ImageConverter(source, options: options)
            return
        }
        let column = try Self.column(of: table, path)
        var own = try TableOptions(table, path, like)
        if isTraining, table.targets.isEmpty {
            throw DataError(
                "\(path): which column is to be predicted is said by \(place).targets, which is missing; the table has the "
                    + "columns \(RecipeMapping.list(try SplitTables.columns(path, own)))")
        }
        own.hasTargets = own.hasTargets && (isTraining || like?.targets != nil)
        converter = ImageConverter(.table(path, column: column, own), options: options)
    }

    /// The column of a table that holds the names of files, which the training data say.
    private static func column(of table: TableSource, _ path: String) throws -> String {
        guard let column = table.inputs?.first else {
            throw DataError(
                "\(path) is a table of the names of images, and data.train.file is a folder, which says nothing of columns; give these "
                    + "images in a folder for each class too, or leave the table out here and measure the model on it once it is "
                    + "trained: stormo evaluate RUN --data \(ShellWord.quoted(path))")
        }
        return column
    }

    /// Writes `inputs`, `targets` and `file_names` at the file's root.
    func convert(to file: String, progress: (PreparationProgress) -> Void) throws -> ConversionReport {
        // Photographs hardly shrink, and are read the faster as they are.
        let target = try ConversionTarget(file: file, group: "/", storage: DatasetStorage(gzip: 0))
        let report = try converter.convert(to: target, progress: progress)
        guard report.datasets.first?.path == TableSource.inputsPath else {
            let splits = report.datasets.map { String($0.path.split(separator: "/")[0]) }
            throw DataError(
                "\(path) has folders for splits; name one of them, such as \(path)/\(isTraining ? "train" : splits.last ?? "test")"
            )
        }
        guard wantsTargets else { return report }
        guard report.hasTargets else {
            throw DataError(
                "\(path) holds images without labels; put them into a folder for each class, or give a CSV of their names and "
                    + "labels")
        }
        if isTraining, let names = report.datasets[1].classNames, names.count < 2 {
            throw DataError(
                "\(path) holds images of one class, '\(names.first ?? "")', so there is nothing to tell apart; give each class a "
                    + "folder")
        }
        return report
    }

    /// The sum over all that the rows are made of, by which a resumed run knows that nothing has changed: of a folder the names
    /// and the contents of its images, of a table the table and its images.
    /// - Throws: `FileError` and `DataError` for what can't be read.
    static func checksum(_ path: String, _ table: TableSource) throws -> (sum: Int, bytes: Int) {
        var images: [ImageList.Image]
        var (parts, bytes): ([UInt8], Int) = ([], 0)
        func add(_ name: String, _ own: (sum: Int, bytes: Int)) {
            parts += Array("\(name)\0\(own.bytes)\0\(own.sum)\0".utf8)
            bytes += own.bytes
        }
        if TableSource.isTable(path) {
            let column = try column(of: table, path)
            add("", try Checksum.ofFile(path))
            var options = try TableOptions(table, path)
            (options.targets, options.hasTargets, options.kept, options.kinds) = ([], false, [], [])
            images = try ImageTable(
                path, column: column, options: options, skipsNameless: table.images?.skipsDamaged ?? false,
                skipping: table.asker.skippingDamaged
            ).list.images
        } else {
            images = try ImageList(folder: path).images
        }
        images.sort { $0.name < $1.name }
        for image in images { add(image.name, try Checksum.ofFile(image.path)) }
        return (parts.withUnsafeBytes { Checksum.of($0) }, bytes)
    }
}

extension SplitTables {
    /// The sum over what the rows are made of.
    package static func checksum(_ path: String, of source: DataSource) throws -> (sum: Int, bytes: Int) {
        guard let table = source.table, table.images != nil else { return try Checksum.ofFile(path) }
        return try SplitImages.checksum(path, table)
    }
}
