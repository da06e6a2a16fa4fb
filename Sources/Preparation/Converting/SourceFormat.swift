import Batches
import Files
internal import HDF5

/// The forms of data that are converted.
package enum SourceFormat: String, Sendable, CaseIterable {
    case csv, tsv, idx, npy, npz, images, text

    /// What a source is, by its contents first and its name second.
    /// - Throws: `FileError` where it can't be read, `DataError` where it is nothing known.
    package init(of path: String) throws {
        if AtomicFile.isDirectory(path) {
            // Folders of classes, or the files of MNIST.
            self = try ImageList.isOfImages(path) ? .images : .idx
            return
        }
        let source = try ByteSource(path)
        guard source.count > 0 else { throw DataError("\(path) is empty") }
        if let foreign = ForeignFormat(of: path) { throw DataError("\(path) is \(foreign.advice(path))") }
        let start = try source.bytes(0..<min(source.count, 8))
        var name = path.lowercased()
        if start.starts(with: NPYHeader.magic) {
            self = .npy
        } else if start.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            self = .npz
        } else if IDXConverter.looksLikeIDX(start) {
            self = .idx
        } else if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            throw DataError("\(path) is an HDF5 file already; train from it, or look at it by 'stormo inspect'")
        } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) || start.starts(with: [0xFF, 0xD8, 0xFF])
            || ImageList.isImage(path)
        {
            self = .images
        } else {
            let isPacked = start.starts(with: [0x1F, 0x8B])
            if isPacked, name.hasSuffix(".gz") { name.removeLast(3) }
            if name.hasSuffix(".csv") {
                self = .csv
            } else if name.hasSuffix(".tsv") || name.hasSuffix(".tab") {
                self = .tsv
            } else if name.hasSuffix(".txt") || name.hasSuffix(".md") {
                self = .text
            } else if isPacked, name.hasSuffix("ubyte") || name.hasSuffix(".idx") {
                self = .idx
            } else {
                throw DataError(
                    "\(path): what this is can't be told from its contents or its ending; say --format "
                        + Self.allCases.map(\.rawValue).joined(separator: ", ") + " (one of them)")
            }
        }
    }
}
