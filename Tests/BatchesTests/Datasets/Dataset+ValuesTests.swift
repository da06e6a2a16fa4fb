import Kernels
import Testing

@testable import Batches

/// Data from a program's own arrays, slices and buffers.
@Suite struct DatasetValuesTests {
    private func numbers(_ field: Field?) -> [Double] {
        var numbers: [Double] = []
        field?.tensor?.forEach { numbers.append($1) }
        return numbers
    }

    @Test func doublesStayDoubles() throws {
        let rows: [[Double]] = [[1_700_000_001, 0.5], [1_700_000_002, 0.1]]
        let data = try Dataset(inputs: rows, targets: [[1.5], [2]] as [[Double]])
        #expect(data.inputs.type == .float64 && data.targets?.type == .float64)
        #expect(numbers(data.inputs) == rows.flatMap { $0 })
        #expect(numbers(data.targets) == [1.5, 2])
        // A literal is one of floats.
        #expect(try Dataset(inputs: [[0.5, 1]]).inputs.type == .float32)
        #expect(try Dataset(inputs: [[0, 1]], targets: [[1]]).inputs.type == .float32)
    }

    @Test func slices() throws {
        let floats: [[Float]] = [[9], [1], [2], [9]]
        let data = try Dataset(inputs: floats[1..<3], labels: [7, 0, 1][1...])
        #expect(data.inputs.type == .float32 && numbers(data.inputs) == [1, 2])
        #expect(data.targets?.type == .int32 && numbers(data.targets) == [0, 1])
        let flat: [Double] = [1, 2, 3, 4]
        #expect(numbers(try Dataset(inputs: [flat[..<2], flat[2...]]).inputs) == flat)
        #expect(throws: DataError("inputs: row 1 has 1 numbers, but should have 2")) {
            try Dataset(inputs: [flat[..<2], flat[3...]])
        }
        #expect(
            throws: DataError(
                "inputs holds a number that is NaN or infinite, in row 0, element 1; remove or fill such rows before training"
            )
        ) {
            try Dataset(inputs: [[1, .nan]] as [[Double]])
        }
    }

    @Test func buffers() throws {
        let pixels = (0..<12).map { UInt8($0) }
        let targets: [Float] = [0.5, 1.5]
        let data = try pixels.withUnsafeBytes { bytes in
            try targets.withUnsafeBufferPointer {
                try Dataset(copying: bytes, of: UInt8.self, shape: [2, 3, 1], targets: $0)
            }
        }
        #expect(data.inputs.type == .uint8 && data.inputs.rowShape == [2, 3, 1] && data.count == 2)
        #expect(numbers(data.inputs) == pixels.map(Double.init) && numbers(data.targets) == [0.5, 1.5])
        #expect(throws: DataError("inputs: 12 bytes are no whole number of rows of 5, which take 5 bytes each")) {
            try pixels.withUnsafeBytes { try Dataset(copying: $0, of: UInt8.self, shape: [5], labels: [0, 1]) }
        }
        #expect(throws: DataError("inputs has 2 rows, but labels has 1; each row of inputs needs one of targets")) {
            try pixels.withUnsafeBytes { try Dataset(copying: $0, of: UInt8.self, shape: [6], labels: [0]) }
        }
    }
}
