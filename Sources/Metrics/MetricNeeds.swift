/// The shared counts that metrics ask for. Each is taken once, however many metrics need it.
public struct MetricNeeds {
    /// How many of the greatest predictions are to hold the true class, for each count of hits.
    private(set) var depths: [Int] = []
    private(set) var accuracy = false
    private(set) var confusion = false
    private(set) var errors = false
    private(set) var variance = false
    private(set) var scores = false

    /// Asks for the number of correct predictions.
    public mutating func needAccuracy() { accuracy = true }
    /// Asks for the number of rows whose true class is among the `count` greatest predictions.
    public mutating func needHits(amongGreatest count: Int) { depths.append(count) }
    /// Asks for the confusion matrix; see ``MetricCounts/confusion``.
    public mutating func needConfusion() { confusion = true }
    /// Asks for the sums of absolute and squared errors.
    /// - Parameter variance: whether to measure the variance of the targets too.
    public mutating func needErrors(variance: Bool = false) {
        errors = true
        if variance { self.variance = true }
    }
    /// Asks for the predictions and targets of all rows. They take memory in proportion to the number of rows.
    public mutating func needScores() { scores = true }

    /// The depths in the order in which the hits are counted and kept: accuracy's is the last.
    var hitDepths: [Int] { depths + (accuracy ? [1] : []) }
}

/// What a metric's value is computed from: the shared counts, and the metric's own accumulator.
///
/// Of the shared counts, metrics outside this module can read the confusion matrix alone.
public struct MetricCounts {
    let labels: LabelCounts?
    let binary: BinaryCounts?
    let errors: ErrorSums?
    let ranking: RankingScores?
    /// What is kept of the rows where they are judged; else nil.
    var measured: MeasuredRows?
    /// The confusion matrix, for class targets where a metric asked for it; else nil, as for binary outputs.
    public let confusion: ConfusionMatrix?
    /// The metric's own accumulator; nil where it made none.
    public var accumulator: (any MetricAccumulator)?
}
