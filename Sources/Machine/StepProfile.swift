import Dispatch
import Foundation

/// Where the time of training steps goes, worker by worker.
///
/// A worker marks the end of each phase; the time since its last mark is that phase's. On demand the phases are kept
/// one by one, for a trace.
///
/// `@unchecked Sendable`: each worker writes its own row alone, and rows are read when no run is under way; what the
/// reader has made stands behind a lock.
package final class StepProfile: @unchecked Sendable {
    package enum Phase: Int, CaseIterable, Sendable {
        case gather
        case forward
        case backward
        /// At the barriers: for slower workers.
        case wait
        case reduce
        /// Metrics, bookkeeping, starting and ending.
        case other
    }

    package struct Event {
        package let phase: Phase
        package let step: Int
        /// In nanoseconds of the machine's uptime.
        package let start: UInt64
        package let end: UInt64
    }

    /// A worker's own times, apart from the others' so that no cache line is shared.
    private final class Row {
        var last: UInt64 = 0
        var nanoseconds = Array(repeating: UInt64(0), count: Phase.allCases.count)
        var events: [Event] = []
        var dropped = 0
    }

    package let workers: Int
    private let rows: [Row]
    private let eventCapacity: Int
    /// What the reader has made, epoch by epoch.
    private var readings: [Event] = []
    private let readingsLock = NSLock()

    /// - Parameter eventCapacity: how many phases a worker keeps one by one; further ones are only counted.
    package init(workers: Int, eventCapacity: Int = 0) {
        self.workers = workers
        self.eventCapacity = eventCapacity
        rows = (0..<workers).map { _ in Row() }
        for row in rows { row.events.reserveCapacity(eventCapacity) }
    }

    /// Begins a worker's clock.
    @inline(__always)
    package func start(_ worker: Int) { rows[worker].last = DispatchTime.now().uptimeNanoseconds }

    /// Ends a phase of a worker.
    @inline(__always)
    package func mark(_ worker: Int, _ phase: Phase, step: Int) {
        let row = rows[worker]
        let now = DispatchTime.now().uptimeNanoseconds
        row.nanoseconds[phase.rawValue] += now - row.last
        if eventCapacity > 0 {
            if row.events.count < eventCapacity {
                row.events.append(Event(phase: phase, step: step, start: row.last, end: now))
            } else {
                row.dropped += 1
            }
        }
        row.last = now
    }

    /// Notes that the reader's queue has made a window of an epoch, which stands in the event's `step`.
    package func noteReading<T>(epoch: Int, _ body: () throws -> T) rethrows -> T {
        let start = DispatchTime.now().uptimeNanoseconds
        let result = try body()
        let event = Event(phase: .other, step: epoch, start: start, end: DispatchTime.now().uptimeNanoseconds)
        readingsLock.withLock { readings.append(event) }
        return result
    }

    package func reset() {
        for row in rows {
            for index in row.nanoseconds.indices { row.nanoseconds[index] = 0 }
            row.events.removeAll(keepingCapacity: true)
            row.dropped = 0
        }
    }

    /// The seconds of a phase, added up over the workers.
    package func seconds(_ phase: Phase) -> Double {
        rows.reduce(0) { $0 + Double($1.nanoseconds[phase.rawValue]) * 1e-9 }
    }

    /// Each phase's share of all workers' time; zeros before anything has run.
    package var shares: [(phase: Phase, share: Double)] {
        let total = Phase.allCases.reduce(0) { $0 + seconds($1) }
        return Phase.allCases.map { ($0, total > 0 ? seconds($0) / total : 0) }
    }

    package func events(of worker: Int) -> [Event] { rows[worker].events }
    package var readerEvents: [Event] { readingsLock.withLock { readings } }
    /// The phases that were counted but not kept.
    package var dropped: Int { rows.reduce(0) { $0 + $1.dropped } }
}
