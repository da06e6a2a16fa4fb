import Metrics

/// Watches the epochs of a run for early stopping, and knows which was the best.
struct StoppingRule {
    let settings: EarlyStopping
    let figures: [any Figure]
    private(set) var best: Best?

    /// The best epoch so far, and its figure.
    struct Best: Sendable, Hashable {
        let epoch: Int
        let value: Double
    }

    init(_ settings: EarlyStopping, figures: [any Figure], best: Best? = nil) {
        self.settings = settings
        self.figures = figures
        self.best = best
    }

    enum Verdict {
        case improved
        case waits
        case stops
    }

    /// Whether patience had run out when an epoch was done.
    func hasRunOut(after epoch: Int) -> Bool { epoch > 0 && epoch - (best?.epoch ?? 0) >= settings.patience }

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
        return record.epoch - (best?.epoch ?? 0) >= settings.patience ? .stops : .waits
    }
}
