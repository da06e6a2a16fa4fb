import Kernels
import Network

/// Room for the predictions of all samples and their targets, by output, which an evaluation fills chunk by chunk.
///
/// `@unchecked Sendable`: each chunk has a part of its own, which its worker writes alone.
package final class AnswerRoom: @unchecked Sendable {
    private let outputs: [Objective.Output]
    private let samples: Int
    /// Of each output whether logits are kept in place of the probabilities that it predicts.
    package let areLogits: [Bool]
    private let predictions: [(memory: AlignedMemory, width: Int)]
    private let targets: [(memory: AlignedMemory, width: Int)]

    /// - Parameter prefersLogits: whether logits are kept where the network has them: probabilities round to 0 and to 1.
    /// - Throws: `KernelError.outOfMemory`.
    package init(_ objective: Objective, samples: Int, prefersLogits: Bool = false) throws {
        self.samples = samples
        outputs = objective.outputs
        areLogits = objective.outputs.map { prefersLogits && $0.logits != nil }
        func room(_ width: Int) throws -> (AlignedMemory, Int) { (try AlignedMemory(floats: samples * width), width) }
        predictions = try objective.outputs.map { try room($0.shape.count) }
        targets = try objective.outputs.map { try room($0.targetShape.count) }
    }

    /// Keeps what a replica has after a forward pass.
    func take(_ replica: Replica, _ start: Int, _ count: Int) {
        for (index, output) in outputs.enumerated() {
            let (memory, width) = predictions[index]
            let node = areLogits[index] ? output.logits ?? output.prediction : output.prediction
            let values = replica.value(of: node, samples: count)
            (memory.floats + start * width).update(from: values.baseAddress!, count: count * width)
            let (truth, targetWidth) = targets[index]
            replica.copyTargets(of: output, samples: count, to: truth.floats + start * targetWidth)
        }
    }

    /// Of each output, row-major.
    package var arrays: (predictions: [[Float]], targets: [[Float]]) {
        func array(_ room: (memory: AlignedMemory, width: Int)) -> [Float] {
            Array(UnsafeBufferPointer(start: room.memory.floats, count: samples * room.width))
        }
        return (predictions.map(array), targets.map(array))
    }
}
