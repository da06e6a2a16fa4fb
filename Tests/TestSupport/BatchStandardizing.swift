import Configuration
import Kernels
import Network

/// y = γ·x̂ + β with x̂ = (x − μ) / √(σ² + ε), the mean and the biased variance of each channel over the mini-batch: with two
/// rounds forward, gradients of parameters and two states. Ioffe and Szegedy, "Batch Normalization", ICML 2015.
///
/// Inputs: x (…, c), γ (c), β (c), running mean (c), running variance (c). With N rows in the batch,
/// dx = γ / √(σ² + ε) · (dy − Σ dy / N − x̂ · Σ dy·x̂ / N), dγ = Σ dy·x̂ and dβ = Σ dy.
package struct BatchStandardizing: Layer {
    package let momentum: Float

    package init(momentum: Float = 0.9) { self.momentum = momentum }
    package init(reading reader: ObjectReader) { momentum = Float(reader.number("momentum", default: 0.9)) }

    package var type: String { "test_standardizing" }
    package var hasParameters: Bool { true }
    package var configuration: [JSONNode.Member] { [.init(key: "momentum", value: JSONNode(Double(momentum)))] }
    package var keras: KerasLayer { KerasLayer("TestStandardizing") }

    package func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let (graph, shape) = (inputs[0].graph, Shape([inputs[0].type.shape.last]))
        func parameter(_ own: String, _ initializer: Initializer, _ role: ParameterRole) -> Variable {
            graph.parameter(shape, initializer, name: "\(name)/\(own)", role: role, kind: .normalization)
        }
        return try graph.apply(
            BatchStandardizingOperator(momentum: momentum),
            to: [
                inputs[0], parameter("gamma", .ones, .trained), parameter("beta", .zeros, .trained),
                parameter("moving_mean", .zeros, .state), parameter("moving_variance", .ones, .state),
            ], name: name)
    }
}

package struct BatchStandardizingOperator: Operator {
    package let momentum: Float

    package init(momentum: Float) { self.momentum = momentum }

    package var name: String { "standardizing" }
    package func isDifferentiable(input: Int) -> Bool { input < 3 }
    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }

    /// Forward the number of rows and the sum of each channel, then its squared deviations; backward Σ dy and Σ dy·x̂.
    package func coupling(of inputs: [TensorType]) -> SampleCoupling? {
        let channels = inputs[0].shape.last
        return SampleCoupling(forward: [1 + channels, channels], backward: [2 * channels])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let (rows, channels) = (request.inputs[0].rows(samples: request.samples), request.inputs[0].shape.last)
        return request.context.isDifferentiable
            ? BatchStandardizingKernel(rows: rows, channels: channels, momentum: momentum)
            : StoredStandardizingKernel(rows: rows, channels: channels)
    }
}

package final class BatchStandardizingKernel: CoupledKernel {
    static let epsilon = 1e-3

    private let rows, channels: Int
    private let momentum: Float
    private var binding: (src: UnsafeMutablePointer<Float>, gamma: UnsafeMutablePointer<Float>)?
    private var beta, mean, variance, dst, diffSrc, diffGamma, diffBeta, diffDst: UnsafeMutablePointer<Float>?
    private var sums: UnsafePointer<Double>?
    /// Σ dy and Σ dy·x̂ of this shard, from its round to its backward pass.
    private var own: UnsafeMutablePointer<Double>?

    package init(rows: Int, channels: Int, momentum: Float) {
        (self.rows, self.channels, self.momentum) = (rows, channels, momentum)
    }

    package var workspaceBytes: Int { 2 * channels * MemoryLayout<Double>.stride }

    package func bind(_ binding: KernelBinding) {
        self.binding = (binding.src[0].floats, binding.src[1].floats)
        (beta, mean, variance, dst) = (
            binding.src[2].floats, binding.src[3].floats, binding.src[4].floats, binding.dst.floats
        )
        (diffSrc, diffGamma, diffBeta) = (binding.diffSrc[0], binding.diffSrc[1], binding.diffSrc[2])
        (diffDst, sums) = (binding.diffDst, binding.sums)
        own = binding.workspace.assumingMemoryBound(to: Double.self)
    }

    private func mean(_ channel: Int) -> Double { sums![1 + channel] / sums![0] }
    private func variance(_ channel: Int) -> Double { sums![1 + channels + channel] / sums![0] }
    private func scale(_ channel: Int) -> Double { 1 / (variance(channel) + Self.epsilon).squareRoot() }

    @inline(__always)
    private func each(_ body: (_ index: Int, _ channel: Int) -> Void) {
        for row in 0..<rows { for channel in 0..<channels { body(row * channels + channel, channel) } }
    }

    package func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        guard let (src, _) = binding else { return }
        let totals = round == 0 ? partial + 1 : partial
        totals.update(repeating: 0, count: channels)
        if round == 0 {
            partial[0] = Double(rows)
            each { totals[$1] += Double(src[$0]) }
        } else {
            each {
                let deviation = Double(src[$0]) - mean($1)
                totals[$1] += deviation * deviation
            }
        }
    }

    package func forward(_ pass: KernelPass) {
        guard let (src, gamma) = binding, let beta, let dst else { return }
        each {
            dst[$0] = Float((Double(src[$0]) - mean($1)) * scale($1) * Double(gamma[$1]) + Double(beta[$1]))
        }
    }

    package func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        guard let (src, _) = binding, let diffDst, let own else { return }
        own.update(repeating: 0, count: 2 * channels)
        each {
            own[$1] += Double(diffDst[$0])
            own[channels + $1] += Double(diffDst[$0]) * (Double(src[$0]) - mean($1)) * scale($1)
        }
        partial.update(from: own, count: 2 * channels)
    }

    package func backward(_ pass: KernelPass) {
        guard let (src, gamma) = binding, let diffDst, let own, let sums else { return }
        let (total, count) = (sums + 1 + 2 * channels, sums[0])
        if let diffSrc {
            each {
                let normal = (Double(src[$0]) - mean($1)) * scale($1)
                let centred = Double(diffDst[$0]) - total[$1] / count - normal * total[channels + $1] / count
                diffSrc[$0] = Float(Double(gamma[$1]) * scale($1) * centred)
            }
        }
        for channel in 0..<channels {
            diffBeta?[channel] = Float(own[channel])
            diffGamma?[channel] = Float(own[channels + channel])
        }
    }

    package func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        guard let mean, let variance else { return }
        for channel in 0..<channels {
            let (old, new) =
                input == 3
                ? (mean[channel], self.mean(channel)) : (variance[channel], self.variance(channel))
            next[channel] = momentum * old + (1 - momentum) * Float(new)
        }
    }
}

/// As evaluation has it: with the stored mean and variance.
final class StoredStandardizingKernel: Kernel {
    private let rows, channels: Int
    private var src: [UnsafeMutablePointer<Float>] = []
    private var dst: UnsafeMutablePointer<Float>?

    init(rows: Int, channels: Int) { (self.rows, self.channels) = (rows, channels) }

    func bind(_ binding: KernelBinding) { (src, dst) = (binding.src.map(\.floats), binding.dst.floats) }

    func forward(_ pass: KernelPass) {
        guard let dst else { return }
        for index in 0..<rows * channels {
            let channel = index % channels
            let scale = 1 / (Double(src[4][channel]) + BatchStandardizingKernel.epsilon).squareRoot()
            let normal = (Double(src[0][index]) - Double(src[3][channel])) * scale
            dst[index] = Float(normal * Double(src[1][channel]) + Double(src[2][channel]))
        }
    }

    func backward(_ pass: KernelPass) {}
}
