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
    init(_ rule: SplitRule, _ column: SplitColumn, of data: Dataset, _ sides: [Side]) {
        var words: [String] = []
        var warnings: [String] = []
        for side in sides {
            // Both are in ascending order.
            var place = 0
            let own = (0..<side.rows.count).map { index in
                while data.selection[place] != side.rows[index] { place += 1 }
                return column.ranks[place]
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
