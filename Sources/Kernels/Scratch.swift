/// Hands out consecutive parts of a block of memory, each from a cache line on.
struct Scratch {
    /// What has not been handed out.
    private(set) var rest: UnsafeMutableRawPointer

    init(_ begin: UnsafeMutableRawPointer) { rest = begin }

    /// - Parameter bytes: a multiple of the cache line (`AlignedMemory.aligned`).
    mutating func take<T: BitwiseCopyable>(bytes: Int, of type: T.Type = T.self) -> UnsafeMutablePointer<T> {
        defer { rest += bytes }
        return rest.assumingMemoryBound(to: type)
    }
}
