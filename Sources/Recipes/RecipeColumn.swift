/// One column of a table: what it is called, what it holds, what is done where a value is missing, and, once it is fitted
/// to the rows that a model is trained on, which features it becomes.
package struct RecipeColumn: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case number
        /// Texts, stored as codes: 0 for the first of `categories`.
        case category
        /// No row has a value, so that nobody knows what it holds.
        case empty
    }

    /// What a missing value becomes.
    package enum Missing: Sendable, Hashable {
        /// None may be missing.
        case none
        /// The mean, or the median, of the values in the rows that are trained on.
        case mean, median
        /// The mean, and a feature beside it that is 1 where the value is missing.
        case indicator
        /// The most frequent category of the rows that are trained on.
        case mode
        /// A category of its own.
        case category
        case number(Double)
        case text(String)
    }

    package var name: String
    package var kind: Kind
    package var missing = Missing.none
    /// The texts in the order of their codes.
    package var categories: [String] = []
    /// How many categories get a feature of their own, the most frequent ones; the rarer ones share one.
    package var width = RecipeColumn.usualWidth
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
        /// All of them codes.
        /// - own: those with a feature of their own, ascending.
        /// - pooled: those that share one feature, ascending.
        /// - marksMissing: whether what is missing has a feature; only where a value was.
        /// - fill: the category that what is missing becomes, where it has no feature.
        case category(own: [Int], pooled: [Int], marksMissing: Bool, fill: Int?)
        /// No row that is trained on has a value: the column becomes no feature.
        case unused
    }

    /// Whether its values go to the model as they are, and none may be missing.
    package var isPlain: Bool { kind == .number && missing == .none }

    /// What it is called that the fitted column becomes, in order: `area`, `area is missing`; `street=Pave`,
    /// `street is rare`, `street is missing`.
    package var features: [String] {
        switch fit {
        case nil: [name]
        case .unused?: []
        case .number(_, let indicator)?: indicator ? [name, "\(name) is missing"] : [name]
        case .category(let own, let pooled, let marksMissing, _)?:
            own.map { "\(name)=\(categories[$0])" } + (pooled.isEmpty ? [] : ["\(name) is rare"])
                + (marksMissing ? ["\(name) is missing"] : [])
        }
    }

    /// How many features the column becomes.
    package var featureCount: Int {
        switch fit {
        case nil: 1
        case .unused?: 0
        case .number(_, let indicator)?: indicator ? 2 : 1
        case .category(let own, let pooled, let marksMissing, _)?:
            own.count + (pooled.isEmpty ? 0 : 1) + (marksMissing ? 1 : 0)
        }
    }

    /// For each code the place of the feature that is 1, or nil where the model does not know the category.
    package var featureOfCode: [Int?] {
        guard case .category(let own, let pooled, _, _)? = fit else { return [] }
        var places = [Int?](repeating: nil, count: categories.count)
        for (place, code) in own.enumerated() { places[code] = place }
        for code in pooled { places[code] = own.count }
        return places
    }

    /// The feature that is 1 where the value is missing, or where the category is taken for a missing one; nil where all
    /// are 0.
    package var featureOfMissing: Int? {
        guard case .category(let own, let pooled, let marksMissing, let fill)? = fit else { return nil }
        if marksMissing { return own.count + (pooled.isEmpty ? 0 : 1) }
        return fill.flatMap { featureOfCode[$0] }
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
