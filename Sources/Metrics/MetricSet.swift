import Kernels

/// Why metrics can't be computed or restored, as a sentence that says what to do.
public struct MetricError: Error, Hashable, CustomStringConvertible {
    public let description: String

    package init(description: String) { self.description = description }
}

/// The running state of several metrics over the samples seen since the last ``reset()``.
///
/// Each shard of a mini-batch has a set of its own. After the forward pass its worker calls ``update``; at the end of
/// an epoch the sets are merged in shard order into one, read by ``values()`` and reset. Counts are whole numbers and
/// sums are in double precision, taken in a fixed order, so a pinned number of shards gives the same bits on any
/// number of workers.
///
/// ``update`` allocates nothing unless ``ROCAUCMetric`` is among the metrics and more samples than the capacity
/// come in; then its storage grows.
///
/// `@unchecked Sendable`: an instance has no lock. It is safe because one thread at a time uses it: the worker that
/// runs the shard within a step, and the trainer between steps, and the engine's barriers lie in between.
package final class MetricSet: @unchecked Sendable {
    /// The metrics, in the order of ``values()``.
    package let kinds: [any Metric]
    package let layout: MetricLayout
    /// The number of samples seen since the last reset.
    package private(set) var samples = 0

    private let labels: LabelCounts?
    private let binary: BinaryCounts?
    private let errors: ErrorSums?
    private let ranking: RankingScores?
    /// Those of metrics that add up by themselves, each with its metric's place.
    private let own: [(index: Int, accumulator: any MetricAccumulator)]

    /// - Parameters:
    ///   - kinds: the metrics; may be empty, and a set then does nothing.
    ///   - layout: the form of targets and predictions.
    ///   - capacity: the number of samples between two resets for which storage is reserved. Only ROC AUC needs it:
    ///     a float per sample, row and class or output, and one per label.
    ///   - countsConfusion: whether to count ``confusion`` though no metric needs it. Classes × (classes + 1) integers.
    ///   - countsOutputs: whether to measure each of several outputs by itself though no metric needs it: ``labelAreas`` and
    ///     ``outputErrors``.
    /// - Throws: ``MetricError`` where a metric does not fit the form.
    package init(
        kinds: [any Metric], layout: MetricLayout, capacity: Int, countsConfusion: Bool = false,
        countsOutputs: Bool = false
    ) throws(MetricError) {
        let form = layout.form
        if let problem = form.problem ?? kinds.lazy.compactMap({ $0.problem(with: form) }).first {
            throw MetricError(description: problem)
        }
        guard layout.rowsPerSample >= 1 else {
            throw MetricError(description: "A sample needs at least 1 row, and it has \(layout.rowsPerSample).")
        }
        self.kinds = kinds
        self.layout = layout

        var needs = MetricNeeds()
        for kind in kinds { kind.need(&needs) }
        if countsConfusion { needs.needConfusion() }
        if countsOutputs, form.predictionWidth > 1 {
            switch form {
            case .binary: needs.needScores()
            case .values: needs.needErrors(variance: true)
            case .sparseLabels, .oneHot: break
            }
        }
        switch form {
        case .sparseLabels(let classes), .oneHot(let classes):
            labels =
                needs.confusion || !needs.hitDepths.isEmpty
                ? LabelCounts(
                    classes: classes, ignored: layout.ignored, depths: needs.hitDepths, counting: needs.confusion)
                : nil
            binary = nil
            errors = nil
        case .binary:
            labels = nil
            binary =
                needs.confusion || needs.accuracy
                ? BinaryCounts(layout.comparisons) : nil
            errors = nil
        case .values(let outputs):
            labels = nil
            binary = nil
            errors = needs.errors ? ErrorSums(outputs: outputs, variance: needs.variance) : nil
        }
        ranking =
            needs.scores
            ? RankingScores(
                form: form, ignored: layout.ignored,
                capacity: max(capacity, 0) * layout.rowsPerSample)
            : nil
        own = kinds.enumerated().compactMap { index, kind in
            kind.makeAccumulator(layout, capacity: max(capacity, 0)).map { (index, $0) }
        }
    }

    /// Takes in the predictions for `samples` samples.
    ///
    /// - Parameters:
    ///   - predictions: samples × rows per sample × classes or outputs, row-major.
    ///   - logits: what the predictions are the sigmoid or the softmax of, in the same order; nil where it is not there.
    ///     ROC AUC goes by it.
    ///   - targets: samples × rows per sample × 1 labels, else floats, as wide as the predictions.
    /// - Precondition: the targets are integers where the layout's form is of labels, and else floats.
    package func update(
        predictions: UnsafePointer<Float>, logits: UnsafePointer<Float>? = nil, targets: TensorPointer, samples: Int
    ) {
        guard samples > 0 else { return }
        precondition(targets.element == layout.form.element, "labels are integers, other targets are floats")
        let rows = samples * layout.rowsPerSample
        labels?.update(predictions, targets, rows: rows)
        binary?.update(predictions, targets.floats, rows: rows)
        errors?.update(predictions, targets.floats, rows: rows)
        for (_, accumulator) in own { accumulator.update(predictions, targets, rows: rows) }
        ranking?.update(
            logits ?? predictions, areLogits: logits != nil || layout.predictionsAreLogits, targets, rows: rows)
        self.samples += samples
    }

    /// The same with labels.
    package func update(
        predictions: UnsafePointer<Float>, logits: UnsafePointer<Float>? = nil, labels: UnsafePointer<Int32>,
        samples: Int
    ) {
        update(
            predictions: predictions, logits: logits, targets: .int32(UnsafeMutablePointer(mutating: labels)),
            samples: samples)
    }

    /// The same with other targets.
    package func update(
        predictions: UnsafePointer<Float>, logits: UnsafePointer<Float>? = nil, targets: UnsafePointer<Float>,
        samples: Int
    ) {
        update(
            predictions: predictions, logits: logits, targets: .float32(UnsafeMutablePointer(mutating: targets)),
            samples: samples)
    }

    /// Adds what `other` has seen, as if its samples had come after this set's; `other` stays as it is.
    ///
    /// - Precondition: `other` was made with the same metrics and layout.
    package func merge(_ other: MetricSet) {
        precondition(
            other !== self && other.kinds.map(\.name) == kinds.map(\.name) && other.layout == layout,
            "metric sets do not match")
        if let labels, let others = other.labels { labels.merge(others) }
        if let binary, let others = other.binary { binary.merge(others) }
        if let errors, let others = other.errors { errors.merge(others) }
        for (mine, others) in zip(own, other.own) { mine.accumulator.merge(others.accumulator) }
        if let ranking, let others = other.ranking { ranking.merge(others) }
        samples += other.samples
    }

    /// Forgets all samples; storage is kept.
    package func reset() {
        labels?.reset()
        binary?.reset()
        errors?.reset()
        for (_, accumulator) in own { accumulator.reset() }
        ranking?.reset()
        samples = 0
    }

    /// What the set has seen, as numbers that ``restore(_:)`` takes: the samples, then each accumulator. Counts are
    /// exact below 2⁵³, single-precision scores as doubles anyway. With ROC AUC there are as many as scores and truths.
    package func state() -> [Double] {
        var state = [Double(samples)]
        labels?.append(to: &state)
        binary?.append(to: &state)
        errors?.append(to: &state)
        for (_, accumulator) in own { accumulator.append(to: &state) }
        ranking?.append(to: &state)
        return state
    }

    /// Goes on from a state of a set with the same metrics and layout: what follows gives the same bits as if there
    /// had been no interruption. What the set has seen before is forgotten.
    ///
    /// - Throws: ``MetricError`` for numbers that no such set has; the set is then as after ``reset()``.
    package func restore(_ state: [Double]) throws(MetricError) {
        reset()
        do {
            try read(state)
        } catch {
            reset()
            throw error
        }
    }

    private func read(_ numbers: [Double]) throws(MetricError) {
        var state = MetricState(numbers)
        let samples = try state.count(upTo: MetricState.limit)
        // All values together must be countable, so that no sum of counts overflows.
        let (rows, overflows) = samples.multipliedReportingOverflow(by: layout.rowsPerSample)
        let (values, overflowsWide) = rows.multipliedReportingOverflow(by: layout.form.predictionWidth)
        guard !overflows, !overflowsWide, values <= MetricState.limit else { throw MetricState.mismatch }
        try labels?.restore(&state, rows: rows)
        try binary?.restore(&state, rows: rows)
        try errors?.restore(&state, rows: rows)
        for (_, accumulator) in own { try accumulator.restore(&state, rows: rows) }
        // It takes all that is left.
        try ranking?.restore(&state, rows: rows)
        guard state.remaining == 0 else { throw MetricState.mismatch }
        self.samples = samples
    }

    /// The true classes against the predicted ones, if asked for at init or needed by precision, recall or F1.
    /// It exists for class targets and for one binary output.
    package var confusion: ConfusionMatrix? {
        labels?.confusion ?? (layout.form == .binary(outputs: 1) ? binary?.confusion(of: 0) : nil)
    }

    /// Of several binary outputs, where the confusion matrix is asked for or needed, each one's own.
    package var labelConfusions: [ConfusionMatrix] {
        guard case .binary(let outputs) = layout.form, outputs > 1, let binary else { return [] }
        return (0..<outputs).map(binary.confusion)
    }

    /// Of several binary outputs, where their scores are kept, the area under each one's ROC curve; NaN where it lacks
    /// positive or negative rows. It sorts the scores.
    package var labelAreas: [Double]? {
        guard case .binary(let outputs) = layout.form, outputs > 1, samples > 0 else { return nil }
        return ranking?.areas().map(\.area)
    }

    /// Of several outputs of values, where their errors are counted, those of each one; else empty.
    package var outputErrors: [ErrorSums.OfOutput] {
        guard case .values(let outputs) = layout.form, outputs > 1, samples > 0, let errors else { return [] }
        return errors.byOutput
    }

    /// What stands beside each value, in the order of ``kinds``: what the simplest answer gets, and an interval.
    /// - Parameter rows: those that the set has seen.
    package func judged(
        by rows: MeasuredRows
    ) -> [(rows: Int, baseline: MeasuredFigure.Baseline?, interval: ConfidenceInterval?)] {
        guard samples > 0 else { return kinds.map { _ in (0, nil, nil) } }
        return eachCounts(rows) { (rows.rows, $0.baseline(of: $1), $0.interval(of: $1)) }
    }

    /// Calls the body with each metric and what it is computed from.
    private func eachCounts<T>(_ rows: MeasuredRows? = nil, _ body: (any Metric, MetricCounts) -> T) -> [T] {
        let counts = MetricCounts(
            labels: labels, binary: binary, errors: errors, ranking: ranking, measured: rows,
            confusion: labels?.confusion)
        return kinds.enumerated().map { index, kind in
            var counts = counts
            counts.accumulator = own.first { $0.index == index }?.accumulator
            return body(kind, counts)
        }
    }

    /// One value per metric, in the order of ``kinds``; NaN where it is not defined, as for all of no samples.
    /// Meant for the end of an epoch: it allocates, and ROC AUC sorts its scores.
    package func values() -> [Double] {
        guard samples > 0 else { return kinds.map { _ in .nan } }
        return eachCounts { $0.value(of: $1) }
    }
}
