import Batches
internal import HDF5

/// The inputs of a split and their targets, to be written as one group.
struct ArrayPair {
    /// Nil for a source without splits.
    let split: String?
    let inputs: StoredArray
    let targets: StoredArray?
    /// Whether images of one channel get an axis for it.
    let addsChannel: Bool

    /// - Throws: `DataError` where the two do not belong together.
    init(split: String?, inputs: StoredArray, targets: StoredArray?, addsChannel: Bool) throws {
        self.split = split
        self.inputs = inputs
        self.targets = targets
        self.addsChannel = addsChannel
        for array in [inputs, targets] {
            guard let array else { continue }
            guard !array.shape.isEmpty else {
                throw DataError("\(array.source.name) is a single number; a dataset needs rows, one for each sample")
            }
            guard !array.shape.contains(0) else {
                throw DataError("\(array.source.name) is empty: its shape is \(array.shape)")
            }
        }
        guard let targets else { return }
        guard inputs.rows == targets.rows else {
            throw DataError(
                "\(inputs.source.name) has \(inputs.rows) rows, but \(targets.source.name) has \(targets.rows); each "
                    + "row of inputs needs one of targets")
        }
    }

    /// Writes pairs one after the other.
    static func write(
        _ pairs: [ArrayPair], to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        var report = ConversionReport()
        let total = pairs.reduce(0) { $0 + $1.inputs.rows }
        try DatasetFile.write(target.file) { file in
            var done = 0
            for pair in pairs {
                let group = target.path(split: pair.split)
                let row = Array(pair.inputs.shape.dropFirst())
                let inputs = try pair.inputs.write(
                    to: file, group + "/inputs", rowShape: pair.addsChannel && row.count == 2 ? row + [1] : row,
                    storage: target.storage
                ) { progress(PreparationProgress(done: done + $0, total: total, rows: done + $0)) }
                report.datasets.append(.init(inputs))
                if let targets = pair.targets {
                    report.datasets.append(
                        .init(
                            try targets.write(to: file, group + "/targets", storage: target.storage) { _ in }))
                }
                done += pair.inputs.rows
            }
        }
        return report
    }
}
