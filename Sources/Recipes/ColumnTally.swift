/// What is counted in a column, block by block, so that it can be fitted.
package struct ColumnTally: Sendable {
    package private(set) var present = 0
    package private(set) var missing = 0
    private var sum = 0.0
    /// All of them, where the median is wanted.
    private var values: [Double] = []
    private let keepsValues: Bool
    /// By code.
    private var counts: [Int]
    private let isCategory: Bool
    private var least = Double.infinity
    private var greatest = -Double.infinity
    private var spread: DateSpread?

    package init(_ column: RecipeColumn) {
        isCategory = column.kind.isCoded
        spread = column.kind.isDate ? DateSpread() : nil
        keepsValues = column.missing == .median
        counts = Array(repeating: 0, count: isCategory ? column.categories.count : 0)
    }

    /// - Parameter value: NaN, or a code below 0, where it is missing.
    @inline(__always)
    package mutating func add(_ value: Double) {
        guard !value.isNaN, !(isCategory && value < 0) else {
            missing += 1
            return
        }
        present += 1
        if isCategory {
            // What is no code is found elsewhere.
            if value < Double(counts.count) { counts[Int(value)] += 1 }
        } else {
            sum += value
            if value < least { least = value }
            if value > greatest { greatest = value }
            spread?.add(value)
            if keepsValues { values.append(value) }
        }
    }

    package mutating func join(_ other: ColumnTally) {
        present += other.present
        missing += other.missing
        sum += other.sum
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        if let dates = other.spread { spread?.join(dates) }
        values += other.values
        for code in counts.indices { counts[code] += other.counts[code] }
    }

    private var mean: Double { present > 0 ? sum / Double(present) : 0 }

    /// The middle value, or the mean of the two in the middle.
    private var median: Double {
        guard !values.isEmpty else { return mean }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The column, fitted to what was counted. A fill stands there whatever the policy, for whoever asks that what is
    /// missing be filled nevertheless.
    ///
    /// Of a category's texts the `width` most frequent get a feature of their own, among equals the ones that come first;
    /// the others that occur share one.
    package func fitted(_ column: RecipeColumn) -> RecipeColumn {
        var column = column
        column.seen = RecipeColumn.Seen(missing: missing, range: least <= greatest ? least...greatest : nil)
        guard present > 0 else {
            column.fit = .unused
            return column
        }
        guard isCategory else {
            let fill =
                switch column.missing {
                case .median: median
                case .number(let value): value
                default: mean
                }
            let indicator = column.missing == .indicator && missing > 0
            column.fit =
                spread.map { .date(parts: $0.parts(column.kind), fill: fill, indicator: indicator) }
                ?? .number(fill: fill, indicator: indicator)
            return column
        }
        var counts = counts
        var fill: Int?
        switch column.missing {
        case .mode: fill = counts.max().flatMap { most in counts.firstIndex(of: most) }
        case .text(let text): fill = column.code(of: text)
        default: break
        }
        // What is filled occurs.
        if let fill { counts[fill] += missing }
        let known = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
        let own = known.prefix(column.width).sorted()
        column.fit = .category(
            own: own, pooled: known.dropFirst(column.width).sorted(),
            marksMissing: column.missing == .category && missing > 0, fill: fill)
        return column
    }
}
