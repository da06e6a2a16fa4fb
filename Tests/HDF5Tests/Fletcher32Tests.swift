import Testing

@testable import HDF5

struct Fletcher32Tests {
    /// The definition, word by word, with a remainder after each step.
    private func slow(_ bytes: [UInt8]) -> UInt32 {
        var (sum, sums): (UInt64, UInt64) = (0, 0)
        for index in stride(from: 0, to: bytes.count, by: 2) {
            let low = index + 1 < bytes.count ? UInt64(bytes[index + 1]) : 0
            sum += UInt64(bytes[index]) << 8 + low
            sums += half(sum)
        }
        func half(_ value: UInt64) -> UInt64 { value == 0 ? 0 : (value - 1) % 65535 + 1 }
        return UInt32(half(sums) << 16 | half(sum))
    }

    @Test func aValueByHand() {
        // 0x6162 + 0x6300, and 0x6162 + that.
        #expect(Fletcher32.checksum(Array("abc".utf8), 3) == 0x25c5_c462)
    }

    @Test(arguments: [0, 1, 2, 3, 719, 720, 721, 65535, 65536, 65538, 200_001])
    func anyLength(count: Int) {
        var state: UInt32 = 1
        let bytes = (0..<count).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        #expect(Fletcher32.checksum(bytes, count) == slow(bytes))
        let full = [UInt8](repeating: 0xff, count: count)
        #expect(Fletcher32.checksum(full, count) == slow(full))
        #expect(Fletcher32.checksum([UInt8](repeating: 0, count: count), count) == 0)
    }

    @Test func bothFormsThatFilesHave() {
        let sum = Fletcher32.checksum(Array("abc".utf8), 3)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
        #expect(Fletcher32.isIntact(Array("abc".utf8) + bytes, 7))
        #expect(Fletcher32.isIntact(Array("abc".utf8) + [bytes[1], bytes[0], bytes[3], bytes[2]], 7))
        #expect(!Fletcher32.isIntact(Array("abd".utf8) + bytes, 7))
        #expect(!Fletcher32.isIntact([1, 2, 3], 3))
    }
}
