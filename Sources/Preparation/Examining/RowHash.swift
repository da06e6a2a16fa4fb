/// A hash of 64 bits over the bytes of a row, the same in every run.
///
/// Two words at a time are mixed by the two halves of a product of 128 bits, as wyhash does (Wang Yi, public domain).
enum RowHash {
    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    static func hash(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
        let (first, second, third): (UInt64, UInt64, UInt64) = (
            0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3
        )
        var state = first ^ UInt64(truncatingIfNeeded: count)
        var offset = 0
        while offset + 16 <= count {
            let a = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let b = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            state = mix(a ^ second ^ state, b ^ third ^ state.byteSwapped)
            offset += 16
        }
        var (a, b): (UInt64, UInt64) = (0, 0)
        for index in offset..<count {
            let byte = UInt64(bytes.load(fromByteOffset: index, as: UInt8.self))
            let place = index - offset
            if place < 8 { a |= byte << (8 * place) } else { b |= byte << (8 * (place - 8)) }
        }
        state = mix(a ^ second ^ state, b ^ third ^ state.byteSwapped)
        return mix(state ^ first, UInt64(truncatingIfNeeded: count) ^ second)
    }
}
