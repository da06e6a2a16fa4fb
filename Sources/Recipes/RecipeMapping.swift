/// How the columns of one table are brought into the places and the codes of another: those that a model was trained on,
/// or those of the first of several files.
package struct RecipeMapping: Sendable {
    /// For each of the reference's columns its place among the own ones; nil where it is missing there.
    package let places: [Int?]
    /// For each of the reference's columns the code of each own code; nil where codes stay as they are.
    package let codes: [[Int]?]
    /// The reference's columns, with the categories that only the own ones have behind theirs.
    package let columns: [RecipeColumn]
    /// How many columns the table has.
    package let ownCount: Int
    /// Own columns that nobody asks for.
    package let unused: [String]

    /// Whether rows stay as they are.
    package var isIdentity: Bool {
        places == (0..<ownCount).map { $0 } && codes.allSatisfy { $0 == nil }
    }

    /// - Parameters:
    ///   - place: what a sentence calls the own table.
    ///   - referencePlace: what it calls the other one.
    ///   - fillsColumns: whether a column that is not there is taken for one in which all values are missing.
    ///   - advice: the end of the sentence about a column that is not there.
    /// - Throws: `RecipeError` for a column that is not there, or that holds something else.
    package init(
        of own: Recipe, at place: String, onto reference: Recipe, at referencePlace: String, fillsColumns: Bool = false,
        advice: String = ""
    ) throws(RecipeError) {
        let indices = Dictionary(
            own.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = Set(reference.names)
        ownCount = own.columns.count
        unused = own.names.filter { !wanted.contains($0) }
        var (places, codes, columns): ([Int?], [[Int]?], [RecipeColumn]) = ([], [], [])
        for column in reference.columns {
            guard let index = indices[column.name] else {
                guard fillsColumns else {
                    throw RecipeError(
                        "\(place) has no column '\(column.name)', which \(referencePlace) has; its columns are "
                            + Self.list(own.names) + advice)
                }
                places.append(nil)
                codes.append(nil)
                columns.append(column)
                continue
            }
            let other = own.columns[index]
            places.append(index)
            if column.kind == .category, other.kind == .category {
                let merged = Self.merge(other.categories, into: column.categories)
                codes.append(merged.codes == Array(other.categories.indices) ? nil : merged.codes)
                var column = column
                column.categories = merged.categories
                columns.append(column)
                continue
            }
            codes.append(nil)
            if column.kind == .empty, column.fit == nil {
                // Now somebody knows.
                var column = other
                column.missing = other.missing
                columns.append(column)
            } else if column.kind == other.kind || other.kind == .empty || column.kind == .empty {
                columns.append(column)
            } else {
                throw RecipeError(
                    "\(place) holds \(other.words) in column '\(column.name)', but \(referencePlace) \(column.words); "
                        + "convert it with --like, or name the column by --categorical where its numbers are names")
            }
        }
        (self.places, self.codes, self.columns) = (places, codes, columns)
    }

    /// Each text's place in the list, and the list with those that it does not have behind its own.
    private static func merge(_ texts: [String], into list: [String]) -> (categories: [String], codes: [Int]) {
        guard texts != list else { return (list, Array(texts.indices)) }
        var places = Dictionary(list.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var categories = list
        let codes = texts.map { text -> Int in
            if let place = places[text] { return place }
            places[text] = categories.count
            categories.append(text)
            return categories.count - 1
        }
        return (categories, codes)
    }

    /// The first of many.
    package static func list(_ words: [String]) -> String {
        words.prefix(10).joined(separator: ", ") + (words.count > 10 ? ", … (\(words.count))" : "")
    }
}

extension RecipeColumn {
    /// What it holds, for a sentence: `numbers`, `the texts Grvl, Pave`.
    fileprivate var words: String {
        kind == .category ? "the texts \(RecipeMapping.list(categories))" : "numbers"
    }
}
