import Configuration

/// `logging` of a config: what a run writes for people to look at, beside its figures.
public struct LoggingConfiguration: Sendable, Hashable {
    /// Whether the run writes event files for TensorBoard, into the folder `tensorboard` of its directory.
    public var tensorBoard: Bool
    /// Whether `stormo train` writes the run's page, `report.html` in its directory.
    public var report: Bool

    public init(tensorBoard: Bool = false, report: Bool = true) {
        (self.tensorBoard, self.report) = (tensorBoard, report)
    }

    init(reading reader: ObjectReader?) {
        tensorBoard = reader?.bool("tensorboard", default: false) ?? false
        report = reader?.bool("report", default: true) ?? true
        reader?.finish()
    }

    package var configuration: JSONNode { ["tensorboard": JSONNode(tensorBoard), "report": JSONNode(report)] }
}
