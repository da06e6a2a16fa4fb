/// The saved state of metrics as numbers, which are read in order and checked.
///
/// Its functions throw ``MetricError`` where no number is left, or where the next one is not of the kind asked for.
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

    /// The next number, whatever it is.
    public mutating func next() throws(MetricError) -> Double {
        guard position < numbers.count else { throw Self.mismatch }
        defer { position += 1 }
        return numbers[position]
    }

    /// The next number, which must be a whole number from 0 to `most`.
    public mutating func count(upTo most: Int) throws(MetricError) -> Int {
        guard let count = Int(exactly: try next()), count >= 0, count <= most else { throw Self.mismatch }
        return count
    }

    /// The next number, which must not be negative, as a sum of magnitudes. It may be NaN or infinite.
    public mutating func sum() throws(MetricError) -> Double {
        let sum = try next()
        if sum < 0 { throw Self.mismatch }
        return sum
    }

    /// The next number, which must be one that a `Float` holds exactly, or NaN.
    public mutating func float() throws(MetricError) -> Float {
        let number = try next()
        guard number.isNaN || Double(Float(number)) == number else { throw Self.mismatch }
        return Float(number)
    }
}
