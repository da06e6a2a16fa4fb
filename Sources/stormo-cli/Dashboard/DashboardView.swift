import Dispatch
import Foundation
import Synchronization

/// A dashboard on the terminal: draws a state that others change, four times a second at most, in the terminal's size of the
/// moment.
///
/// `@unchecked Sendable`: the painter is used on the queue alone; the state stands behind a lock.
final class DashboardView: @unchecked Sendable {
    private let state: Mutex<DashboardState>
    private let refresh: Change
    private let queue = DispatchQueue(label: "stormo.dashboard", qos: .utility)
    private var timer: (any DispatchSourceTimer)?
    /// Not before then, so that drawing does not take the workers' time where it is costly.
    private var next = ContinuousClock.now
    private var painter = ScreenPainter(isColored: Terminal.output.isColored)

    typealias Change = @Sendable (inout DashboardState) -> Void

    /// - Parameter refresh: changes the state before each drawing, on the view's own queue.
    init(_ state: DashboardState, refresh: @escaping Change = { _ in }) {
        self.state = Mutex(state)
        self.refresh = refresh
    }

    deinit { close() }

    func change(_ body: Change) { state.withLock { body(&$0) } }

    /// Begins to draw. What others would print waits until `close`; what they would print as an error is shown as a notice.
    func open() {
        Console.hold { [weak self] text in self?.change { $0.notice = text } }
        FullScreen.open()
        queue.sync {
            draw()
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.schedule(
                deadline: .now() + .milliseconds(250), repeating: .milliseconds(250), leeway: .milliseconds(20))
            timer.setEventHandler { [weak self] in self?.draw() }
            timer.resume()
            self.timer = timer
        }
    }

    /// Ends with the usual screen; then what was held is printed.
    func close() {
        queue.sync {
            timer?.cancel()
            timer = nil
        }
        FullScreen.close()
        Console.release()
    }

    /// Drawing takes one in so many parts of the time at most.
    private static let rest = 100

    private func draw() {
        let (isThere, isNew) = FullScreen.isThere()
        guard isThere, isNew || ContinuousClock.now >= next else { return }
        let (columns, rows) = Terminal.output.size ?? (80, 24)
        let begin = ContinuousClock.now
        defer { next = begin + (ContinuousClock.now - begin) * Self.rest }
        let state = state.withLock { state in
            refresh(&state)
            return state
        }
        let lines = Dashboard(state: state, isUnicode: Terminal.output.isUnicode).lines(width: columns, height: rows)
        let text = painter.text(for: lines, columns: columns, rows: rows, isNew: isNew)
        if !text.isEmpty { FullScreen.send(text) }
    }
}
