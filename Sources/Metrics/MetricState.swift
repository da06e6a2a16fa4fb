/// The numbers of a saved ``MetricSet``, read one by one and checked.
public struct MetricState {
    /// The greatest count that a double holds exactly with all smaller ones.
    static let limit = 1 << 53

    static let mismatch = MetricError(
        description: "The saved state of the metrics does not fit them: it is damaged, or of other metrics or another "
            + "model; start the run anew.")

    private let numbers: [Double]
    private var position = 0

    init(_ numbers: [Double]) { self.numbers = numbers }

    var remaining: Int { numbers.count - position }

    /// The next number.
    public mutating func next() throws(MetricError) -> Double {
        guard position < numbers.count else { throw Self.mismatch }
        defer { position += 1 }
        return numbers[position]
    }

    /// A whole number from 0 to `most`.
    public mutating func count(upTo most: Int) throws(MetricError) -> Int {
        guard let count = Int(exactly: try next()), count >= 0, count <= most else { throw Self.mismatch }
        return count
    }

    /// A sum of magnitudes: not negative, but it may be NaN or infinite, since predictions may be.
    public mutating func sum() throws(MetricError) -> Double {
        let sum = try next()
        if sum < 0 { throw Self.mismatch }
        return sum
    }

    /// A number that single precision holds exactly, or NaN.
    public mutating func float() throws(MetricError) -> Float {
        let number = try next()
        guard number.isNaN || Double(Float(number)) == number else { throw Self.mismatch }
        return Float(number)
    }
}
