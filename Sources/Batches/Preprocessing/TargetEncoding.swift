import Kernels
import Metrics
import Network

/// How stored targets become the targets that a loss takes.
package enum TargetEncoding: Sendable, Hashable {
    /// As they are stored.
    case stored
    /// Each of a sample's labels, an integer from 0 to `classes` − 1, becomes a row of `classes` values of which
    /// the label's is 1 and the others are 0.
    case oneHot(labels: Int, classes: Int)

    /// The encoding that a loss needs: one-hot where categorical cross-entropy meets labels, else none.
    /// - Parameters:
    ///   - shape: of one stored target.
    ///   - place: what the sentence calls the targets.
    /// - Throws: `DataError` where such targets do not fit the loss at all.
    package init(_ objective: Objective, targetRowShape shape: Shape, place: String = "targets") throws(DataError) {
        try self.init(objective.outputs[0], targetRowShape: shape, place: place)
    }

    package init(_ output: Objective.Output, targetRowShape shape: Shape, place: String) throws(DataError) {
        let needed = output.targetShape
        if shape.count == needed.count {
            self = .stored
            return
        }
        var alternative = ""
        if case .oneHot = output.targetForm {
            let classes = needed.last
            let labels = needed.count / classes
            if shape.count == labels {
                self = .oneHot(labels: labels, classes: classes)
                return
            }
            alternative = labels == 1 ? ", or one label" : ", or \(labels) labels"
        }
        throw DataError(
            "\(place) holds \(Self.words(shape)) for each sample, but the loss needs \(Self.words(needed))"
                + "\(alternative), since \(output.layer) gives \(Self.words(output.shape)); "
                + "change that layer, the loss or the targets")
    }

    /// `one number`, `10 numbers`, `8×8×1 numbers`.
    private static func words(_ shape: Shape) -> String {
        shape.count == 1 ? "one number" : "\(shape) numbers"
    }

    /// Brings chosen rows of stored targets to where the loss reads them. Allocates nothing.
    /// - Parameter dst: room for the encoded targets of all samples, in the type that the loss takes.
    package func gather(_ targets: StoredTensor, into dst: TensorPointer, rows: UnsafePointer<Int64>, count: Int) {
        guard case .oneHot(let labels, let classes) = self else {
            return targets.gather(into: dst, rows: rows, count: count)
        }
        // The labels go to the start of the place that their rows will fill.
        let start = UnsafeMutableRawPointer(dst.floats)
        targets.gather(into: TensorPointer(start, .int32), rows: rows, count: count)
        Self.expand(labels: start, count: count * labels, classes: classes, into: dst.floats)
    }

    /// Writes one-hot rows.
    ///
    /// It goes from the last row to the first, so that labels at the start of `rows` are read before they are written
    /// over. A label that is none of the classes makes its row NaN, as it makes the loss of a sparse one.
    /// - Parameters:
    ///   - labels: `count` 32-bit integers; may be where `rows` begin.
    ///   - rows: room for `count` × `classes` values.
    package static func expand(
        labels: UnsafeRawPointer, count: Int, classes: Int, into rows: UnsafeMutablePointer<Float>
    ) {
        for index in (0..<count).reversed() {
            let label = classIndex(
                labels.load(fromByteOffset: index * MemoryLayout<Int32>.stride, as: Int32.self), classes: classes)
            let row = rows + index * classes
            row.update(repeating: label >= 0 ? 0 : .nan, count: classes)
            if label >= 0 { row[label] = 1 }
        }
    }
}
