import Configuration
public import Network

/// Top-K accuracy: the share of rows whose true class is among the K greatest predictions, from 0 to 1.
///
/// Of equal predictions that of the lower class index ranks first. K is from 1 to one less than the number of classes.
public struct TopKAccuracyMetric: Metric {
    /// One example for every K: configs may also say `top_3_accuracy`.
    public static let names = ["top_5_accuracy"]
    private static let (prefix, suffix) = ("top_", "_accuracy")

    /// The number of greatest predictions that count.
    public let k: Int

    public init(_ k: Int) { self.k = k }

    public init?(name: String) {
        guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
            name.count > Self.prefix.count + Self.suffix.count
        else { return nil }
        // Only the plain spelling of a number, so that a metric has one name: neither "+5" nor "05".
        let digits = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
        guard let k = Int(digits), k >= 1, String(k) == digits else { return nil }
        self.k = k
    }

    public var name: String { "\(Self.prefix)\(k)\(Self.suffix)" }
    public var displayName: String { "top-\(k) accuracy" }
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }

    public func keras(_ layout: MetricLayout) -> KerasObject? {
        let configuration: JSONNode = ["name": JSONNode(name), "k": JSONNode(k)]
        switch layout.form {
        case .sparseLabels: return KerasObject("SparseTopKCategoricalAccuracy", configuration)
        case .oneHot: return KerasObject("TopKCategoricalAccuracy", configuration)
        case .binary, .values: return nil
        }
    }

    public func misfit(_ form: TargetForm) -> String? {
        guard let classes = form.classes else {
            let targets = form.isOfValues ? "regression values" : "binary outputs"
            return "The metric \"\(name)\" needs class targets, and these are \(targets)."
        }
        if k < 1 { return "The metric \"\(name)\" needs a K of at least 1." }
        if k >= classes {
            return "The metric \"\(name)\" would always be 1 with \(classes) classes; "
                + "use a K from 1 to \(classes - 1)."
        }
        return nil
    }

    public func need(_ needs: inout MetricNeeds) { needs.needHits(amongGreatest: k) }

    public func value(of counts: MetricCounts) -> Double { counts.labels?.hitRate(depth: k) ?? .nan }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.share(ofCommonest: k).map { .init(k == 1 ? .commonestClass : .commonestClasses, $0) }
    }

    /// Wilson's; none where a sample has several rows, which hang together.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        guard let rows = counts.measured, rows.rows > 0, !rows.hasSeveralAnswers else { return nil }
        return .wilson(share: value(of: counts), of: rows.rows)
    }
}

extension Metric where Self == TopKAccuracyMetric {
    public static func topK(_ k: Int) -> TopKAccuracyMetric { TopKAccuracyMetric(k) }
}
