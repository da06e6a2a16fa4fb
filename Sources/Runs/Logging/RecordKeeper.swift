import Batches
import Dispatch
import Engine
import Files
import Foundation
import HDF5
import Interchange
import Kernels
import Machine
import Synchronization

/// Keeps a run's record and writes it beside the training: at an epoch's end on a queue of its own, unless the writing would
/// take more than `share` of the run's time.
///
/// `@unchecked Sendable`: all but what stands behind the lock is touched on the fitting thread alone.
final class RecordKeeper: @unchecked Sendable {
    /// The time that writing may take: so many seconds, and this share of the run's time.
    private static let (allowance, share) = (0.1, 0.005)
    /// Steps longer than this are all measured, of others one in so many.
    private static let (longStep, every) = (200e-6, 32)

    private let directory: String
    private var record: RunRecord
    private let profile: StepProfile
    /// Whether the profile is the record's own, and not a trace's.
    private let ownsProfile: Bool
    private let queue = DispatchQueue(label: "stormo.record", qos: .utility)
    private let begin = ContinuousClock.now

    private struct Writing {
        var isUnderWay = false
        /// In seconds.
        var spent = 0.0
        /// Why it failed, until that is told.
        var news: String?
        var hasFailed = false
    }

    private let writing = Mutex(Writing())

    /// - Parameter start: from which the run goes on; nil for one that begins.
    init(_ directory: String, _ run: TrainingRun, from start: TrainingState?) {
        self.directory = directory
        let engine = run.trainer.engine
        (profile, ownsProfile) = engine.profile.map { ($0, false) }
            ?? (StepProfile(workers: engine.parallelism.workers, every: Self.every), true)
        engine.profile = profile
        record = RunRecord()
        if let start {
            do {
                record = try RunRecord(directory: directory) ?? record
                record.cut(after: start.history.count, step: start.step)
            } catch {
                record.add(note: "\(error); it was begun anew")
            }
        }
        record.fields = run.splits.flatMap { name, data in RunRecord.fields(of: data, split: name) }
        record.add(
            RunRecord.Process(
                started: Date(), ended: Date(), command: ProcessInfo.processInfo.arguments,
                workers: engine.parallelism.workers, shards: engine.parallelism.shards, versions: RunVersions.all,
                machine: MachineDescription(
                    loops: KernelLibrary.loopInstructions, kernels: KernelLibrary.instructions)))
        for remark in run.remarks { note(remark) }
    }

    func note(_ remark: RunRemark) {
        switch remark.kind {
        case .warning: record.add(TrainingWarning(.data, epoch: 0, step: 0, remark.sentence))
        case .note: record.add(note: remark.sentence)
        }
    }

    func note(_ warning: TrainingWarning) { record.add(warning) }

    func wentBack(to history: [EpochRecord]) {
        record.epochs.removeAll { $0.epoch > history.count }
        profile.resetTimes()
    }

    /// - Parameter seconds: how long the epoch took.
    /// - Returns: why nothing can be written, where that is new.
    func finished(_ epoch: EpochRecord, seconds: Double, _ trainer: Trainer) -> String? {
        let (norms, times) = (trainer.engine.layerNorms, trainer.lastTimes)
        if record.layers.isEmpty { record.layers = norms.map(\.layer) }
        let training = times?.training ?? seconds
        var own = RunRecord.Epoch(
            epoch: epoch.epoch, step: epoch.step, seconds: seconds, training: training,
            validation: times?.validation, samplesPerSecond: epoch.samplesPerSecond)
        if norms.map(\.layer) == record.layers { own.gradientNorms = norms.map(\.gradient) }
        own.measuredSteps = profile.steps
        if own.measuredSteps > 0 { own.phases = (0..<profile.workers).map { profile.seconds(of: $0) } }
        let steps = epoch.step - (record.epochs.last.map(\.step) ?? 0)
        if ownsProfile, steps > 0 { profile.every = training / Double(steps) > Self.longStep ? 1 : Self.every }
        profile.resetTimes()
        record.add(own)
        return write()
    }

    /// Hands the record to the queue, unless it is at one still or has no time left.
    private func write() -> String? {
        let elapsed = (ContinuousClock.now - begin).seconds
        let (isDue, news) = writing.withLock { writing in
            defer { writing.news = nil }
            let isDue = !writing.isUnderWay && writing.spent <= Self.allowance + Self.share * elapsed
            if isDue { writing.isUnderWay = true }
            return (isDue, writing.news)
        }
        if isDue {
            record.processes[record.processes.count - 1].ended = Date()
            queue.async { [self, record] in save(record) }
        }
        return news
    }

    private func save(_ record: RunRecord) {
        let start = ContinuousClock.now
        let result = Result { try record.write(to: directory) }
        writing.withLock { writing in
            writing.spent += (ContinuousClock.now - start).seconds
            writing.isUnderWay = false
            guard case .failure(let error) = result, !writing.hasFailed else { return }
            writing.hasFailed = true
            writing.news = "\(error); training goes on, but its report will lack what the record says"
        }
    }

    /// Writes the record as it is at the run's end.
    /// - Returns: as `finished`.
    func finish() -> String? {
        record.processes[record.processes.count - 1].ended = Date()
        queue.sync { [record] in save(record) }
        return writing.withLock { writing in
            defer { writing.news = nil }
            return writing.news
        }
    }
}

extension RunRecord {
    /// Where a split's fields are from.
    fileprivate static func fields(of data: Dataset, split: String) -> [Field] {
        data.fields.map { entry in
            Field(
                split: split, role: entry.role.words, name: entry.name, place: data.place(of: entry), rows: data.count,
                shape: entry.shape.dimensions, type: "\(entry.field.type)")
        }
    }
}

/// What a run is trained with.
enum RunVersions {
    static var all: [String: String] {
        [
            "stormo": StormoVersion.current, "hdf5": HDF5File.libraryVersion, "onednn": KernelLibrary.version,
            "libdeflate": Checksum.libraryVersion, "swift": swift,
        ]
    }

    /// Of the compiler.
    private static var swift: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }
}
