public import Network

/// A measure of how good a model's predictions are. It is reported, but not trained on.
///
/// Each kind is one file, which says how the metric is defined for each form of targets (``TargetForm``), and one line
/// in ``MetricRegistry``. Counts that several metrics need, such as a confusion matrix, are taken once for all of them
/// (``MetricNeeds``). A metric that needs anything else makes a ``MetricAccumulator`` of its own.
///
/// Classification metrics count a prediction that holds a NaN as wrong. Regression metrics become NaN.
public protocol Metric: Figure {
    /// The metric's names in configs, the usual one first.
    static var names: [String] { get }

    /// The metric with this name in a config; nil where the name is not one of this kind's.
    init?(name: String)

    /// What its values can be, so that a chart's axis goes no further; any by default.
    var range: ClosedRange<Double> { get }

    /// Why the metric does not fit targets of this form, as a sentence that also says what fits; nil where it fits.
    /// Only called for forms with at least one output, or at least two classes.
    func misfit(_ form: TargetForm) -> String?

    /// Whether ``value(of:)`` is expensive, as where it sorts all scores. If any metric of a run is, metrics are shown
    /// at the end of an epoch only, not within it.
    var isCostly: Bool { get }

    /// The metric in Keras, for `keras.metrics.deserialize`; nil where Keras has none that gives the same value.
    func keras(_ layout: MetricLayout) -> KerasObject?

    /// Asks for the shared counts from which the metric is computed.
    func need(_ needs: inout MetricNeeds)

    /// Makes the metric's own accumulator; nil where the shared counts are enough.
    /// - Parameter capacity: the number of samples between two resets for which to reserve storage.
    func makeAccumulator(_ layout: MetricLayout, capacity: Int) -> (any MetricAccumulator)?

    /// The metric's value; NaN where it is not defined.
    func value(of counts: MetricCounts) -> Double

    /// What the simplest answer gets on the same rows; nil where none is known. Only called where the rows are judged.
    func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline?

    /// The value's 95% interval; nil where no method fits. Only called where the rows are judged.
    func interval(of counts: MetricCounts) -> ConfidenceInterval?
}

/// A metric without parameters. ``TopKAccuracyMetric`` is not one: its parameter K stands in its name.
public protocol PlainMetric: Metric {
    init()
}

extension PlainMetric {
    public init?(name: String) {
        guard Self.names.contains(name) else { return nil }
        self.init()
    }

    public var name: String { Self.names[0] }
}

extension Metric {
    public var displayName: String { name }
    public var range: ClosedRange<Double> { -.infinity ... .infinity }
    public var undefinedReason: String { "" }
    public var isCostly: Bool { false }
    public func keras(_ layout: MetricLayout) -> KerasObject? { nil }
    public func need(_ needs: inout MetricNeeds) {}
    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? { nil }
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? { nil }
    public func makeAccumulator(_ layout: MetricLayout, capacity: Int) -> (any MetricAccumulator)? { nil }

    /// A sentence that says why it can't be taken on targets of the given form, or nil if it can.
    package func problem(with form: TargetForm) -> String? { form.problem ?? misfit(form) }

    /// Why a metric of classes does not fit a form.
    func misfitOfClassifier(_ form: TargetForm) -> String? {
        guard form.isOfValues else { return nil }
        return "The metric \"\(name)\" needs class or binary targets, and these are regression values; "
            + "use \"mae\", \"rmse\" or \"r2\"."
    }

    /// Why a metric of real values does not fit a form.
    func misfitOfRegression(_ form: TargetForm) -> String? {
        guard !form.isOfValues else { return nil }
        return "The metric \"\(name)\" needs regression values, and these are "
            + (form.classes == nil ? "binary" : "class") + " targets; use \"accuracy\", \"f1\" or \"roc_auc\"."
    }
}
