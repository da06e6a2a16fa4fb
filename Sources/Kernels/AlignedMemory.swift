internal import CVector
import Foundation

/// A block of zeroed memory that begins at a cache line, freed with its owner.
///
/// `@unchecked Sendable`: the class only owns the block. Who may write which part at what time is the business of
/// those who share it, and is stated there.
package final class AlignedMemory: @unchecked Sendable {
    package static let alignment = 64
    private static let largePage = 2 << 20
    /// Bytes that are left to the rest of the process whenever a large block is taken, and that must be there before the
    /// kernel library makes code for a primitive: Swift and that library end the process where a small piece can't be had.
    static let headroom = 32 << 20

    package let base: UnsafeMutableRawPointer
    package let byteCount: Int

    /// - Parameter byteCount: the size in bytes; rounded up to whole cache lines.
    /// - Throws: `KernelError.outOfMemory` where the system has none left, or after a large block less than `headroom`.
    package init(byteCount: Int) throws(KernelError) {
        let size = Self.aligned(max(byteCount, 1))
        // A step goes through many megabytes; with pages of the usual size it would look up thousands of them.
        let isLarge = size >= Self.largePage
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, isLarge ? Self.largePage : Self.alignment, size) == 0, let pointer else {
            throw .outOfMemory(bytes: size)
        }
        if isLarge {
            do { try Self.require(byteCount: Self.headroom) } catch {
                free(pointer)
                throw .outOfMemory(bytes: size)
            }
            stormo_use_large_pages(pointer, size)
        }
        memset(pointer, 0, size)
        base = pointer
        self.byteCount = size
    }

    package convenience init(floats: Int) throws(KernelError) {
        try self.init(byteCount: floats * MemoryLayout<Float>.stride)
    }

    package convenience init(doubles: Int) throws(KernelError) {
        try self.init(byteCount: doubles * MemoryLayout<Double>.stride)
    }

    deinit { free(base) }

    /// Makes the process give large blocks back to the system as soon as they are freed. Where the C library is left to
    /// itself, it learns from such blocks, as those of checkpoints, to keep them, and what several threads free lies
    /// about in pieces: a long training then grows by half a megabyte a checkpoint.
    package static func returnLargeBlocks() { stormo_return_large_blocks() }

    /// Sees that so much memory could be had. Libraries that are handed none end the process, so it is tried before them.
    /// - Throws: `KernelError.outOfMemory`.
    package static func require(byteCount: Int) throws(KernelError) {
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, alignment, max(byteCount, 1)) == 0 else { throw .outOfMemory(bytes: byteCount) }
        free(pointer)
    }

    /// A block with the same bytes.
    package func copy() throws(KernelError) -> AlignedMemory {
        let copy = try AlignedMemory(byteCount: byteCount)
        copy.base.copyMemory(from: base, byteCount: byteCount)
        return copy
    }

    package var floats: UnsafeMutablePointer<Float> { elements() }
    package var doubles: UnsafeMutablePointer<Double> { elements() }
    package var integers: UnsafeMutablePointer<Int> { elements() }

    /// The block as numbers of one type, from its beginning on. A block holds one type for as long as it lives.
    package func elements<T: BitwiseCopyable>(of type: T.Type = T.self) -> UnsafeMutablePointer<T> {
        base.assumingMemoryBound(to: type)
    }

    /// The size rounded up to whole cache lines.
    package static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}
