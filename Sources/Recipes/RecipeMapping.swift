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
    /// What was taken for granted, a sentence each.
    package let notices: [String]

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
        var notices: [String] = []
        for column in reference.columns {
            guard let index = indices[column.name] else {
                guard fillsColumns else {
                    throw RecipeError(
                        "\(place) has no column '\(column.name)', which \(referencePlace) has; its columns are "
                            + Self.list(own.names) + advice)
                }
                notices.append(
                    "\(place) has no column '\(column.name)', which \(referencePlace) has: all of its values are taken for "
                        + "missing ones")
                places.append(nil)
                codes.append(nil)
                columns.append(column)
                continue
            }
            let other = own.columns[index]
            places.append(index)
            if column.kind.isCoded, other.kind.isCoded {
                guard let merged = column.merged(other) else {
                    throw RecipeError(
                        "\(place) has one code for texts of column '\(column.name)' that differ by their case, but "
                            + "\(referencePlace) has one for each: \(column.words); convert it with --like")
                }
                codes.append(merged.codes == Array(other.categories.indices) ? nil : merged.codes)
                var column = column
                column.categories = merged.categories
                // Of two texts in one file and more in another.
                if column.kind == .boolean, column.fit == nil, column.categories.count > 2 { column.kind = .category }
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
                if let unit = other.unit, let wanted = column.unit, unit != wanted {
                    throw RecipeError(
                        "\(place) holds '\(unit)' in column '\(column.name)', but \(referencePlace) '\(wanted)'; bring its "
                            + "numbers into '\(wanted)' and convert it again")
                }
                if column.kind == .number, other.kind == .number, column.unit != other.unit {
                    notices.append(
                        "\(place) \(other.unit.map { "holds '\($0)'" } ?? "names no unit") in column '\(column.name)', and "
                            + "\(referencePlace) \(column.unit.map { "'\($0)'" } ?? "names none"): the numbers are taken "
                            + "for the same unit")
                }
                if column.kind == other.kind, column.isZoned != other.isZoned, other.hasTimes {
                    notices.append(
                        "\(place) \(other.isZoned ? "says" : "does not say") the time zone in column '\(column.name)', and "
                            + "\(referencePlace) \(column.isZoned ? "does" : "does not"): the times are taken for UTC")
                } else if column.kind == .date, other.kind == .date, column.isZoned, !other.isZoned,
                    other.seen?.range != nil
                {
                    notices.append(
                        "\(place) holds days without a time in column '\(column.name)', and \(referencePlace) times with a "
                            + "time zone: the days are taken for midnight in UTC")
                }
                var column = column
                column.unit = column.unit ?? other.unit
                columns.append(column)
            } else {
                let kinds = [column.kind, other.kind]
                throw RecipeError(
                    "\(place) holds \(other.words) in column '\(column.name)', but \(referencePlace) \(column.words); "
                        + "convert it with --like"
                        + (kinds.contains(.category) && kinds.contains(.number)
                            ? ", or say --column \(column.name)=category where its numbers are names" : ""))
            }
        }
        (self.places, self.codes, self.columns, self.notices) = (places, codes, columns, notices)
    }

    /// The first of many.
    package static func list(_ words: [String]) -> String {
        words.prefix(10).joined(separator: ", ") + (words.count > 10 ? ", … (\(words.count))" : "")
    }
}

extension RecipeColumn {
    /// The categories with those behind them that only the other column has, and for each of its codes the one here. A
    /// boolean's texts are compared by what they say.
    /// - Returns: nil where a boolean has one code for what are two categories here.
    fileprivate func merged(_ other: RecipeColumn) -> (categories: [String], codes: [Int])? {
        guard categories != other.categories else { return (categories, Array(categories.indices)) }
        var places = Dictionary(
            categories.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var (all, codes): ([String], [Int]) = (categories, [])
        for (code, text) in other.categories.enumerated() {
            if other.kind == .boolean, code < 2 {
                if kind == .boolean {
                    codes.append(code)
                    continue
                }
                let same = categories.indices.filter { categories[$0].lowercased() == text.lowercased() }
                if same.count > 1 { return nil }
                if let first = same.first {
                    codes.append(first)
                    continue
                }
            }
            if let place = places[text] ?? (kind == .boolean ? self.code(of: text) : nil) {
                codes.append(place)
                continue
            }
            places[text] = all.count
            codes.append(all.count)
            all.append(text)
        }
        return (all, codes)
    }

    /// What it holds, for a sentence: `numbers`, `the texts Grvl, Pave`.
    package var words: String {
        switch kind {
        case .category, .boolean: "the texts \(RecipeMapping.list(categories))"
        case .date: "dates"
        case .time: "times"
        case .number, .empty: "numbers"
        }
    }
}
