internal import HDF5
internal import Kernels

/// Sums over the values of a dataset, kept apart for each place in a row, or for as many as are worth it.
///
/// The values are summed as differences from the first row's, in double precision, so that the deviation of large
/// numbers that differ little comes out right.
struct ValueStatistics: Sendable {
    /// A feature, or all values together.
    struct Summary: Sendable, Hashable {
        /// Values that are neither NaN nor infinite.
        var count = 0
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var mean = 0.0
        /// The sum of the squared differences from the mean.
        var squares = 0.0

        var deviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : .nan }

        /// As if the values of both had been seen together (Chan, Golub and LeVeque 1979).
        mutating func merge(_ other: Summary) {
            guard other.count > 0 else { return }
            guard count > 0 else {
                self = other
                return
            }
            let total = Double(count + other.count)
            let difference = other.mean - mean
            mean += difference * Double(other.count) / total
            squares += other.squares + difference * difference * Double(count) * Double(other.count) / total
            count += other.count
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
        }
    }

    /// Values that are no numbers.
    struct Irregular: Sendable, Hashable {
        var count = 0
        var firstRow: Int?

        mutating func note(_ row: Int) {
            count += 1
            firstRow = min(firstRow ?? row, row)
        }

        mutating func merge(_ other: Irregular) {
            count += other.count
            if let row = other.firstRow { firstRow = min(firstRow ?? row, row) }
        }
    }

    /// Places that are kept apart: value `i` of a row belongs to place `i % places`.
    let places: Int
    private(set) var nan = Irregular()
    private(set) var infinite = Irregular()
    /// Whether every value is one of single precision.
    private(set) var fitsSingle = true

    private let width: Int
    /// Several rows stand side by side where a row has few places, which keeps the loops long.
    private let lanes: Int
    private var shift: [Double]
    private var sums: [Double]
    private var squares: [Double]
    private var minima: [Double]
    private var maxima: [Double]
    private var counts: [Int]
    private var hasShift = false

    /// The most places that are kept apart one by one.
    static let mostPlaces = 65_536
    static let mostFeatures = 40

    /// - Parameter rowShape: decides what is kept apart: all places of a row where they are not too many, otherwise
    ///   those of the last axis, otherwise nothing.
    init(rowShape: Shape) {
        width = max(rowShape.count, 1)
        places = width <= Self.mostPlaces ? width : rowShape.last <= Self.mostFeatures ? max(rowShape.last, 1) : 1
        lanes = places * max(1, 256 / places)
        shift = Array(repeating: 0, count: lanes)
        sums = shift
        squares = shift
        minima = Array(repeating: .infinity, count: lanes)
        maxima = Array(repeating: -.infinity, count: lanes)
        counts = Array(repeating: 0, count: lanes)
    }

    /// Takes whole rows.
    mutating func add(_ rows: Range<Int>, _ memory: UnsafeRawPointer, _ type: HDF5MemoryType) {
        let count = rows.count * width
        switch type {
        case .uint8: addIntegers(memory.assumingMemoryBound(to: UInt8.self), count)
        case .int8: addIntegers(memory.assumingMemoryBound(to: Int8.self), count)
        case .uint16: addIntegers(memory.assumingMemoryBound(to: UInt16.self), count)
        case .int16: addIntegers(memory.assumingMemoryBound(to: Int16.self), count)
        case .uint32: addIntegers(memory.assumingMemoryBound(to: UInt32.self), count)
        case .int32: addIntegers(memory.assumingMemoryBound(to: Int32.self), count)
        case .uint64: addIntegers(memory.assumingMemoryBound(to: UInt64.self), count)
        case .int64: addIntegers(memory.assumingMemoryBound(to: Int64.self), count)
        case .float16:
            addChecked(memory.assumingMemoryBound(to: Float16.self), count, from: rows.lowerBound) { Double($0) }
        case .float32:
            let values = memory.assumingMemoryBound(to: Float.self)
            if VectorLoops.firstNonFinite(values, count: count) != nil {
                addChecked(values, count, from: rows.lowerBound) { Double($0) }
            } else {
                addFinite(values, count) { Double($0) }
            }
        case .float64:
            let values = memory.assumingMemoryBound(to: Double.self)
            if fitsSingle {
                for index in 0..<count where Double(Float(values[index])) != values[index] && values[index].isFinite {
                    fitsSingle = false
                    break
                }
            }
            if VectorLoops.firstNonFinite(values, count: count) != nil {
                addChecked(values, count, from: rows.lowerBound) { $0 }
            } else {
                addFinite(values, count) { $0 }
            }
        }
    }

    @inline(__always)
    private mutating func addIntegers<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ count: Int) {
        addFinite(values, count) { Double($0) }
    }

    @inline(__always)
    private mutating func addFinite<T>(
        _ values: UnsafePointer<T>, _ count: Int, _ convert: (T) -> Double
    ) {
        setShift(values, count, convert)
        let (lanes, whole) = (lanes, count / lanes)
        shift.withUnsafeBufferPointer { shift in
            sums.withUnsafeMutableBufferPointer { sums in
                squares.withUnsafeMutableBufferPointer { squares in
                    minima.withUnsafeMutableBufferPointer { minima in
                        maxima.withUnsafeMutableBufferPointer { maxima in
                            var start = 0
                            while start < count {
                                let row = values + start
                                for lane in 0..<min(lanes, count - start) {
                                    let value = convert(row[lane])
                                    let difference = value - shift[lane]
                                    sums[lane] += difference
                                    squares[lane] += difference * difference
                                    minima[lane] = value < minima[lane] ? value : minima[lane]
                                    maxima[lane] = value > maxima[lane] ? value : maxima[lane]
                                }
                                start += lanes
                            }
                        }
                    }
                }
            }
        }
        for lane in 0..<lanes { counts[lane] += whole + (lane < count - whole * lanes ? 1 : 0) }
    }

    /// With a test of each value.
    private mutating func addChecked<T: BinaryFloatingPoint>(
        _ values: UnsafePointer<T>, _ count: Int, from firstRow: Int, _ convert: (T) -> Double
    ) {
        setShift(values, count, convert)
        var lane = 0
        for index in 0..<count {
            let value = convert(values[index])
            if value.isFinite {
                let difference = value - shift[lane]
                sums[lane] += difference
                squares[lane] += difference * difference
                minima[lane] = min(minima[lane], value)
                maxima[lane] = max(maxima[lane], value)
                counts[lane] += 1
            } else if value.isNaN {
                nan.note(firstRow + index / width)
            } else {
                infinite.note(firstRow + index / width)
            }
            lane = lane + 1 == lanes ? 0 : lane + 1
        }
    }

    private mutating func setShift<T>(_ values: UnsafePointer<T>, _ count: Int, _ convert: (T) -> Double) {
        guard !hasShift, count >= places else { return }
        hasShift = true
        for lane in 0..<lanes {
            let value = convert(values[lane % places])
            shift[lane] = value.isFinite ? value : 0
        }
    }

    /// The figures of each place; those of another worker can be merged place by place.
    func perPlace() -> [Summary] {
        var result = Array(repeating: Summary(), count: places)
        for lane in 0..<lanes where counts[lane] > 0 {
            let count = Double(counts[lane])
            result[lane % places].merge(
                Summary(
                    count: counts[lane], minimum: minima[lane], maximum: maxima[lane],
                    mean: shift[lane] + sums[lane] / count,
                    squares: max(0, squares[lane] - sums[lane] * sums[lane] / count)))
        }
        return result
    }
}
