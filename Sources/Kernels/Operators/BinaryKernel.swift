internal import CVector

/// dst = a ∘ b for + - × ÷, where one operand may be shorter and is then repeated.
///
/// An operand of n elements is repeated to the length of dst; its gradient is summed over the repetitions, in double.
public final class BinaryKernel: Kernel {
    public enum Operation: Hashable, Sendable {
        case add
        case subtract
        case multiply
        case divide
    }

    private let operation: Operation
    private let counts: (a: Int, b: Int)
    private let count: Int
    private var a, b, output: UnsafeMutablePointer<Float>?
    private var diffA, diffB, diffOutput: UnsafeMutablePointer<Float>?
    private var totals: UnsafeMutablePointer<Double>?

    /// - Parameter counts: the elements of a and b; the larger is a multiple of the smaller.
    public init(_ operation: Operation, counts: (a: Int, b: Int)) {
        self.operation = operation
        self.counts = counts
        count = max(counts.a, counts.b)
    }

    public var scratchBytes: Int { counts.a == counts.b ? 0 : min(counts.a, counts.b) * MemoryLayout<Double>.stride }

    public func bind(_ binding: Binding) {
        totals = binding.scratch.assumingMemoryBound(to: Double.self)
        (a, b) = (binding.inputs[0], binding.inputs[1])
        (diffA, diffB) = (binding.inputGradients[0], binding.inputGradients[1])
        output = binding.output
        diffOutput = binding.outputGradient
    }

    public func forward(_ pass: Pass) {
        guard let a, let b, let output else { return }
        if operation == .add, counts.a == counts.b { return stormo_add(output, a, b, count) }
        switch operation {
        case .add: each { output[$0] = a[$1] + b[$2] }
        case .subtract: each { output[$0] = a[$1] - b[$2] }
        case .multiply: each { output[$0] = a[$1] * b[$2] }
        case .divide: each { output[$0] = a[$1] / b[$2] }
        }
    }

    public func backward(_ pass: Pass) {
        guard let a, let b, let dy = diffOutput else { return }
        if let diffA {
            switch operation {
            case .add, .subtract: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, _ in dy[i] }
            case .multiply: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, j in dy[i] * b[j] }
            case .divide: sum(into: diffA, counts.a, at: { a, _ in a }) { i, _, j in dy[i] / b[j] }
            }
        }
        if let diffB {
            switch operation {
            case .add: sum(into: diffB, counts.b, at: { _, b in b }) { i, _, _ in dy[i] }
            case .subtract: sum(into: diffB, counts.b, at: { _, b in b }) { i, _, _ in -dy[i] }
            case .multiply: sum(into: diffB, counts.b, at: { _, b in b }) { i, j, _ in dy[i] * a[j] }
            case .divide: sum(into: diffB, counts.b, at: { _, b in b }) { i, j, k in -dy[i] * a[j] / (b[k] * b[k]) }
            }
        }
    }

    /// gradient[place] = Σ term over the elements of dst, whose places in dst, a and b are given.
    @inline(__always)
    private func sum(
        into gradient: UnsafeMutablePointer<Float>, _ length: Int, at place: (Int, Int) -> Int,
        _ term: (Int, Int, Int) -> Float
    ) {
        // Each place comes once in an operand that is not repeated.
        guard length < count, let totals else { return each { gradient[place($1, $2)] = term($0, $1, $2) } }
        totals.update(repeating: 0, count: length)
        each { totals[place($1, $2)] += Double(term($0, $1, $2)) }
        stormo_round(gradient, totals, length)
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
