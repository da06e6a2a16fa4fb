internal import CHDF5
import Foundation
import Synchronization

/// Has files opened and walked by a process of its own before this process opens them.
///
/// libhdf5 trusts what it reads: where the structure of a file is damaged it may crash, run in circles or ask for any
/// amount of memory, and takes the program with it. What happens to the other process is a sentence instead: kind
/// `damaged`, with the object that it happened to.
///
/// The other process is forked when the program starts, while it has a single thread, and waits for files; for each it
/// forks again, which takes about a millisecond where a program that is started anew would take twenty for its
/// libraries alone. That is why there is one examiner, started once, for the whole process, and not one that is handed to
/// whoever opens a file.
package final class FileExaminer: Sendable {
    fileprivate struct Connection {
        let socket: Int32
        var isUsable = true
        /// What was fine.
        var examined: Set<Key> = []
    }

    /// A file as it was when it was examined.
    fileprivate struct Key: Hashable {
        let request: ExaminationRequest
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: Int
        let modifiedNanoseconds: Int
        let changed: Int
        let changedNanoseconds: Int
    }

    private static let connection = Mutex<Connection?>(nil)

    /// Starts the process. To be called before anything else, while the program has a single thread.
    ///
    /// - Returns: false where there are several threads already or no process can be made. Files are then opened as
    ///   without an examiner, at the program's own risk.
    @discardableResult
    package static func start() -> Bool {
        connection.withLock { connection in
            guard connection == nil else { return true }
            guard threads() == 1, let step = ExaminationStep() else { return false }
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return false }
            let child = chdf5_fork()
            if child == 0 {
                close(ends[0])
                ExaminerServer(socket: ends[1], step: step).run()
            }
            close(ends[1])
            guard child > 0 else {
                close(ends[0])
                return false
            }
            connection = Connection(socket: ends[0])
            return true
        }
    }

    /// Throws kind `damaged` if the library can't get through the file unharmed. Does nothing where `start` was not
    /// called. A file that was fine and is as it was is not examined again.
    static func examine(_ path: String, allowsExternal: Bool, reading: HDF5Reading) throws(HDF5Error) {
        let answer = connection.withLock { connection in
            connection?.ask(ExaminationRequest(path, allowsExternal: allowsExternal, reading: reading))
        }
        guard let (outcome, step) = answer ?? nil else { return }
        let subject = step.isEmpty ? "the file" : step
        let tried = "in a process that tried it before this one"
        let advice = "copy, download or make it again"
        let place = Place(file: path)
        switch outcome {
        case .fine: return
        case .crashed(let signal):
            throw place.error(
                .damaged, "open",
                "the HDF5 library crashes on \(subject) (signal \(signal), \(tried)): the file is damaged; \(advice)")
        case .endless(let seconds, let waiting):
            let what = waiting ? "has waited for \(subject)" : "was busy with \(subject)"
            let cause = waiting ? "the disk does not answer, or the file is damaged" : "the file is most likely damaged"
            throw place.error(
                .damaged, "open",
                "the HDF5 library \(what) for more than \(seconds) seconds (\(tried)): \(cause); \(advice)")
        case .excessive(let limit):
            throw place.error(
                .damaged, "open",
                "the HDF5 library asks for more than \(limit >> 20) MiB because of \(subject), which a file of this size "
                    + "can't need (\(tried)): it is most likely damaged; \(advice)")
        }
    }

    private static func threads() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    }
}

extension FileExaminer.Connection {
    /// Nil where the file needs no examination, or nobody is there any more to examine it.
    fileprivate mutating func ask(_ request: ExaminationRequest) -> (ExaminationOutcome, step: String)? {
        let bytes = request.bytes
        guard isUsable, bytes.count <= ExaminationRequest.longest else { return nil }
        let key = FileExaminer.Key(request)
        if let key, examined.contains(key) { return nil }
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            isUsable = false
            return nil
        }
        var buffer = [UInt8](repeating: 0, count: 8192)
        var count = recv(socket, &buffer, buffer.count, 0)
        while count < 0, errno == EINTR { count = recv(socket, &buffer, buffer.count, 0) }
        let reply = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        let parts = reply.split(separator: "\0", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let outcome = ExaminationOutcome(parts[0]) else {
            isUsable = false
            return nil
        }
        if outcome == .fine, let key { examined.insert(key) }
        return (outcome, String(parts[1]))
    }
}

extension FileExaminer.Key {
    /// Nil where another file may decide what is read.
    fileprivate init?(_ request: ExaminationRequest) {
        var status = stat()
        guard !request.allowsExternal, stat(request.path, &status) == 0 else { return nil }
        self.request = request
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        (modified, modifiedNanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        (changed, changedNanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }
}
