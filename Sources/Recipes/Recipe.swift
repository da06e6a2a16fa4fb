/// What is done to the raw columns of a table so that they become what a model takes: the columns in order.
///
/// It is first **declared**, by `stormo data convert`, which writes it beside the values as the attribute `recipe` of each
/// dataset that it makes of a table. In the file a missing value is NaN, or -1 among integers, and a category is its code.
/// Then it is **fitted**, by training alone, to the rows that are trained on, and kept in the model file.
///
/// As JSON:
/// ```
/// {
///   "format": 1,
///   "columns": [
///     {"name": "area", "kind": "number", "missing": "mean"},
///     {"name": "street", "kind": "category", "missing": "category", "categories": ["Grvl", "Pave"], "width": 32}
///   ]
/// }
/// ```
/// - `kind` is `number`, `category` or `empty` (a column in which no row has a value).
/// - `missing` says what a missing value becomes: `none` (there may be none), for numbers `mean`, `median` or `indicator`
///   (the mean, and a feature beside it that is 1 where the value is missing), for categories `mode` (the most frequent one)
///   or `category` (one of its own), for both `constant`, with the value under `constant`.
/// - `categories` are the texts in the order of their codes; `width` is how many of them get a feature of their own, the
///   most frequent ones. The rarer ones share one.
///
/// A fitted column also has `fit`: of a number `{"fill": 9.5, "indicator": false}`; of a category `{"own": ["Pave"],
/// "pooled": ["Grvl"], "marks_missing": false}` and the `fill` for what is missing, if there is one; or `"unused"` where no
/// row that was trained on has a value.
package struct Recipe: Sendable, Hashable {
    package var columns: [RecipeColumn]

    package static let attribute = "recipe"

    package init(_ columns: [RecipeColumn]) { self.columns = columns }

    package var names: [String] { columns.map(\.name) }

    /// Whether the values go to the model as they are.
    package var isPlain: Bool { columns.allSatisfy(\.isPlain) }

    package var isFitted: Bool { columns.allSatisfy { $0.fit != nil } }

    /// The names of what the fitted columns become.
    package var features: [String] { columns.flatMap(\.features) }
    package var featureCount: Int { columns.reduce(0) { $0 + $1.featureCount } }

    /// The texts of the only column, where it holds categories: the names of a target's classes.
    package var classNames: [String]? {
        columns.count == 1 && columns[0].kind == .category ? columns[0].categories : nil
    }

    /// The columns of a target: all of its categories are known, whatever rows are trained on, so that a label is the same
    /// number in each fold.
    package var knowingAll: Recipe {
        Recipe(
            columns.map { own in
                var column = own
                if own.kind == .category {
                    column.fit = .category(
                        own: Array(own.categories.indices), pooled: [], marksMissing: false, fill: nil)
                }
                return column
            })
    }

    /// The columns without what was learned.
    package var declared: Recipe {
        Recipe(
            columns.map { own in
                var column = own
                column.fit = nil
                return column
            })
    }

    /// The columns as numbers, none of which may be missing.
    package var asNumbers: Recipe { Recipe(names.map { RecipeColumn($0, .number) }) }

    /// These columns with what others of the same names and codes have learned. What is missing is done as those say.
    package func fitted(like others: Recipe) -> Recipe {
        Recipe(
            zip(columns, others.columns).map { own, other in
                var column = other
                // Categories that the other does not have stand behind its own.
                if own.categories.count > other.categories.count { column.categories = own.categories }
                return column
            })
    }
}

/// What is wrong with a recipe, or does not go together with another.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
