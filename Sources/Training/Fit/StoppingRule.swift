/// Watches the epochs of a run for early stopping, and knows which was the best.
struct StoppingRule {
    let settings: EarlyStopping
    let metrics: [MetricKind]
    private(set) var best: (epoch: Int, value: Double)?

    init(_ settings: EarlyStopping, metrics: [MetricKind]) {
        self.settings = settings
        self.metrics = metrics
    }

    enum Verdict {
        case improved
        case waits
        case stops
    }

    /// A figure that is NaN is no improvement.
    mutating func judge(_ record: EpochRecord) -> Verdict {
        guard let (value, higherIsBetter) = settings.figure(of: record, metrics: metrics) else { return .waits }
        let isBetter =
            best.map { higherIsBetter ? value > $0.value + settings.minDelta : value < $0.value - settings.minDelta }
            ?? !value.isNaN
        if isBetter {
            best = (record.epoch, value)
            return .improved
        }
        return record.epoch - (best?.epoch ?? 0) >= settings.patience ? .stops : .waits
    }
}
