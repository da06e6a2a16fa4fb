import Batches

/// How the characters of a table or a text are written as bytes.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// ISO 8859-1, with the characters that Windows has from 0x80 to 0x9F (the WHATWG's windows-1252).
    case latin1 = "latin-1"
    /// In the order of bytes that its mark tells; little-endian without one.
    case utf16 = "utf-16"

    /// Reads a part of a source as UTF-8.
    /// - Parameters:
    ///   - buffer: has room for some characters at least.
    ///   - asker: who names the encoding, for sentences.
    /// - Returns: how many bytes of the source were taken, and how many were made. Nothing is made at the end alone.
    /// - Throws: `FileError` where it can't be read, `DataError` for what is no UTF-16.
    func read(
        _ source: ByteSource, at offset: Int, into buffer: UnsafeMutableRawBufferPointer,
        _ asker: TableAsker = .command
    ) throws -> (taken: Int, made: Int) {
        let rest = source.count - offset
        switch self {
        case .utf8:
            let count = min(buffer.count, rest)
            try source.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            return (count, count)
        case .latin1:
            // No character takes more than three bytes.
            let raw = try source.bytes(offset..<offset + min(buffer.count / 3, rest))
            var made = 0
            for byte in raw { Self.append(Self.scalar(latin1: byte), buffer, &made) }
            return (raw.count, made)
        case .utf16: return try readUTF16(source, offset, buffer, rest, asker)
        }
    }

    private func readUTF16(
        _ source: ByteSource, _ offset: Int, _ buffer: UnsafeMutableRawBufferPointer, _ rest: Int, _ asker: TableAsker
    ) throws -> (taken: Int, made: Int) {
        let mark = try source.bytes(0..<min(source.count, 2))
        let isBig = mark == [0xFE, 0xFF]
        guard rest != 1 else { throw Self.malformed(source, offset, asker) }
        let raw = try source.bytes(offset..<offset + min(buffer.count / 3 * 2, rest) / 2 * 2)
        func unit(_ index: Int) -> UInt16 {
            isBig ? UInt16(raw[index]) << 8 | UInt16(raw[index + 1]) : UInt16(raw[index + 1]) << 8 | UInt16(raw[index])
        }
        var (index, made) = (0, 0)
        while index < raw.count {
            let first = unit(index)
            if let scalar = Unicode.Scalar(first) {
                // The mark at the beginning is no character.
                if offset + index > 0 || first != 0xFEFF { Self.append(scalar.value, buffer, &made) }
                index += 2
                continue
            }
            guard UTF16.isLeadSurrogate(first) else { throw Self.malformed(source, offset + index, asker) }
            if index + 2 == raw.count {
                // Its other half comes with the next part, if it comes at all.
                guard index > 0, offset + raw.count < source.count else {
                    throw Self.malformed(source, offset + index, asker)
                }
                break
            }
            let second = unit(index + 2)
            guard UTF16.isTrailSurrogate(second) else { throw Self.malformed(source, offset + index, asker) }
            Self.append(UTF16.decode(UTF16.EncodedScalar([first, second])).value, buffer, &made)
            index += 4
        }
        return (index, made)
    }

    private static func malformed(_ source: ByteSource, _ offset: Int, _ asker: TableAsker) -> DataError {
        DataError("\(source.name), byte \(offset): this is not UTF-16; give the right \(asker.name(.encoding))")
    }

    private static func append(_ scalar: UInt32, _ buffer: UnsafeMutableRawBufferPointer, _ count: inout Int) {
        if scalar < 0x80 {
            buffer[count] = UInt8(scalar)
            count += 1
        } else if let scalar = Unicode.Scalar(scalar), let bytes = UTF8.encode(scalar) {
            for byte in bytes {
                buffer[count] = byte
                count += 1
            }
        }
    }

    private static func scalar(latin1 byte: UInt8) -> UInt32 {
        (0x80...0x9F).contains(byte) ? windows[Int(byte) - 0x80] : UInt32(byte)
    }

    /// 0x80 to 0x9F of windows-1252 (https://encoding.spec.whatwg.org/index-windows-1252.txt).
    private static let windows: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}

/// Well-formed UTF-8 (RFC 3629).
enum UTF8Text {
    /// A name as it is, or with the bytes that are no letters of ASCII as `\xFC` where it is not UTF-8: two names stay two.
    static func name(_ bytes: some Collection<UInt8>) -> (text: String, isWhole: Bool) {
        if let text = String(validating: bytes, as: UTF8.self) { return (text, true) }
        let shown = bytes.map { byte in
            (0x20..<0x7F).contains(byte)
                ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }
        return (shown.joined(), false)
    }

    /// How many bytes from the beginning are well-formed, and whether what follows them may be a character of which the
    /// end is still to come.
    static func prefix(_ bytes: UnsafeRawBufferPointer) -> (valid: Int, isCut: Bool) {
        let count = bytes.count
        var index = 0
        while index < count {
            let first = bytes[index]
            if first < 0x80 {
                // Eight letters at a time, as most text is.
                while index + 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                while index < count, bytes[index] < 0x80 { index += 1 }
                continue
            }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            guard (0xC2...0xF4).contains(first) else { return (index, false) }
            // What the second byte may be rules out surrogates, what is too large, and forms that are too long.
            let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
            for position in 1..<length {
                guard index + position < count else { return (index, true) }
                let byte = bytes[index + position]
                guard position == 1 ? (low...high).contains(byte) : byte & 0xC0 == 0x80 else { return (index, false) }
            }
            index += length
        }
        return (count, false)
    }
}
