import Kernels
import Network

/// The predictions for some rows that follow each other.
package struct PredictedRows {
    /// The number of rows.
    package let count: Int
    /// Of each output, row-major, in the model's order.
    package let values: [[Float]]
    /// The targets in the same way, as the loss takes them, labels as floats; nil where they are not wanted.
    package let targets: [[Float]]?

    package init(count: Int, values: [[Float]], targets: [[Float]]? = nil) {
        (self.count, self.values, self.targets) = (count, values, targets)
    }
}

extension Evaluator {
    /// Numbers of a piece, of all outputs together: 16 MiB.
    private static let mostNumbers = 4 << 20
    /// More chunks for a worker would not make it faster.
    private static let mostChunks = 32

    /// Predicts for all rows and hands over the predictions in pieces, in the order of the rows, so that memory does not grow
    /// with their number. A row's prediction does not depend on the others'.
    /// - Parameter take: is called on this thread; where it throws, no further rows are predicted.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read, and what `take` throws.
    package func predictInPieces(_ take: (PredictedRows) throws -> Void) throws {
        precondition(inPieces, "it is made for predictInPieces")
        let outputs = objective.outputs
        let widths = outputs.map(\.shape.count)
        let targetWidths = predictsOnly ? [] : outputs.map(\.targetShape.count)
        let workers = plan.workers
        let numbers = chunk * max((widths + targetWidths).reduce(0, +), 1)
        let chunks = max(1, min(Self.mostChunks * workers, Self.mostNumbers / numbers))
        let (values, targets) = try (
            widths.map { try AlignedMemory(floats: chunk * chunks * $0) },
            targetWidths.map { try AlignedMemory(floats: chunk * chunks * $0) }
        )
        windows.begin(epoch: pass)
        pass += 1
        var position = 0
        while position < data.count {
            let window = try windows.take()
            for first in stride(from: 0, to: window.count, by: chunk * chunks) {
                let count = min(chunk * chunks, window.count - first)
                try team.run { [self] worker in
                    for start in stride(from: worker * chunk, to: count, by: workers * chunk) {
                        if let stop, stop.isStopping { return }
                        let own = min(chunk, count - start)
                        let replica = replicas[worker]
                        feed.load(
                            replica, from: windows.pool, rows: window.rows + (first + start), count: own,
                            wantsTargets: !predictsOnly)
                        replica.forward(samples: own, KernelPass())
                        for (index, output) in outputs.enumerated() {
                            (values[index].floats + start * widths[index]).update(
                                from: replica.value(of: output.prediction, samples: own).baseAddress!,
                                count: own * widths[index])
                            guard !predictsOnly else { continue }
                            replica.copyTargets(
                                of: output, samples: own, to: targets[index].floats + start * targetWidths[index])
                        }
                    }
                }
                if let stop, stop.isStopping { throw EvaluationStopped() }
                func arrays(_ memory: [AlignedMemory], _ widths: [Int]) -> [[Float]] {
                    zip(memory, widths).map { Array(UnsafeBufferPointer(start: $0.floats, count: count * $1)) }
                }
                try take(
                    PredictedRows(
                        count: count, values: arrays(values, widths),
                        targets: predictsOnly ? nil : arrays(targets, targetWidths)))
            }
            windows.release()
            position += window.count
        }
    }
}

extension Replica {
    /// Copies the targets of samples, labels as floats.
    func copyTargets(of output: Objective.Output, samples: Int, to own: UnsafeMutablePointer<Float>) {
        let count = samples * output.targetShape.count
        switch tensor(of: output.target, samples: samples) {
        case .float32(let values): own.update(from: values, count: count)
        case .int32(let labels): for place in 0..<count { own[place] = Float(labels[place]) }
        }
    }
}
