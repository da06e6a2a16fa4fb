import Configuration

/// `logging` of a config: what a run writes for other programs to show, beside its own files.
public struct LoggingConfiguration: Sendable, Hashable {
    /// Whether the run writes event files for TensorBoard, into the folder `tensorboard` of its directory.
    public var tensorBoard: Bool

    public init(tensorBoard: Bool = false) { self.tensorBoard = tensorBoard }

    init(reading reader: ObjectReader?) {
        tensorBoard = reader?.bool("tensorboard", default: false) ?? false
        reader?.finish()
    }

    package var configuration: JSONNode { ["tensorboard": JSONNode(tensorBoard)] }
}
