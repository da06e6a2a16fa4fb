import Kernels

/// What splits are stratified by.
extension Splitting {
    /// The class of each row of the dataset: its whole number, or the place of the 1 in its one-hot target.
    /// - Parameter output: whose targets they are; nil for the only ones.
    /// - Throws: `DataError` where there are no targets, or others than labels.
    static func labels(of data: Dataset, by output: String? = nil) throws -> [Int] {
        let need = "data.stratify needs class labels"
        let entry = try targets(of: data, by: output)
        let (targets, targetsPlace) = (entry.field, data.place(of: entry))
        let width = targets.rowShape.count
        let blocks = try data.mapBlocks(of: targets) { rows, first in
            width == 1 ? wholeNumbers(rows, first) : placesOfOnes(rows, first)
        }
        var labels: [Int] = []
        labels.reserveCapacity(data.count)
        for block in blocks {
            switch block {
            case .success(let own): labels += own
            case .failure(let bad):
                let (place, row) = targets.place(ofRow: data.selection[bad.place])
                let what = targets.type.isFloatingPoint ? "no whole number" : "beyond the integers of 64 bits"
                throw DataError(
                    width == 1
                        ? "\(need), but \(place) holds \(bad.number) in \(row), which is \(what)"
                        : "\(need), but \(place) holds \(width) numbers in \(row) that are not one 1 among zeros")
            }
        }
        let distinct = Set(labels).count
        guard distinct <= max(2, labels.count / 2) else {
            throw DataError(
                "\(need), but \(targetsPlace) holds \(distinct) different numbers in \(labels.count) rows")
        }
        return labels
    }

    /// The stratum of each row of the dataset where targets are numbers: the tenth of the rows, in the order of their
    /// targets, that it lies in. Of few rows there are fewer strata, each with five rows or as many as there are folds.
    ///
    /// Equal targets follow each other in the order of the rows. Where they are whole numbers of at most ten different
    /// values, these are the strata.
    /// - Parameters:
    ///   - output: whose targets they are; nil for the only ones.
    ///   - folds: how many parts have rows of each stratum.
    /// - Throws: `DataError` where a sample has several numbers, or one is missing.
    static func quantiles(of data: Dataset, by output: String? = nil, folds: Int = 0) throws -> [Int] {
        let entry = try targets(of: data, by: output)
        guard entry.field.rowShape.count == 1 else {
            throw DataError(
                "data.stratify keeps the quantiles of one number, but \(data.place(of: entry)) holds "
                    + "\(entry.field.rowShape) for each sample; leave it out")
        }
        let values = try data.mapBlocks(of: entry.field) { rows, _ in
            var values: [Double] = []
            values.reserveCapacity(rows.rows)
            rows.forEach { values.append($1) }
            return values
        }.flatMap { $0 }
        return classes(of: values, folds: folds) ?? strata(of: values, folds: folds)
    }

    /// Whole numbers of few different values are strata themselves, as long as each has rows for all folds.
    private static func classes(of values: [Double], folds: Int) -> [Int]? {
        var counts: [Double: Int] = [:]
        for value in values {
            counts[value, default: 0] += 1
            guard counts.count <= mostQuantiles, value == value.rounded() else { return nil }
        }
        guard counts.values.allSatisfy({ $0 >= max(folds, 2) }) else { return nil }
        return values.map { Int(exactly: $0) ?? 0 }
    }

    static func strata(of values: [Double], folds: Int) -> [Int] {
        let count = max(1, min(mostQuantiles, values.count / max(fewestRows, folds)))
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var strata = Array(repeating: 0, count: values.count)
        for (rank, row) in order.enumerated() { strata[row] = rank * count / values.count }
        return strata
    }

    private static let mostQuantiles = 10
    /// Of a stratum.
    private static let fewestRows = 5

    /// The targets by which a split is stratified.
    private static func targets(of data: Dataset, by output: String?) throws -> DataField {
        let need = "data.stratify needs class labels"
        let entries = data.fields(.target)
        let names = entries.compactMap(\.name).joined(separator: ", ")
        guard let entry = output == nil ? entries.first : entries.first(where: { $0.name == output }) else {
            throw DataError(
                output.map {
                    "data.stratify names '\($0)', but there are targets of \(names.isEmpty ? "one output without a name" : names)"
                }
                    ?? "\(need), but \(data.inputsPlace) comes without targets")
        }
        guard output != nil || entries.count == 1 else {
            throw DataError(
                "data.stratify keeps the shares of the classes of one output, but there are \(names); name the one that is "
                    + "meant")
        }
        return entry
    }

    /// A row that has no label.
    private struct NoLabel: Error {
        let place: Int
        let number: String
    }

    /// Labels that are written as numbers. They stay integers: in double precision those beyond 2^53 would be alike.
    private static func wholeNumbers(_ rows: StoredTensor, _ first: Int) -> Result<[Int], NoLabel> {
        var labels: [Int] = []
        labels.reserveCapacity(rows.rows)
        var bad: Int?
        rows.forEachInteger { row, label in
            if let label { labels.append(label) } else if bad == nil { bad = row }
        }
        return bad.map { .failure(NoLabel(place: first + $0, number: rows.text(at: $0))) } ?? .success(labels)
    }

    /// Labels that are one-hot rows.
    private static func placesOfOnes(_ rows: StoredTensor, _ first: Int) -> Result<[Int], NoLabel> {
        var labels = Array(repeating: -1, count: rows.rows)
        var bad: Int?
        rows.forEach { index, value in
            let (row, column) = index.quotientAndRemainder(dividingBy: rows.rowShape.count)
            if value == 1, labels[row] < 0 {
                labels[row] = column
            } else if value != 0, bad == nil {
                bad = row
            }
        }
        bad = bad ?? labels.firstIndex(of: -1)
        return bad.map { .failure(NoLabel(place: first + $0, number: "")) } ?? .success(labels)
    }
}
