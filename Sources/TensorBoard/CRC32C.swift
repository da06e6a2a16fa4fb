/// CRC-32C (Castagnoli), by which TensorBoard's records are checked: the polynomial 0x1EDC6F41, bits reversed, as in RFC 3720,
/// appendix B.4, which has the values that the tests compare.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in (sum >> 1) ^ (sum & 1 == 0 ? 0 : 0x82F6_3B78) }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes { sum = (sum >> 8) ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        return ~sum
    }

    /// As a record has it: rotated right by 15 bits, and 0xA282EAD8 added, so that the sum of what contains sums is as good as
    /// any other. Source: tensorflow/core/lib/hash/crc32c.h.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let sum = of(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
