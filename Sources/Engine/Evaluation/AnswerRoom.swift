import Kernels
import Network

/// Room for the predictions of all samples and their targets, by output, which an evaluation fills chunk by chunk.
///
/// `@unchecked Sendable`: each chunk has a part of its own, which its worker writes alone.
package final class AnswerRoom: @unchecked Sendable {
    private let outputs: [Objective.Output]
    private let samples: Int
    private let predictions: [(memory: AlignedMemory, width: Int)]
    private let targets: [(memory: AlignedMemory, width: Int)]

    /// - Throws: `KernelError.outOfMemory`.
    package init(_ objective: Objective, samples: Int) throws {
        self.samples = samples
        outputs = objective.outputs
        func room(_ width: Int) throws -> (AlignedMemory, Int) { (try AlignedMemory(floats: samples * width), width) }
        predictions = try objective.outputs.map { try room($0.shape.count) }
        targets = try objective.outputs.map { try room($0.targetShape.count) }
    }

    /// Keeps what a replica has after a forward pass.
    func take(_ replica: Replica, _ start: Int, _ count: Int) {
        for (index, output) in outputs.enumerated() {
            let (memory, width) = predictions[index]
            let values = replica.value(of: output.prediction, samples: count)
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
