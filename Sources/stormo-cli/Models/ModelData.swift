import Batches
import Configuration
import Files
import Foundation
import HDF5
import Interchange
import Preparation
import Recipes

/// What a model is used on: datasets of HDF5 files, or tables of text or images, which are converted as the model's recipe says.
///
/// Each kind of data is opened by a function of its own, which `init` chooses by the files' names.
///
/// Tables and images are converted in a folder for temporary files, which lives as long as this does.
final class ModelData {
    let source: DataSource
    /// What is read, for a line that tells of it.
    let words: String
    /// The files, in the order of their rows.
    let files: [String]
    /// The model as it takes these data: with its columns called as they call them.
    let model: TrainedModel
    private let folder: TemporaryFolder?

    private struct Opened {
        let source: DataSource
        var words: String
        var folder: TemporaryFolder?
        var model: TrainedModel?
    }

    /// - Parameters:
    ///   - files: what it is used on.
    ///   - hasTargets: whether targets are wanted.
    /// - Throws: `UsageError` for options that are not for such data, and for files of several kinds; what
    ///   `ModelOptions.source` throws; `DataError` for a table that the model's recipe does not fit.
    init(
        _ options: ModelOptions, _ files: [String], for model: TrainedModel, hasTargets: Bool, targets: [String] = [],
        weights: [String] = []
    ) throws {
        let areTables = files.map(TableSource.isTable)
        if !model.tables.images.isEmpty, let first = files.first,
            areTables.contains(true) || ModelImages.reads(first)
        {
            let opened = try Self.images(options, files, for: model, hasTargets: hasTargets, targets, weights)
            (source, words, folder, self.files) = (opened.source, opened.words, opened.folder, files)
            self.model = opened.model ?? model
            return
        }
        if let table = areTables.firstIndex(of: true), let other = areTables.firstIndex(of: false) {
            throw UsageError("\(files[table]) is a table and \(files[other]) is none; give files of one kind")
        }
        let opened =
            areTables.contains(true)
            ? try Self.tables(options, files, for: model, hasTargets: hasTargets, targets, weights)
            : try Self.hdf5(options, files, for: model, hasTargets: hasTargets, targets, weights)
        (source, words, folder) = (opened.source, opened.words, opened.folder)
        self.model = model
        self.files = try opened.source.paths()
    }

    /// The rows that a dataset of these has, as answers name them: images by the names of their files, and rows of several
    /// files with the names of these.
    func rows(of data: Dataset) throws -> AnswerRows { try AnswerRows(of: data, files: files) }

    // MARK: - HDF5

    private static func hdf5(
        _ options: ModelOptions, _ files: [String], for model: TrainedModel, hasTargets: Bool, _ targets: [String],
        _ weights: [String]
    ) throws -> Opened {
        if let option = options.table.given.first {
            throw UsageError("\(option) is for tables (.csv, .tsv), and \(files[0]) is read as HDF5; leave it out")
        }
        try refuseSkipping(options, files, "is read as HDF5")
        if let image = files.first(where: ModelImages.reads) {
            throw UsageError(
                "\(image) is \(AtomicFile.isDirectory(image) ? "a folder" : "an image"), and what \(options.model) was trained on "
                    + "says nothing of images; give data as it was trained on, or train it on a folder of images")
        }
        let source = try options.source(
            files, hasTargets: hasTargets, targets: targets, weights: weights, for: model)
        return Opened(source: source, words: source.words)
    }

    // MARK: - Images

    /// Folders and files of images, and tables of their names, for a model that was trained on images.
    private static func images(
        _ options: ModelOptions, _ files: [String], for model: TrainedModel, hasTargets: Bool, _ targets: [String],
        _ weights: [String]
    ) throws -> Opened {
        try refuseHDF5Options(options, files, weights, "is read as the model's images were")
        if !files.contains(where: TableSource.isTable) { try check(targets, of: model, options, files) }
        let folder = try TemporaryFolder()
        let display = RateDisplay("converting")
        defer { display.finish() }
        var table = options.table.applied(to: TableSource(asIn: model))
        table.images = ImageSource()
        table.images?.skipsDamaged = options.skipDamaged
        // There is nothing that an image without a name could be taken for.
        if options.unknown == .skip { table.missing = "skip" }
        let own = try ImageColumns.find(
            in: files, &table, for: model, options.model, wantsTargets: hasTargets, targets)
        let images = try ModelImages(
            files, table, like: LikeTable(own, options.model),
            into: folder.path, wantsTargets: hasTargets
        ) { display.update($0) }
        display.finish()
        for note in images.notes { Console.error("note: \(note)") }
        return Opened(source: images.source, words: images.source.words, folder: folder, model: own)
    }

    /// - Parameter words: what the files are, as the end of a sentence.
    private static func refuseHDF5Options(
        _ options: ModelOptions, _ files: [String], _ weights: [String], _ words: String
    ) throws {
        for (option, isGiven) in [
            ("--group", options.group != nil), ("--inputs", !options.inputs.isEmpty),
            ("--transpose-inputs", options.transposeInputs != nil), ("--sample-weight", !weights.isEmpty),
            ("--allow-external-links", options.links.allowExternalLinks),
        ] where isGiven {
            throw UsageError("\(option) is for HDF5 files, and \(files[0]) \(words); leave it out")
        }
    }

    /// Sees that `--targets` names the columns that the model predicts, of which a table has no others.
    private static func check(
        _ targets: [String], of model: TrainedModel, _ options: ModelOptions, _ files: [String]
    ) throws {
        let own = model.tables["targets"]?.names ?? []
        guard !targets.isEmpty, targets != own else { return }
        guard !own.isEmpty else {
            throw UsageError("\(options.model) says nothing of a table's targets; leave out --targets")
        }
        let names = own.map { "--targets \(ShellWord.quoted($0))" }.joined(separator: " ")
        throw UsageError(
            "--targets \(targets.joined(separator: ", ")): \(files[0]) is no HDF5 file, and of other data the targets are those that "
                + "the model predicts; say \(names)")
    }

    private static func refuseSkipping(_ options: ModelOptions, _ files: [String], _ words: String) throws {
        guard options.skipDamaged else { return }
        throw UsageError("--skip-damaged is for images, and \(files[0]) \(words); leave it out")
    }

    // MARK: - Tables

    private static func tables(
        _ options: ModelOptions, _ files: [String], for model: TrainedModel, hasTargets: Bool, _ targets: [String],
        _ weights: [String]
    ) throws -> Opened {
        try refuseSkipping(options, files, "is a table")
        try refuseHDF5Options(
            options, files, weights, "is a table, whose columns are found by the names that the model has")
        try check(targets, of: model, options, files)
        var table = TableSource(asIn: model)
        if options.unknown == .missing { table.missing = nil }
        if options.table.encoding == nil { try checkEncoding(files, table) }
        let folder = try TemporaryFolder()
        let display = RateDisplay("converting")
        defer { display.finish() }
        let tables = try SplitTables(
            TableSource.source(files, options.table.applied(to: table), hasTargets: hasTargets), into: folder.path,
            split: "data", like: LikeTable(model, options.model), wantsTargets: hasTargets
        ) { display.update($1) }
        display.finish()
        for (report, table) in zip(tables.reports, tables.source.table?.converted ?? []) {
            for warning in report.warnings { Console.error("warning: \(warning)") }
            for note in report.decisions?.runNotes ?? [] { Console.error("note: \(note)") }
            let unused = report.decisions?.leftOut.map(\.name) ?? []
            if !unused.isEmpty {
                let names = RecipeMapping.list(unused)
                Console.error(
                    "note: \(table.table) has columns that the model does not take, and that are left out: \(names)")
            }
        }
        return Opened(source: tables.source, words: tables.source.words, folder: folder)
    }

    /// Sees that tables which are to be read as the model's table was are not plainly written otherwise. What is no UTF-8 is
    /// found where it is read.
    private static func checkEncoding(_ files: [String], _ table: TableSource) throws {
        let own = table.encoding ?? TextEncoding.utf8.rawValue
        for file in files {
            guard let seen = try TextEncoding.seen(in: file), seen.rawValue != own, seen != .utf16 || own != "utf-8"
            else { continue }
            throw DataError(
                "\(file) is written in \(seen.rawValue), but the model's table was in \(own); say --encoding "
                    + "\(seen.rawValue), or --encoding \(own) if it is in that after all")
        }
    }
}

extension LikeTable {
    /// What a model's recipe declares.
    /// - Throws: `DataError` where the model was not trained on one table.
    init(_ model: TrainedModel, _ path: String) throws {
        if let images = model.tables.images["inputs"] {
            self.init(inputs: Recipe([]), targets: model.tables["targets"], images: images, place: path)
            return
        }
        guard let inputs = model.tables["inputs"] else {
            let inputs = model.objective.model.inputs
            let shapes = inputs.count == 1 ? "\(inputs[0].shape)" : Figures.shapes(inputs.map { ($0.name, $0.shape) })
            let files = UsualDatasets.texts(model.configuration?["data"]?["train"]?["file"])
            let names = UsualDatasets.allTexts(model.configuration?["data"]?["train"]?["inputs"])
            let places = files.first.map { " (\(names.joined(separator: ", ")) in \($0))" } ?? ""
            let isFlat = inputs.count == 1 && inputs[0].shape.rank == 1
            throw DataError(
                "\(path) was not trained on a table but on rows of \(shapes)\(places), which have no names by which columns would be "
                    + "found; give an HDF5 file with such rows"
                    + (isFlat ? ", as stormo data convert makes one of a table of \(inputs[0].shape.count) numbers" : ""))
        }
        self.init(inputs: inputs, targets: model.tables["targets"], place: path)
    }
}

extension TableSource {
    /// A table that is written as the one was that a model was trained on.
    fileprivate init(asIn model: TrainedModel) {
        self.init()
        let own = model.configuration?["data"]?["train"]
        if case .string(let word)? = own?["encoding"]?.value { encoding = word }
        if case .string(let word)? = own?["delimiter"]?.value { delimiter = word }
        if case .bool(let has)? = own?["header"]?.value { hasHeader = has }
        // The recipe says so, too, and lets a table speak for itself that can only be read otherwise.
        if case .bool(let has)? = own?["decimal_comma"]?.value,
            model.tables["inputs"]?.form?.hasDecimalComma != true
        {
            hasDecimalComma = has
        }
        // Where rows with missing values were left out in training, they are left out here.
        if case .string("skip")? = own?["missing"]?.value { missing = "skip" }
        // The column that names the files of images.
        if !model.tables.images.isEmpty, case .string(let name)? = own?["inputs"]?.value { inputs = [name] }
    }
}
