import Machine

/// The training, validation and test splits of a run, read as its config says.
public struct RunData: Sendable {
    public let training: Dataset
    public let validation: Dataset?
    public let test: Dataset?
    /// What a split by a column came to; nil where there is none.
    package let splitNote: String?
    /// Sides of such a split that are far from the fractions that were asked for, and what splits with data of their own do
    /// not keep to, a sentence each.
    package let splitWarnings: [String]
    /// Whether all splits are in memory.
    public var isInMemory: Bool {
        training.isInMemory && (validation?.isInMemory ?? true) && (test?.isInMemory ?? true)
    }

    /// Reads the splits, cuts off fractions and folds, and encodes tables.
    /// - Parameters:
    ///   - seed: of the random choice of fractions and folds.
    ///   - fold: the fold that validates, from 0; the others are trained on. Nil for the first. Must be below
    ///     `data.folds`.
    /// - Throws: `HDF5Error` and `DataError` for data that can't be read, or can't be split in this way.
    public init(_ data: DataConfiguration, seed: UInt64, fold: Int? = nil) throws {
        let limit = data.memoryLimit ?? AvailableMemory.bytes / 2
        let source = try Dataset.open(data.train)
        var own: [Dataset?] = try [data.validation, data.test].map {
            try $0?.source.map { try Dataset.open($0, names: source.codeNames, tables: source.tables) }
        }

        if let validation = own[0], let test = own[1] { try validation.codeNames.check(test.codeNames) }

        // What is not trained on takes as little of the memory as it can, unless everything fits.
        let everything = own.compactMap { $0?.byteCount }.reduce(source.byteCount, +)
        var rest = limit
        for index in own.indices {
            guard let split = own[index] else { continue }
            if everything <= limit || split.byteCount <= rest / 4 {
                own[index] = try split.loaded()
                rest -= split.byteCount
            } else {
                own[index] = try split.streamed(within: rest / 4)
                rest -= rest / 4
            }
        }
        let isSplit = data.folds != nil || [data.validation, data.test].contains { $0?.fraction != nil }
        var whole: Dataset
        if everything <= limit {
            whole = try source.loaded()
        } else {
            // Splits of one file are read in windows of their own, so they share what is left.
            whole = try source.streamed(within: isSplit ? rest / 2 : rest)
        }
        whole = try whole.settled(.error, "the training rows")
        // Of the rows that are trained on alone: the others are not mixed, and have windows of their own size.
        whole.shuffleWindow = data.shuffleWindow
        let column = try data.splitRule.map { try SplitColumn($0, of: whole) }
        guard isSplit else {
            (training, validation, test) = try Self.encoded(whole, own[0], own[1])
            splitNote = nil
            splitWarnings =
                (column?.warning.map { [$0] } ?? [])
                + (try Self.checked(data.splitRule, column, whole, [training, validation, test], isCut: []))
            return
        }
        let cut = try Self.cut(whole, data, column, seed: seed, fold: fold)
        let remaining = whole.selecting(cut.training)
        func part(_ rows: RowSelection?) -> Dataset? {
            rows.map { rows in
                var split = whole.selecting(rows)
                split.shuffleWindow = nil
                if !whole.isInMemory { split.windowBytes = rest / 4 }
                return split
            }
        }
        let held = part(cut.validation) ?? own[0]
        let tested = part(cut.test) ?? own[1]
        (training, validation, test) = try Self.encoded(remaining, held, tested)
        splitNote = cut.outcome?.note
        splitWarnings =
            (column?.warning.map { [$0] } ?? []) + (cut.outcome?.warnings ?? [])
            + (try Self.checked(
                data.splitRule, column, whole, [training, validation, test],
                isCut: [cut.validation != nil ? 1 : 0, cut.test != nil ? 2 : 0]))
    }

    /// Sees that splits with data of their own keep to the rule.
    /// - Parameters:
    ///   - column: of the rows of `whole`, from which the splits at the places `isCut` are, as the training rows are.
    private static func checked(
        _ rule: SplitRule?, _ column: SplitColumn?, _ whole: Dataset, _ splits: [Dataset?], isCut: Set<Int>
    ) throws -> [String] {
        guard let rule, let column else { return [] }
        let isCut = isCut.union([0])
        let sides = try zip(["training", "validation", "test"], splits).enumerated().compactMap { index, split in
            try split.1.map { data in
                let own =
                    isCut.contains(index)
                    ? column.selecting(whole.selection.places(of: data.selection))
                    : try SplitColumn.beside(rule, of: data, training: whole)
                return SplitCheck.Side(name: split.0, data: data, column: own, isCut: isCut.contains(index))
            }
        }
        return try SplitCheck(rule: rule).warnings(sides)
    }

    /// The rows of each side; nil for those that are not cut off.
    private struct Cut {
        let training: RowSelection
        let validation: RowSelection?
        let test: RowSelection?
        let outcome: SplitOutcome?
    }

    /// Cuts off fractions, and of what they leave the fold.
    /// - Parameter column: by which rows are split, if they are.
    private static func cut(
        _ whole: Dataset, _ data: DataConfiguration, _ column: SplitColumn?, seed: UInt64, fold: Int?
    ) throws -> Cut {
        func strata(_ rows: Dataset, folds: Int = 0) throws -> [Int]? {
            guard data.stratify else { return nil }
            return data.stratifiesNumbers
                ? try Splitting.quantiles(of: rows, by: data.stratifiedOutput, folds: folds)
                : try Splitting.labels(of: rows, by: data.stratifiedOutput)
        }
        let fractions = [data.validation?.fraction ?? 0, data.test?.fraction ?? 0]
        let wanted = fractions.filter { $0 > 0 }
        var parts =
            switch (data.splitRule, column) {
            case (.together?, let column?):
                try Splitting.split(whole, fractions: wanted, seed: seed, together: column, labels: strata(whole))
            case (.byTime?, let column?): try Splitting.split(whole, fractions: wanted, byTime: column)
            default: try Splitting.split(whole, fractions: wanted, seed: seed, labels: strata(whole))
            }
        var training = parts.removeFirst()
        var validation = fractions[0] > 0 ? parts.removeFirst() : nil
        let test = fractions[1] > 0 ? parts.removeFirst() : nil
        if let folds = data.folds {
            let remaining = whole.selecting(training)
            let pairs =
                if let column {
                    try Splitting.folds(
                        remaining, count: folds, seed: seed,
                        together: column.selecting(whole.selection.places(of: training)),
                        labels: strata(remaining, folds: folds))
                } else {
                    try Splitting.folds(remaining, count: folds, seed: seed, labels: strata(remaining, folds: folds))
                }
            (training, validation) = (pairs[fold ?? 0].training, pairs[fold ?? 0].validation)
        }
        guard let rule = data.splitRule, let column else {
            return Cut(training: training, validation: validation, test: test, outcome: nil)
        }
        let rows = Double(whole.count)
        let ofTest = rows * fractions[1]
        let ofValidation = data.folds.map { (rows - ofTest) / Double($0) } ?? rows * fractions[0]
        var sides = [SplitOutcome.Side(name: "training", rows: training, wanted: rows - ofTest - ofValidation)]
        if let validation { sides.append(.init(name: "validation", rows: validation, wanted: ofValidation)) }
        if let test { sides.append(.init(name: "test", rows: test, wanted: ofTest)) }
        return try Cut(
            training: training, validation: validation, test: test,
            outcome: SplitOutcome(
                rule, column, of: whole, sides, labels: data.stratifiesNumbers ? nil : strata(whole)))
    }

    /// Tables as a model takes them: fitted to the rows that are trained on, and to no others.
    private static func encoded(
        _ training: Dataset, _ validation: Dataset?, _ test: Dataset?
    ) throws -> (training: Dataset, validation: Dataset?, test: Dataset?) {
        let training = try training.encoded()
        return (
            training, try validation?.encoded(like: training, "the validation rows"),
            try test?.encoded(like: training, "the test rows")
        )
    }
}
