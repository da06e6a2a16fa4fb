import Foundation

/// Bytes that the library may still allocate for strings of variable length. Used by one call at a time.
final class StringBudget {
    private var remaining: Int
    private(set) var isExceeded = false

    init(_ bytes: Int) { remaining = bytes }

    /// For H5Pset_vlen_mem_manager; its context is the unretained budget.
    static let allocate: @convention(c) (Int, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { size, context in
        guard let context else { return nil }
        let budget = Unmanaged<StringBudget>.fromOpaque(context).takeUnretainedValue()
        guard size >= 0, size <= budget.remaining else {
            budget.isExceeded = true
            return nil
        }
        budget.remaining -= size
        return malloc(size)
    }

    /// For H5Pset_vlen_mem_manager.
    static let free: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = { memory, _ in
        Foundation.free(memory)
    }
}
