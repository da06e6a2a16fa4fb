/// A warning or a note about a run's data and config, for the user to read before training starts.
public struct RunRemark: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Something is probably wrong.
        case warning
        /// Stormo made a choice that the user may not expect.
        case note
    }

    public let kind: Kind
    /// The text, without an initial capital and a full stop.
    public let sentence: String

    package static func warning(_ sentence: String) -> RunRemark { RunRemark(kind: .warning, sentence: sentence) }
    package static func note(_ sentence: String) -> RunRemark { RunRemark(kind: .note, sentence: sentence) }
}

extension RunRemark: CustomStringConvertible {
    /// `warning: …` or `note: …`.
    public var description: String { "\(kind.rawValue): \(sentence)" }
}
