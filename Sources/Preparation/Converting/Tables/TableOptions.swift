/// How a table of text becomes a dataset.
package struct TableOptions: Sendable {
    /// What is done where a value is missing: empty, `NA`, `N/A`, `NaN`, `null` or `?`.
    package enum Missing: Sendable, Equatable {
        /// The table is refused, with the places.
        case refuse
        /// The row is left out.
        case skip
        /// The column's mean, or its most frequent text. Targets are not filled.
        case mean
        /// A value of one's own. Targets are not filled.
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
    /// Columns that are left out.
    package var dropped: [String] = []
    /// Columns whose numbers are names, such as postal codes, and become codes as texts do.
    package var categorical: [String] = []
    package var missing = Missing.refuse
    package var encoding = TextEncoding.utf8
    /// Whether a comma divides whole from fraction.
    package var hasDecimalComma = false

    package init() {}
}
