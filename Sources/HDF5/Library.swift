internal import CHDF5
import Foundation

/// The door to libhdf5: every call to it stands between `enter()` and `leave()`.
///
/// The library serialises its callers by one lock, if it was built to be thread-safe, which not every build is.
/// Entering takes a lock of our own, so that any build may be used from any thread, and so that a failing call and
/// the walk over its error stack can't be parted by another thread.
enum Library {
    static let defaultProperties = hid_t(H5P_DEFAULT)
    static let wholeSpace = hid_t(H5S_ALL)

    private static let lock = NSRecursiveLock()
    // Touched only by the thread that holds `lock`.
    nonisolated(unsafe) private static var depth = 0
    nonisolated(unsafe) private static var isStarted = false
    nonisolated(unsafe) private static var savedPrinter: H5E_auto2_t?
    nonisolated(unsafe) private static var savedPrinterData: UnsafeMutableRawPointer?

    /// Takes the lock and, for this thread, switches off the library's habit of printing errors to stderr.
    static func enter() {
        lock.lock()
        if depth == 0 {
            if !isStarted {
                // The library's exit handler closes every file again, also one whose close failed because the disk
                // was full; 1.10 then crashes. Our handles close their files themselves.
                H5dont_atexit()
                H5open()
                isStarted = true
            }
            // Restored on leaving, for a program that has its own use of the library on this thread.
            H5Eget_auto2(errorStack, &savedPrinter, &savedPrinterData)
            H5Eset_auto2(errorStack, nil, nil)
        }
        depth += 1
    }

    /// Of the installed library. Needs no entering.
    static var version: (major: UInt32, minor: UInt32, release: UInt32) {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        H5get_libversion(&major, &minor, &release)
        return (major, minor, release)
    }

    /// Undoes `enter()`.
    static func leave() {
        depth -= 1
        if depth == 0 {
            H5Eset_auto2(errorStack, savedPrinter, savedPrinterData)
        }
        lock.unlock()
    }

    /// What the library says about the call that has just failed, from the cause outwards to the function called.
    static func messages() -> [String] {
        var messages: [String] = []
        withUnsafeMutablePointer(to: &messages) { pointer in
            _ = H5Ewalk2(
                errorStack, H5E_WALK_UPWARD,
                { _, entry, context in
                    guard let entry = entry?.pointee, let context else { return 0 }
                    let function = entry.func_name.map { String(cString: $0) } ?? "HDF5"
                    let text = entry.desc.map { String(cString: $0) } ?? ""
                    context.assumingMemoryBound(to: [String].self).pointee.append("\(function): \(text)")
                    return 0
                }, pointer)
        }
        return messages
    }

    private static let errorStack = hid_t(H5E_DEFAULT)
}

extension HDF5File {
    /// Of the installed HDF5 library, `1.10.8`.
    package static var libraryVersion: String {
        let version = Library.version
        return "\(version.major).\(version.minor).\(version.release)"
    }
}
