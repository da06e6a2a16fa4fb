/// Groups of rows that stay whole, dealt to splits or folds so that each side's shares of the strata stay near to those of
/// all rows.
///
/// The groups are dealt greedily, as scikit-learn's `StratifiedGroupKFold` does: each goes to the side where it leaves
///
///     Σ (n - d)² / d
///
/// least, over all sides and strata, n being the rows of a stratum on a side and d those that it is to have, its share of the
/// stratum; all rows together count as one more stratum, which keeps the sides' sizes. Of few groups, moves and exchanges
/// that lower the sum follow, the best one first.
struct StratifiedGroups {
    /// For each group the strata of its rows, ascending, and how many rows it has of each.
    private let counts: [[(stratum: Int, rows: Int)]]
    /// For each side and stratum.
    private let wanted: [[Double]]
    private var dealt: [[Double]]
    private(set) var owners: [Int]
    private var groupsOfSide: [Int]

    /// - Parameters:
    ///   - column: the group of each row.
    ///   - labels: its stratum.
    ///   - totals: how many rows each side is to have, together all.
    init(_ column: SplitColumn, _ labels: [Int], _ totals: [Int]) {
        let strata = Set(labels).sorted()
        let places = Dictionary(uniqueKeysWithValues: strata.enumerated().map { ($1, $0) })
        var rows = Array(repeating: [Int: Int](), count: column.sizes.count)
        var sizes = Array(repeating: 0, count: strata.count + 1)
        for (rank, label) in zip(column.ranks, labels) {
            let stratum = places[label] ?? 0
            rows[rank][stratum, default: 0] += 1
            sizes[stratum] += 1
        }
        // The last one is all rows.
        sizes[strata.count] = labels.count
        counts = zip(rows, column.sizes).map { own, size in
            own.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [(strata.count, size)]
        }
        wanted = totals.map { total in sizes.map { Double($0) * Double(total) / Double(labels.count) } }
        dealt = totals.map { _ in sizes.map { _ in 0 } }
        owners = column.sizes.map { _ in 0 }
        groupsOfSide = totals.map { _ in 0 }
    }

    /// How far a group's rows are from having as many of each stratum: the sum of squares about their mean.
    func unevenness(_ group: Int) -> Double {
        let own = counts[group].dropLast()
        let strata = Double(dealt[0].count - 1)
        let mean = own.reduce(0) { $0 + Double($1.rows) } / strata
        return own.reduce(0) { $0 + Double($1.rows * $1.rows) } - strata * mean * mean
    }

    /// Deals the groups in an order, so that no side is empty.
    mutating func deal(_ order: [Int]) {
        for group in order {
            let side = wanted.indices.min { (cost(of: group, on: $0), $0) < (cost(of: group, on: $1), $1) } ?? 0
            owners[group] = side
            groupsOfSide[side] += 1
            add(group, to: side, 1)
        }
        while let empty = groupsOfSide.firstIndex(of: 0) {
            let movable = order.filter { groupsOfSide[owners[$0]] > 1 }
            guard let group = movable.max(by: { gain(moving: $0, to: empty) < gain(moving: $1, to: empty) }) else {
                break
            }
            move(group, to: empty)
        }
        if counts.count <= Self.fewGroups, dealt[0].count <= Self.fewStrata { improve() }
    }

    private static let fewGroups = 100
    private static let fewStrata = 100
    /// Less than this is rounding.
    private static let least = 1e-9

    private func cost(of group: Int, on side: Int) -> Double {
        counts[group].reduce(0) { sum, own in
            let (rows, lack) = (Double(own.rows), dealt[side][own.stratum] - wanted[side][own.stratum])
            return sum + rows * (rows + 2 * lack) / wanted[side][own.stratum]
        }
    }

    private mutating func add(_ group: Int, to side: Int, _ sign: Double) {
        for own in counts[group] { dealt[side][own.stratum] += sign * Double(own.rows) }
    }

    private mutating func move(_ group: Int, to side: Int) {
        groupsOfSide[owners[group]] -= 1
        groupsOfSide[side] += 1
        add(group, to: owners[group], -1)
        add(group, to: side, 1)
        owners[group] = side
    }

    /// By how much the sum falls where a group moves to another side, and another one from there to its own.
    private func gain(moving group: Int, to side: Int, for other: Int? = nil) -> Double {
        var moved = Array(repeating: 0.0, count: dealt[0].count)
        for own in counts[group] { moved[own.stratum] += Double(own.rows) }
        if let other { for own in counts[other] { moved[own.stratum] -= Double(own.rows) } }
        let from = owners[group]
        var gain = 0.0
        for (stratum, rows) in moved.enumerated() where rows != 0 {
            let before = dealt[from][stratum] - wanted[from][stratum]
            let behind = dealt[side][stratum] - wanted[side][stratum]
            gain -= rows * (rows - 2 * before) / wanted[from][stratum]
            gain -= rows * (rows + 2 * behind) / wanted[side][stratum]
        }
        return gain
    }

    private mutating func improve() {
        while true {
            var best = (gain: Self.least, group: 0, side: 0, other: Int?.none)
            for group in counts.indices {
                for side in wanted.indices where side != owners[group] && groupsOfSide[owners[group]] > 1 {
                    let gain = gain(moving: group, to: side)
                    if gain > best.gain { best = (gain, group, side, nil) }
                }
                for other in counts.indices where other > group && owners[other] != owners[group] {
                    let gain = gain(moving: group, to: owners[other], for: other)
                    if gain > best.gain { best = (gain, group, owners[other], other) }
                }
            }
            guard best.gain > Self.least else { return }
            let from = owners[best.group]
            move(best.group, to: best.side)
            if let other = best.other { move(other, to: from) }
        }
    }
}
