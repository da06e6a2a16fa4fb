import Engine
import Files
import Foundation
import Kernels
import Metrics
import Network
import TensorBoard

/// Writes a run's event files: `tensorboard/train`, `validation` and `test` in its directory, which TensorBoard shows as lines of
/// one chart.
///
/// - Scalars: the loss and the metrics after each epoch, and of training the learning rate, the norm of the gradient, the epoch
///   and the samples a second. The step is the number of training steps.
/// - Histograms of each trained parameter, and of its gradient in the epoch's last step. They are taken between epochs. Once they
///   have taken half a second they are left out for as many epochs as keeps them within 1% of the run's time.
/// - The config as a text, and at the end the confusion matrix of the test split as a picture, and as a text up to 30 classes.
///
/// Files that can't be written cost the run nothing: that is said once.
///
/// `@unchecked Sendable`: used on the fitting thread alone.
final class TensorBoardLog: @unchecked Sendable {
    static let folder = "tensorboard"
    /// The time that histograms may take: so many seconds, and this share of the run's time.
    private static let (allowance, share) = (0.5, 0.01)

    private let directory: String
    private let trainer: Trainer
    private let train: EventLog
    private var validation: EventLog?
    private var test: EventLog?
    private let resumedAt: Int?
    private let begin = ContinuousClock.now
    /// What histograms have taken so far, in seconds.
    private var spent = 0.0
    /// Why events are missing; nil where none are.
    private(set) var failure: String?

    /// - Parameter step: after which the run goes on; nil for one that begins.
    /// - Throws: `FileError` where the files can't be made or read.
    init(_ run: String, _ trainer: Trainer, config: String, after step: Int?) throws {
        directory = "\(run)/\(Self.folder)"
        self.trainer = trainer
        resumedAt = step
        if step == nil { try Self.remove(from: run) }
        train = try EventLog("\(directory)/train", after: step, at: Date())
        train.text("config", Self.code(config), step: step ?? 0, at: Date())
        note { try train.flush() }
    }

    /// Removes a run's event files.
    /// - Throws: `FileError` where one can't be removed.
    static func remove(from run: String) throws {
        let directory = "\(run)/\(folder)"
        for split in ["train", "validation", "test"] { try EventFiles.remove(in: "\(directory)/\(split)") }
        rmdir(directory)
    }

    /// - Returns: why nothing can be written, where that is new.
    func finished(_ record: EpochRecord) -> String? {
        let (now, names) = (Date(), ["loss"] + trainer.figures.figures.map(\.name))
        func scalars(_ loss: Double?, _ metrics: [Double]?) -> [(tag: String, value: Double)] {
            zip(names, [loss].compactMap { $0 } + (metrics ?? [])).map { ($0, $1) }
        }
        return note {
            train.scalars(
                scalars(record.loss, record.metrics) + [
                    ("learning_rate", record.learningRate), ("gradient_norm", record.gradientNorm),
                    ("samples_per_second", record.samplesPerSecond), ("epoch", Double(record.epoch)),
                ], step: record.step, at: now)
            try histograms(step: record.step, at: now)
            try train.flush()
            guard record.validationLoss != nil else { return }
            let log = try validation ?? EventLog("\(directory)/validation", after: resumedAt, at: now)
            validation = log
            log.scalars(scalars(record.validationLoss, record.validationMetrics), step: record.step, at: now)
            try log.flush()
        }
    }

    private func histograms(step: Int, at now: Date) throws {
        let start = ContinuousClock.now
        guard spent <= Self.allowance + Self.share * (start - begin).seconds else { return }
        let gradient = try trainer.engine.lastGradient()
        var values: [(tag: String, histogram: TensorHistogram)] = []
        for entry in trainer.objective.layout.trainedEntries {
            func add(_ kind: String, _ memory: AlignedMemory) {
                let tensor = UnsafeBufferPointer(start: memory.floats + entry.offset, count: entry.shape.count)
                if let histogram = TensorHistogram(tensor) { values.append(("\(kind)/\(entry.name)", histogram)) }
            }
            add("weights", trainer.engine.parameters)
            if let gradient { add("gradients", gradient) }
        }
        train.histograms(values, step: step, at: now)
        spent += (ContinuousClock.now - start).seconds
    }

    /// Goes on after an earlier step.
    /// - Returns: as `finished`.
    func wentBack(to step: Int) -> String? {
        note { for log in [train, validation] { try log?.goBack(to: step, at: Date()) } }
    }

    /// What the model came to on the test split.
    /// - Parameters:
    ///   - classes: the names of each output's classes, where they are known.
    /// - Returns: as `finished`.
    func tested(_ evaluation: Evaluation, step: Int, classes: [[String]?]) -> String? {
        let now = Date()
        return note {
            let log = try test ?? EventLog("\(directory)/test", after: resumedAt, at: now)
            test = log
            log.scalars(
                [("loss", evaluation.loss)] + zip(trainer.figures.figures, evaluation.metrics).map { ($0.name, $1) },
                step: step, at: now)
            for (index, matrix) in evaluation.confusions.enumerated() {
                guard let matrix else { continue }
                let output = trainer.objective.outputs[index].name
                let tag = "confusion_matrix" + (evaluation.confusions.count > 1 ? "/\(output)" : "")
                log.image(tag, ConfusionPicture.image(of: matrix), step: step, at: now)
                if let text = ConfusionPicture.text(of: matrix, names: classes[index]) {
                    // A tag belongs to one kind of values.
                    log.text("\(tag)_counts", text, step: step, at: now)
                }
            }
            try log.flush()
        }
    }

    /// - Returns: why it failed, unless it failed before.
    @discardableResult
    private func note(_ write: () throws -> Void) -> String? {
        do {
            try write()
            return nil
        } catch {
            guard failure == nil else { return nil }
            failure = "\(error)"
            return "\(error); training goes on, but TensorBoard will not show it"
        }
    }

    /// As Markdown has code: no line of it is read as anything else.
    static func code(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
    }
}
