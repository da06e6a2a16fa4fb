/// Parameters that follow each other in memory and step alike: with the same factor on the learning rate and the same
/// weight decay.
package struct ParameterSegment: Hashable, Sendable {
    /// The place behind the last of them; the first segment begins at 0, each other where the one before ends.
    package var end: Int
    /// What the learning rate is multiplied by.
    package var rateFactor: Double
    package var weightDecay: Double

    package init(end: Int, rateFactor: Double = 1, weightDecay: Double) {
        self.end = end
        self.rateFactor = rateFactor
        self.weightDecay = weightDecay
    }
}
