import Runs

extension RunHistory {
    private static let validation = "validation_"

    /// The names of the figures beside the loss, in the file's order.
    package var figures: [String] {
        columns.filter { !["learning_rate", "loss", "gradient_norm"].contains($0) && !$0.hasPrefix(Self.validation) }
    }

    /// The epochs as training has them.
    package var records: [EpochRecord] {
        let names = figures
        func column(_ name: String) -> [Double]? { values[name] }
        let (rates, losses, norms) = (column("learning_rate"), column("loss"), column("gradient_norm"))
        let metrics = names.map { values[$0] ?? [] }
        let validationLosses = column(Self.validation + "loss")
        let validationMetrics = names.compactMap { column(Self.validation + $0) }
        return epochs.indices.map { row in
            EpochRecord(
                epoch: Int(epochs[row]), step: Int(steps[row]), learningRate: rates?[row] ?? .nan,
                loss: losses?[row], metrics: metrics.map { $0[row] }, validationLoss: validationLosses?[row],
                validationMetrics: validationLosses == nil ? nil : validationMetrics.map { $0[row] },
                samplesPerSecond: paces[row].isNaN ? 0 : paces[row], gradientNorm: norms?[row] ?? .nan)
        }
    }
}
