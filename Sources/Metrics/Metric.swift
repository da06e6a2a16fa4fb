public import Network

/// A figure that tells how good a model's predictions are. It is reported, and never trained on.
///
/// One kind is one file, which says what the figure is under each form of targets (``TargetForm``), and one line in
/// ``MetricRegistry``. What several metrics are computed from, such as a confusion matrix, is counted once for all of
/// them (``MetricNeeds``); a metric that needs anything else brings an accumulator of its own.
///
/// To a classifier's metrics a row of predictions that holds a NaN is wrong; a regression's metrics become NaN.
public protocol Metric: Figure {
    /// The names by which configs call it, the usual one first.
    static var names: [String] { get }

    /// The metric that a config calls `name`; nil where that is none of its names.
    init?(name: String)

    /// A sentence that says why it does not fit targets of the given form and what fits, or nil if it does. Asked only for
    /// forms on which metrics can be taken at all.
    func misfit(_ form: TargetForm) -> String?

    /// Whether its value takes more than a moment, so that it is not shown within an epoch.
    var isCostly: Bool { get }

    /// The word by which Keras's `compile` takes the same figure; nil where it has none.
    var kerasName: String? { get }

    /// Says which of the shared counts it is computed from.
    func need(_ needs: inout MetricNeeds)

    /// What it adds up by itself; nil where the shared counts are all that it needs.
    /// - Parameter capacity: the number of samples between two resets for which to reserve storage.
    func makeAccumulator(_ layout: MetricLayout, capacity: Int) -> (any MetricAccumulator)?

    /// The figure; NaN where it is not defined.
    func value(of counts: MetricCounts) -> Double
}

/// A metric whose names hold no number, as that of `top_5_accuracy` does, so that it is made of nothing.
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
    public var undefinedReason: String { "" }
    public var isCostly: Bool { false }
    public var kerasName: String? { nil }
    public func need(_ needs: inout MetricNeeds) {}
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
