import Batches
import Foundation
internal import HDF5
internal import Kernels

/// Splits the rows of a group's datasets into several groups of a new file.
///
/// Rows keep their order within a split, which lets them be read and written in one pass; training shuffles them.
/// What the file holds outside of the group goes along as it is.
package struct Splitting: Sendable {
    package var fractions: SplitFractions
    /// Nil for the only dataset of the file that is called inputs.
    package var inputs: String?
    /// Nil for the dataset beside the inputs that is called targets, if there is one.
    package var targets: String?
    package var seed: UInt64 = 0
    /// Whether each split gets its share of each class.
    package var stratify = false
    package var storage = DatasetStorage()
    /// Whether values that lie in other files are taken along.
    package var followsExternalLinks = false

    package init(_ fractions: SplitFractions) { self.fractions = fractions }

    package struct Summary: Sendable {
        package let inputs: String
        package let targets: String?
        /// Rows of each split, in the order of the fractions.
        package let counts: [Int]
        /// The paths of further datasets that were split along.
        package let companions: [String]
        /// What was copied as it is.
        package let copied: [String]
        /// Classes that have fewer rows than there are splits.
        package let rareClasses: [Int]
    }

    /// - Throws: `HDF5Error`, `FileError`, and `DataError` for data that can't be split so; nothing is left of the
    ///   output then.
    package func run(
        _ file: String, to output: String, progress: ((PreparationProgress) throws -> Void)? = nil
    ) throws -> Summary {
        let source = try HDF5File.open(file, allowingExternal: followsExternalLinks, reading: .copies)
        if let unreadable = try source.omittedPaths().first(where: { !$0.isLink }) {
            throw DataError("\(file): \(unreadable.path) can't be copied: \(unreadable.reason)")
        }
        let paths = try source.allDatasetPaths()
        let inputs = try source.dataset(try inputs ?? Self.onlyInputs(paths, file))
        let rows = inputs.shape.first ?? 0
        guard rows > 0 else { throw DataError("\(file): \(inputs.path) has no rows to split") }
        guard rows <= Int(clamping: ProcessInfo.processInfo.physicalMemory) / 64 else {
            throw DataError("\(file): \(inputs.path) has \(rows) rows, more than can be drawn in this machine's memory")
        }
        let group = Self.parent(of: inputs.path)
        let targets = try targetDataset(source, group, inputs)

        // Whatever has a row for each of the inputs' and stands beside them.
        var members: [(dataset: HDF5Dataset, name: String)] = [(inputs, "inputs")]
        if let targets { members.append((targets, "targets")) }
        // Names of files, say.
        var texts: [(dataset: HDF5Dataset, name: String)] = []
        for path in paths where Self.parent(of: path) == group && !members.contains(where: { $0.dataset.path == path })
        {
            let dataset = try source.dataset(path)
            if dataset.shape == [rows], dataset.elementType == .string { texts.append((dataset, Self.name(of: path))) }
            guard dataset.shape.first == rows, dataset.elementType.isNumeric else { continue }
            members.append((dataset, Self.name(of: path)))
        }
        let split = Set((members + texts).map(\.dataset.path))
        let others = paths.filter { !split.contains($0) }
        for part in fractions.parts {
            if let clash = others.first(where: { $0 == "/" + part.name || $0.hasPrefix("/\(part.name)/") }) {
                throw DataError(
                    "\(file) holds \(clash) already, beside \(inputs.path): give the split '\(part.name)' another name "
                        + "or leave it out")
            }
        }

        let (plan, rareClasses) = try plan(rows, targets, file)
        for (part, count) in zip(fractions.parts, plan.counts) where count == 0 {
            throw DataError(
                "the split '\(part.name)' would be empty: \(part.fraction) of \(rows) rows; give it a larger fraction")
        }
        let sources = try members.map { try RowSource($0.dataset) }
        var counter = ByteCounter(total: sources.reduce(0) { $0 + $1.rows * $1.rowBytes }, report: progress)
        try DatasetFile.write(output) { target in
            for path in try source.allGroupPaths() where path != group || path == "/" {
                // Groups that hold nothing but what is split are not kept.
                guard path == "/" || others.contains(where: { $0.hasPrefix(path + "/") }) else { continue }
                let copy = path == "/" ? target.root : try target.root.createGroup(path)
                try copy.attributes.copyAll(of: source.group(path).attributes)
            }
            for path in others { try target.root.copy(try source.dataset(path), to: path) }
            for ((dataset, name), rows) in zip(members, sources) {
                try write(dataset, name, rows, plan, target, &counter)
            }
            for (dataset, name) in texts { try write(texts: dataset, name, plan, target) }
            guard group != "/" else { return }
            for part in fractions.parts {
                try target.group("/" + part.name).attributes.copyAll(of: source.group(group).attributes)
            }
        }
        return Summary(
            inputs: inputs.path, targets: targets?.path, counts: plan.counts,
            companions: (members + texts).map(\.dataset.path).filter { $0 != inputs.path && $0 != targets?.path },
            copied: others, rareClasses: rareClasses)
    }

    private static func parent(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func onlyInputs(_ paths: [String], _ file: String) throws -> String {
        let found = paths.filter { name(of: $0) == "inputs" }
        if found.count == 1 { return found[0] }
        let datasets = paths.prefix(20).joined(separator: ", ")
        throw DataError(
            found.isEmpty
                ? "\(file) has no dataset called inputs; name one of \(datasets) with --inputs"
                : "\(file) has several datasets called inputs; name one of "
                    + "\(found.joined(separator: ", ")) with --inputs"
        )
    }

    private func targetDataset(_ source: HDF5File, _ group: String, _ inputs: HDF5Dataset) throws -> HDF5Dataset? {
        let usual = (group == "/" ? "" : group) + "/targets"
        guard let path = try targets ?? (source.exists(usual) ? usual : nil) else { return nil }
        let dataset = try source.dataset(path)
        guard dataset.shape.first == inputs.shape.first else {
            throw DataError(
                "\(source.path): \(inputs.path) has \(inputs.shape.first ?? 0) rows, but \(dataset.path) has "
                    + "\(dataset.shape.first ?? 0); each row of inputs needs one of targets")
        }
        return dataset
    }

    private func plan(_ rows: Int, _ targets: HDF5Dataset?, _ file: String) throws -> (SplitPlan, rareClasses: [Int]) {
        guard stratify else { return (SplitPlan(rows: rows, fractions, seed: seed), []) }
        guard let targets else { throw DataError("\(file) has no targets to stratify by; name them with --targets") }
        guard targets.count == rows else {
            throw DataError(
                "\(file): \(targets.path) has \(targets.count / rows) numbers a row; to stratify takes one label a row")
        }
        let labels = try labels(of: targets, file)
        var counts: [Int: Int] = [:]
        for label in labels { counts[label, default: 0] += 1 }
        guard counts.count <= max(1, rows / 2) else {
            throw DataError(
                "\(file): \(targets.path) has \(counts.count) different values in \(rows) rows, which are no classes")
        }
        let rare = counts.filter { $0.value < fractions.parts.count }.keys.sorted()
        return (SplitPlan(labels: labels, fractions, seed: seed), rare)
    }

    /// One label a row. Integers stay integers: in double precision those beyond 2^53 would be alike.
    private func labels(of targets: HDF5Dataset, _ file: String) throws -> [Int] {
        func whole<T>(_ values: [T], _ label: (T) -> Int?) throws -> [Int] {
            try values.enumerated().map { row, value in
                guard let label = label(value) else {
                    throw DataError(
                        "\(file): \(targets.path) holds \(value) in row \(row); to stratify takes whole labels up to \(Int.max)"
                    )
                }
                return label
            }
        }
        return switch targets.elementType.memoryType {
        case .float16, .float32, .float64, nil: try whole(targets.read(Double.self)) { Int(exactly: $0) }
        case .uint64: try whole(targets.read(UInt64.self)) { Int(exactly: $0) }
        default: try whole(targets.read(Int64.self)) { Int($0) }
        }
    }

    /// Texts are few beside what they name.
    private func write(texts dataset: HDF5Dataset, _ name: String, _ plan: SplitPlan, _ target: HDF5File) throws {
        let all = try dataset.readStrings()
        for (index, part) in fractions.parts.enumerated() {
            let own = zip(all, plan.assignment).filter { Int($1) == index }.map(\.0)
            let made = try target.root.createStrings(
                "/\(part.name)/\(name)", own, gzip: storage.gzip > 0 && !own.isEmpty ? storage.gzip : nil)
            try made.attributes.copyAll(of: dataset.attributes)
        }
    }

    /// One pass over a dataset, each row to its split.
    private func write(
        _ dataset: HDF5Dataset, _ name: String, _ source: RowSource, _ plan: SplitPlan, _ target: HDF5File,
        _ counter: inout ByteCounter
    ) throws {
        // An enumeration can't be made; its numbers can.
        var type = dataset.elementType
        if case .enumeration(let base) = type { type = base }
        let writers = try zip(fractions.parts, plan.counts).map { part, count in
            let writer = try RowWriter(
                target, "/\(part.name)/\(name)", type, rowShape: source.rowShape.dimensions, rows: count,
                storage: storage)
            try writer.dataset.attributes.copyAll(of: dataset.attributes)
            return writer
        }
        let memory = try AlignedMemory(byteCount: source.blockRows * source.rowBytes)
        for block in 0..<source.blocks {
            let range = source.range(ofBlock: block)
            try source.read(range, into: memory.base)
            // Neighbours that go the same way go together.
            var start = range.lowerBound
            while start < range.upperBound {
                var end = start + 1
                while end < range.upperBound, plan.assignment[end] == plan.assignment[start] { end += 1 }
                try writers[Int(plan.assignment[start])].append(
                    UnsafeRawBufferPointer(
                        start: memory.base + (start - range.lowerBound) * source.rowBytes,
                        count: (end - start) * source.rowBytes))
                start = end
            }
            try counter.add(range.count * source.rowBytes, rows: range.count)
        }
        for writer in writers { try writer.finish() }
    }
}
