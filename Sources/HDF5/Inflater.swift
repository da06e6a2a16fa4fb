internal import CDeflate

/// Undoes zlib's compression of blocks whose size is known. For one thread at a time.
final class Inflater {
    private let decompressor: OpaquePointer

    /// Nil where memory is short.
    init?() {
        guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
        self.decompressor = decompressor
    }

    deinit { libdeflate_free_decompressor(decompressor) }

    /// Whether `source` was a whole zlib stream of exactly `count` bytes, checksum included (they are then in
    /// `target`).
    func inflate(
        _ source: UnsafeRawPointer, _ sourceCount: Int, into target: UnsafeMutableRawPointer, _ count: Int
    ) -> Bool {
        libdeflate_zlib_decompress(decompressor, source, sourceCount, target, count, nil) == LIBDEFLATE_SUCCESS
    }
}
