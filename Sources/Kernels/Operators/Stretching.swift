/// How two operands are stretched to one shape: a dimension of 1 is repeated along the other operand's.
///
/// Neighbouring dimensions along which both move alike are taken together, so that equal shapes are one run.
package struct Stretching: Sendable {
    /// The elements of the result.
    package let count: Int
    /// The elements of the operands.
    package let counts: (a: Int, b: Int)
    /// A dimension of the result, with how far an operand moves in a step along it: 0 where it is repeated.
    private struct Dimension: Sendable {
        var count, a, b: Int
    }
    /// From the outermost to the innermost.
    private let dimensions: [Dimension]

    /// - Parameters: the dimensions of both operands, as many of each, equal or 1.
    package init(_ a: [Int], _ b: [Int]) {
        precondition(a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 })
        var dimensions: [Dimension] = []
        var (aStep, bStep) = (1, 1)
        for (aCount, bCount) in zip(a, b).reversed() {
            let count = aCount == 1 ? bCount : aCount
            let next = Dimension(count: count, a: aCount == count ? aStep : 0, b: bCount == count ? bStep : 0)
            aStep *= aCount
            bStep *= bCount
            guard count != 1 else { continue }
            if let inner = dimensions.last, next.a == inner.a * inner.count, next.b == inner.b * inner.count {
                dimensions[dimensions.count - 1].count *= count
            } else {
                dimensions.append(next)
            }
        }
        if dimensions.isEmpty { dimensions = [Dimension(count: 1, a: 1, b: 1)] }
        self.dimensions = dimensions.reversed()
        count = dimensions.reduce(1) { $0 * $1.count }
        counts = (a.reduce(1, *), b.reduce(1, *))
    }

    /// The innermost dimension: what stands one after the other in the result, and how far the operands move each time.
    var run: (count: Int, aStep: Int, bStep: Int) {
        let inner = dimensions[dimensions.count - 1]
        return (inner.count, inner.a, inner.b)
    }

    /// Calls body with the places of each run's first element in the result and in the operands, in the result's order.
    @inline(__always)
    func eachRun(_ body: (_ place: Int, _ a: Int, _ b: Int) -> Void) {
        let length = run.count
        for number in 0..<(length == 0 ? 0 : count / length) {
            var (rest, a, b) = (number, 0, 0)
            for index in stride(from: dimensions.count - 2, through: 0, by: -1) {
                let own = dimensions[index]
                let place = rest % own.count
                rest /= own.count
                a += place * own.a
                b += place * own.b
            }
            body(number * length, a, b)
        }
    }

    /// Calls body with the places of each element in the result and in the operands, in the result's order.
    @inline(__always)
    func each(_ body: (_ place: Int, _ a: Int, _ b: Int) -> Void) {
        let (length, aStep, bStep) = run
        eachRun { place, a, b in
            // Loops of their own, since a step that is known makes them fast.
            switch (aStep, bStep) {
            case (1, 1): for i in 0..<length { body(place + i, a + i, b + i) }
            case (1, 0): for i in 0..<length { body(place + i, a + i, b) }
            case (0, 1): for i in 0..<length { body(place + i, a, b + i) }
            default: for i in 0..<length { body(place + i, a + i * aStep, b + i * bStep) }
            }
        }
    }
}
