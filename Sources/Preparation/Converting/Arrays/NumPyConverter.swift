import Batches
internal import HDF5

/// Converts arrays of NumPy: an NPY file of inputs and one of targets, or an NPZ archive with both.
///
/// Numbers keep their type. In an archive the arrays are found by their names: `x`, `X`, `inputs`, `images` or `data`
/// with `y`, `Y`, `targets` or `labels`; or, as in Keras's `mnist.npz`, `x_train`, `y_train`, `x_test`, `y_test`.
package struct NumPyConverter: Converter {
    package let paths: [String]
    package var hasTargets = true
    /// The names of the arrays in an archive; nil to find them.
    package var inputs: String?
    package var targets: String?
    /// Whether arrays of rank 3 are images and get an axis for their one channel.
    package var addsChannel = false

    package init(_ paths: [String]) { self.paths = paths }

    private static let inputNames = ["x", "X", "inputs", "images", "data"]
    private static let targetNames = ["y", "Y", "targets", "labels"]
    private static let splitNames = [
        ("train", "train"), ("validation", "validation"), ("val", "validation"),
        ("valid", "validation"), ("test", "test"),
    ]

    package func convert(
        to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        let pairs = try pairs()
        var report = try ArrayPair.write(pairs, to: target, progress: progress)
        if !addsChannel, pairs.contains(where: { $0.inputs.shape.count == 3 && $0.inputs.type == .uint8 }) {
            report.notes.append(
                "images of one channel need an axis for it in convolutions: say --add-channel if these are")
        }
        return report
    }

    private func pairs() throws -> [ArrayPair] {
        guard let path = paths.first, paths.count <= 2 else {
            throw DataError("NPY files come in twos, the inputs and their targets; \(paths.count) were given")
        }
        let source = try ByteSource(path)
        let start = try source.bytes(0..<min(source.count, 6))
        guard start.starts(with: Array("PK".utf8)) else {
            // One file alone has no targets.
            let second = hasTargets && paths.count == 2 ? try NPYHeader.read(ByteSource(paths[1])) : nil
            return [
                try ArrayPair(
                    split: nil, inputs: NPYHeader.read(source), targets: second, addsChannel: addsChannel)
            ]
        }
        guard paths.count == 1 else {
            throw DataError("\(path) is an archive and holds inputs and targets; give it alone")
        }
        return try pairs(in: ZIPArchive(source))
    }

    private func pairs(in archive: ZIPArchive) throws -> [ArrayPair] {
        var members: [String: ZIPArchive.Member] = [:]
        for member in archive.members where member.name.hasSuffix(".npy") {
            let name = String(member.name.dropLast(4))
            if members.updateValue(member, forKey: name) != nil {
                throw DataError(
                    "\(archive.source.name) holds two arrays of the name '\(name)'; save it again with a name for each")
            }
        }
        let names = members.keys.sorted().joined(separator: ", ")
        let path = archive.source.name
        guard !members.isEmpty else { throw DataError("\(path) holds no arrays of NumPy") }
        func open(_ name: String, _ option: String) throws -> StoredArray {
            guard let member = members[name] else {
                throw DataError("\(path) has no array '\(name)' for \(option); it has: \(names)")
            }
            return try NPYHeader.read(archive.open(member))
        }
        func pair(_ split: String?, _ inputs: String, _ targets: String?) throws -> ArrayPair {
            try ArrayPair(
                split: split, inputs: open(inputs, "--inputs"), targets: targets.map { try open($0, "--targets") },
                addsChannel: addsChannel)
        }
        func find(_ candidates: [String]) -> String? { candidates.first { members[$0] != nil } }

        if inputs == nil, targets == nil {
            var pairs: [ArrayPair] = []
            for (word, split) in Self.splitNames {
                func named(_ names: [String]) -> String? { find(names.flatMap { ["\($0)_\(word)", "\(word)_\($0)"] }) }
                guard let inputs = named(Self.inputNames), !pairs.contains(where: { $0.split == split }) else {
                    continue
                }
                let targets = hasTargets ? named(Self.targetNames) : nil
                if hasTargets, targets == nil {
                    throw DataError(
                        "\(path) has no targets for its array '\(inputs)'; it has: \(names); name them by --inputs and "
                            + "--targets, or say --no-targets")
                }
                pairs.append(try pair(split, inputs, targets))
            }
            if !pairs.isEmpty { return pairs }
        }
        let only = members.count == 1 ? members.keys.first : nil
        guard let inputs = inputs ?? find(Self.inputNames) ?? (hasTargets ? nil : only) else {
            throw DataError("\(path): which array holds the inputs? Say --inputs NAME; it has: \(names)")
        }
        guard hasTargets else { return [try pair(nil, inputs, nil)] }
        guard let targets = targets ?? find(Self.targetNames) else {
            throw DataError(
                "\(path): which array holds the targets? Say --targets NAME, or --no-targets; it has: \(names)")
        }
        return [try pair(nil, inputs, targets)]
    }
}
