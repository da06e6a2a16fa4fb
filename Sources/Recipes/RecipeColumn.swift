/// One column of a table: what it is called, what it holds, what is done where a value is missing, and, once it is fitted
/// to the rows that a model is trained on, which features it becomes.
package struct RecipeColumn: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// In the column's unit.
        case number
        /// Texts, stored as codes: 0 for the first of `categories`.
        case category
        /// One of two texts, stored as codes: 0 for the one that says no, 1 for the one that says yes.
        case boolean
        /// A day, or a day with a time, stored as days since 1970-01-01 in UTC; see `DatePart`.
        case date
        /// A time of the day, stored as a fraction of it.
        case time
        /// No row has a value, so that nobody knows what it holds.
        case empty

        /// Whether it holds texts, stored as codes.
        package var isCoded: Bool { self == .category || self == .boolean }
        package var isDate: Bool { self == .date || self == .time }

        /// What a column of it holds, for sentences.
        package var nouns: String {
            switch self {
            case .number: "numbers"
            case .category: "categories"
            case .boolean: "booleans"
            case .date: "dates"
            case .time: "times"
            case .empty: "no values"
            }
        }
    }

    /// What was seen in the rows of a file, or in those that the column was fitted to.
    package struct Seen: Sendable, Hashable {
        /// Rows in which it is missing.
        package var missing: Int
        /// The least and the greatest number, day or time; nil for texts.
        package var range: ClosedRange<Double>?

        package init(missing: Int, range: ClosedRange<Double>?) { (self.missing, self.range) = (missing, range) }
    }

    /// What a missing value becomes.
    package enum Missing: Sendable, Hashable {
        /// None may be missing.
        case none
        /// The mean, or the median, of the values in the rows that are trained on. Of a date the other parts are 0 then, the
        /// middle of their circles.
        case mean, median
        /// The mean, and a feature beside it that is 1 where the value is missing.
        case indicator
        /// The most frequent category of the rows that are trained on.
        case mode
        /// A category of its own.
        case category
        /// Of dates the days since 1970-01-01.
        case number(Double)
        case text(String)
    }

    package var name: String
    package var kind: Kind
    package var missing = Missing.none
    /// The texts that stand for a missing value beside an empty cell; nil for the usual words, such as NA.
    package var marks: [String]?
    /// The texts in the order of their codes.
    package var categories: [String] = []
    /// How many categories get a feature of their own, the most frequent ones; the rarer ones share one.
    package var width = RecipeColumn.usualWidth
    /// Of a number: `%`, `$`, `kg`; nil where nothing is said.
    package var unit: String?
    /// In which order a date was read whose year is last.
    package var order: DayOrder?
    /// Of dates and times: whether they said their time zone, and were converted to UTC.
    package var isZoned = false
    package var seen: Seen?
    /// Nil while the column is declared, but not fitted.
    package var fit: Fit?

    package static let usualWidth = 32
    package static let mostCategories = 1 << 20

    package init(_ name: String, _ kind: Kind, missing: Missing = .none, categories: [String] = []) {
        (self.name, self.kind, self.missing, self.categories) = (name, kind, missing, categories)
    }

    /// What was learned from the rows that a model is trained on, and from no others.
    package enum Fit: Sendable, Hashable {
        /// - fill: what a missing value becomes.
        /// - indicator: whether a feature tells that the value is missing; only where one was.
        case number(fill: Double, indicator: Bool)
        /// - parts: those that vary, in the order of `DatePart`.
        /// - fill, indicator: as of a number.
        case date(parts: [DatePart], fill: Double, indicator: Bool)
        /// All of them codes.
        /// - own: those with a feature of their own, ascending. Of a boolean those that occurred; they have one feature, which
        ///   is 1 where the value is true.
        /// - pooled: those that share one feature, ascending.
        /// - marksMissing: whether what is missing has a feature; only where a value was.
        /// - fill: the category that what is missing becomes, where it has no feature.
        case category(own: [Int], pooled: [Int], marksMissing: Bool, fill: Int?)
        /// No row that is trained on has a value: the column becomes no feature.
        case unused
    }

    /// Whether it holds times, as far as can be told.
    package var hasTimes: Bool {
        if isZoned || kind == .time { return true }
        guard kind == .date, let range = seen?.range else { return false }
        return range.lowerBound != range.lowerBound.rounded() || range.upperBound != range.upperBound.rounded()
    }

    /// Whether its values go to the model as they are, and none may be missing.
    package var isPlain: Bool { kind == .number && missing == .none }

    /// What it is called that the fitted column becomes, in order: `area`, `area is missing`; `street=Pave`,
    /// `street is rare`, `street is missing`.
    package var features: [String] {
        switch fit {
        case nil: [name]
        case .unused?: []
        case .number(_, let indicator)?: [name] + (indicator ? ["\(name) is missing"] : [])
        case .date(let parts, _, let indicator)?:
            parts.flatMap { $0.features(of: name) } + (indicator ? ["\(name) is missing"] : [])
        case .category(let own, let pooled, let marksMissing, _)?:
            (kind == .boolean ? [1] : own).map { "\(name)=\(categories[$0])" }
                + (pooled.isEmpty ? [] : ["\(name) is rare"]) + (marksMissing ? ["\(name) is missing"] : [])
        }
    }

    /// How many features the column becomes.
    package var featureCount: Int {
        switch fit {
        case nil: 1
        case .unused?: 0
        case .number(_, let indicator)?: indicator ? 2 : 1
        case .date(let parts, _, let indicator)?: parts.reduce(indicator ? 1 : 0) { $0 + $1.featureCount }
        case .category(let own, let pooled, let marksMissing, _)?:
            (kind == .boolean ? 1 : own.count) + (pooled.isEmpty ? 0 : 1) + (marksMissing ? 1 : 0)
        }
    }

    /// For each code the place of the feature that is 1, -1 where all are 0, or nil where the model does not know the
    /// category.
    package var featureOfCode: [Int?] {
        guard case .category(let own, let pooled, _, _)? = fit else { return [] }
        var places = [Int?](repeating: nil, count: categories.count)
        if kind == .boolean {
            for code in own where code < 2 { places[code] = code - 1 }
            return places
        }
        for (place, code) in own.enumerated() { places[code] = place }
        for code in pooled { places[code] = own.count }
        return places
    }

    /// The feature that is 1 where the value is missing, or where the category is taken for a missing one; nil where all
    /// are 0.
    package var featureOfMissing: Int? {
        guard case .category(_, _, let marksMissing, let fill)? = fit else { return nil }
        if marksMissing { return featureCount - 1 }
        return fill.flatMap { featureOfCode[$0] }
    }

    /// The code of a text; a boolean's may be written in another case, or with another pair of words.
    package func code(of text: String) -> Int? {
        if let code = categories.firstIndex(of: text) { return code }
        return kind == .boolean ? BooleanWords.value(text).map { $0 ? 1 : 0 } : nil
    }

    /// Whether a number is the code of one of its categories.
    package func holdsCode(_ value: Double) -> Bool {
        value >= 0 && value < Double(categories.count) && value == value.rounded()
    }

    /// The categories that the model knows, for a sentence.
    package var knownCategories: [String] {
        guard case .category(let own, let pooled, _, _)? = fit else { return categories }
        return (own + pooled).sorted().map { categories[$0] }
    }
}

extension RecipeColumn.Missing: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "none"
        case .mean: "mean"
        case .median: "median"
        case .indicator: "indicator"
        case .mode: "mode"
        case .category: "category"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .text(let text): "'\(text)'"
        }
    }
}
