import Kernels
import Testing

@testable import Batches

@Suite struct StoredTensorTests {
    private func tensor<T: BitwiseCopyable>(_ type: StoredType, _ values: [T], rowShape: Shape) throws -> StoredTensor {
        try StoredTensor(type, rows: values.count / rowShape.count, rowShape: rowShape) { base in
            values.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        }
    }

    private func gather(_ tensor: StoredTensor, _ rows: [Int64], constants: RowConstants? = nil) -> [Float] {
        Array(unsafeUninitializedCapacity: rows.count * tensor.rowShape.count) { buffer, count in
            tensor.gather(
                into: buffer.baseAddress!, rows: rows, count: rows.count, offset: constants?.offset,
                scale: constants?.scale)
            count = buffer.count
        }
    }

    /// Four rows of three numbers, the type's own limits among them: some rows in some order, and all by `forEach`.
    private func check<T: BitwiseCopyable>(
        _ type: StoredType, _ values: [T], _ float: (T) -> Float, _ double: (T) -> Double
    ) throws {
        let tensor = try tensor(type, values, rowShape: [3, 1])
        #expect(tensor.rows == 4)
        #expect(tensor.rowBytes == 3 * MemoryLayout<T>.size)
        #expect(tensor.byteCount == 12 * MemoryLayout<T>.size)
        let rows: [Int64] = [3, 0, 3, 1, 2]
        #expect(gather(tensor, rows) == rows.flatMap { row in (0..<3).map { float(values[3 * Int(row) + $0]) } })
        var seen: [Double] = []
        tensor.forEach { index, value in
            #expect(index == seen.count)
            seen.append(value)
        }
        #expect(seen == values.map(double))
    }

    private func check<T: FixedWidthInteger & BitwiseCopyable>(_ type: StoredType, _: T.Type) throws {
        let values: [T] = [.min, .max, 0, 1, 2, 3, .max - 1, .min + 1, 100, 7, 77, .max / 2]
        try check(type, values, { Float($0) }, { Double($0) })
    }

    @Test(arguments: StoredType.allCases)
    func everyTypeGathersItsRows(type: StoredType) throws {
        let fractions = [-1e30, 1e30, 0, 1.5, -2.25, 1e-30, 3, 4, 5, 16_777_217, 0.1, -0.1]
        let halves: [Float16] = [
            -65504, 65504, 0, 1.5, -2.25, .leastNonzeroMagnitude, .leastNormalMagnitude, 4, 5, 2049, 0.1, -0.1,
        ]
        switch type {
        case .uint8: try check(type, UInt8.self)
        case .int8: try check(type, Int8.self)
        case .uint16: try check(type, UInt16.self)
        case .int16: try check(type, Int16.self)
        case .uint32: try check(type, UInt32.self)
        case .int32: try check(type, Int32.self)
        case .uint64: try check(type, UInt64.self)
        case .int64: try check(type, Int64.self)
        case .float16: try check(type, halves, { Float($0) }, { Double($0) })
        case .float32: try check(type, fractions.map { Float($0) }, { $0 }, { Double($0) })
        case .float64: try check(type, fractions, { Float($0) }, { $0 })
        }
    }

    @Test func theConstantsOfEachElementAreApplied() throws {
        let tensor = try tensor(.uint8, [10, 20, 30, 40] as [UInt8], rowShape: [2])
        let constants = try RowConstants(offset: [10, 30], scale: [0.5, 0.25], width: 2)
        #expect(gather(tensor, [1, 0], constants: constants) == [10, 2.5, 0, -2.5])
    }

    /// 2²⁴ + 1 is no float, but what is left after the offset is.
    @Test func wideTypesLoseNothingToALargeOffset() throws {
        let constants = try RowConstants(offset: [16_777_216], scale: [2], width: 1)
        let whole: [Int32] = [16_777_217, 16_777_219]
        #expect(gather(try tensor(.int32, whole, rowShape: [1]), [0, 1], constants: constants) == [2, 6])
        #expect(
            gather(try tensor(.uint64, whole.map(UInt64.init), rowShape: [1]), [0, 1], constants: constants) == [2, 6])
        #expect(
            gather(try tensor(.float64, whole.map { Double($0) + 0.25 }, rowShape: [1]), [0, 1], constants: constants)
                == [2.5, 6.5])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func theFirstNumberThatIsNotFiniteIsFound(bad: Double) throws {
        for place in [0, 7, 8, 501, 999] {
            var doubles = (0..<1000).map { Double($0) - 500 }
            doubles[place] = bad
            // A later one does not matter.
            doubles[999] = bad
            let (row, element) = place.quotientAndRemainder(dividingBy: 4)
            let wide = try #require(try tensor(.float64, doubles, rowShape: [2, 2]).firstNonFinite())
            #expect(wide == (row, element))
            let narrow = try #require(try tensor(.float32, doubles.map { Float($0) }, rowShape: [4]).firstNonFinite())
            #expect(narrow == (row, element))
            let half = try #require(try tensor(.float16, doubles.map { Float16($0) }, rowShape: [4]).firstNonFinite())
            #expect(half == (row, element))
        }
    }

    @Test func theLargestFiniteNumbersAreFinite() throws {
        let floats: [Float] = [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0]
        #expect(try tensor(.float32, floats, rowShape: [2]).firstNonFinite() == nil)
        let largest = Double(Float.greatestFiniteMagnitude)
        let doubles: [Double] = [largest, -largest, .leastNonzeroMagnitude, -0.0]
        #expect(try tensor(.float64, doubles, rowShape: [2]).firstNonFinite() == nil)
        // Doubles that no float holds would be infinite where they are gathered.
        for bad in [largest.nextUp, -1e300, .greatestFiniteMagnitude] {
            let place = try tensor(.float64, doubles + [1, bad], rowShape: [2]).firstNonFinite()
            #expect(place?.row == 2 && place?.element == 1)
        }
        // Bytes that would be a NaN in another type.
        #expect(try tensor(.uint32, [UInt32.max, .max], rowShape: [2]).firstNonFinite() == nil)
    }
}
