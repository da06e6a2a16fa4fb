import Batches
internal import CDeflate
import Machine

/// Undoes gzip and deflate, by libdeflate.
enum Inflate {
    /// Opens a file, decompressed where it is gzipped (its first bytes say so, not its name).
    static func open(_ path: String) throws -> ByteSource {
        let source = try ByteSource(path)
        guard source.count >= 18, try source.bytes(0..<2) == [0x1F, 0x8B] else { return source }
        return try gunzip(source)
    }

    /// Deflate can't make more than so many bytes out of one.
    private static let highestRatio = 1032

    /// The most that is unpacked into memory at once: 2 GiB, or half of what the process may use if that is less.
    static var mostInMemory: Int { min(2 << 30, AvailableMemory.bytes / 2) }

    private static func tooLarge(_ name: String, _ advice: String) -> DataError {
        DataError(
            "\(name) unpacks to more than \(mostInMemory >> 20) MiB, which is the most that is unpacked in memory; \(advice)"
        )
    }

    private static func gunzip(_ source: ByteSource) throws -> ByteSource {
        guard source.count <= mostInMemory else {
            throw tooLarge(source.name, "unpack it by gunzip first, since a plain file is read piece by piece")
        }
        let packed = try source.whole()
        let product = packed.count.multipliedReportingOverflow(by: highestRatio)
        let most = product.overflow ? Int.max : product.partialValue
        // The last four bytes are the size of the last part, in most files the only one.
        let last = packed.bytes.loadUnaligned(fromByteOffset: packed.count - 4, as: UInt32.self)
        let limit = Self.mostInMemory
        var capacity = min(max(Int(UInt32(littleEndian: last)), 1), most)
        guard let decompressor = libdeflate_alloc_decompressor() else { throw outOfMemory(source.name) }
        defer { libdeflate_free_decompressor(decompressor) }
        while true {
            guard capacity <= limit else {
                throw tooLarge(source.name, "unpack it by gunzip first, since a plain file is read piece by piece")
            }
            let output = try ByteBuffer(capacity, for: source.name)
            if let size = try inflateMembers(packed, into: output, decompressor, source.name) {
                return ByteSource(name: source.name, output, count: size)
            }
            guard capacity < most else { throw damaged(source.name) }
            // Up to the limit itself, before it is said to be too little.
            let next = capacity > most / 2 ? most : capacity * 2
            capacity = capacity < limit ? min(next, limit) : next
        }
    }

    /// A gzip file may be several, one after the other.
    /// - Returns: the bytes made; nil where the output is too small.
    private static func inflateMembers(
        _ packed: ByteBuffer, into output: ByteBuffer, _ decompressor: OpaquePointer, _ name: String
    ) throws -> Int? {
        var (read, written) = (0, 0)
        while read < packed.count {
            var (taken, made) = (0, 0)
            let result = libdeflate_gzip_decompress_ex(
                decompressor, packed.bytes.baseAddress.map { UnsafeRawPointer($0) + read }, packed.count - read,
                output.bytes.baseAddress.map { $0 + written }, output.count - written, &taken, &made)
            if result == LIBDEFLATE_INSUFFICIENT_SPACE { return nil }
            guard result == LIBDEFLATE_SUCCESS, taken > 0 else {
                // Zeros behind the end are padding.
                if read > 0, packed.bytes[read...].allSatisfy({ $0 == 0 }) { break }
                throw damaged(name)
            }
            read += taken
            written += made
        }
        return written
    }

    /// Undoes raw deflate into as many bytes as are known to come out.
    static func inflate(_ source: ByteSource, size: Int) throws -> ByteSource {
        guard size / highestRatio <= source.count else { throw damaged(source.name) }
        guard size <= mostInMemory else {
            throw tooLarge(
                source.name, "save it by numpy.savez, uncompressed, or as NPY files, which are read piece by piece")
        }
        let packed = try source.whole()
        let output = try ByteBuffer(size, for: source.name)
        guard let decompressor = libdeflate_alloc_decompressor() else { throw outOfMemory(source.name) }
        defer { libdeflate_free_decompressor(decompressor) }
        let result = libdeflate_deflate_decompress(
            decompressor, packed.bytes.baseAddress, packed.count, output.bytes.baseAddress, size, nil)
        guard result == LIBDEFLATE_SUCCESS else { throw damaged(source.name) }
        return ByteSource(name: source.name, output)
    }

    /// The CRC-32 of all bytes, as in ZIP archives.
    static func checksum(_ source: ByteSource) throws -> UInt32 {
        let block = try ByteBuffer(min(source.count, 1 << 20), for: source.name)
        var sum: UInt32 = 0
        var offset = 0
        while offset < source.count {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: block.bytes[..<min(block.count, source.count - offset)])
            try source.read(at: offset, into: part)
            sum = libdeflate_crc32(sum, part.baseAddress, part.count)
            offset += part.count
        }
        return sum
    }

    static func damaged(_ name: String) -> DataError {
        DataError("\(name) is damaged: its compressed data make no sense; copy, download or make it again")
    }

    private static func outOfMemory(_ name: String) -> DataError {
        DataError("\(name) can't be decompressed: there is no memory left")
    }
}
