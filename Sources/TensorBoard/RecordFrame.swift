/// How an event file is cut into records: for each its length, the length's masked CRC-32C, the bytes, their masked CRC-32C.
///
/// ```
/// UInt64 length, UInt32 sum of the length's 8 bytes, UInt8 data[length], UInt32 sum of data
/// ```
/// All numbers are little-endian. Source: tensorflow/core/lib/io/record_writer.h.
enum RecordFrame {
    /// The bytes around a record's own.
    private static let (before, after) = (12, 4)

    static func around(_ record: [UInt8]) -> [UInt8] {
        let length = bytes(of: UInt64(record.count))
        return length + bytes(of: CRC32C.masked(length)) + record + bytes(of: CRC32C.masked(record))
    }

    /// The record that begins at an offset.
    /// - Returns: its bytes, and where the next one begins; nil at the end, and where no whole record stands.
    static func record(in file: [UInt8], at offset: Int) -> (bytes: ArraySlice<UInt8>, next: Int)? {
        guard offset >= 0, file.count - offset >= before + after else { return nil }
        let length = file[offset..<offset + 8]
        let count = number(length)
        guard CRC32C.masked(length) == UInt32(truncatingIfNeeded: number(file[offset + 8..<offset + 12])),
            count <= UInt64(file.count - offset - before - after)
        else { return nil }
        let begin = offset + before
        let end = begin + Int(count)
        guard CRC32C.masked(file[begin..<end]) == UInt32(truncatingIfNeeded: number(file[end..<end + 4])) else {
            return nil
        }
        return (file[begin..<end], end + after)
    }

    private static func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
