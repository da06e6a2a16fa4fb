internal import CHDF5

/// Owns one identifier of the library and closes it when the last reference goes.
///
/// `@unchecked Sendable`: the identifier is used and closed, and what changes is touched, only inside
/// `Library.enter()`, which holds a lock.
final class Handle: @unchecked Sendable {
    let id: hid_t
    private let close: (hid_t) -> herr_t
    private let file: OpenFile?
    private var isClosed = false

    /// Nil when `id` is the library's mark of failure, so that its error stack can still be read.
    /// An object that lives in a file names the `file`: closing the file closes the object with it.
    init?(_ id: hid_t, closedBy close: @escaping (hid_t) -> herr_t, in file: OpenFile? = nil) {
        guard id >= 0 else { return nil }
        self.id = id
        self.close = close
        self.file = file
        file?.note(id, closedBy: close)
    }

    deinit { closeNow() }

    /// Closes the identifier, which must not be used any more.
    func closeNow() {
        Library.enter()
        defer { Library.leave() }
        guard !isClosed else { return }
        isClosed = true
        if let file, !file.forget(id) { return }
        if close(id) < 0 {
            // Closing a dataset writes what its chunk cache still holds; `flush()` and `close()` report it.
            file?.noteFailedClose()
        }
    }
}
