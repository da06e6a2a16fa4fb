import Foundation
import Synchronization

/// Threads that could not be started.
public struct ThreadError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// Starts threads, or says why there can't be so many.
///
/// A limit on processes shows in `pthread_create`, which fails. libdispatch hides that: it tries again for ever, so what
/// it will need is tried beforehand.
package enum ThreadRoom {
    /// What is needed beside the workers: those that read and inflate, the reader's own, the one that writes
    /// checkpoints, and the one that waits for signals.
    package static var others: Int { AvailableCPUs.count + 2 }

    /// Sees once in a process that what runs beside workers can run.
    package static func requireOthers() throws(ThreadError) { try othersAreThere.get() }

    private static let othersAreThere = Result<Void, ThreadError> { () throws(ThreadError) in
        try start(others, for: "reading and saving") { _ in nil }
    }

    /// Starts threads that end of themselves. Either all are started, or what could be ends at once.
    /// - Parameters:
    ///   - spare: how many more must be possible at the same time; these do nothing.
    ///   - purpose: what they are for, in the sentence.
    ///   - body: of each thread, by number from 0; nil for one that does nothing.
    /// - Throws: `ThreadError` with the limits that there are.
    package static func start(
        _ count: Int, spare: Int = 0, for purpose: String,
        _ body: (Int) -> (@Sendable () -> Void)?
    ) throws(ThreadError) {
        let gate = Gate()
        for index in 0..<count + spare {
            let start = Start(gate, index < count ? body(index) : nil)
            var thread = pthread_t()
            let context = Unmanaged.passRetained(start)
            let status = pthread_create(
                &thread, nil,
                { context in
                    context.map { Unmanaged<Start>.fromOpaque($0).takeRetainedValue().run() }
                    return nil
                }, context.toOpaque())
            guard status == 0 else {
                context.release()
                gate.open(.cancelled)
                throw ThreadError(
                    description: "no more than \(index) of the \(count + spare) threads that \(purpose) take can be "
                        + "started: \(String(cString: strerror(status))). \(limits()) Raise the limit, or use fewer "
                        + "workers")
            }
            pthread_detach(thread)
        }
        gate.open(.begun)
    }

    /// The limits that may be the reason, as a sentence.
    private static func limits() -> String {
        let lines = ((try? String(contentsOfFile: "/proc/self/limits", encoding: .utf8)) ?? "").split(separator: "\n")
        func own(_ name: String) -> Int? {
            lines.first { $0.hasPrefix(name) }?.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
        }
        var found: [String] = []
        if let limit = own("Max processes") {
            found.append("this user may have \(limit) processes and threads (ulimit -u)")
        }
        if let limit = own("Max address space") {
            found.append("this process may have \(ByteCount(limit)) of memory (ulimit -v)")
        }
        if let text = try? String(contentsOfFile: "/sys/fs/cgroup/pids.max", encoding: .utf8),
            let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            found.append("this container may have \(limit) processes and threads (pids.max)")
        }
        return found.isEmpty
            ? "It may be a limit on processes of this user or container, or on memory."
            : "Of limits there are: \(found.joined(separator: "; "))."
    }

    /// Where all threads wait until the last one is there.
    private final class Gate: Sendable {
        enum State { case closed, begun, cancelled }
        private let state = Mutex(State.closed)
        private let condition = DispatchSemaphore(value: 0)

        func open(_ new: State) {
            state.withLock { $0 = new }
            condition.signal()
        }

        /// Whether the threads are to go on.
        func pass() -> Bool {
            condition.wait()
            // For the next one.
            condition.signal()
            return state.withLock { $0 == .begun }
        }
    }

    private final class Start: Sendable {
        private let gate: Gate
        private let body: (@Sendable () -> Void)?

        init(_ gate: Gate, _ body: (@Sendable () -> Void)?) {
            self.gate = gate
            self.body = body
        }

        func run() { if gate.pass() { body?() } }
    }
}
