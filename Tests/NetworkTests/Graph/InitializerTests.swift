import Kernels
import Network
import Testing

struct InitializerTests {
    static let fans: [(shape: Shape, fanIn: Double, fanOut: Double)] = [
        ([300, 200], 300, 200), ([3, 3, 40, 60], 360, 540), ([9000], 9000, 9000),
    ]

    private func fill(_ initializer: Initializer, _ shape: Shape, seed: UInt64 = 1, index: Int = 0) -> [Float] {
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: shape.count)
        defer { buffer.deallocate() }
        buffer.initialize(repeating: .nan)
        initializer.fill(buffer, shape: shape, seed: seed, index: index)
        return Array(buffer)
    }

    private func variance(_ values: [Float]) -> (mean: Double, variance: Double) {
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        return (mean, values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count)
    }

    @Test("Uniform values fill ± their limit evenly", arguments: fans)
    func uniform(_ fans: (shape: Shape, fanIn: Double, fanOut: Double)) {
        for (initializer, limit) in [
            (Initializer.glorotUniform, (6 / (fans.fanIn + fans.fanOut)).squareRoot()),
            (.heUniform, (6 / fans.fanIn).squareRoot()), (.lecunUniform, (3 / fans.fanIn).squareRoot()),
        ] {
            let values = fill(initializer, fans.shape)
            let largest = Double(values.map(abs).max() ?? 0)
            #expect(largest <= limit * 1.000_001)
            #expect(largest > limit * 0.998)
            let (mean, variance) = variance(values)
            #expect(abs(mean) < 0.03 * limit)
            #expect(abs(variance / (limit * limit / 3) - 1) < 0.04)
        }
    }

    @Test("Normal values have their deviation and end at two of the uncut normal's", arguments: fans)
    func normal(_ fans: (shape: Shape, fanIn: Double, fanOut: Double)) {
        for (initializer, expected) in [
            (Initializer.glorotNormal, 2 / (fans.fanIn + fans.fanOut)), (.heNormal, 2 / fans.fanIn),
            (.lecunNormal, 1 / fans.fanIn),
        ] {
            let values = fill(initializer, fans.shape)
            let (mean, variance) = variance(values)
            let deviation = expected.squareRoot()
            #expect(abs(mean) < 0.04 * deviation)
            #expect(abs(variance / expected - 1) < 0.05)
            let end = 2 * deviation / 0.879_625_661
            #expect(values.allSatisfy { Double(abs($0)) <= end * 1.000_001 })
            // A cut normal, not a uniform: within one uncut deviation lie 0.6827 / 0.9545 of it.
            let near = Double(values.count { Double(abs($0)) < end / 2 }) / Double(values.count)
            #expect(abs(near - 0.7152) < 0.02)
        }
    }

    /// More were cut, and of too few the rest stayed as it was.
    @Test(arguments: [0, 5, 7])
    func valuesOfAnotherNumberAreRefused(count: Int) {
        let values = Array(repeating: Float(1), count: count)
        let error = #expect(throws: ModelError.self) {
            try Model(input: [2]) { Dense(3, kernelInitializer: .values(values)) }
        }
        #expect(
            error.map { "\($0)" }?.hasSuffix(
                "dense/kernel: a parameter of shape 2×3 takes 6 values, but its initializer has \(count)") == true)
        let graph = Graph()
        let parameter = graph.parameter([2, 3], .values(values), name: "w")
        #expect(throws: GraphError("w: a parameter of shape 2×3 takes 6 values, but its initializer has \(count)")) {
            try Program(results: [parameter])
        }
    }

    @Test func fixedValues() {
        #expect(fill(.zeros, [3]) == [0, 0, 0])
        #expect(fill(.ones, [2, 1]) == [1, 1])
        #expect(fill(.constant(0.25), .scalar) == [0.25])
        #expect(fill(.values([1, 2, 3, 4]), [2, 2]) == [1, 2, 3, 4])
    }

    @Test(
        "The same seed gives the same bits; another seed or parameter gives others",
        arguments: [
            Initializer.glorotUniform, .heNormal,
        ])
    func determinism(_ initializer: Initializer) {
        let values = fill(initializer, [7, 5], seed: 3, index: 2)
        #expect(values == fill(initializer, [7, 5], seed: 3, index: 2))
        #expect(values != fill(initializer, [7, 5], seed: 4, index: 2))
        #expect(values != fill(initializer, [7, 5], seed: 3, index: 1))
        #expect(Set(values).count > 30)
    }
}
