import Foundation

/// `training.threshold` of a config: above which probability a binary output counts as a 1, in metrics, in the model and
/// in what it predicts.
public enum ThresholdRule: Sendable, Hashable {
    /// This probability, from 0 to 1.
    case value(Double)
    /// Chosen on the validation split after training, so that its F1 score is greatest (van Rijsbergen, "Information
    /// retrieval", 1979).
    case f1
    /// Chosen on the validation split after training, so that the true-positive rate less the false-positive rate is
    /// greatest (Youden, "Index for rating diagnostic tests", 1950); which is where the balanced accuracy is.
    case youden

    /// What a config calls those that are chosen.
    package static let words = ["f1", "youden"]

    package init?(word: String) {
        switch word {
        case "f1": self = .f1
        case "youden": self = .youden
        default: return nil
        }
    }

    /// What a config calls it; nil for a number.
    package var word: String? {
        switch self {
        case .value: nil
        case .f1: "f1"
        case .youden: "youden"
        }
    }

    /// What it makes greatest.
    /// - Parameters: how many rows are what, by truth and prediction.
    private func score(_ truePositives: Int, _ falsePositives: Int, positives: Int, negatives: Int) -> Double {
        switch self {
        case .value: 0
        case .f1: 2 * Double(truePositives) / Double(truePositives + falsePositives + positives)
        case .youden:
            Double(truePositives) / Double(positives) - Double(falsePositives) / Double(negatives)
        }
    }

    /// A threshold that was chosen, and what its score is beside that of the usual one.
    package struct Choice: Sendable, Hashable {
        /// In the units of the predictions.
        package let threshold: Double
        package let score: Double
        package let scoreBefore: Double
    }

    /// The best threshold for some predictions: half-way between two of them that follow each other. Of several as good
    /// the nearest to the usual one.
    /// - Parameters:
    ///   - predictions: probabilities, or logits; a NaN is below any threshold.
    ///   - usual: what is otherwise taken: ½, or 0 for logits.
    /// - Returns: nil where all truths are the same, which says nothing.
    package func choice(_ predictions: [Float], _ truths: [Bool], usual: Float) -> Choice? {
        let positives = truths.count { $0 }
        let negatives = truths.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = predictions.indices.filter { !predictions[$0].isNaN }.sorted { predictions[$0] > predictions[$1] }
        var (truePositives, falsePositives) = (0, 0)
        var scoreBefore = score(0, 0, positives: positives, negatives: negatives)
        var best: (threshold: Double, score: Double)?
        func consider(_ threshold: Double, _ score: Double) {
            let distance = abs(threshold - Double(usual))
            if best.map({ score > $0.score || score == $0.score && distance < abs($0.threshold - Double(usual)) })
                ?? true
            {
                best = (threshold, score)
            }
        }
        for (place, index) in order.enumerated() {
            if truths[index] { truePositives += 1 } else { falsePositives += 1 }
            let own = predictions[index]
            let score = score(truePositives, falsePositives, positives: positives, negatives: negatives)
            if own > usual { scoreBefore = score }
            guard place + 1 < order.count else { break }
            let next = predictions[order[place + 1]]
            guard next < own else { continue }
            // The comparison is one of floats, by which the middle of two neighbours is one of them.
            let middle = (Double(own) + Double(next)) / 2
            let threshold = Float(middle) < own && Float(middle) >= next ? Double(Float(middle)) : Double(next)
            consider(next <= usual && usual < own ? Double(usual) : threshold, score)
        }
        return best.map { Choice(threshold: $0.threshold, score: $0.score, scoreBefore: scoreBefore) }
    }
}
