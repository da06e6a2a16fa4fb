import Engine
import Foundation
import Metrics

/// The figures of one epoch of a fit, by their names.
public struct EpochReport: Sendable {
    public let record: EpochRecord
    /// How many epochs the fit has.
    public let epochs: Int
    /// The names of the figures beside the loss, in the order of `record.metrics`.
    let names: [String]

    /// Counted from 1.
    public var epoch: Int { record.epoch }
    /// NaN where no sample counts.
    public var loss: Double { record.loss ?? .nan }

    /// All figures in the order of `metrics.csv`: `loss`, the metrics, and with a validation split `validation_loss` and
    /// `validation_` before each metric.
    public var figures: [(name: String, value: Double)] {
        func figures(_ loss: Double?, _ metrics: [Double]?, _ prefix: String) -> [(String, Double)] {
            (loss.map { [(prefix + "loss", $0)] } ?? []) + zip(names, metrics ?? []).map { (prefix + $0, $1) }
        }
        return figures(record.loss, record.metrics, "")
            + figures(record.validationLoss, record.validationMetrics, "validation_")
    }

    /// A figure by its name, such as `accuracy` or `validation_loss`; nil where there is none of that name.
    public subscript(name: String) -> Double? { figures.first { $0.name == name }?.value }
}

extension Trainer {
    /// Trains, and calls a closure after each epoch.
    ///
    /// ```swift
    /// try trainer.fit { print($0.epoch, $0.loss, $0["validation_accuracy"] ?? .nan) }
    /// ```
    /// - Parameter report: called on this thread; an error that it throws ends the fit.
    /// - Returns: the figures of each epoch.
    /// - Throws: as `fit(observer:)`, and what the closure throws.
    @discardableResult
    public func fit(_ report: @escaping (EpochReport) throws -> Void) throws -> [EpochRecord] {
        try fit(observer: observer(report))
    }

    /// Trains on a thread of its own while the caller waits without blocking its own.
    ///
    /// Where the task is cancelled, training ends after the current step, and `CancellationError` is thrown. The trainer then
    /// has the parameters of that step. It must not be used while it trains.
    /// - Parameters:
    ///   - isolation: the caller's, which the trainer stays in.
    ///   - report: called after each epoch, on the thread that trains; an error that it throws ends the fit.
    /// - Returns: the figures of each epoch.
    /// - Throws: as `fit(observer:)`, what the closure throws, and `CancellationError`.
    @discardableResult
    public func fit(
        isolation: isolated (any Actor)? = #isolation, _ report: (@Sendable (EpochReport) throws -> Void)? = nil
    ) async throws -> [EpochRecord] {
        try Task.checkCancellation()
        let stop = StopRequest()
        // The caller waits, so that the thread alone touches it.
        nonisolated(unsafe) let trainer = self
        let history = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    continuation.resume(
                        with: Result {
                            try trainer.fit(
                                observer: report.map { trainer.observer($0) }, keeper: nil, from: nil, stop: stop)
                        })
                }
                thread.name = "stormo.fit"
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onCancel: {
            stop.stop(SIGTERM)
        }
        if wasInterrupted { throw CancellationError() }
        return history
    }

    private func observer(_ report: @escaping (EpochReport) throws -> Void) -> any TrainingObserver {
        ClosureObserver(epochs: epochs, names: figures.figures.map(\.name), report)
    }
}

/// Calls a closure after each epoch.
///
/// `@unchecked Sendable`: its methods are called on the thread that called `fit` alone.
private final class ClosureObserver: TrainingObserver, @unchecked Sendable {
    private let epochs: Int
    private let names: [String]
    private let report: (EpochReport) throws -> Void

    init(epochs: Int, names: [String], _ report: @escaping (EpochReport) throws -> Void) {
        (self.epochs, self.names, self.report) = (epochs, names, report)
    }

    func progressed(_ progress: StepProgress) {}
    func finished(_ record: EpochRecord) throws {
        try report(EpochReport(record: record, epochs: epochs, names: names))
    }
}
