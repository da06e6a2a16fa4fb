/// How the values of a tensor are spread: 30 buckets of equal width from the least value to the greatest, as
/// `tf.summary.histogram` makes them. Values that are not finite are left out.
package struct TensorHistogram: Sendable, Equatable {
    package static let buckets = 30

    package private(set) var least: Double
    package private(set) var greatest: Double
    package private(set) var sum = 0.0
    package private(set) var squares = 0.0
    /// The number of values in each bucket.
    package private(set) var counts: [Int]

    /// - Returns: nil where no value is finite.
    package init?(_ values: UnsafeBufferPointer<Float>) {
        (least, greatest) = (.infinity, -.infinity)
        for value in values where value.isFinite {
            let value = Double(value)
            least = min(least, value)
            greatest = max(greatest, value)
            sum += value
            squares += value * value
        }
        guard least <= greatest else { return nil }
        let isConstant = least == greatest
        counts = Array(repeating: 0, count: isConstant ? 1 : Self.buckets)
        let scale = isConstant ? 0 : Double(Self.buckets) / (greatest - least)
        for value in values where value.isFinite {
            counts[min(Int((Double(value) - least) * scale), counts.count - 1)] += 1
        }
    }

    var message: Histogram {
        var message = Histogram()
        (message.min, message.max, message.sum, message.sumSquares) = (least, greatest, sum, squares)
        message.num = Double(counts.reduce(0, +))
        message.bucket = counts.map(Double.init)
        message.bucketLimit = counts.indices.map { index in
            // The last one to the bit.
            index + 1 == counts.count
                ? greatest : least + (greatest - least) * Double(index + 1) / Double(counts.count)
        }
        return message
    }
}
