import Batches
internal import Configuration
package import Recipes

/// What a user says that a column holds.
package enum ColumnKind: String, Sendable, CaseIterable {
    case number, category, boolean, date
    /// A date whose year is last.
    case dayFirst = "day-first"
    case monthFirst = "month-first"
    case time, identifier, drop

    /// Whether the column is left out.
    var isLeftOut: Bool { self == .identifier || self == .drop }
    /// What it is in a recipe; nil for what is left out.
    var kind: RecipeColumn.Kind? {
        switch self {
        case .number: .number
        case .category: .category
        case .boolean: .boolean
        case .date, .dayFirst, .monthFirst: .date
        case .time: .time
        case .identifier, .drop: nil
        }
    }
    var order: DayOrder? { self == .dayFirst ? .dayFirst : self == .monthFirst ? .monthFirst : nil }
}

/// What a user says of a column in a word: a kind, or `category:12` for a category of which the twelve most frequent texts
/// get a feature of their own, and the rarer ones share one.
package struct ColumnWord: Sendable {
    package let kind: ColumnKind
    /// How many texts get a feature of their own; nil for the usual number.
    package let width: Int?

    package init(_ kind: ColumnKind, width: Int? = nil) { (self.kind, self.width) = (kind, width) }

    /// - Returns: nil for another word.
    package init?(_ word: some StringProtocol) {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let kind = ColumnKind(rawValue: String(first)) else { return nil }
        self.kind = kind
        width = parts.count > 1 ? Int(parts[1]) : nil
        guard parts.count == 1 || kind == .category else { return nil }
        if parts.count > 1 {
            guard let width, (1...RecipeColumn.mostCategories).contains(width) else { return nil }
        }
    }

    /// What is said of a word that is none.
    package static func unknown(_ word: String) -> String {
        let words = ColumnKind.allCases.map(\.rawValue)
        let all = words.joined(separator: ", ") + ", and category:12 for twelve features"
        guard let near = nearestWord(to: word, among: words) else {
            return "'\(word)' is no kind of column; there are \(all)"
        }
        return "'\(word)' is no kind of column; did you mean '\(near)'? There are \(all)"
    }
}

/// How a table of text becomes a dataset.
package struct TableOptions: Sendable {
    /// What is done where a value is missing: empty, `NA`, `N/A`, `NaN`, `null` or `?`.
    package enum Missing: Sendable, Equatable {
        /// The table is refused, with the places.
        case refuse
        /// The row is left out.
        case skip
        // In the file it stays missing; training fills it, from the rows that are trained on. Targets are not filled: rows
        // without one are left out of training.
        /// The column's mean; of texts the most frequent one.
        case mean
        /// The column's median; of texts the most frequent one.
        case median
        /// The column's most frequent text.
        case mode
        /// A category of its own.
        case category
        /// The column's mean, and a column beside it that tells where it was missing; of texts a category of its own.
        case indicator
        /// A value of one's own.
        case value(String)
    }

    /// The byte between fields; nil to find it out.
    package var delimiter: UInt8?
    /// Whether the first line names the columns; nil to find it out.
    package var hasHeader: Bool?
    /// Columns by name, or by index, counted from 0, or from the end as in -1. Empty for the last column.
    package var targets: [String] = []
    /// Whether there are targets at all.
    package var hasTargets = true
    /// Columns that are inputs; nil for all that are neither targets nor left out.
    package var inputs: [String]?
    /// Columns that are left out.
    package var dropped: [String] = []
    /// Columns that are no inputs, and that become datasets of their own beside these, by their names: such as tell which
    /// rows belong together (`data.split`).
    package var kept: [String] = []
    /// Columns whose numbers are names, such as postal codes, and become codes as texts do.
    package var categorical: [String] = []
    /// What columns hold, by name or index, whatever they seem to.
    package var kinds: [(column: String, word: ColumnWord)] = []
    package var missing = Missing.refuse
    /// What is done in columns of a kind, and in one column, in place of that. A column's name may also be that of a kind, which
    /// is meant where no column is called so; see `setMissing`.
    package var missingOfKinds: [RecipeColumn.Kind: Missing] = [:]
    package var missingOfColumns: [(column: String, missing: Missing)] = []
    /// Which texts stand for a missing value in a column, beside an empty cell, in place of the usual words.
    package var marks: [TableSource.Marks] = []
    /// What says all of this instead: columns that it does not name are left out.
    package var like: LikeTable?
    package var encoding = TextEncoding.utf8
    /// Whether a comma divides whole from fraction; nil for a point, or for what `like` says where the table does not
    /// contradict it.
    package var hasDecimalComma: Bool?
    /// Who says all this, for sentences.
    package var asker = TableAsker.command

    package init() {}
}
