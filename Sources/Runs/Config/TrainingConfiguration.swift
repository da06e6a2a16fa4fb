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

    init(reading reader: ObjectReader?) {
        epochs = reader?.requiredInteger("epochs", in: 1...) ?? 1
        batchSize = reader?.integer("batch_size", in: 1..., default: 32) ?? 32
        accumulate = reader?.integer("accumulate", in: 1...4096, default: 1) ?? 1
        shuffle = reader?.bool("shuffle", default: true) ?? true
        earlyStopping = reader?.object("early_stopping").map { EarlyStopping(reading: $0) }
        onNaN = DivergencePolicy(reading: reader, key: "on_nan")
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
        return JSONNode(.object(members))
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

    init(reading reader: ObjectReader) {
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
