internal import CVector

/// dst = a ∘ b for + - × ÷, where one operand may be shorter and is then repeated.
///
/// An operand of n elements is repeated to the length of dst; its gradient is summed over the repetitions, in double.
package final class BinaryKernel: Kernel {
    package enum Operation: Hashable, Sendable {
        case add
        case subtract
        case multiply
        case divide
    }

    private let operation: Operation
    private let counts: (a: Int, b: Int)
    private let count: Int
    private var a, b, dst: UnsafeMutablePointer<Float>?
    private var diffA, diffB, diffDst: UnsafeMutablePointer<Float>?
    private var totals: UnsafeMutablePointer<Double>?

    /// - Parameter counts: the elements of a and b; the larger is a multiple of the smaller.
    package init(_ operation: Operation, counts: (a: Int, b: Int)) {
        self.operation = operation
        self.counts = counts
        count = max(counts.a, counts.b)
    }

    package var scratchBytes: Int { counts.a == counts.b ? 0 : min(counts.a, counts.b) * MemoryLayout<Double>.stride }

    package func bind(_ binding: KernelBinding) {
        var scratch = Scratch(binding.scratch)
        totals = scratch.take(bytes: AlignedMemory.aligned(scratchBytes))
        (a, b) = (binding.src[0].floats, binding.src[1].floats)
        (diffA, diffB) = (binding.diffSrc[0], binding.diffSrc[1])
        dst = binding.dst.floats
        diffDst = binding.diffDst
    }

    package func forward(_ pass: KernelPass) {
        guard let a, let b, let dst else { return }
        if operation == .add, counts.a == counts.b { return stormo_add(dst, a, b, count) }
        switch operation {
        case .add: each { dst[$0] = a[$1] + b[$2] }
        case .subtract: each { dst[$0] = a[$1] - b[$2] }
        case .multiply: each { dst[$0] = a[$1] * b[$2] }
        case .divide: each { dst[$0] = a[$1] / b[$2] }
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let a, let b, let diffDst else { return }
        if let diffA {
            switch operation {
            case .add, .subtract: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, _ in diffDst[i] }
            case .multiply: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, j in diffDst[i] * b[j] }
            case .divide: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, j in diffDst[i] / b[j] }
            }
        }
        if let diffB {
            switch operation {
            case .add: sum(into: diffB, counts.b, at: { _, b in b }) { i, _, _ in diffDst[i] }
            case .subtract: sum(into: diffB, counts.b, at: { _, b in b }) { i, _, _ in -diffDst[i] }
            case .multiply: sum(into: diffB, counts.b, at: { _, b in b }) { i, j, _ in diffDst[i] * a[j] }
            case .divide:
                sum(into: diffB, counts.b, at: { _, b in b }) { i, j, k in -diffDst[i] * a[j] / (b[k] * b[k]) }
            }
        }
    }

    /// diff[place] = Σ term over the elements of dst, whose places in dst, a and b are given.
    @inline(__always)
    private func sum(
        into diff: UnsafeMutablePointer<Float>, _ length: Int, at place: (Int, Int) -> Int,
        _ term: (Int, Int, Int) -> Float
    ) {
        // Each place comes once in an operand that is not repeated.
        guard length < count, let totals else { return each { diff[place($1, $2)] = term($0, $1, $2) } }
        totals.update(repeating: 0, count: length)
        each { totals[place($1, $2)] += Double(term($0, $1, $2)) }
        stormo_round(diff, totals, length)
    }

    /// Calls body with the places in dst, a and b.
    @inline(__always)
    private func each(_ body: (Int, Int, Int) -> Void) {
        var start = 0
        let block = min(counts.a, counts.b)
        let (aStep, bStep) = (counts.a == count, counts.b == count)
        while start < count {
            for i in 0..<block { body(start + i, aStep ? start + i : i, bStep ? start + i : i) }
            start += block
        }
    }
}
