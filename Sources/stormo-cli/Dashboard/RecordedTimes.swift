import Foundation
import Machine
import Runs
import Synchronization

/// What a run's record says of the epoch that was measured last, and of warnings; read when the file has changed.
final class RecordedTimes: Sendable {
    private struct Content {
        var directory: String
        var phases: [DashboardState.Phase] = []
        var warnings: [DashboardState.Warning] = []
        var signature: [Int] = []
    }

    private let content: Mutex<Content>

    var phases: [DashboardState.Phase] { content.withLock { $0.phases } }
    var warnings: [DashboardState.Warning] { content.withLock { $0.warnings } }

    init(_ directory: String) { content = Mutex(Content(directory: directory)) }

    /// - Parameter directory: where it is another one now.
    func read(_ directory: String? = nil) {}
}
