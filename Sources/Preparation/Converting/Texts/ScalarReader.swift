import Batches

/// Reads the Unicode scalars of UTF-8 text, or its bytes, one after the other.
final class ScalarReader {
    let source: ByteSource
    /// Bytes taken so far.
    var position: Int { loaded - (encoding == .utf8 ? end - start : 0) }

    private let encoding: TextEncoding
    private let buffer: ByteBuffer
    private var start = 0
    private var end = 0
    private var loaded = 0

    init(_ source: ByteSource, _ encoding: TextEncoding = .utf8) throws {
        self.source = source
        self.encoding = encoding
        buffer = try ByteBuffer(1 << 20, for: source.name)
    }

    /// The next byte; nil at the end.
    @inline(__always)
    func nextByte() throws -> UInt8? {
        if start == end, try !load() { return nil }
        let byte = buffer.bytes[start]
        start += 1
        return byte
    }

    /// The next scalar; nil at the end. A mark at the beginning is passed over.
    /// - Throws: `DataError` with the place of bytes that are no UTF-8.
    @inline(__always)
    func nextScalar() throws -> UInt32? {
        guard let first = try nextByte() else { return nil }
        return first < 0x80 ? UInt32(first) : try finish(first)
    }

    private func finish(_ first: UInt8) throws -> UInt32? {
        let begin = position - 1
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard (0xC2...0xF4).contains(first) else { throw malformed(begin) }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for _ in 1..<length {
            guard let byte = try nextByte(), byte & 0xC0 == 0x80 else { throw malformed(begin) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { throw malformed(begin) }
        return scalar == 0xFEFF && begin == 0 ? try nextScalar() : scalar
    }

    private func malformed(_ offset: Int) -> DataError {
        DataError(
            "\(source.name), byte \(offset): the text is not in UTF-8; say --encoding latin-1 or utf-16 if it is in "
                + "that, save it as UTF-8, or say --tokens bytes")
    }

    private func load() throws -> Bool {
        guard loaded < source.count else { return false }
        let (taken, made) = try encoding.read(source, at: loaded, into: buffer.bytes)
        loaded += taken
        (start, end) = (0, made)
        // A mark alone makes nothing.
        return made > 0 ? true : try load()
    }
}
