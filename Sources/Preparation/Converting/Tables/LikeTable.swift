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
    /// Columns that stand by themselves, of which dates are read alike everywhere. Names may be numbers in one table, and
    /// texts in another.
    let kept: [RecipeColumn]
    /// Of images, what is done to them; the inputs then have no columns.
    let images: ImageRecipe?
    /// Of columns of numbers between which values these were.
    let ranges: [String: ClosedRange<Double>]

    /// - Parameters:
    ///   - inputs: the model's, or the file's; what it has learned is left out.
    ///   - place: what messages call its owner.
    package init(
        inputs: Recipe, targets: Recipe?, kept: [RecipeColumn] = [], images: ImageRecipe? = nil, place: String
    ) {
        (self.inputs, self.targets, self.images, self.place) = (inputs.declared, targets?.declared, images, place)
        self.kept = Recipe(kept).declared.columns
        let numbers = (inputs.columns + (targets?.columns ?? [])).filter { $0.kind == .number }
        ranges = Dictionary(
            numbers.compactMap { column in column.seen?.range.map { (column.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// What is declared in a file that was converted.
    /// - Parameters:
    ///   - group: that of its inputs and targets; nil for the only one that has a recipe.
    ///   - kept: columns that stand beside them.
    /// - Throws: `DataError` where there is none, or several.
    package init(_ file: HDF5File, group: String? = nil, kept: [String] = []) throws {
        func recipe(_ path: String) throws -> Recipe? {
            guard try file.exists(path), let attributes = try? file.dataset(path).attributes,
                let text = try attributes.stringsIfPresent(Recipe.attribute)?.first
            else { return nil }
            do { return try Recipe(text: text, file: "\(file.path): \(path)") } catch { throw DataError("\(error)") }
        }
        var paths = try file.allDatasetPaths().filter { $0.hasSuffix("/inputs") }
        if let group { paths = ["/" + group.split(separator: "/").joined(separator: "/") + "/inputs"] }
        for path in paths {
            guard let images = try ImageRecipe(of: file, path) else { continue }
            self.init(
                inputs: Recipe([]), targets: try recipe(path.dropLast("inputs".count) + "targets"), images: images,
                place: file.path)
            return
        }
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
        let parent = path.dropLast("inputs".count)
        self.init(
            inputs: inputs, targets: try recipe(parent + "targets"),
            kept: try kept.flatMap { try recipe(parent + $0)?.columns ?? [] }, place: file.path)
    }

    /// What is said of a column; nil where nothing is.
    func column(_ name: String) -> RecipeColumn? {
        inputs.columns.first { $0.name == name } ?? targets?.columns.first { $0.name == name }
            ?? kept.first { $0.name == name && $0.kind.isDate }
    }
}

extension LikeTable {
    /// The places of a table's columns, by the names that they have here.
    ///
    /// Columns without names are told apart by their places, so there must be as many as the other table had; or as many but
    /// for the targets, as rows have that are to be predicted: then each stands where it does without these.
    /// - Throws: `DataError` for another number of columns without names.
    func places(_ form: TableForm, _ path: String) throws -> [String: Int] {
        let named = Dictionary(form.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let own = inputs.names + (targets?.names ?? [])
        guard !form.hasHeader, own.allSatisfy({ Int($0) != nil }) else { return named }
        let (width, targets) = (form.names.count, (targets?.names ?? []).compactMap { Int($0) }.sorted())
        // A table of before does not say how many it had: with as many as are named nobody can tell.
        guard let wanted = inputs.form?.columns else {
            let missing = (own.compactMap { Int($0) }.max() ?? 0) + 1 - width
            guard missing > 0, !targets.suffix(missing).elementsEqual(width..<width + missing) else { return named }
            throw mismatch(path, width, nil, targets)
        }
        if width == wanted { return named }
        guard !targets.isEmpty, width == wanted - targets.count else { throw mismatch(path, width, wanted, targets) }
        let others = (0..<wanted).filter { !targets.contains($0) }
        return Dictionary(uniqueKeysWithValues: others.enumerated().map { (String($1), $0) })
    }

    private func mismatch(_ path: String, _ width: Int, _ wanted: Int?, _ targets: [Int]) -> DataError {
        let columns = width == 1 ? "1 column" : "\(width) columns"
        let all = wanted.map { "had \($0)" } ?? "had more"
        let target =
            targets.isEmpty
            ? ""
            : ", or all but the \(targets.count == 1 ? "target" : "targets") (\(targets.map(String.init).joined(separator: ", ")), counted from 0)"
        return DataError(
            "\(path) has \(columns) without names, and the table of \(place) \(all); columns without names are told apart by their "
                + "places: give all of them\(target), or name the columns in both tables")
    }
}
