extension ConfusionMatrix {
    /// Rows of one class that were taken for another.
    package struct Pair: Hashable, Sendable {
        package let truth, predicted, rows: Int
    }

    /// All pairs of classes of which rows were confused, the most frequent first; by index among equally frequent ones.
    package var confusedPairs: [Pair] {
        var pairs: [Pair] = []
        for truth in 0..<classes {
            for predicted in 0..<classes where predicted != truth && self[truth, predicted] > 0 {
                pairs.append(Pair(truth: truth, predicted: predicted, rows: self[truth, predicted]))
            }
        }
        return pairs.sorted { ($1.rows, $0.truth, $0.predicted) < ($0.rows, $1.truth, $1.predicted) }
    }
}
