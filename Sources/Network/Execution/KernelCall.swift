import Kernels

/// One run of a node's kernel, over one tile.
///
/// A class, so that the loops over the calls of a pass move nothing but a reference.
final class KernelCall {
    let node: Int
    /// The place in the shard of the tile's first sample.
    let firstSample: Int
    private let kernel: any Kernel
    /// The same kernel, where it is one of an operator that couples samples.
    private let coupled: (any CoupledKernel)?
    /// Whether the kernel runs other tiles or other shards in between, so that it must be bound before each run.
    private let isShared: Bool
    private var binding: KernelBinding
    /// The inputs whose gradients are those of parameters, with their offsets in the gradient buffer.
    private let parameterGradients: [(input: Int, offset: Int)]

    init(
        _ kernel: any Kernel, node: Int, firstSample: Int, isShared: Bool, _ binding: KernelBinding,
        parameterGradients: [(input: Int, offset: Int)]
    ) {
        self.node = node
        self.firstSample = firstSample
        self.kernel = kernel
        coupled = kernel as? any CoupledKernel
        self.isShared = isShared
        self.binding = binding
        self.parameterGradients = parameterGradients
        if !isShared { kernel.bind(binding) }
    }

    /// Whether it writes gradients of parameters.
    var writesParameterGradients: Bool { !parameterGradients.isEmpty }

    /// Lets the gradients of parameters go to another buffer.
    func rebind(gradients: UnsafeMutablePointer<Float>) {
        // By index: without optimisation the iterator of a list of pairs allocates.
        for index in 0..<parameterGradients.count {
            binding.diffSrc[parameterGradients[index].input] = gradients + parameterGradients[index].offset
        }
        if !isShared { kernel.bind(binding) }
    }

    func forward(_ pass: KernelPass) {
        if isShared { kernel.bind(binding) }
        kernel.forward(of(pass))
    }

    func backward(_ pass: KernelPass) {
        if isShared { kernel.bind(binding) }
        kernel.backward(of(pass))
    }

    /// What the bound samples contribute to a round of the forward pass.
    func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        if isShared { kernel.bind(binding) }
        coupled?.forwardSums(round: round, into: partial, of(pass))
    }

    /// The same for the backward pass.
    func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        if isShared { kernel.bind(binding) }
        coupled?.backwardSums(round: round, into: partial, of(pass))
    }

    /// What a state parameter among the inputs becomes by the step.
    func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        if isShared { kernel.bind(binding) }
        coupled?.nextState(input: input, into: next)
    }

    private func of(_ pass: KernelPass) -> KernelPass {
        var own = pass
        own.firstSample += firstSample
        return own
    }
}

/// A gradient as the sum of several parts, in their order.
final class GradientSum {
    private var sum: UnsafeMutablePointer<Float>
    private let parts: [UnsafeMutablePointer<Float>]
    /// Whether the first part stands in the sum's place already, so that `parts` are added to it.
    private let isInPlace: Bool
    private let count: Int
    /// Where the sum is a parameter's gradient, its offset in the gradient buffer.
    let parameterOffset: Int?

    /// - Parameter parts: if the sum's own place is among them, it comes first.
    init(
        _ sum: UnsafeMutablePointer<Float>, of parts: [UnsafeMutablePointer<Float>], count: Int, parameterOffset: Int?
    ) {
        self.sum = sum
        isInPlace = parts.first == sum
        self.parts = isInPlace ? Array(parts.dropFirst()) : parts
        self.count = count
        self.parameterOffset = parameterOffset
    }

    func rebind(gradients: UnsafeMutablePointer<Float>) {
        guard let parameterOffset else { return }
        sum = gradients + parameterOffset
    }

    func run() {
        var next = 0
        if !isInPlace {
            if parts.count == 1 { return sum.update(from: parts[0], count: count) }
            VectorLoops.add(sum, parts[0], parts[1], count: count)
            next = 2
        }
        while next < parts.count {
            VectorLoops.accumulate(sum, parts[next], count: count)
            next += 1
        }
    }
}
