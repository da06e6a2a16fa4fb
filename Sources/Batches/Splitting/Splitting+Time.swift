import Kernels

/// Splits by time: the oldest rows are trained on, the newest tested.
extension Splitting {
    /// Cuts the rows, in the order of a column's values, by fractions of their number. A cut that would part equal values
    /// is moved to the nearest place that does not, of two as near to the earlier.
    /// - Returns: as `split(_:fractions:seed:labels:)` does, those of later splits having later values.
    /// - Throws: `DataError` for impossible fractions, and where there are fewer values than splits.
    static func split(
        _ data: Dataset, fractions: [Double], byTime column: SplitColumn
    ) throws -> [RowSelection] {
        let totals = try totals(data, fractions)
        let values = column.sizes.count
        guard values >= totals.count else {
            throw DataError(
                "\(column.place) has \(values == 1 ? "the same value in each row" : "\(values) different values"), too few "
                    + "for \(totals.count) splits in which equal times stay together")
        }
        let cuts = cuts(column.sizes, totals)
        return totals.indices.map { split in
            let range = (split == 0 ? 0 : cuts[split - 1])..<(split == cuts.count ? values : cuts[split])
            return rows(of: data) { range.contains(column.ranks[$0]) }
        }
    }

    /// The first value of each split but the first.
    static func cuts(_ sizes: [Int], _ totals: [Int]) -> [Int] {
        // How many rows are before each value.
        var before: [Int] = []
        var rows = 0
        for size in sizes {
            before.append(rows)
            rows += size
        }
        var cuts: [Int] = []
        var wanted = 0
        for split in totals.indices.dropLast() {
            wanted += totals[split]
            // A value at least is left for each of the others.
            let possible = (cuts.last ?? 0) + 1...sizes.count - (totals.count - 1 - split)
            cuts.append(possible.min { abs(before[$0] - wanted) < abs(before[$1] - wanted) } ?? possible.lowerBound)
        }
        return cuts
    }
}
