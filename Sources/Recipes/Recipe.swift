/// What is done to the raw columns of a table so that they become what a model takes: the columns in order.
///
/// It is first **declared**, by `stormo data convert`, which writes it beside the values as the attribute `recipe` of each
/// dataset that it makes of a table. In the file a missing value is NaN, or -1 among integers, and a category is its code, a date
/// the days since 1970-01-01.
/// Then it is **fitted**, by training alone, to the rows that are trained on, and kept in the model file.
///
/// As JSON:
/// ```
/// {
///   "format": 1,
///   "columns": [
///     {"name": "area", "kind": "number", "missing": "mean", "unit": "m²"},
///     {"name": "sold", "kind": "date"},
///     {"name": "street", "kind": "category", "missing": "category", "categories": ["Grvl", "Pave"], "width": 32}
///   ]
/// }
/// ```
/// - `kind` is `number`, `category`, `boolean` (two texts, of which the second one says yes), `date` (a day, or a day with
///   a time), `time` (of the day) or `empty` (a column in which no row has a value).
/// - `missing` says what a missing value becomes: `none` (there may be none), for numbers, dates and times `mean`, `median`
///   or `indicator` (the mean, and a feature beside it that is 1 where the value is missing), for categories and booleans
///   `mode` (the most frequent one) or `category` (one of its own), for all `constant`, with the value under `constant`: a
///   number, of dates the days since 1970-01-01, or a text.
/// - `na` are the texts that stand for a missing value, beside an empty cell; where it is not there `NA`, `N/A`, `#N/A`, `<NA>`,
///   `NaN`, `-NaN`, `null` and `?` do, in any case.
/// - `categories` are the texts in the order of their codes; `width` is how many of them get a feature of their own, the
///   most frequent ones. The rarer ones share one. A boolean becomes one feature, 1 where it is true.
/// - `unit` is what the numbers are in, as it stood beside them: `%`, `$`, `kg`. Rows in another unit are refused.
/// - `order` is `day_first` or `month_first`, where dates were read whose year is last.
/// - `zone` is `utc` where times said their time zone, and were converted; times without one stay as they are.
/// - `seen` says what was found in the rows of the file, or of a fitted recipe in those that were trained on: `missing`, how
///   many have no value, and `range`, the least and the greatest number.
///
/// A fitted column also has `fit`: of a number `{"fill": 9.5, "indicator": false}`; of a date or a time the same with
/// `"parts": ["days", "year"]`, those that vary in the rows (see `DatePart`); of a category or boolean `{"own": ["Pave"],
/// "pooled": ["Grvl"], "marks_missing": false}` and the `fill` for what is missing, if there is one; or `"unused"` where no
/// row that was trained on has a value.
///
/// All keys but `name`, `kind` and a category's `categories` have a default, which stands for `none`.
///
/// Beside `columns` may stand `table`, how the table was written, where another one could be misread: `"columns": 5`, the number
/// of its columns where they have no names and are told apart by their places, and `"decimal_comma": true`.
package struct Recipe: Sendable, Hashable {
    package var columns: [RecipeColumn]
    /// How the table was written; nil where there is nothing to say. Of two recipes it is not compared: values are alike
    /// however they were written.
    package var form: Form?

    /// How the table was written that a recipe was made of.
    package struct Form: Sendable, Hashable {
        /// The number of its columns where these have no names; else nil.
        package var columns: Int?
        /// Whether a comma divides whole from fraction.
        package var hasDecimalComma: Bool

        /// - Returns: nil where there is nothing to say.
        package init?(columns: Int?, hasDecimalComma: Bool) {
            guard columns != nil || hasDecimalComma else { return nil }
            (self.columns, self.hasDecimalComma) = (columns, hasDecimalComma)
        }
    }

    package static let attribute = "recipe"

    package init(_ columns: [RecipeColumn], form: Form? = nil) { (self.columns, self.form) = (columns, form) }

    package static func == (a: Recipe, b: Recipe) -> Bool { a.columns == b.columns }
    package func hash(into hasher: inout Hasher) { hasher.combine(columns) }

    package var names: [String] { columns.map(\.name) }

    /// Whether the values go to the model as they are.
    package var isPlain: Bool { columns.allSatisfy(\.isPlain) }

    package var isFitted: Bool { columns.allSatisfy { $0.fit != nil } }

    /// The names of what the fitted columns become.
    package var features: [String] { columns.flatMap(\.features) }
    package var featureCount: Int { columns.reduce(0) { $0 + $1.featureCount } }

    /// The texts of the only column, where it holds categories: the names of a target's classes.
    package var classNames: [String]? {
        columns.count == 1 && columns[0].kind.isCoded ? columns[0].categories : nil
    }

    /// The columns of a target: all of its categories are known, whatever rows are trained on, so that a label is the same
    /// number in each fold.
    package var knowingAll: Recipe {
        Recipe(
            columns.map { own in
                var column = own
                if own.kind.isCoded {
                    column.fit = .category(
                        own: Array(own.categories.indices), pooled: [], marksMissing: false, fill: nil)
                }
                return column
            }, form: form)
    }

    /// The columns with what was seen in the rows of others of the same names.
    package func seeing(_ others: Recipe) -> Recipe {
        Recipe(
            zip(columns, others.columns).map { own, other in
                var column = own
                column.seen = other.seen
                return column
            }, form: form)
    }

    /// The columns without what was learned.
    package var declared: Recipe {
        Recipe(
            columns.map { own in
                var column = own
                (column.fit, column.seen) = (nil, nil)
                return column
            }, form: form)
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
            }, form: others.form)
    }
}

/// What is wrong with a recipe, or does not go together with another.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
