import HDF5
import Recipes

/// What the numbers of a dataset stand for, as its attributes say: `class_names`, `categories:COLUMN`, and the names of
/// its columns. `stormo data convert` makes such numbers of texts, file by file, so that the same number can mean two
/// things in two files; and columns are told apart by their places alone.
package struct CodeNames: Sendable, Hashable {
    package struct List: Sendable, Hashable {
        package let names: [String]
        /// The file and the path, or the model, that says so.
        package let place: String

        package init(names: [String], place: String) {
            self.names = names
            self.place = place
        }
    }

    /// By the attribute's name.
    package private(set) var lists: [String: List] = [:]

    package static let classes = "class_names"
    package static let categories = "categories:"
    /// The names of the columns of inputs and targets, whatever attribute they stood in.
    package static let inputColumns = "feature_names"
    package static let targetColumns = "target_names"

    /// What a message calls the data that a model was made from.
    package static let ofModel = "the model's training data"

    package init() {}

    package init(_ lists: [String: List]) { self.lists = lists }

    /// Those of one file.
    /// - Throws: `HDF5Error` where the file has some that can't be read.
    package init(_ file: HDF5File, inputs: [String], targets: String?) throws(HDF5Error) {
        try self.init(
            file, DataSource(files: [], inputs: [.init(inputs)], targets: targets.map { [.init([$0])] } ?? []))
    }

    /// Those of one file. Where there are several inputs, the lists of each have its name behind theirs; so have those of
    /// several targets.
    /// - Throws: `HDF5Error` where the file has some that can't be read.
    ///
    /// - Parameter tables: keys of the parts that come with a recipe, which says more.
    init(_ file: HDF5File, _ source: DataSource, besides tables: Set<String> = []) throws(HDF5Error) {
        let ofParts = [
            (DataField.Role.input, source.inputParts, Self.inputColumns),
            (.target, source.targetParts, Self.targetColumns),
        ]
        for (role, parts, columns) in ofParts {
            for part in parts where !tables.contains(TableRecipes.key(role, part, among: parts)) {
                let own = parts.count > 1 ? part.name : nil
                for path in part.paths {
                    // A column's attributes are its table's.
                    guard let attributes = try? file.dataset(path).attributes else { continue }
                    for name in try attributes.names where name.hasPrefix(Self.categories) {
                        try note(attributes, name, as: Self.key(name, own), "\(file.path): \(path)")
                    }
                }
                try noteColumns(of: part.paths, in: file, Self.key(columns, own), isTarget: role == .target)
            }
        }
        let owners = source.targetParts.isEmpty ? Array(source.inputParts.prefix(1)) : source.targetParts
        for part in owners
        where source.targetParts.isEmpty || !tables.contains(TableRecipes.key(.target, part, among: owners)) {
            let key = Self.key(Self.classes, owners.count > 1 ? part.name : nil)
            if let attributes = try? file.dataset(part.paths[0]).attributes {
                try note(attributes, Self.classes, as: key, "\(file.path): \(part.paths[0])")
            }
            // What stands at the file itself is said of the only targets there are.
            if lists[key] == nil, owners.count == 1 { try note(file.attributes, Self.classes, as: key, file.path) }
        }
    }

    /// What a list of one of several inputs or outputs is called: `class_names:digit`.
    package static func key(_ attribute: String, _ name: String?) -> String {
        name.map { "\(attribute):\($0)" } ?? attribute
    }

    private mutating func note(
        _ attributes: HDF5Attributes, _ name: String, as key: String, _ place: String
    ) throws(HDF5Error) {
        guard let names = try attributes.stringsIfPresent(name) else { return }
        lists[key] = List(names: names, place: place)
    }

    /// Those of datasets that are joined are joined, too, where all have names. Targets of which each is a dataset, or a
    /// column of a table, are called as these are.
    private mutating func noteColumns(
        of paths: [String], in file: HDF5File, _ name: String, isTarget: Bool
    ) throws(HDF5Error) {
        var names: [String] = []
        for path in paths {
            guard let dataset = try? file.dataset(path) else { return }
            if isTarget, paths.count > 1, dataset.shape.count == 1, let last = path.split(separator: "/").last {
                names.append(String(last))
            } else if let own = try ColumnNames.of(dataset, root: file.attributes) {
                names += own
            } else {
                return
            }
        }
        lists[name] = List(names: names, place: "\(file.path): \(paths.joined(separator: ", "))")
    }

    package var classNames: [String]? { lists[Self.classes]?.names }

    /// The lists that are of columns, by attribute.
    package var columnLists: [String: [String]] { lists.filter { Self.isOfColumns($0.key) }.mapValues(\.names) }

    /// Whether a list is kept under its attribute's name, as all are but the class names of the only output.
    package static func isOfColumns(_ attribute: String) -> Bool {
        attribute.hasPrefix(categories) || kind(of: attribute) != nil && attribute != classes
    }

    /// The attribute that a list stood in, without the name of an input or output; nil for categories.
    private static func kind(of key: String) -> String? {
        [classes, inputColumns, targetColumns].first { key == $0 || key.hasPrefix($0 + ":") }
    }

    /// Adds what the columns of a table are called, and what their codes stand for.
    /// - Parameter name: of the input or output, where there are several.
    mutating func add(_ recipe: Recipe, _ role: DataField.Role, of name: String?, _ place: String) {
        if role == .target, let classes = recipe.classNames { return setClasses(classes, place, of: name) }
        lists[Self.key(role == .input ? Self.inputColumns : Self.targetColumns, name)] = List(
            names: recipe.names, place: place)
        for column in recipe.columns where column.kind.isCoded {
            lists[Self.key(Self.categories + column.name, name)] = List(names: column.categories, place: place)
        }
    }

    /// - Parameter output: whose they are, where there are several.
    mutating func setClasses(_ names: [String], _ place: String, of output: String? = nil) {
        lists[Self.key(Self.classes, output)] = List(names: names, place: place)
    }

    /// Adds what the other says and this does not.
    /// - Returns: as `check` does.
    /// - Throws: `DataError` where both say something of the same numbers that differs.
    mutating func merge(_ other: CodeNames) throws(DataError) -> [String] {
        let notices = try check(other)
        lists.merge(other.lists) { own, _ in own }
        return notices
    }

    /// - Returns: differences that may be mere words, a sentence each.
    /// - Throws: `DataError` with the first difference by which the same number means two things.
    @discardableResult
    func check(_ other: CodeNames) throws(DataError) -> [String] {
        var notices: [String] = []
        for (name, own) in lists.sorted(by: { $0.key < $1.key }) {
            guard let others = other.lists[name], others.names != own.names else { continue }
            let kind = Self.kind(of: name)
            if kind == Self.inputColumns || kind == Self.targetColumns {
                let what = kind == Self.inputColumns ? "inputs" : "targets"
                if let notice = try Self.compareColumns(own, others, what) { notices.append(notice) }
                continue
            }
            let what =
                kind == Self.classes
                ? "the classes" : "the categories of column '\(name.dropFirst(Self.categories.count))'"
            throw DataError(
                "\(others.place) and \(own.place) differ in \(what) (attribute \(name)): \(Self.difference(own, others)); "
                    + "the same number must mean the same in both, so make both files in one conversion, or from one list "
                    + "of names")
        }
        return notices
    }

    /// The same names in another order are refused; others may be other words for the same.
    private static func compareColumns(_ own: List, _ others: List, _ what: String) throws(DataError) -> String? {
        let places = "\(others.place) and \(own.place)"
        if own.names.sorted() == others.names.sorted() {
            throw DataError(
                "\(places) have the columns of the \(what) in another order: \(difference(own, others)); a model knows "
                    + "columns by their place, so put them into the same order")
        }
        // Of another number they are refused by their shape.
        guard own.names.count == others.names.count else { return nil }
        return
            "\(places) call the columns of the \(what) by other names: \(difference(own, others)); they are taken to mean "
            + "the same"
    }

    private static func difference(_ own: List, _ others: List) -> String {
        let index = zip(own.names, others.names).enumerated().first { $1.0 != $1.1 }?.offset
        return index.map { "\($0) is '\(others.names[$0])' in the one and '\(own.names[$0])' in the other" }
            ?? "there are \(others.names.count) in the one and \(own.names.count) in the other"
    }
}
