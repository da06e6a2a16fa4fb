import Foundation
import Metrics
import Network

/// The answers of an output of classes or labels as scores that order rows.
struct OutputScores: Sendable {
    /// Of classes, or of labels; of a single yes or no the class that is yes.
    let names: [String]
    /// Classes exclude each other; labels do not.
    let areClasses: Bool
    let width: Int
    /// Rows × width: log(p/(1 − p)), which orders as the probability does; of logits it tells apart what as a probability rounds
    /// to 0 or 1.
    let scores: [Float]
    /// Of classes one label a row; of labels rows × width, 0 or 1.
    private let truths: [Float]

    var rows: Int { scores.count / width }

    /// - Parameters:
    ///   - truths: of classes a label for each row; of labels as many as scores.
    init(_ names: [String], areClasses: Bool, width: Int, scores: [Float], truths: [Float]) {
        (self.names, self.areClasses, self.width) = (names, areClasses, width)
        (self.scores, self.truths) = (scores, truths)
    }

    /// Nil for numbers.
    init?(_ own: ReportAnswers.Output, of answers: ReportAnswers) {
        let form = own.output.targetForm
        guard !form.isOfValues else { return nil }
        let width = form.predictionWidth
        self.width = width
        areClasses = form.classes != nil
        names = own.names(answers)
        var scores = own.predictions
        let areLogits = own.areLogits
        guard areClasses else {
            if !areLogits { for place in scores.indices { scores[place] = Self.logOdds(scores[place]) } }
            (self.scores, truths) = (scores, own.targets)
            return
        }
        // Rows without a label that counts are left out.
        let isSparse = form.targetWidth == 1
        var (labels, kept): ([Float], Int) = ([], 0)
        scores.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<buffer.count / width {
                let label =
                    isSparse
                    ? Int(own.targets[row]) : Self.greatest(own.targets[row * width..<(row + 1) * width]) ?? -1
                guard label >= 0, label < width, label != own.output.ignoredLabel else { continue }
                let place = base + kept * width
                if kept != row { place.update(from: base + row * width, count: width) }
                if areLogits {
                    RankingScores.takeLogOdds(place, width)
                } else {
                    for column in 0..<width { place[column] = Self.logOdds(place[column]) }
                }
                labels.append(Float(label))
                kept += 1
            }
        }
        scores.removeLast(scores.count - kept * width)
        (self.scores, truths) = (scores, labels)
    }

    private static func logOdds(_ probability: Float) -> Float {
        Float(log(Double(probability)) - log1p(-Double(probability)))
    }

    /// The place of the first greatest value; nil where one is no number.
    private static func greatest(_ values: ArraySlice<Float>) -> Int? {
        guard var place = values.indices.first, !values.contains(where: \.isNaN) else { return nil }
        for index in values.indices where values[index] > values[place] { place = index }
        return place - values.startIndex
    }

    func probability(_ row: Int, _ column: Int) -> Double { 1 / (1 + exp(-Double(scores[row * width + column]))) }

    /// Whether a row belongs to a class, or has a label.
    func isPositive(_ row: Int, _ column: Int) -> Bool {
        areClasses ? Int(truths[row]) == column : truths[row * width + column] > 0.5
    }

    /// The class of the greatest probability; nil where one is no number.
    func answer(_ row: Int) -> Int? { Self.greatest(scores[row * width..<(row + 1) * width]) }

    func curve(of column: Int) -> ThresholdCurve {
        ThresholdCurve(
            scores: (0..<rows).lazy.map { scores[$0 * width + column] },
            truths: (0..<rows).lazy.map { isPositive($0, column) })
    }

    /// All classes or labels of a row as rows of their own; of very many every so many.
    func pooledCurve(every: Int) -> ThresholdCurve {
        let places = stride(from: 0, to: rows, by: every).lazy.flatMap { row in
            (0..<width).lazy.map { (row, $0) }
        }
        return ThresholdCurve(
            scores: places.map { scores[$0.0 * width + $0.1] }, truths: places.map { isPositive($0.0, $0.1) })
    }
}
