import Batches
import Configuration
import Files
import Preparation
import Recipes

/// `stormo init` for a table that names image files and says what is to be predicted of each.
enum ImageTableInit: InitSource {
    static let words = "a table of the names of image files"
    static let options: Set<String> = TableInit.options.subtracting(["--drop"]).union(["--skip-damaged"])

    /// Where the images are there. A table whose column of names is dropped, or said to be something else, is one of its
    /// other columns.
    static func reads(_ path: String, _ options: InitOptions) throws -> Bool {
        try TableSource.isTable(path) && column(path, options)?.isThere ?? false
    }

    /// The column of names; nil where there is none, or where the command line says something of it.
    static func column(_ path: String, _ options: InitOptions) throws -> ImageColumn? {
        guard let column = try ImageColumn.find(in: path, TableOptions(options.table, path)) else { return nil }
        let said = options.table.dropped + options.table.kinds.map(\.column) + options.targets
        return said.contains(column.name) ? nil : column
    }

    static func survey(_ path: String, _ options: InitOptions) throws -> DataSurvey {
        guard let column = try column(path, options) else { throw DataError("\(path) names no images") }
        var table = options.table
        table.targets = options.targets
        let names = try SplitTables.columns(path, TableOptions(table, path))
        guard !table.targets.isEmpty else {
            throw UsageError(
                "what of the images that column '\(column.name)' of \(path) names is to be predicted? Say --target COLUMN; it "
                    + "has the columns \(RecipeMapping.list(names.filter { $0 != column.name }))")
        }
        table.inputs = [column.name]
        // As the names alone, for what the targets are.
        var alone = table
        alone.kinds.append(TableSource.Kind(column.name, "category"))
        // A name that is missing is told of where the images are looked at.
        alone.missing = table.missing ?? "category"
        let (report, data, values, finding, folder) = try TableInit.read(path, &alone)
        guard data.count >= ImageInit.leastRows else {
            throw DataError(
                "\(path) names \(Figures.count(data.count, "image")), of which nothing can be learned and kept back to measure "
                    + "it; init wants \(ImageInit.leastRows) or more")
        }
        table.kinds = alone.kinds.filter { $0.column != column.name }
        var findings = [
            DataSurvey.Finding(
                what: "data.train.inputs", choice: column.name,
                reason: "it holds the names of image files, from the folder of the table on (--column "
                    + "\(ShellWord.quoted(column.name))=category takes them for texts)")
        ]
        let others = names.filter { $0 != column.name && !table.targets.contains($0) }
        if !others.isEmpty {
            findings.append(
                .init(
                    what: "other columns", choice: "left out",
                    reason: "the model sees the images alone, not \(DatasetInspection.list(others))"))
        }
        if let finding { findings.append(finding) }
        let images = try ImageSurvey(
            table: path, column: column.name, TableOptions(table, path), skipsDamaged: options.skipsDamaged)
        let recipe = try ImageInit.recipe(images, &findings)
        var train = TableInit.node(options.configured, table)
        train["images"] = ImageInit.node(recipe, options)
        var survey = DataSurvey(
            rows: data.count,
            inputs: .images(height: recipe.height, width: recipe.width, channels: recipe.channels, hasAxis: true),
            targets: try TableInit.targets(report, values, rows: data.count, path),
            targetName: table.targets.joined(separator: ", "), train: train, findings: findings,
            report: {
                if let note = images.leftOut { Console.print("note: \(note)") }
                withExtendedLifetime(folder) {}
            })
        survey.augment = ImageInit.augment(recipe, rows: data.count, &survey.findings)
        return survey
    }
}
