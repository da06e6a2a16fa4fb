import Kernels

/// Divides a dataset at random into splits, or into folds for cross-validation. Splits by the values of a column are in
/// `Splitting+Groups.swift` and `Splitting+Time.swift`.
///
/// Which row goes where is a function of the seed, the number of rows and the labels. The numbers come from Philox's
/// stream `splitting`, so that they are not those of the shuffle or the initial parameters of a run with the same
/// seed; splits have its index 0 and folds its index 1.
package enum Splitting {
    /// Divides the rows by fractions of their number.
    ///
    /// A split gets as many rows as the largest-remainder method gives it: the whole part of fraction · rows, and what
    /// is left over goes to those with the largest rests. With labels, the rows of each class are divided in the same
    /// proportions, up to one row, and the totals stay the same.
    /// - Parameters:
    ///   - fractions: the parts of the splits that are cut off, each above 0, together below 1.
    ///   - labels: the class of each of the dataset's rows, as `labels(of:)` gives them; nil to divide without regard
    ///     to classes.
    /// - Returns: first what the fractions leave, for training, then one split for each fraction; each in the order of
    ///   the rows.
    /// - Throws: `DataError` for impossible fractions, and for a split that would be empty.
    package static func split(
        _ data: Dataset, fractions: [Double], seed: UInt64, labels: [Int]?
    ) throws -> [RowSelection] {
        let totals = try totals(data, fractions)
        let shares = shares(fractions)
        let places = shuffled(data.count, labels, seed: seed, index: 0)
        var splits = Array(repeating: Int32(0), count: data.count)
        places.deal(divide(places.sizes, shares, totals)) { splits[$0] = Int32($1) }
        return shares.indices.map { split in
            rows(of: data, count: totals[split]) { splits[$0] == Int32(split) }
        }
    }

    /// What the fractions leave, then the fractions.
    private static func shares(_ fractions: [Double]) -> [Double] { [1 - fractions.reduce(0, +)] + fractions }

    /// How many rows each split is to have: first what the fractions leave, for training, then one for each fraction.
    /// - Throws: `DataError` for impossible fractions, and for a split that would be empty.
    static func totals(_ data: Dataset, _ fractions: [Double]) throws -> [Int] {
        guard fractions.allSatisfy({ $0 > 0 && $0 < 1 }), fractions.reduce(0, +) < 1 - 1e-12 else {
            throw DataError(
                "the fractions \(fractions.map { "\($0)" }.joined(separator: " and ")) can't be cut off: each must be "
                    + "above 0, and together they must leave something below 1 for training")
        }
        let totals = largestRemainder(data.count, shares(fractions))
        if let empty = totals.firstIndex(of: 0) {
            let split = empty == 0 ? "training" : "a fraction of \(fractions[empty - 1])"
            throw DataError(
                "\(data.inputsPlace) has \(data.count) rows, too few for the splits: \(split) would get none of them")
        }
        return totals
    }

    /// Divides the rows into folds of the same size, up to one row, each of which is validated on once by a model that
    /// was trained on the others. With labels, each fold has as many rows of each class as the others, up to one.
    /// - Throws: `DataError` where there are fewer rows, or fewer of a class, than folds.
    package static func folds(
        _ data: Dataset, count folds: Int, seed: UInt64, labels: [Int]?
    ) throws -> [(training: RowSelection, validation: RowSelection)] {
        guard folds >= 2 else { throw DataError("\(folds) folds make no cross-validation; give 2 or more") }
        guard folds <= data.count else {
            throw DataError(
                "\(data.inputsPlace) has \(data.count) rows, too few for \(folds) folds; give at most \(data.count)")
        }
        let places = shuffled(data.count, labels, seed: seed, index: 1)
        if let labels, let least = places.sizes.min(), least < folds {
            var first = 0
            for size in places.sizes {
                if size == least { break }
                first += size
            }
            throw DataError(
                "\(data.targetsPlace) has \(least == 1 ? "1 row" : "\(least) rows") of the class "
                    + "\(labels[places.rows[first]]), too few for \(folds) folds with rows of every class; "
                    + "give fewer folds or don't stratify")
        }
        // Dealt like cards, class after class.
        var owners = Array(repeating: Int32(0), count: data.count)
        for (index, place) in places.rows.enumerated() { owners[place] = Int32(index % folds) }
        return (0..<folds).map { fold in
            let size = data.count / folds + (fold < data.count % folds ? 1 : 0)
            return (
                rows(of: data, count: data.count - size) { owners[$0] != Int32(fold) },
                rows(of: data, count: size) { owners[$0] == Int32(fold) }
            )
        }
    }

    /// The rows at those places in the dataset that the body picks.
    /// - Parameter count: how many there will be, as far as that is known.
    static func rows(of data: Dataset, count: Int = 0, where isChosen: (Int) -> Bool) -> RowSelection {
        var rows: [Int64] = []
        rows.reserveCapacity(count)
        for place in 0..<data.count where isChosen(place) { rows.append(Int64(data.selection[place])) }
        return RowSelection(rows)
    }

    /// The places in the dataset class after class, those of each mixed.
    private static func shuffled(_ count: Int, _ labels: [Int]?, seed: UInt64, index: Int) -> RowsByClass {
        var places = RowsByClass(rows: count, labels: labels)
        var random = Philox(seed: seed, stream: .splitting, index: index)
        places.shuffle(&random)
        return places
    }

    /// Whole numbers in proportion to the shares, which add up to 1: rounded down, and what is left over goes to the
    /// largest rests, the first among equals.
    static func largestRemainder(_ count: Int, _ shares: [Double]) -> [Int] {
        let exact = shares.map { $0 * Double(count) }
        var counts = exact.map { Int($0) }
        let rests = exact.indices.sorted {
            (exact[$1] - Double(counts[$1]), $0) < (exact[$0] - Double(counts[$0]), $1)
        }
        for index in rests.prefix(max(count - counts.reduce(0, +), 0)) { counts[index] += 1 }
        return counts
    }

    /// How many rows of each class go to each split, so that the splits have their totals.
    ///
    /// Each number is the exact one rounded down or up. Up goes where a class's rest and what the split lacks from the
    /// classes before are largest together; what then is wrong in the totals is moved where it is least out of
    /// proportion.
    private static func divide(_ classes: [Int], _ shares: [Double], _ totals: [Int]) -> [[Int]] {
        var lack = shares.map { _ in 0.0 }
        var counts = classes.map { size -> [Int] in
            let exact = shares.map { $0 * Double(size) }
            var counts = exact.map { Int($0) }
            for split in shares.indices { lack[split] += exact[split] - Double(counts[split]) }
            let left = max(size - counts.reduce(0, +), 0)
            for split in shares.indices.sorted(by: { (lack[$1], $0) < (lack[$0], $1) }).prefix(left) {
                counts[split] += 1
                lack[split] -= 1
            }
            return counts
        }
        func total(_ split: Int) -> Int { counts.reduce(0) { $0 + $1[split] } }
        func excess(_ index: Int, _ split: Int) -> Double {
            Double(counts[index][split]) - shares[split] * Double(classes[index])
        }
        while let over = shares.indices.first(where: { total($0) > totals[$0] }),
            let under = shares.indices.first(where: { total($0) < totals[$0] }),
            let best = classes.indices.filter({ counts[$0][over] > 0 })
                .max(by: { excess($0, over) - excess($0, under) < excess($1, over) - excess($1, under) })
        {
            counts[best][over] -= 1
            counts[best][under] += 1
        }
        return counts
    }
}
