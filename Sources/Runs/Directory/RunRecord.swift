import Engine
import Files
import Foundation
import Machine

/// What a run's pictures need beside its figures: `record.json` in its directory. Times and machines are in it, so that two runs
/// of one config have different ones.
///
/// ```
/// {
///   "format": 1,
///   "processes": [
///     {"started": "2026-03-01T12:00:00Z", "ended": "2026-03-01T12:04:10Z", "command": ["stormo", "train", "trees.json"],
///       "workers": 2, "shards": 2, "versions": {"stormo": "0.1.0", "hdf5": "1.14.5", "onednn": "3.7.2"},
///       "machine": {"cpu": "AMD EPYC 9354", "cpus": 2, "memory": 8589934592, "loops": "AVX2", "kernels": "AVX2"}}
///   ],
///   "data": [
///     {"split": "train", "role": "inputs", "place": "digits.h5: /train/inputs", "rows": 1258, "shape": [8, 8, 1],
///       "type": "uint8"}
///   ],
///   "layers": ["conv2d", "dense"],
///   "epochs": [
///     {"epoch": 1, "step": 40, "seconds": 0.31, "training": 0.25, "validation": 0.04, "samples_per_second": 5012,
///       "gradient_norms": [0.81, 2.4], "measured_steps": 40, "phases": {"gather": [0.01, 0.01], "forward": [0.1, 0.11]}}
///   ],
///   "warnings": [
///     {"kind": "dead_layer", "epoch": 1, "step": 1, "layer": "conv2d", "sentence": "layer 'conv2d' is dead …", "count": 1}
///   ],
///   "warnings_left_out": 0,
///   "notes": []
/// }
/// ```
/// - `processes`: each that went on with the run. `ended` is when the file was last written, which of a killed process is some
///   time before its end.
/// - `data`: what each split was read from, before rows were taken out for others; the files' checksums are in `sources.json`.
/// - `epochs`: seconds of the whole epoch, of its training and of its validation; the norm of each layer's gradient in its
///   first step, in the order of `layers`; and of `measured_steps` steps, which where steps are short are a sample of them, the
///   seconds that each worker spent in each phase. Of a long run every so many epochs are kept, and the last.
/// - `warnings`: `kind` is a `TrainingWarning.Kind`, `epoch` counts from 1 and is 0 before training, `count` says how often
///   the same came in that epoch. At most 1,000 are kept.
///
/// It is written once an epoch, as often as its writing takes less than 1% of the run's time.
package struct RunRecord: Sendable, Equatable {
    /// A process that trained, from its start to when it was last heard of.
    package struct Process: Sendable, Equatable {
        package var started: Date
        package var ended: Date
        package var command: [String]
        package var workers: Int
        package var shards: Int
        /// By the names of programs and libraries.
        package var versions: [String: String]
        package var machine: MachineDescription
    }

    /// Where a split has one of its inputs, targets or weights from.
    package struct Field: Sendable, Equatable {
        /// `train`, `validation` or `test`.
        package var split: String
        package var role: String
        /// The input or output; nil where there is one.
        package var name: String?
        package var place: String
        package var rows: Int
        package var shape: [Int]
        package var type: String
    }

    package struct Epoch: Sendable, Equatable {
        package var epoch: Int
        package var step: Int
        package var seconds: Double
        package var training: Double
        package var validation: Double?
        package var samplesPerSecond: Double
        /// As many as `layers`; empty where they were not computed.
        package var gradientNorms: [Double] = []
        package var measuredSteps = 0
        /// Seconds by worker and phase, in the order of `StepProfile.Phase`.
        package var phases: [[Double]] = []
    }

    package struct Warning: Sendable, Equatable {
        package var kind: TrainingWarning.Kind
        package var epoch: Int
        package var step: Int
        package var layer: String?
        package var sentence: String
        package var count = 1
    }

    package var processes: [Process] = []
    package var fields: [Field] = []
    package var layers: [String] = []
    package var epochs: [Epoch] = []
    package var warnings: [Warning] = []
    package var leftOut = 0
    /// Choices that the run's user may not expect.
    package var notes: [String] = []
    /// Of `epochs` all but the last are those whose number is one more than a multiple of this.
    var every = 1

    package static let fileName = "record.json"
    static let format = 1
    private static let mostWarnings = 1000
    private static let mostProcesses = 100
    /// Of all epochs together.
    private static let mostNumbers = 60_000

    package init() {}
}

// MARK: - Growing

extension RunRecord {
    /// How many epochs are kept, of so many numbers each.
    private var mostEpochs: Int {
        let workers = processes.last?.workers ?? 1
        return min(max(Self.mostNumbers / (8 + layers.count + workers * StepProfile.Phase.allCases.count), 64), 1000)
    }

    package mutating func add(_ process: Process) {
        processes.append(process)
        processes = processes.suffix(Self.mostProcesses)
    }

    package mutating func add(_ epoch: Epoch) {
        if let last = epochs.last, !isKept(last) { epochs.removeLast() }
        if epochs.count >= mostEpochs {
            every *= 2
            epochs = epochs.filter(isKept)
        }
        epochs.append(epoch)
    }

    private func isKept(_ epoch: Epoch) -> Bool { (epoch.epoch - 1) % every == 0 }

    package mutating func add(_ warning: TrainingWarning) {
        // Those before training come again with each process.
        if let index = warnings.lastIndex(where: {
            $0.kind == warning.kind && $0.epoch == warning.epoch && $0.layer == warning.layer
                && $0.sentence == warning.sentence
        }) {
            if warning.epoch > 0 { warnings[index].count += 1 }
        } else if warnings.count < Self.mostWarnings {
            warnings.append(
                Warning(
                    kind: warning.kind, epoch: warning.epoch, step: warning.step, layer: warning.layer,
                    sentence: warning.sentence))
        } else {
            leftOut += 1
        }
    }

    package mutating func add(note: String) {
        if !notes.contains(note), notes.count < Self.mostWarnings { notes.append(note) }
    }

    /// Takes away what came after a step from which the run goes on.
    package mutating func cut(after epoch: Int, step: Int) {
        epochs.removeAll { $0.epoch > epoch }
        warnings.removeAll { $0.step > step }
    }
}
