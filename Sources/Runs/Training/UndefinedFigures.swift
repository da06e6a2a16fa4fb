import Metrics

/// Says once of each figure that it is undefined, as the loss is where no sample counts.
struct UndefinedFigures {
    /// What a warning was given of.
    private enum Subject: Hashable {
        case loss(ofValidation: Bool)
        /// One of the run's figures, by its place.
        case figure(Int, ofValidation: Bool)
        case gradient
    }

    private var warned: Set<Subject> = []

    /// The sentences for what is undefined in an epoch and was not warned of yet.
    mutating func examine(_ record: EpochRecord, figures: [any Figure]) -> [String] {
        var sentences: [String] = []
        func note(_ subject: Subject, _ name: String, _ value: Double?, _ reason: String) {
            guard let value, value.isNaN, warned.insert(subject).inserted else { return }
            sentences.append(
                "\(name) is undefined in epoch \(record.epoch)\(reason); it is shown as n/a, and never the best")
        }
        note(.loss(ofValidation: false), "loss", record.loss, UndefinedReason.nothingCounts)
        note(.loss(ofValidation: true), "validation_loss", record.validationLoss, UndefinedReason.nothingCounts)
        for (isValidation, values) in [(false, record.metrics), (true, record.validationMetrics)] {
            for (index, (kind, value)) in zip(figures, values ?? []).enumerated() {
                note(
                    .figure(index, ofValidation: isValidation), (isValidation ? "validation_" : "") + kind.name, value,
                    kind.undefinedReason)
            }
        }
        if record.gradientNorm == 0, warned.insert(.gradient).inserted {
            sentences.append(
                "the gradient was 0 in every step of epoch \(record.epoch), so nothing was trained; look at the weights, the "
                    + "labels that are ignored, and layers that let nothing through")
        }
        return sentences
    }
}
