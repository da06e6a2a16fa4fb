import Dispatch
import Engine
import Files
import Foundation
import Metrics
import Runs
import Synchronization

/// Keeps a run's page up to date while it goes on: made on a queue of its own at an epoch's end, unless making it would take more
/// than `share` of the run's time, and put in the place of the last one by a rename. Until the last it loads itself again.
///
/// A page that can't be made or written costs the run nothing: that is said once.
///
/// `@unchecked Sendable`: what is not constant stands behind the lock.
package final class LiveReport: TrainingObserver, @unchecked Sendable {
    /// The time that pages may take: so many seconds, and this share of the run's time.
    private static let (allowance, share) = (0.2, 0.005)
    /// In seconds: between two loads of the page, at the least and at the most.
    private static let refresh = 5...300

    private let directory: String
    private let next: any TrainingObserver
    private let given: GivenRows?
    private let queue = DispatchQueue(label: "stormo.report", qos: .utility)
    private let begin = ContinuousClock.now

    private struct State {
        var isUnderWay = false
        /// In seconds: all pages, and the last.
        var (spent, last) = (0.0, 0.0)
        var news: String?
        var hasFailed = false
    }

    private let state = Mutex(State())

    package var path: String { "\(directory)/\(RunDirectory.reportName)" }

    /// - Parameter next: what sees the training, too.
    package init(_ run: TrainingRun, in directory: String, next: any TrainingObserver) {
        (self.directory, self.next) = (directory, next)
        // While nothing is trained yet; afterwards the reader is at work. Rows in files that are not the next to be trained on
        // are not worth the reading.
        given = run.training.isInMemory || !run.isResumed ? try? run.trainer.givenRows() : nil
    }

    package func progressed(_ progress: StepProgress) {
        next.progressed(progress)
        // The first page does not wait for the first epoch's end.
        if let refresh = due(isFirst: true) { makeAside(refresh: refresh) }
    }

    package func warned(_ sentence: String) { next.warned(sentence) }
    package func warned(_ warning: TrainingWarning) { next.warned(warning) }
    package func wentBack(to history: [EpochRecord]) throws { try next.wentBack(to: history) }

    package func finished(_ record: EpochRecord) throws {
        try next.finished(record)
        let news = state.withLock { state in
            defer { state.news = nil }
            return state.news
        }
        if let news { next.warned(TrainingWarning(.saving, epoch: record.epoch, step: record.step, news)) }
        if let refresh = due() { makeAside(refresh: refresh) }
    }

    /// Whether a page is to be made now.
    /// - Parameter isFirst: whether only the first one is.
    /// - Returns: after how many seconds it is to load itself again; nil for no page.
    private func due(isFirst: Bool = false) -> Int? {
        let elapsed = (ContinuousClock.now - begin).seconds
        return state.withLock { state in
            guard !state.isUnderWay, state.spent <= Self.allowance + Self.share * elapsed, !isFirst || state.spent == 0
            else { return nil }
            state.isUnderWay = true
            // As often as pages can come.
            let seconds = Int((state.last / Self.share).rounded(.up))
            return min(max(seconds, Self.refresh.lowerBound), Self.refresh.upperBound)
        }
    }

    private func makeAside(refresh: Int) {
        queue.async { [self] in
            make(refresh: refresh) { try ReportSource(live: directory, given: given) }
        }
    }

    /// Makes the last page, whatever became of the run.
    /// - Parameter run: one that is over, whose model answers its test split; nil where there is none.
    /// - Returns: why there is no page; nil where there is one.
    package func finish(_ run: TrainingRun?) -> String? {
        queue.sync {
            make(refresh: nil) {
                try ReportSource(live: directory, given: given) { try run.map { try ReportAnswers(of: $0) } }
            }
        }
        return state.withLock { $0.news }
    }

    private func make(refresh: Int?, _ source: () throws -> ReportSource) {
        let start = ContinuousClock.now
        let result = Result { try AtomicFile.replace(path, with: Report.html(source(), refresh: refresh)) }
        state.withLock { state in
            state.last = (ContinuousClock.now - start).seconds
            state.spent += state.last
            state.isUnderWay = false
            guard case .failure(let error) = result, !state.hasFailed else { return }
            state.hasFailed = true
            state.news = "\(error); training goes on without its report"
        }
    }
}
