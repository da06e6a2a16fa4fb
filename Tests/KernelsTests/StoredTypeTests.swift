import Kernels
import TestSupport
import Testing

struct StoredTypeTests {
    private let rows: [Int64] = [2, 0, 2, 1]
    private let width = 5

    /// Three rows of a type's smallest, largest and middle values, gathered with and without constants and compared
    /// with arithmetic in double precision: exact without constants, within 1e-6 with them.
    private func check<T: BinaryInteger & FixedWidthInteger>(_ type: StoredType, _: T.Type) throws {
        let values = (0..<15).map { index -> T in
            switch index {
            case 0: T.max
            case 4: T.min
            case 9: T.max / 2
            default: T(truncatingIfNeeded: index * 3)
            }
        }
        try check(type, values, values.map { Double($0) })
        #expect(type.byteCount == MemoryLayout<T>.size)
        #expect(!type.isFloatingPoint)
    }

    private func check<T>(_ type: StoredType, _ values: [T], _ exact: [Double]) throws {
        let expected = rows.flatMap { exact[(Int($0) * width)..<(Int($0) + 1) * width] }
        let result = try GuardedBuffer(count: expected.count)
        values.withUnsafeBytes {
            type.gather(
                into: result.floats, from: $0.baseAddress!, rows: rows, count: rows.count, width: width, offset: nil,
                scale: nil)
        }
        #expect(result.values == expected.map { Float($0) })

        // Offsets and scales that suit the size of the values, one of them far off.
        let size = max(1, exact.reduce(0) { max($0, abs($1)) })
        let offset: [Float] = [0, 1, 2.5, -3, Float(size / 2)]
        let scale: [Float] = [1, 0.5, 2, -1, Float(1 / size)]
        result.poison()
        values.withUnsafeBytes {
            type.gather(
                into: result.floats, from: $0.baseAddress!, rows: rows, count: rows.count, width: width,
                offset: offset, scale: scale)
        }
        for (index, value) in expected.enumerated() {
            let column = index % width
            let exact = (value - Double(offset[column])) * Double(scale[column])
            #expect(abs(Double(result.values[index]) - exact) <= 1e-6 * max(abs(exact), 1e-3))
        }
        #expect(result.isIntact)
    }

    @Test func integers() throws {
        try check(.uint8, UInt8.self)
        try check(.int8, Int8.self)
        try check(.uint16, UInt16.self)
        try check(.int16, Int16.self)
        try check(.uint32, UInt32.self)
        try check(.int32, Int32.self)
        try check(.uint64, UInt64.self)
        try check(.int64, Int64.self)
    }

    @Test func floats() throws {
        let values = (0..<15).map { Double($0) * 1.25 - 7 }
        try check(.float16, values.map { Float16($0) }, values)
        try check(.float32, values.map { Float($0) }, values)
        try check(.float64, values, values)
        #expect([StoredType.float16, .float32, .float64].allSatisfy { $0.isFloatingPoint })
        #expect(StoredType.float32.byteCount == 4 && StoredType.float64.byteCount == 8)
    }

    /// Every pattern of bits, also where the CPU takes the smallest floats for zero, as it does in training.
    @Test(arguments: [false, true])
    func everyHalf(flushing: Bool) throws {
        let values = (0...UInt16.max).map { Float16(bitPattern: $0) }
        let result = try GuardedBuffer(count: values.count)
        func gather() {
            values.withUnsafeBytes {
                StoredType.float16.gather(
                    into: result.floats, from: $0.baseAddress!, rows: [0], count: 1, width: values.count,
                    offset: nil, scale: nil)
            }
        }
        flushing ? KernelContext.withPreparedThread(gather) : gather()
        for (value, float) in zip(values, result.values) {
            #expect(float == Float(value) || float.isNaN && value.isNaN)
            #expect(float.sign == value.sign)
        }
        #expect(result.isIntact)
    }

    @Test("A large offset is taken off before digits are lost")
    func largeOffsets() throws {
        let values: [Int64] = [1_000_000_001, 1_000_000_002]
        let result = try GuardedBuffer(count: 2)
        values.withUnsafeBytes {
            StoredType.int64.gather(
                into: result.floats, from: $0.baseAddress!, rows: [0, 1], count: 2, width: 1, offset: [1_000_000_000],
                scale: [1])
        }
        #expect(result.values == [1, 2])
    }

    // MARK: - Integers

    private func gatherIntegers<T>(_ type: StoredType, _ values: [T], width: Int = 1) -> [Int32] {
        let rows = (0..<values.count / width).reversed().map { Int64($0) }
        var result = Array(repeating: Int32(7), count: values.count)
        values.withUnsafeBytes {
            type.gather(into: &result, from: $0.baseAddress!, rows: rows, count: rows.count, width: width)
        }
        return stride(from: values.count - width, through: 0, by: -width).flatMap { result[$0..<$0 + width] }
    }

    /// Long rows and short ones, so that full vectors and rests are seen.
    private func checkIntegers<T: FixedWidthInteger>(_ type: StoredType, _: T.Type) {
        for width in [1, 3, 37] {
            let values = (0..<width * 5).map { index -> T in
                switch index % 6 {
                case 0: T.max
                case 3: T.min
                case 4: T(truncatingIfNeeded: 20_000_001 + index)
                default: T(truncatingIfNeeded: index * 3)
                }
            }
            #expect(gatherIntegers(type, values, width: width) == values.map { Int32(exactly: $0) ?? .min }, "\(type)")
        }
    }

    @Test("Labels and tokens arrive as they are; what 32 bits do not hold is none of them")
    func labels() {
        checkIntegers(.uint8, UInt8.self)
        checkIntegers(.int8, Int8.self)
        checkIntegers(.uint16, UInt16.self)
        checkIntegers(.int16, Int16.self)
        checkIntegers(.uint32, UInt32.self)
        checkIntegers(.int32, Int32.self)
        checkIntegers(.uint64, UInt64.self)
        checkIntegers(.int64, Int64.self)
    }

    @Test("Labels that are stored as floats", arguments: [1, 5])
    func labelsAsFloats(width: Int) {
        let doubles = [
            0, -1, 20_000_001, 2_147_483_647, -2_147_483_648, 2_147_483_648, -2_147_483_649, 0.5, -0.0, 1e300, .nan,
            .infinity, -.infinity, 255, 3,
        ]
        #expect(gatherIntegers(.float64, doubles, width: width) == doubles.map { Int32(exactly: $0) ?? .min })
        let floats = doubles.map { Float($0) }
        #expect(gatherIntegers(.float32, floats, width: width) == floats.map { Int32(exactly: $0) ?? .min })
        let halves = doubles.map { Float16($0) }
        #expect(gatherIntegers(.float16, halves, width: width) == halves.map { Int32(exactly: $0) ?? .min })
    }
}
