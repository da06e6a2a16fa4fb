internal import CVector

/// The loops over the long vectors of training: reducing, stepping, gathering.
package enum VectorLoops {
    /// The number of elements that are reduced and stepped together.
    package static let block = Int(STORMO_BLOCK)

    /// The C twin of the argument list of a sum: one pointer for each item.
    package typealias ItemList = UnsafePointer<UnsafePointer<Float>?>

    /// dst[i] = Σₖ items[k][begin + i], added in the order of a program: the number of an item, or -1 for the sum of the last
    /// two (postfix form). At most 16 wait to be added at a time, which a balanced tree over 4,096 items does not need.
    /// dst may be items[0] + begin.
    @inline(__always)
    package static func fold(
        into dst: UnsafeMutablePointer<Float>, _ items: ItemList, _ program: UnsafeBufferPointer<Int32>,
        from begin: Int, count: Int
    ) {
        stormo_fold_block(dst, items, program.baseAddress, program.count, begin, count)
    }

    /// The same sum.
    /// - Returns: Σ dst², not finite where an element is not.
    @inline(__always)
    package static func reduce(
        into dst: UnsafeMutablePointer<Float>, _ items: ItemList, _ program: UnsafeBufferPointer<Int32>,
        from begin: Int, count: Int
    ) -> Double {
        stormo_reduce_block(dst, items, program.baseAddress, program.count, begin, count)
    }

    /// Σ a², as `reduce` adds it up.
    @inline(__always)
    package static func sumOfSquares(_ a: UnsafePointer<Float>, count: Int) -> Double {
        stormo_sum_of_squares(a, count)
    }

    /// dst = min(max(a, -limit), limit). dst may be a.
    @inline(__always)
    package static func clip(
        into dst: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, limit: Float, count: Int
    ) {
        stormo_clip(dst, a, limit, count)
    }

    @inline(__always)
    package static func sgd(
        _ p: UnsafeMutablePointer<Float>, velocity: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        count: Int, scale: Float, rate: Float, momentum: Float, shrink: Float, nesterov: Bool
    ) {
        stormo_sgd(p, velocity, gradient, count, scale, rate, momentum, shrink, nesterov ? 1 : 0)
    }

    @inline(__always)
    package static func adam(
        _ p: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>,
        gradient: UnsafePointer<Float>, count: Int, scale: Float, rest1: Float, rest2: Float, step: Float,
        epsilon: Float, shrink: Float
    ) {
        stormo_adam(p, mean, variance, gradient, count, scale, rest1, rest2, step, epsilon, shrink)
    }

    /// dst += a.
    @inline(__always)
    package static func accumulate(_ dst: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, count: Int) {
        stormo_accumulate(dst, a, count)
    }

    /// dst = a + b.
    @inline(__always)
    package static func add(
        _ dst: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int
    ) {
        stormo_add(dst, a, b, count)
    }

    /// The index of the first element that is NaN or infinite.
    package static func firstNonFinite(_ a: UnsafePointer<Float>, count: Int) -> Int? {
        stormo_all_finite(a, count) != 0 ? nil : (0..<count).first { !a[$0].isFinite }
    }

    package static func firstNonFinite(_ a: UnsafePointer<Double>, count: Int) -> Int? {
        stormo_all_finite_f64(a, count) != 0 ? nil : (0..<count).first { !a[$0].isFinite }
    }

    /// The index of the first element that is NaN, infinite, or larger than any float.
    package static func firstThatIsNoFloat(_ a: UnsafePointer<Double>, count: Int) -> Int? {
        let limit = Double(Float.greatestFiniteMagnitude)
        return stormo_all_floats_f64(a, count) != 0 ? nil : (0..<count).first { !(abs(a[$0]) <= limit) }
    }

    /// Tells the CPU that the caller spins.
    @inline(__always)
    package static func pause() { stormo_pause() }

    package static func argmax(_ a: UnsafePointer<Float>, count: Int) -> Int { stormo_argmax(a, count) }

    /// x = factor·x + (1 - factor)·a, where each of the rows of `x` is blended with the same row `a`.
    package static func blend(
        _ x: UnsafeMutablePointer<Float>, with a: UnsafePointer<Float>, factor: Float, width: Int, rows: Int = 1
    ) {
        stormo_blend(x, a, factor, width, rows)
    }

    /// dst is src turned by an angle about its centre, with bilinear interpolation.
    /// - Parameters:
    ///   - dst: an image of (height, width, channels).
    ///   - src: the same with a margin of one colour, one pixel before and two after the image in both directions:
    ///     (height + 3, width + 3, channels), and one float more.
    package static func rotate(
        _ dst: UnsafeMutablePointer<Float>, from src: UnsafePointer<Float>, height: Int, width: Int, channels: Int,
        cosine: Float, sine: Float
    ) {
        stormo_rotate(dst, src, height, width, channels, cosine, sine)
    }

    /// x += deviation·z with normal z, which are a function of the place in `x` and of all that identifies them:
    /// the noise of a sample does not depend on where it is computed.
    /// - Parameter transform: as `Philox.init(seed:step:sample:transform:)` has it; the two share their numbers.
    package static func addNoise(
        _ x: UnsafeMutablePointer<Float>, count: Int, deviation: Float, seed: UInt64, step: Int, sample: Int,
        transform: Int
    ) {
        let (_, sample, step, purpose) = Philox.counter(step: step, sample: sample, transform: transform)
        Philox.withKey(seed) { stormo_add_noise(x, count, deviation, sample, step, purpose, $0) }
    }
}

/// The types in which numbers rest in memory until a worker gathers them.
package enum StoredType: String, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    package var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    package var isFloatingPoint: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// dst[i][j] = (src[rows[i]][j] - offset[j])·scale[j], or a plain conversion without constants.
    /// - Parameter exactOffset: the offset for types that hold more digits than a float: integers of 32 and 64 bits,
    ///   and float64.
    package func gather(
        into dst: UnsafeMutablePointer<Float>, from src: UnsafeRawPointer, rows: UnsafePointer<Int64>, count: Int,
        width: Int, offset: UnsafePointer<Float>?, scale: UnsafePointer<Float>?,
        exactOffset: UnsafePointer<Double>? = nil
    ) {
        @inline(__always)
        func typed<T>(_: T.Type) -> UnsafePointer<T> { src.assumingMemoryBound(to: T.self) }
        switch self {
        case .uint8: stormo_gather_u8(dst, typed(UInt8.self), rows, count, width, offset, scale)
        case .int8: stormo_gather_i8(dst, typed(Int8.self), rows, count, width, offset, scale)
        case .uint16: stormo_gather_u16(dst, typed(UInt16.self), rows, count, width, offset, scale)
        case .int16: stormo_gather_i16(dst, typed(Int16.self), rows, count, width, offset, scale)
        case .uint32: stormo_gather_u32(dst, typed(UInt32.self), rows, count, width, offset, scale, exactOffset)
        case .int32: stormo_gather_i32(dst, typed(Int32.self), rows, count, width, offset, scale, exactOffset)
        case .uint64: stormo_gather_u64(dst, typed(UInt64.self), rows, count, width, offset, scale, exactOffset)
        case .int64: stormo_gather_i64(dst, typed(Int64.self), rows, count, width, offset, scale, exactOffset)
        case .float16: stormo_gather_f16(dst, typed(Float16.self), rows, count, width, offset, scale)
        case .float32: stormo_gather_f32(dst, typed(Float.self), rows, count, width, offset, scale)
        case .float64: stormo_gather_f64(dst, typed(Double.self), rows, count, width, offset, scale, exactOffset)
        }
    }

    /// dst[i][j] = src[rows[i]][j] for whole numbers of 32 bits; what is none of them becomes `Int32.min`.
    package func gather(
        into dst: UnsafeMutablePointer<Int32>, from src: UnsafeRawPointer, rows: UnsafePointer<Int64>, count: Int,
        width: Int
    ) {
        @inline(__always)
        func typed<T>(_: T.Type) -> UnsafePointer<T> { src.assumingMemoryBound(to: T.self) }
        switch self {
        case .uint8: stormo_gather_int_u8(dst, typed(UInt8.self), rows, count, width)
        case .int8: stormo_gather_int_i8(dst, typed(Int8.self), rows, count, width)
        case .uint16: stormo_gather_int_u16(dst, typed(UInt16.self), rows, count, width)
        case .int16: stormo_gather_int_i16(dst, typed(Int16.self), rows, count, width)
        case .uint32: stormo_gather_int_u32(dst, typed(UInt32.self), rows, count, width)
        case .int32: stormo_gather_int_i32(dst, typed(Int32.self), rows, count, width)
        case .uint64: stormo_gather_int_u64(dst, typed(UInt64.self), rows, count, width)
        case .int64: stormo_gather_int_i64(dst, typed(Int64.self), rows, count, width)
        case .float16: stormo_gather_int_f16(dst, typed(Float16.self), rows, count, width)
        case .float32: stormo_gather_int_f32(dst, typed(Float.self), rows, count, width)
        case .float64: stormo_gather_int_f64(dst, typed(Double.self), rows, count, width)
        }
    }
}
