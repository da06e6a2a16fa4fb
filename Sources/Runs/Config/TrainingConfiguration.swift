import Configuration
import Metrics

/// `training` of a config: the number of epochs, the batches, and when to stop early.
public struct TrainingConfiguration: Sendable, Hashable {
    public var epochs: Int
    /// The number of samples of a batch, or of each of its parts where gradients are accumulated.
    public var batchSize: Int
    /// The number of parts whose gradients are accumulated before an optimizer step.
    public var accumulate: Int
    public var shuffle: Bool
    public var earlyStopping: EarlyStopping?
    public var onNaN: DivergencePolicy
    /// Above which probability binary outputs predict 1, by output; ½ for those without.
    public var thresholds: ByName<ThresholdRule>

    init(reading reader: ObjectReader?) {
        epochs = reader?.requiredInteger("epochs", in: 1...) ?? 1
        batchSize = reader?.integer("batch_size", in: 1..., default: 32) ?? 32
        accumulate = reader?.integer("accumulate", in: 1...4096, default: 1) ?? 1
        shuffle = reader?.bool("shuffle", default: true) ?? true
        earlyStopping = reader.flatMap { EarlyStopping($0, key: "early_stopping") }
        onNaN = DivergencePolicy(reading: reader, key: "on_nan")
        thresholds =
            reader.map { ByName(reading: $0, key: "threshold", isOne: { _ in false }) { ThresholdRule($0, key: $1) } }
            ?? ByName()
        reader?.finish()
    }

    /// The number of samples of an optimizer step: `batchSize` · `accumulate`.
    public var wholeBatch: Int {
        let (product, overflows) = batchSize.multipliedReportingOverflow(by: accumulate)
        return overflows ? .max : product
    }

    package var configuration: JSONNode {
        var members: [JSONNode.Member] = [
            .init(key: "epochs", value: JSONNode(epochs)), .init(key: "batch_size", value: JSONNode(batchSize)),
            .init(key: "shuffle", value: JSONNode(shuffle)), .init(key: "on_nan", value: onNaN.configuration),
        ]
        if accumulate > 1 { members.insert(.init(key: "accumulate", value: JSONNode(accumulate)), at: 2) }
        if let earlyStopping { members.append(.init(key: "early_stopping", value: earlyStopping.configuration)) }
        if let threshold = thresholds.configuration({ $0.configuration }) {
            members.append(.init(key: "threshold", value: threshold))
        }
        return JSONNode(.object(members))
    }
}

extension ThresholdRule {
    /// A number, or the word for how it is chosen; nil where there is none, and where a mistake has been noted.
    init?(_ reader: ObjectReader, key: String) {
        switch reader.node(key)?.value {
        case nil, .null?: return nil
        case .integer?, .number?:
            let bounds = NumberBounds.between(0, 1, includingLower: false, includingUpper: false)
            guard let value = reader.requiredNumber(key, bounds) else { return nil }
            self = .value(value)
        case .string?:
            guard let word = reader.requiredWord(key, among: Self.words, noun: "word") else { return nil }
            self.init(word: word)
        case let other?:
            reader.fail(
                "must be a number between 0 and 1, \(Self.words.map { "'\($0)'" }.joined(separator: " or ")), but is "
                    + JSONNode(other).jsonText(pretty: false), key: key)
            return nil
        }
    }

    var configuration: JSONNode {
        if case .value(let value) = self { return JSONNode(value) }
        return JSONNode(word ?? "")
    }
}

/// Ends training when a figure has not improved for a number of epochs, as Keras's `EarlyStopping` does.
public struct EarlyStopping: Sendable, Hashable {
    /// The figure to watch: `loss`, the name of a metric, `OUTPUT_loss` or `OUTPUT_METRIC` of one of several outputs,
    /// or `validation_` and such a name.
    public var monitor: String
    /// The number of epochs without improvement after which training ends.
    public var patience: Int
    /// A figure must be better than the best so far by more than this to count as an improvement.
    public var minDelta: Double
    /// Whether the parameters of the best epoch are restored when training ends.
    public var restoreBest: Bool

    public init(monitor: String = "validation_loss", patience: Int = 5, minDelta: Double = 0, restoreBest: Bool = true)
    {
        self.monitor = monitor
        self.patience = patience
        self.minDelta = minDelta
        self.restoreBest = restoreBest
    }

    /// Reads the key: an object, or `true` for what one without keys says; nil for `false` and where it is missing.
    init?(_ reader: ObjectReader, key: String) {
        switch reader.node(key)?.value {
        case .bool(true)?: self.init()
        case .bool(false)?: return nil
        default:
            guard let object = reader.object(key) else { return nil }
            self.init(reading: object)
        }
    }

    private init(reading reader: ObjectReader) {
        monitor = reader.string("monitor", default: "validation_loss")
        patience = reader.integer("patience", in: 1..., default: 5)
        minDelta = reader.number("min_delta", .atLeast(0), default: 0)
        restoreBest = reader.bool("restore_best", default: true)
        reader.finish()
    }

    package var configuration: JSONNode {
        [
            "monitor": JSONNode(monitor), "patience": JSONNode(patience), "min_delta": JSONNode(minDelta),
            "restore_best": JSONNode(restoreBest),
        ]
    }

    private static let validationPrefix = "validation_"

    /// Why the figure is none that a run has; the rest of a sentence that begins with the key.
    func problem(figures: [any Figure], hasValidation: Bool) -> String? {
        let plain = ["loss"] + figures.map(\.name)
        let known = plain + (hasValidation ? plain.map { Self.validationPrefix + $0 } : [])
        if known.contains(monitor) { return nil }
        if monitor.hasPrefix(Self.validationPrefix), !hasValidation {
            return "watches '\(monitor)', but data.validation is missing; add it, or watch 'loss'"
        }
        // As Keras calls them.
        let spelled = monitor.hasPrefix("val_") ? "validation_" + monitor.dropFirst(4) : monitor
        if known.contains(spelled) { return unknownWord(monitor, noun: "figure", meant: [spelled]) }
        return unknownWord(monitor, noun: "figure", among: known)
    }

    /// The monitored figure of an epoch, and whether more is better.
    func figure(of record: EpochRecord, figures: [any Figure]) -> (value: Double, higherIsBetter: Bool)? {
        let isValidation = monitor.hasPrefix(Self.validationPrefix)
        let name = isValidation ? String(monitor.dropFirst(Self.validationPrefix.count)) : monitor
        if name == "loss" {
            return (isValidation ? record.validationLoss : record.loss).map { ($0, false) }
        }
        guard let index = figures.firstIndex(where: { $0.name == name }) else { return nil }
        let values = isValidation ? record.validationMetrics : record.metrics
        return values.map { ($0[index], figures[index].higherIsBetter) }
    }
}
