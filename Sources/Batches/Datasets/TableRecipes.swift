import HDF5
import Kernels
import Recipes

/// The recipes of the tables and images among a split's fields, or among those that a model was trained on.
package struct TableRecipes: Sendable, Hashable {
    /// By the field's key: `inputs`, `targets`, and of several `inputs:age`.
    package var recipes: [String: Recipe]
    /// The same of images.
    package var images: [String: ImageRecipe] = [:]

    package init(_ recipes: [String: Recipe] = [:]) { self.recipes = recipes }

    package subscript(key: String) -> Recipe? { recipes[key] }

    static func key(_ role: DataField.Role, _ part: DataSource.Part, among parts: [DataSource.Part]) -> String {
        CodeNames.key(role.words, parts.count > 1 ? part.name : nil)
    }
}

extension Dataset {
    /// What the columns of its tables are, and what was done to its images.
    package var tables: TableRecipes {
        var tables = TableRecipes(
            Dictionary(
                fields.compactMap { entry in entry.field.recipe.map { (key(of: entry), $0) } },
                uniquingKeysWith: { first, _ in first }))
        for entry in fields { tables.images[key(of: entry)] = entry.field.images }
        return tables
    }
}

/// The tables that the files of a split hold, and how each file's rows are brought into one order and one set of codes:
/// those of a reference, or of the first file.
struct Tables {
    struct Table {
        let recipe: Recipe
        /// Of each file.
        let mappings: [RecipeMapping]
        let isTarget: Bool

        /// The rows of each file in the same columns and codes, and in one type.
        func recoded(_ sources: [SourceRows]) throws -> [SourceRows] {
            for (source, mapping) in zip(sources, mappings) {
                let columns = source.shape.rank == 0 ? 1 : source.shape.count
                guard source.shape.rank <= 1, columns == mapping.ownCount else {
                    throw DataError(
                        "\(source.place) has rows of \(source.shape), but its recipe tells of \(mapping.ownCount) columns; "
                            + "convert it again")
                }
            }
            let types = Set(sources.map(\.type))
            if types.count == 1, mappings.allSatisfy(\.isIdentity) { return sources }
            let areCodes = isTarget && recipe.columns.allSatisfy { $0.kind.isCoded }
            let type: StoredType = areCodes ? .int32 : types.contains(where: \.isWide) ? .float64 : .float32
            return zip(sources, mappings).map { $0.recoded($1, as: type) }
        }
    }

    private(set) var notices: [String] = []
    private var tables: [String: Table] = [:]
    private var images: [String: ImageRecipe] = [:]
    private let source: DataSource
    private let reference: TableRecipes

    /// The fields that are tables.
    var keys: Set<String> { Set(tables.keys) }

    /// - Throws: `DataError` where the files hold other columns than the reference, or some have a recipe and others none.
    init(
        _ files: [HDF5File], _ source: DataSource, onto reference: TableRecipes, wantsTargets: Bool,
        unknown: UnknownValues?
    ) throws {
        (self.source, self.reference) = (source, reference)
        for role in wantsTargets ? [DataField.Role.input, .target] : [.input] {
            let parts = source.parts(role)
            for part in parts {
                let key = TableRecipes.key(role, part, among: parts)
                if let table = try table(files, part, reference[key], role, unknown) { tables[key] = table }
                if role == .input { images[key] = try images(files, part, reference.images[key]) }
            }
        }
    }

    /// What made rows of images; nil where the rows are none.
    func images(_ part: DataSource.Part) -> ImageRecipe? {
        images[TableRecipes.key(.input, part, among: source.inputParts)]
    }

    /// What all files say of their images.
    /// - Throws: `DataError` where values are of another depth than those of the reference, or of the first file: the same
    ///   number would be another brightness.
    private mutating func images(
        _ files: [HDF5File], _ part: DataSource.Part, _ reference: ImageRecipe?
    ) throws -> ImageRecipe? {
        guard part.paths.count == 1, part.axes == nil else { return nil }
        var found: (recipe: ImageRecipe, place: String)?
        if let reference { found = (reference, CodeNames.ofModel) }
        var first: ImageRecipe?
        for (index, file) in files.enumerated() {
            guard let own = try ImageRecipe(of: file, part.paths[0]) else { continue }
            let place = source.place(index, file.path, part.words)
            if first == nil { first = own }
            guard let (other, otherPlace) = found else {
                found = (own, place)
                continue
            }
            guard own.bits == other.bits else {
                throw DataError(
                    "\(place) holds images of \(own.bits) bits a value, but \(otherPlace) \(other.bits); convert them again "
                        + "with --bits \(other.bits)")
            }
            if own.fit != other.fit {
                notices.append(
                    "\(place) holds images that came to their size by \(own.fit.rawValue), but \(otherPlace) by "
                        + "\(other.fit.rawValue): what they show has other proportions")
            }
        }
        return first
    }

    func table(_ role: DataField.Role, _ part: DataSource.Part) -> Table? {
        tables[TableRecipes.key(role, part, among: source.parts(role))]
    }

    private mutating func table(
        _ files: [HDF5File], _ part: DataSource.Part, _ reference: Recipe?, _ role: DataField.Role,
        _ unknown: UnknownValues?
    ) throws -> Table? {
        func place(_ index: Int) -> String { source.place(index, files[index].path, part.words) }
        // What is joined, or turned, is told apart by its places.
        let isOne = part.paths.count == 1 && part.axes == nil
        let own = try isOne ? files.map { try Self.recipe(of: $0, part.paths[0]) } : files.map { _ in nil }
        guard let first = own.first(where: { $0 != nil }) ?? nil else {
            if let reference, !reference.isPlain || role == .target && reference.classNames != nil {
                // Labels that are texts are coded by the names of the classes.
                if role == .target, try files[0].dataset(part.paths[0]).elementType == .string { return nil }
                guard role == .input else { return nil }
                throw DataError(
                    "\(place(0)) has no recipe, which says what its columns and codes are, but "
                        + "\(CodeNames.ofModel) had one, of the columns \(RecipeMapping.list(reference.names)); give a table "
                        + "(.csv, .tsv) with these, or make the file from one by stormo data convert")
            }
            return nil
        }
        if let index = own.firstIndex(where: { $0 == nil }) {
            throw DataError(
                "\(place(index)) has no recipe, which says what its columns and codes are, but other files of the "
                    + "split have one; make all of them by stormo data convert")
        }
        let recipes = own.compactMap { $0 }
        do {
            var columns = reference ?? first
            let referencePlace = reference == nil ? place(0) : CodeNames.ofModel
            func mapping(_ index: Int) throws(RecipeError) -> RecipeMapping {
                try RecipeMapping(
                    of: recipes[index], at: place(index), onto: columns, at: referencePlace,
                    fillsColumns: unknown == .missing,
                    advice: unknown == .error
                        ? "; say --unknown missing to take all of its values for missing ones" : "")
            }
            // All categories of all files first, then the way of each file's codes to theirs.
            for index in recipes.indices { columns = Recipe(try mapping(index).columns, form: columns.form) }
            let mappings = try recipes.indices.map { try mapping($0) }
            notices += mappings.flatMap(\.notices)
            for (index, mapping) in mappings.enumerated() where !mapping.unused.isEmpty && reference != nil {
                notices.append(
                    "\(place(index)) has columns that the model does not take, and that are left out: "
                        + RecipeMapping.list(mapping.unused))
            }
            return Table(recipe: columns, mappings: mappings, isTarget: role == .target)
        } catch {
            throw DataError("\(error)")
        }
    }

    private static func recipe(of file: HDF5File, _ path: String) throws -> Recipe? {
        // What is not there has no recipe, but that is not what is wrong with it.
        if try !file.exists(path) { _ = try file.dataset(path) }
        guard let attributes = try? file.dataset(path).attributes,
            let texts = try attributes.stringsIfPresent(Recipe.attribute), let text = texts.first, texts.count == 1
        else { return nil }
        do {
            // What others have learned says nothing of these rows.
            return try Recipe(text: text, file: "\(file.path): \(path), attribute \(Recipe.attribute)").declared
        } catch {
            throw DataError("\(error)")
        }
    }

    /// Notes what the columns are called and what their codes stand for; of categories those of the reference, where there
    /// is one, since the rows are in its codes.
    func name(_ names: inout CodeNames) {
        for role in [DataField.Role.input, .target] {
            let parts = source.parts(role)
            for part in parts {
                let key = TableRecipes.key(role, part, among: parts)
                guard let table = tables[key] else { continue }
                names.add(
                    reference[key] ?? table.recipe, role, of: parts.count > 1 ? part.name : nil,
                    source.place(0, source.file, part.words))
            }
        }
    }
}

extension ImageRecipe {
    /// What a file says of the images in a dataset; nil where it says nothing.
    /// - Throws: `DataError` for what is no recipe.
    package init?(of file: HDF5File, _ path: String) throws {
        guard let attributes = try? file.dataset(path).attributes,
            let texts = try attributes.stringsIfPresent(Self.attribute), let text = texts.first, texts.count == 1
        else { return nil }
        do {
            try self.init(text: text, file: "\(file.path): \(path), attribute \(Self.attribute)")
        } catch {
            throw DataError("\(error)")
        }
    }
}
