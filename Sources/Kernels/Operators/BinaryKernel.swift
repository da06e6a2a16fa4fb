internal import CVector

/// dst = a ∘ b for + - × ÷, where one operand may be shorter and is then repeated.
///
/// An operand of n elements is repeated to the length of dst; its gradient is summed over the repetitions.
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

    /// - Parameter counts: the elements of a and b; the larger is a multiple of the smaller.
    public init(_ operation: Operation, counts: (a: Int, b: Int)) {
        self.operation = operation
        self.counts = counts
        count = max(counts.a, counts.b)
    }

    public func bind(_ binding: Binding) {
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
            diffA.update(repeating: 0, count: counts.a)
            switch operation {
            case .add, .subtract: each { i, a, _ in diffA[a] += dy[i] }
            case .multiply: each { diffA[$1] += dy[$0] * b[$2] }
            case .divide: each { diffA[$1] += dy[$0] / b[$2] }
            }
        }
        if let diffB {
            diffB.update(repeating: 0, count: counts.b)
            switch operation {
            case .add: each { i, _, b in diffB[b] += dy[i] }
            case .subtract: each { i, _, b in diffB[b] -= dy[i] }
            case .multiply: each { diffB[$2] += dy[$0] * a[$1] }
            case .divide: each { diffB[$2] -= dy[$0] * a[$1] / (b[$2] * b[$2]) }
            }
        }
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
