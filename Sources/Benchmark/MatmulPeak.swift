import Engine
import Kernels

/// How fast this machine multiplies matrices: the yardstick for everything else.
///
/// The best of several short runs of a square product, all threads at once, each on its own operands, with the kernel
/// library that training uses.
struct MatmulPeak {
    private let team: WorkerTeam
    private let products: [Product]
    private static let size = 512

    /// `@unchecked Sendable`: each product is used by one worker alone.
    private final class Product: @unchecked Sendable {
        let kernel: DenseKernel
        let memory: AlignedMemory

        init() throws {
            let n = MatmulPeak.size
            let context = try KernelContext(isDifferentiable: false)
            kernel = try DenseKernel(
                context, rows: n, inputs: n, outputs: n, hasBias: false, activation: .linear, gradients: (false, false))
            memory = try AlignedMemory(byteCount: 3 * n * n * MemoryLayout<Float>.stride + kernel.scratchBytes)
            for index in 0..<2 * n * n { memory.floats[index] = Float(index % 7) * 0.25 - 0.75 }
            kernel.bind(
                KernelBinding(
                    src: [.float32(memory.floats), .float32(memory.floats + n * n)],
                    dst: .float32(memory.floats + 2 * n * n),
                    diffSrc: [nil, nil], diffDst: nil, workspace: memory.base,
                    scratch: memory.base + 3 * n * n * MemoryLayout<Float>.stride))
        }
    }

    init(workers: Int) throws {
        team = WorkerTeam(workers)
        products = try team.run { _ in try Product() }
    }

    /// Floating-point operations a second of all threads together, over about so many seconds.
    func measure(seconds: Double) throws -> Double {
        try team.run { [products] worker in
            let start = ContinuousClock.now
            var best = 0.0
            repeat {
                let begin = ContinuousClock.now
                for _ in 0..<4 { products[worker].kernel.forward(KernelPass()) }
                let n = Double(MatmulPeak.size)
                best = max(best, 4 * 2 * n * n * n / (ContinuousClock.now - begin).seconds)
            } while (ContinuousClock.now - start).seconds < seconds
            return best
        }.reduce(0, +)
    }
}
