import Batches
package import HDF5
package import Recipes

/// The columns, kinds, codes and policies that a conversion takes from elsewhere: from a model, or from a file that was
/// converted before.
package struct LikeTable: Sendable {
    /// Who says so, for messages.
    let place: String
    let inputs: Recipe
    let targets: Recipe?

    /// - Parameters:
    ///   - inputs: the model's, or the file's; what it has learned is left out.
    ///   - place: what messages call its owner.
    package init(inputs: Recipe, targets: Recipe?, place: String) {
        (self.inputs, self.targets, self.place) = (inputs.declared, targets?.declared, place)
    }

    /// What is declared in a file that was converted.
    /// - Parameter group: that of its inputs and targets; nil for the only one that has a recipe.
    /// - Throws: `DataError` where there is none, or several.
    package init(_ file: HDF5File, group: String? = nil) throws {
        func recipe(_ path: String) throws -> Recipe? {
            guard try file.exists(path), let attributes = try? file.dataset(path).attributes,
                let text = try attributes.stringsIfPresent(Recipe.attribute)?.first
            else { return nil }
            do { return try Recipe(text: text, file: "\(file.path): \(path)") } catch { throw DataError("\(error)") }
        }
        var paths = try file.allDatasetPaths().filter { $0.hasSuffix("/inputs") }
        if let group { paths = ["/" + group.split(separator: "/").joined(separator: "/") + "/inputs"] }
        let found = try paths.compactMap { path in try recipe(path).map { (path, $0) } }
        guard let (path, inputs) = found.first else {
            throw DataError(
                "\(file.path) says nothing of columns: no dataset called inputs has the attribute \(Recipe.attribute); give a "
                    + "model, or a file that stormo data convert made of a table")
        }
        guard found.allSatisfy({ $0.1.declared == inputs.declared }) else {
            throw DataError(
                "\(file.path) has several tables, \(found.map(\.0).joined(separator: ", ")), which differ; give a file with one"
            )
        }
        self.init(inputs: inputs, targets: try recipe(path.dropLast("inputs".count) + "targets"), place: file.path)
    }

    /// What is said of a column; nil where nothing is.
    func column(_ name: String) -> RecipeColumn? {
        inputs.columns.first { $0.name == name } ?? targets?.columns.first { $0.name == name }
    }
}
