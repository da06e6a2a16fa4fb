import Batches
import Interchange
import Preparation
import Recipes

/// Which columns of a table of images hold the names of their files and their labels, for a model whose own data do not say so:
/// it was trained on a folder, or on a table whose columns have other names.
enum ImageColumns {
    /// - Parameters:
    ///   - table: how the tables are read; gets the column of the names.
    ///   - targets: what the command line calls the column of the labels; empty where it does not.
    /// - Returns: the model, with its label called as the tables call it.
    /// - Throws: `DataError` and `FileError` for tables that can't be read; `UsageError` where nothing tells the columns.
    static func find(
        in files: [String], _ table: inout TableSource, for model: TrainedModel, _ path: String, wantsTargets: Bool,
        _ targets: [String]
    ) throws -> TrainedModel {
        guard let first = files.first(where: TableSource.isTable) else { return model }
        let options = try TableOptions(table, first)
        let names = try SplitTables.columns(first, options)
        if !(table.inputs?.first.map(names.contains) ?? false) {
            guard let column = try ImageColumn.find(in: first, options) else {
                throw UsageError(
                    "\(first) names no images: in none of its columns (\(RecipeMapping.list(names))) do all values end as those of "
                        + "images do; \(path) takes images")
            }
            table.inputs = [column.name]
        }
        guard wantsTargets, let recipe = model.tables["targets"], recipe.columns.count == 1 else { return model }
        let own = recipe.columns[0].name
        let others = names.filter { $0 != table.inputs?.first }
        if targets.isEmpty, others.contains(own) { return model }
        guard let label = targets.first ?? (others.count == 1 ? others[0] : nil) else {
            // A table of names alone: that it has no labels is said when it is read.
            guard !others.isEmpty else { return model }
            throw UsageError(
                "which column of \(first) holds what \(path) calls '\(own)'? Say --targets COLUMN; beside the names of images it "
                    + "has \(RecipeMapping.list(others))")
        }
        guard targets.count < 2, others.contains(label) else {
            throw UsageError(
                "--targets \(targets.joined(separator: ", ")): give the one column of \(first) that holds what \(path) calls "
                    + "'\(own)'; beside the names of images it has \(RecipeMapping.list(others))")
        }
        var renamed = model
        renamed.tables.recipes["targets"]?.columns[0].name = label
        return renamed
    }
}
