import Configuration
import Kernels
import Network

/// y = x − μ, with μ the mean of each channel over all positions of all samples of the mini-batch: the smallest operator that
/// couples samples.
///
/// Inputs: x (…, c) and the running mean (c), a state. In training that becomes m·mean + (1 − m)·μ by each step; evaluation
/// subtracts it instead of μ. With N rows in the batch, dx = dy − Σ dy / N.
package struct BatchCentering: Layer {
    package let momentum: Float

    package init(momentum: Float = 0.9) { self.momentum = momentum }

    /// From the keys of a config.
    package init(reading reader: ObjectReader) { momentum = Float(reader.number("momentum", default: 0.9)) }

    package var type: String { "test_centering" }
    package var configuration: [JSONNode.Member] { [.init(key: "momentum", value: JSONNode(Double(momentum)))] }
    package var keras: KerasLayer { KerasLayer("TestCentering") }

    package func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let graph = inputs[0].graph
        let mean = graph.parameter(
            [inputs[0].type.shape.last], .zeros, name: "\(name)/moving_mean", role: .state, kind: .normalization)
        return try graph.apply(BatchCenteringOperator(momentum: momentum), to: [inputs[0], mean], name: name)
    }
}

package struct BatchCenteringOperator: Operator {
    package let momentum: Float

    package init(momentum: Float) { self.momentum = momentum }

    package var name: String { "centering" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }
    package func isDifferentiable(input: Int) -> Bool { input == 0 }
    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }

    /// Forward the number of rows and a sum for each channel, backward a sum for each channel.
    package func coupling(of inputs: [TensorType]) -> SampleCoupling? {
        let channels = inputs[0].shape.last
        return SampleCoupling(forward: [1 + channels], backward: [channels])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let (rows, channels) = (request.inputs[0].rows(samples: request.samples), request.inputs[0].shape.last)
        return request.context.isDifferentiable
            ? BatchCenteringKernel(rows: rows, channels: channels, momentum: momentum)
            : StoredCenteringKernel(rows: rows, channels: channels)
    }
}

package final class BatchCenteringKernel: CoupledKernel {
    private let rows, channels: Int
    private let momentum: Float
    private var src, mean, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?
    private var sums: UnsafePointer<Double>?

    package init(rows: Int, channels: Int, momentum: Float) {
        (self.rows, self.channels, self.momentum) = (rows, channels, momentum)
    }

    package func bind(_ binding: KernelBinding) {
        (src, mean, dst) = (binding.src[0].floats, binding.src[1].floats, binding.dst.floats)
        (diffSrc, diffDst, sums) = (binding.diffSrc[0], binding.diffDst, binding.sums)
    }

    package func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        partial[0] = Double(rows)
        add(src!, into: partial + 1)
    }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst, let sums else { return }
        for row in 0..<rows {
            for channel in 0..<channels {
                let index = row * channels + channel
                dst[index] = Float(Double(src[index]) - sums[1 + channel] / sums[0])
            }
        }
    }

    package func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        add(diffDst!, into: partial)
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc, let diffDst, let sums else { return }
        let total = sums + 1 + channels
        for row in 0..<rows {
            for channel in 0..<channels {
                let index = row * channels + channel
                diffSrc[index] = Float(Double(diffDst[index]) - total[channel] / sums[0])
            }
        }
    }

    package func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        guard let mean, let sums else { return }
        for channel in 0..<channels {
            next[channel] = momentum * mean[channel] + (1 - momentum) * Float(sums[1 + channel] / sums[0])
        }
    }

    private func add(_ values: UnsafePointer<Float>, into totals: UnsafeMutablePointer<Double>) {
        totals.update(repeating: 0, count: channels)
        for row in 0..<rows {
            for channel in 0..<channels { totals[channel] += Double(values[row * channels + channel]) }
        }
    }
}

/// y = x − mean, as evaluation has it.
final class StoredCenteringKernel: Kernel {
    private let rows, channels: Int
    private var src, mean, dst: UnsafeMutablePointer<Float>?

    init(rows: Int, channels: Int) { (self.rows, self.channels) = (rows, channels) }

    func bind(_ binding: KernelBinding) {
        (src, mean, dst) = (binding.src[0].floats, binding.src[1].floats, binding.dst.floats)
    }

    func forward(_ pass: KernelPass) {
        guard let src, let mean, let dst else { return }
        for index in 0..<rows * channels { dst[index] = src[index] - mean[index % channels] }
    }

    func backward(_ pass: KernelPass) {}
}
