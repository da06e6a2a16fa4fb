import Foundation
import Testing

/// Runs `body` and expects that the calling thread's own processor time stays below a limit. Other tests beside it lengthen the
/// time on a clock several times over, and this not at all.
package func expectThreadTime(
    below limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) rethrows {
    let start = threadTime()
    try body()
    let spent = threadTime() - start
    #expect(spent < limit, sourceLocation: sourceLocation)
}

private func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
