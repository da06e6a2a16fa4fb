import Files
import HDF5
import Interchange
import Kernels

/// The checkpoint file: a model file, which Keras opens, with a group beside it for the rest of the run.
///
/// ```
/// /checkpoint                  attributes: format, stormo (the version that wrote it), vectors, numbers, integers
/// /checkpoint/vectors/NAME     float32, of the layout of the trained parameters (moments) or of all (best)
/// /checkpoint/numbers/NAME     float64
/// /checkpoint/integers/NAME    int64
/// ```
enum CheckpointFile {
    /// 2 since optimizers, schedules and the loss over ignored labels have Keras's arithmetic.
    static let format = 2
    static let group = "/checkpoint"

    /// Writes a checkpoint, whole or not at all: a sibling file, flushed to the disk, read back and compared with its
    /// checksums, and then put in place. The same checkpoint makes the same bytes.
    /// - Throws: `FileError` where there is too little room or it can't be written; what stood there still does.
    static func write(_ checkpoint: Checkpoint, to path: String) throws {
        let size = size(of: checkpoint)
        try FreeSpace.require(size, for: path)
        // What is read back to be compared takes as much again, and libhdf5 some for itself.
        do { try AlignedMemory.require(byteCount: size + 16 << 20) } catch {
            throw FileError("\(path) can't be written: \(error)")
        }
        try AtomicFile.replace(path) { sibling in
            let file = try HDF5File.create(sibling)
            try ModelFile.fill(file, with: checkpoint.model)
            try fill(file, with: checkpoint)
            try file.close()
        } verify: { sibling in
            _ = try read(CheckedFile(sibling))
        }
    }

    /// An estimate from above of the file's bytes.
    private static func size(of checkpoint: Checkpoint) -> Int {
        let layout = checkpoint.model.objective.layout
        let vectors = (checkpoint.vectors.count + 1) * layout.count * MemoryLayout<Float>.stride
        let values =
            checkpoint.numbers.values.reduce(0) { $0 + 8 * $1.count }
            + checkpoint.integers.values.reduce(0) { $0 + 8 * $1.count }
        let objects =
            layout.entries.count + checkpoint.vectors.count + checkpoint.numbers.count
            + checkpoint.integers.count
        let text = checkpoint.model.configuration.map { $0.jsonText().utf8.count } ?? 0
        return vectors + values + text + objects * 4096 + 1 << 16
    }

    private static func fill(_ file: HDF5File, with checkpoint: Checkpoint) throws {
        let layout = checkpoint.model.objective.layout
        let own = try file.root.createGroup(group).attributes
        try own.set("format", format)
        try own.set("stormo", StormoVersion.current)
        try own.set("vectors", checkpoint.vectors.keys.sorted())
        try own.set("numbers", checkpoint.numbers.keys.sorted())
        try own.set("integers", checkpoint.integers.keys.sorted())
        try Checksum.seal(own)
        for (name, vector) in checkpoint.vectors.sorted(by: { $0.key < $1.key }) {
            let count = Checkpoint.length(ofVector: name, in: layout)
            let bytes = UnsafeRawBufferPointer(start: vector.base, count: count * MemoryLayout<Float>.stride)
            precondition(bytes.count <= vector.byteCount, "a checkpoint's vectors have the parameters' layout")
            try ModelFile.write(bytes, .float32, shape: [count], to: "\(group)/vectors/\(name)", in: file)
        }
        for (name, values) in checkpoint.numbers.sorted(by: { $0.key < $1.key }) {
            try values.withUnsafeBytes {
                try ModelFile.write($0, .float64, shape: [values.count], to: "\(group)/numbers/\(name)", in: file)
            }
        }
        for (name, values) in checkpoint.integers.sorted(by: { $0.key < $1.key }) {
            try values.withUnsafeBytes {
                try ModelFile.write($0, .int64, shape: [values.count], to: "\(group)/integers/\(name)", in: file)
            }
        }
    }

    /// Reads a checkpoint, every part of it checked.
    /// - Throws: `FileError` for what is no checkpoint or is damaged, `HDF5Error` for what can't be read.
    static func read(_ path: String) throws -> Checkpoint {
        let source = try CheckedFile(path)
        guard let checkpoint = try read(source) else { throw source.bad("is damaged") }
        return checkpoint
    }

    /// - Returns: nil where mistakes are gathered and there are some.
    static func read(_ source: CheckedFile) throws -> Checkpoint? {
        guard (try? source.file.exists(group)) == true else {
            throw source.bad("is no checkpoint that stormo wrote: it has no group \(group)")
        }
        let written = try source.file.group(group).attributes.integers("format").first
        if let written, 1..<format ~= written {
            throw source.bad(
                "is a checkpoint of an earlier version of stormo, whose optimizers and learning rate schedules computed "
                    + "otherwise, so that the run would not go on as it began; begin it anew, or go on with that version"
            )
        }
        guard written == format else {
            throw source.bad("is a checkpoint of another version of stormo; use that version to go on from it")
        }
        let own = try source.attempt { try source.attributes(group) }
        guard let model = try ModelFile.read(source), let own else { return nil }
        var checkpoint = Checkpoint(model: model)
        for name in try names("vectors", own, source) {
            checkpoint.vectors[name] = try source.attempt {
                let count = Checkpoint.length(ofVector: name, in: model.objective.layout)
                let dataset = try source.dataset(
                    "\(group)/vectors/\(name)", .float32, shape: [count], owner: "the checkpoint")
                let vector = try AlignedMemory(floats: count)
                try source.read(
                    dataset, as: .float32,
                    into: UnsafeMutableRawBufferPointer(start: vector.base, count: count * MemoryLayout<Float>.stride))
                // A run goes on all the same; who checks a file wants to know.
                if source.gathers, (0..<count).contains(where: { vector.floats[$0].isNaN }) {
                    throw Damage("\(dataset.path) holds values that are not numbers")
                }
                return vector
            }
        }
        for name in try names("numbers", own, source) {
            checkpoint.numbers[name] = try values("\(group)/numbers/\(name)", .float64, source)
        }
        for name in try names("integers", own, source) {
            checkpoint.integers[name] = try values("\(group)/integers/\(name)", .int64, source)
        }
        return checkpoint
    }

    private static func names(_ kind: String, _ own: HDF5Attributes, _ source: CheckedFile) throws -> [String] {
        try source.attempt {
            let names = try own.strings(kind)
            for name in names where name.isEmpty || name == "." || name == ".." || name.contains("/") {
                throw Damage("'\(name)' is no name for one of its \(kind)")
            }
            guard Set(names).count == names.count else { throw Damage("its \(kind) have one name twice") }
            return names
        } ?? []
    }

    private static func values<T: HDF5Element & AdditiveArithmetic>(
        _ path: String, _ type: HDF5ElementType, _ source: CheckedFile
    ) throws -> [T]? {
        try source.attempt {
            let count = try source.file.dataset(path).count
            let dataset = try source.dataset(path, type, shape: [count], owner: "the checkpoint")
            var values = [T](repeating: .zero, count: count)
            try values.withUnsafeMutableBytes { try source.read(dataset, as: T.hdf5MemoryType, into: $0) }
            return values
        }
    }
}

extension Checkpoint {
    /// Reads a checkpoint file.
    /// - Throws: `HDF5Error` for a file that can't be read, `FileError` for one that is no checkpoint or is damaged.
    package init(contentsOf path: String) throws { self = try CheckpointFile.read(path) }

    /// Writes the checkpoint as a file that Keras opens too, whole or not at all, and durably: when this returns, it
    /// is on the disk and has been read back.
    /// - Throws: `FileError` where there is too little room or it can't be written; what stood there still does.
    package func save(_ path: String) throws { try CheckpointFile.write(self, to: path) }
}
