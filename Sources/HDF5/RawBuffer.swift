import Foundation

/// Zeroed memory for a transfer. Unlike Swift's own allocation it can fail, as sizes come from files.
struct RawBuffer: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int, _ place: Place, _ action: String) throws(HDF5Error) {
        guard let base = calloc(max(byteCount, 1), 1) else {
            throw place.error(.tooLarge, action, "\(byteCount) bytes do not fit into memory")
        }
        bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }

    deinit {
        free(bytes.baseAddress)
    }

    /// Throws if the system would refuse an allocation of this size, which Swift's arrays answer by a crash.
    static func checkRoom(byteCount: Int, _ place: Place, _ action: String) throws(HDF5Error) {
        _ = try RawBuffer(byteCount: byteCount, place, action)
    }
}
