internal import Dispatch
package import HDF5
package import Kernels
import Machine

/// Makes up a dataset, the same for the same seed, block by block.
package struct Synthesis: Sendable {
    package let kind: SyntheticKind
    package var samples = 1000
    /// Nil for what the kind usually has.
    package var classes: Int?
    /// Of one row; nil for what the kind usually has.
    package var shape: Shape?
    /// How far values stray: of a feature, of a spiral's angle in radians, of a pixel in quarters of its range.
    package var noise: Float?
    package var seed: UInt64 = 0
    /// Whether the rows of a class stand together.
    package var sorted = false
    package var validation = 0.1
    package var test = 0.1
    package var storage = DatasetStorage(gzip: 0)

    package init(_ kind: SyntheticKind) { self.kind = kind }

    /// What is wrong with the wishes, as a sentence.
    package struct Mistake: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    package struct Summary: Sendable {
        package let splits: [(name: String, rows: Int)]
        package let rowShape: Shape
        package let type: HDF5ElementType
        /// 0 for a regression.
        package let classes: Int
        package let bytes: Int
    }

    /// - Throws: `Mistake`, `FileError`, `HDF5Error`; nothing is left of the output then.
    package func run(
        to output: String, progress: ((PreparationProgress) throws -> Void)? = nil
    ) throws -> Summary {
        let (shape, classes, splits) = try check()
        let isImages = kind == .images
        let rowBytes = shape.count * (isImages ? 1 : 4)
        let (inputBytes, overflow) = samples.multipliedReportingOverflow(by: rowBytes + 4)
        guard !overflow else { throw Mistake(description: "\(samples) samples of \(shape) are too many") }
        let rows = SyntheticRows(
            kind, shape: shape, classes: classes, noise: noise ?? kind.usualNoise, seed: seed)
        var counter = ByteCounter(total: inputBytes, report: progress)
        try DatasetFile.write(output, estimatedBytes: storage.gzip > 0 ? nil : inputBytes) { file in
            var first = 0
            for (name, count) in splits {
                let inputs = try RowWriter(
                    file, "/\(name)/inputs", isImages ? .uint8 : .float32, rowShape: shape.dimensions, rows: count,
                    storage: storage)
                let targets = try RowWriter(
                    file, "/\(name)/targets", kind.isClassification ? .int32 : .float32, rowShape: [], rows: count,
                    storage: DatasetStorage(gzip: storage.gzip))
                try write(rows, first, count, inputs, targets, &counter)
                first += count
            }
            if kind.isClassification {
                try file.attributes.set("class_names", (0..<classes).map { "\(kind.rawValue)-\($0)" })
            }
            try file.attributes.set("description", "synthetic \(kind.rawValue), seed \(seed)")
        }
        return Summary(
            splits: splits, rowShape: shape, type: isImages ? .uint8 : .float32,
            classes: kind.isClassification ? classes : 0, bytes: inputBytes)
    }

    private func write(
        _ rows: SyntheticRows, _ first: Int, _ count: Int, _ inputs: RowWriter, _ targets: RowWriter,
        _ counter: inout ByteCounter
    ) throws {
        // About 4 MiB at once, a part for each worker.
        let blockRows = max(1, min(count, (4 << 20) / max(inputs.rowBytes, 1)))
        let memory = try AlignedMemory(byteCount: blockRows * inputs.rowBytes)
        let results = try AlignedMemory(byteCount: blockRows * 4)
        let (sorted, kind, classes, rowBytes) = (sorted, kind, rows.classes, inputs.rowBytes)
        let parts = max(1, min(AvailableCPUs.count * 4, blockRows))
        for start in stride(from: 0, to: count, by: blockRows) {
            let number = min(blockRows, count - start)
            DispatchQueue.concurrentPerform(iterations: parts) { part in
                for row in part * number / parts..<(part + 1) * number / parts {
                    let label = sorted && kind.isClassification ? (start + row) * classes / count : nil
                    let place = memory.base + row * rowBytes
                    let result =
                        kind == .images
                        ? rows.fill(place.assumingMemoryBound(to: UInt8.self), index: first + start + row, label: label)
                        : rows.fill(place.assumingMemoryBound(to: Float.self), index: first + start + row, label: label)
                    if kind.isClassification {
                        results.base.storeBytes(of: Int32(result), toByteOffset: row * 4, as: Int32.self)
                    } else {
                        results.base.storeBytes(of: result, toByteOffset: row * 4, as: Float.self)
                    }
                }
            }
            try inputs.append(UnsafeRawBufferPointer(start: memory.base, count: number * rowBytes))
            try targets.append(UnsafeRawBufferPointer(start: results.base, count: number * 4))
            try counter.add(number * (rowBytes + 4), rows: number)
        }
        try inputs.finish()
        try targets.finish()
    }

    private func check() throws -> (Shape, classes: Int, splits: [(name: String, rows: Int)]) {
        let shape = shape ?? kind.usualShape
        let classes = classes ?? kind.usualClasses
        func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
            if !condition { throw Mistake(description: sentence()) }
        }
        try require((1...Int(Int32.max)).contains(samples), "the samples must be 1 to \(Int32.max), but are \(samples)")
        try require(
            shape.dimensions.allSatisfy { $0 > 0 } && shape.count <= 1 << 28,
            "a row of \(shape) is empty or has more than \(1 << 28) numbers")
        switch kind {
        case .spirals, .moons: try require(shape == [2], "\(kind.rawValue) have 2 features, not \(shape)")
        case .images:
            try require(shape.rank == 3, "images have a height, a width and channels, such as 28x28x1, not \(shape)")
        case .sequences:
            try require(shape.rank == 2, "sequences have steps and features, such as 64x1, not \(shape)")
        case .blobs, .regression:
            try require(shape.rank == 1, "\(kind.rawValue) have features, not a shape of \(shape)")
        }
        if kind == .moons { try require(classes == 2, "there are 2 moons, not \(classes) classes") }
        if kind.isClassification {
            try require((2...10_000).contains(classes), "the classes must be 2 to 10000, but are \(classes)")
        } else {
            try require(self.classes == nil && !sorted, "a regression has no classes, and nothing to sort by")
        }
        try require((noise ?? 0).isFinite && (noise ?? 0) >= 0, "the noise must not be negative")
        for (name, fraction) in [("validation", validation), ("test", test)] {
            try require(fraction >= 0 && fraction < 1, "the \(name) fraction must be 0 to 1, but is \(fraction)")
        }
        try require(validation + test < 1, "validation and test leave nothing to train on")

        let wanted = [("train", 1 - validation - test), ("validation", validation), ("test", test)]
        let fractions = try SplitFractions(wanted.filter { $0.1 > 0 }.map { (name: $0.0, fraction: $0.1) })
        let splits = zip(fractions.parts, fractions.counts(of: samples)).map { (name: $0.name, rows: $1) }
        if let empty = splits.first(where: { $0.rows == 0 }) {
            throw Mistake(description: "\(samples) samples are too few: the split '\(empty.name)' would be empty")
        }
        return (shape, classes, splits)
    }
}
