import Batches
import Configuration
import Files
import HDF5
import Interchange
import Preparation
import Recipes

/// What a model is used on: datasets of HDF5 files, or a table of text, which is converted as the model's recipe says.
///
/// A table is converted in a folder for temporary files, which lives as long as this does.
final class ModelData {
    let source: DataSource
    private let folder: TemporaryFolder?

    /// - Parameter hasTargets: whether targets are wanted.
    /// - Throws: `UsageError` for options that are not for a table; what `ModelOptions.source` throws; `DataError` for a table
    ///   that the model's recipe does not fit.
    init(
        _ options: ModelOptions, for model: TrainedModel, hasTargets: Bool, targets: [String] = [],
        weights: [String] = []
    ) throws {
        let hasImages = !model.tables.images.isEmpty
        guard TableSource.isTable(options.data) || hasImages && ModelImages.reads(options.data) else {
            folder = nil
            source = try options.source(hasTargets: hasTargets, targets: targets, weights: weights, for: model)
            return
        }
        for (option, isGiven) in [
            ("--group", options.group != nil), ("--inputs", !options.inputs.isEmpty), ("--targets", !targets.isEmpty),
            ("--transpose-inputs", options.transposeInputs != nil), ("--sample-weight", !weights.isEmpty),
            ("--allow-external-links", options.links.allowExternalLinks),
        ] where isGiven {
            throw UsageError(
                "\(option) is for HDF5 files, and \(options.data) is a table, whose columns are found by the names that the "
                    + "model has; leave it out")
        }
        let folder = try TemporaryFolder()
        let display = RateDisplay("converting")
        defer { display.finish() }
        if hasImages {
            let images = try ModelImages(
                [options.data], TableSource(asIn: model), like: LikeTable(model, options.model), into: folder.path,
                wantsTargets: hasTargets
            ) { display.update($0) }
            display.finish()
            for note in images.notes { Console.error("note: \(note)") }
            (source, self.folder) = (images.source, folder)
            return
        }
        let tables = try SplitTables(
            TableSource.source([options.data], TableSource(asIn: model), hasTargets: hasTargets), into: folder.path,
            split: "data", like: LikeTable(model, options.model), wantsTargets: hasTargets
        ) { display.update($1) }
        display.finish()
        for (report, table) in zip(tables.reports, tables.source.table?.converted ?? []) {
            for warning in report.warnings { Console.error("warning: \(warning)") }
            let unused = report.decisions?.leftOut.map(\.name) ?? []
            if !unused.isEmpty {
                let names = RecipeMapping.list(unused)
                Console.error(
                    "note: \(table.table) has columns that the model does not take, and that are left out: \(names)")
            }
        }
        (source, self.folder) = (tables.source, folder)
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
            throw DataError(
                "\(path) is a model that was not trained on one table, so it says nothing of columns; give the file that it was "
                    + "trained on")
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
        if case .bool(let has)? = own?["decimal_comma"]?.value { hasDecimalComma = has }
        // The column that names the files of images.
        if !model.tables.images.isEmpty, case .string(let name)? = own?["inputs"]?.value { inputs = [name] }
    }
}
