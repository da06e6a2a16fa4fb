internal import CVector

/// dst = a ∘ b for + - × ÷, maximum and minimum, where dimensions of 1 of either operand are repeated.
///
/// The gradient of an operand that is repeated is summed over the repetitions, in double. That of a maximum or a minimum goes
/// to the one that it is, and to a where both are equal.
package final class BinaryKernel: Kernel {
    package enum Operation: Hashable, Sendable {
        case add
        case subtract
        case multiply
        case divide
        case maximum
        case minimum
    }

    private let operation: Operation
    private let stretching: Stretching
    private var a, b, dst: UnsafeMutablePointer<Float>?
    private var diffA, diffB, diffDst: UnsafeMutablePointer<Float>?
    private var totals: UnsafeMutablePointer<Double>?

    package init(_ operation: Operation, _ stretching: Stretching) {
        self.operation = operation
        self.stretching = stretching
    }

    private var count: Int { stretching.count }

    package var scratchBytes: Int {
        // Of the operands that are repeated.
        let repeated = [stretching.counts.a, stretching.counts.b].filter { $0 < count }
        return (repeated.max() ?? 0) * MemoryLayout<Double>.stride
    }

    package func bind(_ binding: KernelBinding) {
        totals = binding.scratch.assumingMemoryBound(to: Double.self)
        (a, b) = (binding.src[0].floats, binding.src[1].floats)
        (diffA, diffB) = (binding.diffSrc[0], binding.diffSrc[1])
        dst = binding.dst.floats
        diffDst = binding.diffDst
    }

    package func forward(_ pass: KernelPass) {
        guard let a, let b, let dst else { return }
        if operation == .add, stretching.counts == (count, count) { return stormo_add(dst, a, b, count) }
        switch operation {
        case .add: stretching.each { dst[$0] = a[$1] + b[$2] }
        case .subtract: stretching.each { dst[$0] = a[$1] - b[$2] }
        case .multiply: stretching.each { dst[$0] = a[$1] * b[$2] }
        case .divide: stretching.each { dst[$0] = a[$1] / b[$2] }
        // What is not a number is not lost, whichever operand it is.
        case .maximum: stretching.each { dst[$0] = b[$2] > a[$1] || b[$2] != b[$2] ? b[$2] : a[$1] }
        case .minimum: stretching.each { dst[$0] = b[$2] < a[$1] || b[$2] != b[$2] ? b[$2] : a[$1] }
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let a, let b, let diffDst else { return }
        if let diffA {
            let (place, length) = ({ (a: Int, _: Int) in a }, stretching.counts.a)
            switch operation {
            case .add, .subtract: sum(into: diffA, length, at: place) { i, _, _ in diffDst[i] }
            case .multiply: sum(into: diffA, length, at: place) { i, _, j in diffDst[i] * b[j] }
            case .divide: sum(into: diffA, length, at: place) { i, _, j in diffDst[i] / b[j] }
            case .maximum: sum(into: diffA, length, at: place) { i, j, k in b[k] > a[j] ? 0 : diffDst[i] }
            case .minimum: sum(into: diffA, length, at: place) { i, j, k in b[k] < a[j] ? 0 : diffDst[i] }
            }
        }
        if let diffB {
            let (place, length) = ({ (_: Int, b: Int) in b }, stretching.counts.b)
            switch operation {
            case .add: sum(into: diffB, length, at: place) { i, _, _ in diffDst[i] }
            case .subtract: sum(into: diffB, length, at: place) { i, _, _ in -diffDst[i] }
            case .multiply: sum(into: diffB, length, at: place) { i, j, _ in diffDst[i] * a[j] }
            case .divide: sum(into: diffB, length, at: place) { i, j, k in -diffDst[i] * a[j] / (b[k] * b[k]) }
            case .maximum: sum(into: diffB, length, at: place) { i, j, k in b[k] > a[j] ? diffDst[i] : 0 }
            case .minimum: sum(into: diffB, length, at: place) { i, j, k in b[k] < a[j] ? diffDst[i] : 0 }
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
        guard length < count, let totals else { return stretching.each { diff[place($1, $2)] = term($0, $1, $2) } }
        totals.update(repeating: 0, count: length)
        stretching.each { totals[place($1, $2)] += Double(term($0, $1, $2)) }
        stormo_round(diff, totals, length)
    }
}
