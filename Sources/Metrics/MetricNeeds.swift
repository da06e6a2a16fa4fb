/// Which of the counts that metrics share are wanted; each is counted once, however many metrics need it.
public struct MetricNeeds {
    /// How many of the greatest predictions are to hold the true class, for each count of hits.
    private(set) var depths: [Int] = []
    private(set) var accuracy = false
    private(set) var confusion = false
    private(set) var errors = false
    private(set) var variance = false
    private(set) var scores = false

    /// How often the prediction is right.
    public mutating func needAccuracy() { accuracy = true }
    /// How often the true class is among the greatest predictions.
    public mutating func needHits(amongGreatest count: Int) { depths.append(count) }
    /// How often each class is taken for which.
    public mutating func needConfusion() { confusion = true }
    /// The sums of absolute and squared errors.
    /// - Parameter variance: whether the targets' own variance as well.
    public mutating func needErrors(variance: Bool = false) {
        errors = true
        if variance { self.variance = true }
    }
    /// The scores and truths of all rows.
    public mutating func needScores() { scores = true }

    /// The depths in the order in which the hits are counted and kept: accuracy's is the last.
    var hitDepths: [Int] { depths + (accuracy ? [1] : []) }
}

/// What metrics are computed from at the end of an epoch.
public struct MetricCounts {
    let labels: LabelCounts?
    let binary: BinaryCounts?
    let errors: ErrorSums?
    let ranking: RankingScores?
    /// The true classes against the predicted ones, for class targets where a metric needs it.
    public let confusion: ConfusionMatrix?
    /// The metric's own accumulator.
    public var accumulator: (any MetricAccumulator)?
}
