import Foundation
import Network

extension Reference {
    /// The loss of each sample, from predictions, or for a cross-entropy from logits.
    /// - Parameters:
    ///   - rows: the rows of one sample's prediction.
    ///   - width: the elements of a row. Those of an ignored label have a loss of 0.
    package static func loss(
        _ loss: any Loss, fromLogits: Bool = false, _ prediction: [Double], target: [Double], rows: Int, width: Int
    ) -> [Double] {
        let size = rows * width
        let ignored = loss.ignoredLabel
        let isSparse = loss is SparseCategoricalCrossEntropy
        let targetSize = isSparse ? rows : size
        return (0..<prediction.count / size).map { sample in
            let p = Array(prediction[sample * size..<(sample + 1) * size])
            let t = Array(target[sample * targetSize..<(sample + 1) * targetSize])
            switch loss {
            case let loss as MeanSquaredError:
                return Double(loss.factor) * mean(zip(p, t).map { ($0 - $1) * ($0 - $1) })
            case is MeanAbsoluteError:
                return mean(zip(p, t).map { abs($0 - $1) })
            case let loss as Huber:
                let delta = Double(loss.delta)
                return mean(
                    zip(p, t).map { p, t in
                        let d = abs(p - t)
                        return d <= delta ? d * d / 2 : delta * (d - delta / 2)
                    })
            case is BinaryCrossEntropy:
                return mean(
                    zip(p, t).map { p, t in
                        // log sigmoid(z) = -log(1 + e⁻ᶻ), log(1 - sigmoid(z)) = -log(1 + eᶻ).
                        fromLogits ? t * log1pExp(-p) + (1 - t) * log1pExp(p) : -t * log(p) - (1 - t) * log(1 - p)
                    })
            case is CategoricalCrossEntropy, is SparseCategoricalCrossEntropy:
                return mean(
                    (0..<rows).map { row in
                        if isSparse, ignored.map({ Double($0) }) == t[row] { return 0 }
                        let p = Array(p[row * width..<(row + 1) * width])
                        let logs = fromLogits ? logSoftmax(p) : p.map { log($0) }
                        if isSparse { return -logs[Int(t[row])] }
                        return -zip(logs, t[row * width..<(row + 1) * width]).reduce(0) { $0 + $1.0 * $1.1 }
                    })
            default: fatalError("no reference for \(loss)")
            }
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func log1pExp(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    private static func logSoftmax(_ z: [Double]) -> [Double] {
        let largest = z.max() ?? 0
        let total = largest + log(z.reduce(0) { $0 + exp($1 - largest) })
        return z.map { $0 - total }
    }
}

extension Loss {
    /// The cross-entropy of the kind that takes logits.
    package var ofLogits: any Loss {
        switch self {
        case is BinaryCrossEntropy: BinaryCrossEntropy(fromLogits: true)
        case is CategoricalCrossEntropy: CategoricalCrossEntropy(fromLogits: true)
        case is SparseCategoricalCrossEntropy:
            SparseCategoricalCrossEntropy(fromLogits: true, ignoring: ignoredLabel)
        default: self
        }
    }
}
