import Batches
import Files
import Foundation
internal import HDF5

/// Converts IDX files, the form of MNIST (http://yann.lecun.com/exdb/mnist/), gzipped or not: one of samples and one of
/// labels, or a folder with the files of `train` and of `t10k` or `test`.
///
/// Any IDX type. Samples of rank 3 are images and get an axis for their one channel: (rows, height, width, 1).
package struct IDXConverter: Converter {
    package let paths: [String]
    package let hasTargets: Bool

    /// - Parameter paths: the samples and their labels; the samples alone, whose labels are then found by name; or a
    ///   folder.
    package init(_ paths: [String], hasTargets: Bool = true) {
        self.paths = paths
        self.hasTargets = hasTargets
    }

    package func convert(
        to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        let pairs = try findFiles().map { split, inputs, targets in
            var samples = try Self.open(inputs)
            var labels = try targets.map(Self.open)
            // In whatever order they were given.
            if let other = labels, samples.shape.count == 1, other.shape.count > 1 {
                (samples, labels) = (other, samples)
            }
            if let labels, labels.shape.count != 1 {
                throw DataError(
                    "\(labels.source.name) holds an array of \(labels.shape.count) axes, not labels, which have one")
            }
            return try ArrayPair(split: split, inputs: samples, targets: labels, addsChannel: true)
        }
        return try ArrayPair.write(pairs, to: target, progress: progress)
    }

    private func findFiles() throws -> [(split: String?, inputs: String, targets: String?)] {
        if paths.count == 2, hasTargets { return [(nil, paths[0], paths[1])] }
        guard paths.count == 1, let path = paths.first else {
            throw DataError("IDX files come in twos, the samples and their labels; \(paths.count) were given")
        }
        if AtomicFile.isDirectory(path) { return try findFiles(in: path) }
        guard hasTargets else { return [(nil, path, nil)] }
        guard let labels = Self.labels(of: path) else {
            throw DataError(
                "\(path): no file of labels was found beside it by its name; give it as the second file, or say "
                    + "--no-targets")
        }
        return [(nil, path, labels)]
    }

    private func findFiles(in folder: String) throws -> [(split: String?, inputs: String, targets: String?)] {
        let names = try FolderNames.of(folder)
        var found: [(split: String?, inputs: String, targets: String?)] = []
        for (split, words) in [("train", ["train"]), ("test", ["t10k", "test"])] {
            let images = names.filter { name in name.contains("images") && words.contains(where: name.contains) }
            // The same file may be there gzipped and not.
            guard let name = images.first else { continue }
            let path = folder + "/" + name
            let labels = hasTargets ? Self.labels(of: path) : nil
            if hasTargets, labels == nil {
                throw DataError(
                    "\(path): no file of labels was found beside it by its name; say --no-targets if none is")
            }
            found.append((split, path, labels))
        }
        guard !found.isEmpty else {
            throw DataError(
                "\(folder) holds no IDX files by the names of MNIST, such as train-images-idx3-ubyte; name the files")
        }
        return found
    }

    /// The file that MNIST's naming gives to the labels, if it is there.
    private static func labels(of path: String) -> String? {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        var name = String(path[slash...])
        guard name.contains("images") else { return nil }
        name = name.replacingOccurrences(of: "images", with: "labels")
        let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        for name in [bare, bare.replacingOccurrences(of: "idx3", with: "idx1")] {
            for candidate in [name, name + ".gz"] {
                let path = path[..<slash] + candidate
                if FileManager.default.fileExists(atPath: String(path)) { return String(path) }
            }
        }
        return nil
    }

    private static let types: [UInt8: HDF5ElementType] = [
        0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
    ]

    /// Whether a file begins as an IDX file does.
    static func looksLikeIDX(_ start: [UInt8]) -> Bool {
        start.count >= 4 && start[0] == 0 && start[1] == 0 && types[start[2]] != nil && (1...32).contains(start[3])
    }

    private static func open(_ path: String) throws -> StoredArray {
        let source = try Inflate.open(path)
        let start = try source.bytes(0..<min(source.count, 4))
        guard looksLikeIDX(start), let type = types[start[2]] else {
            throw DataError(
                "\(path) is no IDX file: it does not begin with two zeros, a known type and a number of axes")
        }
        let rank = Int(start[3])
        let sizes = try source.bytes(4..<4 + 4 * rank)
        let shape = (0..<rank).map { axis in
            sizes[axis * 4..<axis * 4 + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return try StoredArray(
            source, offset: 4 + 4 * rank, shape: shape, type: type, isSwapped: Int(littleEndian: 1) == 1)
    }
}
