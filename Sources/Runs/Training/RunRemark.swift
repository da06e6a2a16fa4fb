/// Something that whoever starts a run should know before it trains.
public struct RunRemark: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Something is probably not as it is wanted.
        case warning
        /// Something was decided that may surprise.
        case note
    }

    public let kind: Kind
    /// Without a capital and a full stop.
    public let sentence: String

    static func warning(_ sentence: String) -> RunRemark { RunRemark(kind: .warning, sentence: sentence) }
    static func note(_ sentence: String) -> RunRemark { RunRemark(kind: .note, sentence: sentence) }
}

extension RunRemark: CustomStringConvertible {
    /// `warning: …` or `note: …`.
    public var description: String { "\(kind.rawValue): \(sentence)" }
}
