import Machine

/// The training, validation and test splits of a run, read as its config says.
public struct RunData: Sendable {
    public let training: Dataset
    public let validation: Dataset?
    public let test: Dataset?
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
        guard isSplit else {
            (training, validation, test) = try Self.encoded(whole, own[0], own[1])
            return
        }

        let labels = data.stratify ? try Splitting.labels(of: whole, by: data.stratifiedOutput) : nil
        let fractions = [data.validation?.fraction ?? 0, data.test?.fraction ?? 0]
        let wanted = fractions.filter { $0 > 0 }
        var parts = try Splitting.split(whole, fractions: wanted, seed: seed, labels: labels)
        var remaining = whole.selecting(parts.removeFirst())
        func part(_ index: Int) -> Dataset? {
            guard fractions[index] > 0 else { return own[index] }
            var split = whole.selecting(parts.removeFirst())
            split.shuffleWindow = nil
            if !whole.isInMemory { split.windowBytes = rest / 4 }
            return split
        }
        var held = part(0)
        let test = part(1)
        if let folds = data.folds {
            let labels = data.stratify ? try Splitting.labels(of: remaining, by: data.stratifiedOutput) : nil
            let pair = try Splitting.folds(remaining, count: folds, seed: seed, labels: labels)[fold ?? 0]
            var validation = remaining.selecting(pair.validation)
            validation.shuffleWindow = nil
            if !whole.isInMemory { validation.windowBytes = rest / 4 }
            held = validation
            remaining = remaining.selecting(pair.training)
        }
        (training, self.validation, self.test) = try Self.encoded(remaining, held, test)
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
