import Testing

@testable import HDF5

struct ByteOrderTests {
    @Test(arguments: [1, 2, 3, 4, 8, 16], [false, true])
    func theShuffleIsUndone(elementSize: Int, swapped: Bool) {
        for count in [0, 1, 15, 16, 17, 100] {
            let rest = min(1, elementSize - 1)
            let bytes = (0..<count * elementSize + rest).map { UInt8(truncatingIfNeeded: $0 &* 31 / 3) }
            var result = [UInt8](repeating: 0, count: bytes.count)
            result.withUnsafeMutableBytes { target in
                guard let base = target.baseAddress else { return }
                ByteOrder.unshuffle(
                    bytes, into: base, byteCount: bytes.count, elementSize: elementSize, swapped: swapped)
            }
            var expected = bytes
            for element in 0..<count {
                for byte in 0..<elementSize {
                    let place = swapped ? elementSize - 1 - byte : byte
                    expected[element * elementSize + place] = bytes[byte * count + element]
                }
            }
            #expect(result == expected, "\(count) elements of \(elementSize) bytes")
        }
    }

    @Test func bytesAreSwappedAtAnyAddress() {
        for size in [1, 2, 4, 8] {
            var bytes = (0..<65).map { UInt8($0) }
            bytes.withUnsafeMutableBytes { ByteOrder.swap($0.baseAddress! + 1, byteCount: 64, elementSize: size) }
            let expected = (0..<64).map { UInt8(1 + $0 / size * size + size - 1 - $0 % size) }
            #expect(bytes == [0] + expected)
        }
    }
}
