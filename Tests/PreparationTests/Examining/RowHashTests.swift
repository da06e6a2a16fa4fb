import Testing

@testable import Preparation

struct RowHashTests {
    private func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { RowHash.hash($0.baseAddress!, count: bytes.count) }
    }

    @Test func everyBitOfEveryLengthCounts() {
        for count in 1...40 {
            var bytes = (0..<count).map { UInt8($0) }
            var seen: Set<UInt64> = [hash(bytes)]
            for bit in 0..<count * 8 {
                bytes[bit / 8] ^= 1 << (bit % 8)
                seen.insert(hash(bytes))
                bytes[bit / 8] ^= 1 << (bit % 8)
            }
            #expect(seen.count == count * 8 + 1, "\(count) bytes")
        }
    }

    @Test func zerosOfDifferentLengthsDiffer() {
        #expect(Set((1...64).map { hash(Array(repeating: 0, count: $0)) }).count == 64)
    }

    @Test func manyRowsDoNotCollide() {
        let hashes = (0..<200_000).map { row in
            hash((0..<12).map { $0 < 4 ? UInt8(truncatingIfNeeded: row >> (8 * $0)) : 0 })
        }
        #expect(Set(hashes).count == hashes.count)
    }
}
