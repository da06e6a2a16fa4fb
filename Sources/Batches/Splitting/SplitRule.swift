import Configuration

/// `data.split` of a config: by which column of a table splits by fraction, and folds, are cut. Splits with data of their own
/// are held to it as well: see `SplitCheck`.
///
/// The column is one of the table of inputs by its name; or a dataset of the files by its path, as `/train/patient`; or a
/// dataset beside the inputs by its last name, as `stormo data convert --keep` writes it. It holds numbers or texts.
public enum SplitRule: Sendable, Hashable {
    /// Rows with the same value stay together: none of them stands on another side than the others, in splits by fraction
    /// and in folds.
    case together(String)
    /// The rows with the greatest values, the newest, are the test split, those before them validation, and the oldest are
    /// trained on. Equal values stay together. Not for folds.
    case byTime(String)

    /// The column's name or path.
    public var column: String {
        switch self {
        case .together(let column), .byTime(let column): column
        }
    }

    var isByTime: Bool { if case .byTime = self { true } else { false } }

    /// Its key in `data.split`.
    var word: String {
        switch self {
        case .together: "together"
        case .byTime: "by_time"
        }
    }

    /// What messages call it: `data.split.together`.
    package var key: String { "data.split.\(word)" }

    /// Nil where a mistake has been noted.
    init?(reading reader: ObjectReader) {
        let (together, time) = (reader.optionalString("together"), reader.optionalString("by_time"))
        reader.finish()
        switch (together, time) {
        case (let column?, nil): self = .together(column)
        case (nil, let column?): self = .byTime(column)
        case (nil, nil):
            // What is no text has been told.
            let isTold = ["together", "by_time"].contains { key in
                reader.node(key).map { $0 != JSONNode(.null) } ?? false
            }
            guard !isTold else { return nil }
            reader.fail(
                #"needs the column by which rows are split, as in {"together": "patient"} or {"by_time": "date"}"#)
            return nil
        case (_?, _?):
            reader.fail(
                "stands beside 'together', but values that stay together may lie on both sides of a time; leave one of the "
                    + "two out", key: "by_time")
            return nil
        }
        if column.isEmpty {
            reader.fail("must name a column", key: together == nil ? "by_time" : "together")
            return nil
        }
    }

    var configuration: JSONNode {
        switch self {
        case .together(let column): ["together": JSONNode(column)]
        case .byTime(let column): ["by_time": JSONNode(column)]
        }
    }
}
