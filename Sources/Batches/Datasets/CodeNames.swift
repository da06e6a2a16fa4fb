import HDF5

/// What the numbers of a dataset stand for, as its attributes `class_names` and `categories:COLUMN` say. `stormo data
/// convert` makes such numbers of texts, file by file, so that the same number can mean two things in two files.
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

    package init() {}

    package init(_ lists: [String: List]) { self.lists = lists }

    /// Those of one file.
    /// - Throws: `HDF5Error` where the file has some that can't be read.
    package init(_ file: HDF5File, inputs: [String], targets: String?) throws(HDF5Error) {
        for path in inputs + (targets.map { [$0] } ?? []) {
            // A column's attributes are its table's.
            guard let attributes = try? file.dataset(path).attributes else { continue }
            for name in try attributes.names where name.hasPrefix(Self.categories) {
                try note(attributes, name, "\(file.path): \(path)")
            }
        }
        let owner = targets ?? inputs[0]
        if let attributes = try? file.dataset(owner).attributes {
            try note(attributes, Self.classes, "\(file.path): \(owner)")
        }
        if lists[Self.classes] == nil { try note(file.attributes, Self.classes, file.path) }
    }

    private mutating func note(_ attributes: HDF5Attributes, _ name: String, _ place: String) throws(HDF5Error) {
        guard let names = try attributes.stringsIfPresent(name) else { return }
        lists[name] = List(names: names, place: place)
    }

    package var classNames: [String]? { lists[Self.classes]?.names }

    /// The lists of columns, by attribute.
    package var categories: [String: [String]] {
        lists.filter { $0.key.hasPrefix(Self.categories) }.mapValues(\.names)
    }

    mutating func setClasses(_ names: [String], _ place: String) {
        lists[Self.classes] = List(names: names, place: place)
    }

    /// Adds what the other says and this does not.
    /// - Throws: `DataError` where both say something of the same numbers that differs.
    mutating func merge(_ other: CodeNames) throws(DataError) {
        try check(other)
        lists.merge(other.lists) { own, _ in own }
    }

    /// - Throws: `DataError` with the first difference.
    func check(_ other: CodeNames) throws(DataError) {
        for (name, own) in lists.sorted(by: { $0.key < $1.key }) {
            guard let others = other.lists[name], others.names != own.names else { continue }
            let what =
                name == Self.classes
                ? "the classes" : "the categories of column '\(name.dropFirst(Self.categories.count))'"
            let index = zip(own.names, others.names).enumerated().first { $1.0 != $1.1 }?.offset
            let difference =
                index.map { "\($0) is '\(others.names[$0])' in the one and '\(own.names[$0])' in the other" }
                ?? "there are \(others.names.count) in the one and \(own.names.count) in the other"
            throw DataError(
                "\(others.place) and \(own.place) differ in \(what) (attribute \(name)): \(difference); the same number "
                    + "must mean the same in both, so make both files in one conversion, or from one list of names")
        }
    }
}
