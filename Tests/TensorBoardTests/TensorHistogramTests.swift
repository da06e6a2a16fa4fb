import TestSupport
import Testing

@testable import TensorBoard

struct TensorHistogramTests {
    private func histogram(_ values: [Float]) -> TensorHistogram? {
        values.withUnsafeBufferPointer { TensorHistogram($0) }
    }

    /// Each value is looked for among the buckets as TensorBoard reads them.
    @Test(arguments: 1...5)
    func eachValueIsInItsBucket(seed: Int) throws {
        var random = SeededRandom(seed)
        let values = random.floats(1000, in: -3...Float(seed))
        let message = try #require(histogram(values)).message
        #expect(message.min == values.map(Double.init).min())
        #expect(message.max == values.map(Double.init).max())
        #expect(message.num == 1000)
        #expect(abs(message.sum - values.reduce(0) { $0 + Double($1) }) < 1e-9)
        #expect(abs(message.sumSquares - values.reduce(0) { $0 + Double($1) * Double($1) }) < 1e-8)
        #expect(message.bucketLimit.count == 30 && message.bucketLimit.last == message.max)
        var lower = message.min
        for (limit, count) in zip(message.bucketLimit, message.bucket) {
            let isLast = limit == message.max
            let inside = values.count { Double($0) >= lower && (isLast ? Double($0) <= limit : Double($0) < limit) }
            // A value at a border may be rounded to its other side.
            let borders = values.count { abs(Double($0) - lower) < 1e-12 || abs(Double($0) - limit) < 1e-12 }
            #expect(abs(Int(count) - inside) <= borders)
            lower = limit
        }
    }

    @Test func valuesThatAreNotFiniteAreLeftOut() throws {
        let message = try #require(histogram([.nan, 1, .infinity, 3, -.infinity])).message
        #expect((message.min, message.max, message.num) == (1, 3, 2))
        #expect(message.bucket.first == 1 && message.bucket.last == 1)
        #expect(histogram([.nan, .infinity]) == nil)
        #expect(histogram([]) == nil)
    }

    @Test func aConstantIsOneBucket() throws {
        let message = try #require(histogram([0, 0, 0, 0])).message
        #expect(message.bucket == [4])
        #expect(message.bucketLimit == [0])
    }

    @Test func theLargestFloatsFit() throws {
        let great = Float.greatestFiniteMagnitude
        let message = try #require(histogram([-great, great, 0])).message
        #expect(message.bucket.reduce(0, +) == 3)
        #expect(message.sumSquares.isFinite)
    }
}
