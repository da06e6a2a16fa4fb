/// Sees that splits with data of their own keep to `data.split`, which can cut rows of the training data alone.
///
/// What stays together may not stand on two sides, whatever file it is in: that is refused. Later splits should hold later
/// times: where they do not, or where nobody can tell, that is a warning.
struct SplitCheck {
    /// The rows of a split.
    struct Side {
        /// `training`, `validation` or `test`.
        let name: String
        let data: Dataset
        /// Of these rows; nil where the split has no such column.
        let column: SplitColumn?
        /// Whether it was cut from the training data, as the rows that are trained on are.
        let isCut: Bool

        /// The rule's column as it stands in the file, and the row: `trees.csv, line 12`.
        func place(_ row: Int) -> String {
            let (file, number) = data.fields[0].field.place(ofRow: data.selection[row])
            return "\(file), \(number)"
        }
    }

    let rule: SplitRule
    private var name: String { "'\(rule.column)'" }

    /// - Parameter sides: training, validation and test, as far as they are there.
    /// - Returns: what could not be told, and times that are out of order, a sentence each.
    /// - Throws: `DataError` for values of `data.split.together` that stand on two sides.
    func warnings(_ sides: [Side]) throws -> [String] {
        var warnings: [String] = []
        for (index, later) in sides.enumerated() {
            guard let column = later.column else {
                warnings.append(
                    "\(rule.key): \(later.data.inputsPlace) has no column \(name) with a value for each row, so that nobody can "
                        + "tell " + what(later))
                continue
            }
            let missing = column.ranks.indices.filter { column.ranks[$0] < 0 }
            if let first = missing.first {
                warnings.append(
                    "\(rule.key): \(missing.count == 1 ? "1 of the \(later.name) rows has" : "\(missing.count) of the \(later.name) rows have") "
                        + "no value in column \(name), first \(later.place(first)), so that nobody can tell "
                        + what(later))
            }
            for earlier in sides[..<index] where !(earlier.isCut && later.isCut) {
                guard let sentence = try compare(earlier, later) else { continue }
                warnings.append(sentence)
                break
            }
        }
        return warnings
    }

    private func what(_ side: Side) -> String {
        rule.isByTime
            ? "whether the \(side.name) rows are later ones" : "whether \(side.name) rows belong to rows on other sides"
    }

    /// - Returns: a warning; nil where there is nothing to tell.
    private func compare(_ earlier: Side, _ later: Side) throws -> String? {
        guard let first = earlier.column, let second = later.column else { return nil }
        guard let comparison = Comparison(first, second, isByTime: rule.isByTime) else {
            return "\(rule.key): column \(name) holds \(Self.words(first)) in \(earlier.data.inputsPlace) and "
                + "\(Self.words(second)) in \(later.data.inputsPlace), so that nobody can tell " + what(later)
        }
        return rule.isByTime
            ? outOfOrder(earlier, first, later, second, comparison)
            : try shared(earlier, first, later, second, comparison)
    }

    /// Throws where values stand on both sides.
    private func shared(
        _ earlier: Side, _ first: SplitColumn, _ later: Side, _ second: SplitColumn, _ comparison: Comparison
    ) throws -> String? {
        let rows = second.ranks.indices.filter { second.ranks[$0] >= 0 && comparison.equal[second.ranks[$0]] != nil }
        guard let row = rows.first, let rank = comparison.equal[second.ranks[row]] else { return nil }
        let count = Set(rows.map { second.ranks[$0] }).count
        let other = first.ranks.firstIndex(of: rank) ?? 0
        throw DataError(
            "\(rule.key): \(count == 1 ? "1 value of \(name) stands" : "\(count) values of \(name) stand") in the "
                + "\(later.name) rows and in the \(earlier.name) rows, first \(second.word(second.ranks[row])) "
                + "(\(later.place(row)); \(earlier.place(other))); none may stand on two sides: leave such rows out of one of "
                + "the two files, or leave data.split out"
                + (first.firstCounted != nil && first.firstCounted == second.firstCounted
                    ? "; or, where each file counts its own from \(first.firstCounted ?? 0) on, number them through both" : ""))
    }

    private func outOfOrder(
        _ earlier: Side, _ first: SplitColumn, _ later: Side, _ second: SplitColumn, _ comparison: Comparison
    ) -> String? {
        let older = second.ranks.indices.filter { second.ranks[$0] >= 0 && second.ranks[$0] < comparison.olderThanLast }
        guard let row = older.first, let newest = first.ranks.firstIndex(of: first.sizes.count - 1) else { return nil }
        return "\(rule.key): \(older.count) of \(later.data.count) \(later.name) rows "
            + "\(older.count == 1 ? "is" : "are") older than the newest of the \(earlier.name) rows, "
            + "\(first.word(first.sizes.count - 1)) (\(earlier.place(newest))); the first is "
            + "\(second.word(second.ranks[row])) (\(later.place(row)))"
    }

    private static func words(_ column: SplitColumn) -> String {
        switch column.distinct {
        case .texts: "texts"
        case .integers: "numbers"
        case .numbers:
            switch column.meaning {
            case .number: "numbers"
            case .date: "dates"
            case .time: "times"
            }
        }
    }

    /// How the values of two columns go together, whose ranks are their own.
    private struct Comparison {
        /// For each value of the second column its rank in the first; nil where it is not there.
        var equal: [Int?] = []
        /// How many values of the second column are below the greatest of the first.
        var olderThanLast = 0

        /// - Returns: nil for columns that can't be compared.
        init?(_ first: SplitColumn, _ second: SplitColumn, isByTime: Bool) {
            switch (first.distinct, second.distinct) {
            case (.numbers(let own), .numbers(let others)):
                guard first.meaning == second.meaning else { return nil }
                compare(own, others) { $0 < $1 }
            case (.texts(let own), .texts(let others)):
                if isByTime, let a = own.first, let b = others.first,
                    SplitColumn.timeForm(a) != SplitColumn.timeForm(b)
                {
                    return nil
                }
                compare(own, others) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            case (.integers(let own), .integers(let others)):
                compare(own, others) { $0 < $1 }
            case (.integers(let own), .numbers(let others)):
                guard second.meaning == .number else { return nil }
                compare(own.map { Optional($0) }, others.map { Int(exactly: $0) }) { $0 < $1 }
            case (.numbers(let own), .integers(let others)):
                guard first.meaning == .number else { return nil }
                compare(own.map { Int(exactly: $0) }, others.map { Optional($0) }) { $0 < $1 }
            case (.integers(let own), .texts(let others)):
                guard !isByTime else { return nil }
                compare(own.map { Optional($0) }, others.map { Int($0) }, by: nil)
            case (.texts(let own), .integers(let others)):
                guard !isByTime else { return nil }
                compare(own.map { Int($0) }, others.map { Optional($0) }, by: nil)
            case (.numbers(let own), .texts(let others)):
                // Names of which one table has numbers alone.
                guard !isByTime, first.meaning == .number else { return nil }
                compare(own.map { Optional($0) }, others.map { Double($0) }, by: nil)
            case (.texts(let own), .numbers(let others)):
                guard !isByTime, second.meaning == .number else { return nil }
                compare(own.map { Double($0) }, others.map { Optional($0) }, by: nil)
            }
        }

        private mutating func compare<T: Hashable>(_ own: [T?], _ others: [T?], by isBefore: ((T, T) -> Bool)?) {
            let places = Dictionary(
                own.enumerated().compactMap { rank, value in value.map { ($0, rank) } },
                uniquingKeysWith: { first, _ in first })
            equal = others.map { $0.flatMap { places[$0] } }
            guard let isBefore, let last = own.last ?? nil else { return }
            olderThanLast = others.count { value in value.map { isBefore($0, last) } ?? false }
        }
    }
}
