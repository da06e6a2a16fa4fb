/// Parameters that follow each other in memory and step alike: with the same factor on the learning rate and the same
/// weight decay.
public struct ParameterSegment: Hashable, Sendable {
    /// The place behind the last of them; the first segment begins at 0, each other where the one before ends.
    public var end: Int
    /// What the learning rate is multiplied by.
    public var rateFactor: Double
    public var weightDecay: Double

    public init(end: Int, rateFactor: Double = 1, weightDecay: Double) {
        self.end = end
        self.rateFactor = rateFactor
        self.weightDecay = weightDecay
    }
}
