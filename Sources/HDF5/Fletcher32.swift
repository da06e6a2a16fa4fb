/// HDF5's form of Fletcher's checksum ("An arithmetic checksum for serial transmissions", 1982): the bytes are taken
/// as big-endian words of 16 bits, an odd last one as a word's high half; the sum of the words and the sum of its
/// intermediate values, each modulo 65535, are the low and the high half.
///
/// A sum that is a multiple of 65535, but not zero, is kept as 65535.
enum Fletcher32 {
    static func checksum(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
        var (sum, sumOfSums): (UInt64, UInt64) = (0, 0)
        var position = 0
        let wholeWords = count & ~1
        while position < wholeWords {
            // After 32768 words the second sum is below 2³¹·2¹⁶.
            let end = min(wholeWords, position + 65536)
            while position < end {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self)
                sum &+= UInt64(UInt16(bigEndian: word))
                sumOfSums &+= sum
                position &+= 2
            }
            (sum, sumOfSums) = (fold(sum), fold(sumOfSums))
        }
        if wholeWords < count {
            sum += UInt64(bytes.load(fromByteOffset: wholeWords, as: UInt8.self)) << 8
            sumOfSums += sum
        }
        return UInt32(fold(sumOfSums)) << 16 | UInt32(fold(sum))
    }

    /// Whether the last four bytes are the checksum of those before. Releases up to 1.6.2 stored it with the bytes
    /// of each half exchanged; the library accepts that too.
    static func isIntact(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
        guard count >= 4 else { return false }
        let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        let computed = checksum(bytes, count - 4)
        let exchanged = (computed & 0x00ff_00ff) << 8 | (computed & 0xff00_ff00) >> 8
        return stored == computed || stored == exchanged
    }

    /// Modulo 65535, where only zero becomes zero.
    private static func fold(_ sum: UInt64) -> UInt64 {
        var sum = sum
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return sum
    }
}
