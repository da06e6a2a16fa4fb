/// What a split by a column came to, in sentences.
struct SplitOutcome {
    let note: String
    let warnings: [String]

    /// A side beyond this share of what it was to have, more or less, is warned of.
    private static let tolerance = 0.2

    /// One of the sides.
    struct Side {
        let name: String
        let rows: RowSelection
        /// How many rows were asked for.
        let wanted: Double
    }

    /// - Parameters:
    ///   - column: of the rows of `data`.
    ///   - sides: parts of `data`.
    ///   - labels: of its rows, where the sides were to have the same shares of the classes.
    init(_ rule: SplitRule, _ column: SplitColumn, of data: Dataset, _ sides: [Side], labels: [Int]? = nil) {
        var words: [String] = []
        var warnings: [String] = []
        for side in sides {
            let places = data.selection.places(of: side.rows)
            let own = places.map { column.ranks[$0] }
            if let labels, let lacking = Set(labels).subtracting(places.map { labels[$0] }).min() {
                let name = data.classNames.flatMap { $0.indices.contains(lacking) ? "'\($0[lacking])'" : nil }
                warnings.append(
                    "data.stratify: \(side.name) has no row of the class \(name ?? "\(lacking)"), since rows with the same value of "
                        + "\(column.place) stay together")
            }
            let rows = own.count == 1 ? "1 row" : "\(own.count) rows"
            switch rule {
            case .together:
                let groups = Set(own).count
                words.append("\(side.name) \(rows) of \(groups == 1 ? "1 value" : "\(groups) values")")
            case .byTime:
                let (first, last) = (own.min() ?? 0, own.max() ?? 0)
                words.append(
                    "\(side.name) \(rows)"
                        + (first == last
                            ? " at \(column.word(first))" : " from \(column.word(first)) to \(column.word(last))"))
            }
            guard abs(Double(own.count) - side.wanted) > Self.tolerance * side.wanted else { continue }
            let largest = column.sizes.indices.max { (column.sizes[$0], $1) < (column.sizes[$1], $0) } ?? 0
            warnings.append(
                "\(rule.key): \(side.name) has \(rows) where the fraction asks for \(Int(side.wanted.rounded())), since "
                    + "rows with the same value stay together; the most frequent one, \(column.word(largest)), has "
                    + "\(column.sizes[largest])")
        }
        note = "\(rule.key) \(column.place): " + words.joined(separator: "; ")
        self.warnings = warnings
    }
}
