import Metrics

/// Watches the epochs of a run for early stopping, and knows which was the best.
struct StoppingRule {
    let settings: EarlyStopping
    let figures: [any Figure]
    private(set) var best: Best?
    /// The epoch from which patience counts: where the run was made longer after early stopping had ended it, else 0.
    let waitsFrom: Int

    /// The best epoch so far, and its figure.
    struct Best: Sendable, Hashable {
        let epoch: Int
        let value: Double
    }

    init(_ settings: EarlyStopping, figures: [any Figure], best: Best? = nil, waitsFrom: Int = 0) {
        self.settings = settings
        self.figures = figures
        self.best = best
        self.waitsFrom = waitsFrom
    }

    enum Verdict {
        case improved
        case waits
        case stops
    }

    /// Whether patience had run out when an epoch was done.
    func hasRunOut(after epoch: Int) -> Bool {
        epoch > 0 && epoch - max(best?.epoch ?? 0, waitsFrom) >= settings.patience
    }

    /// The first of some epochs after which it stops; nil where it lets all of them pass.
    mutating func end(of history: [EpochRecord]) -> Int? {
        for record in history where judge(record) == .stops { return record.epoch }
        return nil
    }

    /// A figure that is not a finite number is no improvement.
    mutating func judge(_ record: EpochRecord) -> Verdict {
        guard let (value, higherIsBetter) = settings.figure(of: record, figures: figures) else { return .waits }
        let isBetter =
            best.map { higherIsBetter ? value > $0.value + settings.minDelta : value < $0.value - settings.minDelta }
            ?? true
        if isBetter, value.isFinite {
            best = Best(epoch: record.epoch, value: value)
            return .improved
        }
        return hasRunOut(after: record.epoch) ? .stops : .waits
    }
}
