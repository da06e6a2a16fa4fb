import Metrics

/// Says once of each figure that it is undefined, as the loss is where no sample counts.
struct UndefinedFigures {
    private var told: Set<String> = []

    /// The sentences for what is undefined in an epoch and was not told yet.
    mutating func examine(_ record: EpochRecord, metrics: [MetricKind]) -> [String] {
        var sentences: [String] = []
        func note(_ name: String, _ value: Double?, _ reason: String) {
            guard let value, value.isNaN, told.insert(name).inserted else { return }
            sentences.append(
                "\(name) is undefined in epoch \(record.epoch)\(reason); it is shown as n/a, and never the best")
        }
        let nobody = ", since no sample counts: all labels are ignored, or all weights are 0"
        note("loss", record.loss, nobody)
        note("validation_loss", record.validationLoss, nobody)
        for (prefix, values) in [("", record.metrics), ("validation_", record.validationMetrics)] {
            for (kind, value) in zip(metrics, values ?? []) { note(prefix + kind.name, value, Self.reason(kind)) }
        }
        if record.gradientNorm == 0, told.insert("gradient").inserted {
            sentences.append(
                "the gradient was 0 in every step of epoch \(record.epoch), so nothing was trained; look at the weights, the "
                    + "labels that are ignored, and layers that let nothing through")
        }
        return sentences
    }

    private static func reason(_ kind: MetricKind) -> String {
        switch kind {
        case .rocAUC: ", since it needs samples of both classes"
        case .r2: ", since the targets are all the same"
        default: ""
        }
    }
}
