import Configuration
import Foundation
import HDF5
import Kernels

/// What is wrong with the contents of a file; the file's name comes before it.
package struct Damage: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// What a file says that is whole, and that is not known here: the end of a sentence that begins with the file.
package struct NotKnownHere: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A file of ours that is open for reading, and that is trusted in nothing: what it says is checked before it is used.
///
/// - A dataset is read where it is of the expected type and shape and stored plainly: no filter, no view of others.
///   Links and values that lead out of the file are refused by `HDF5File.open`.
/// - All that is read together is at most as large as the file, so that a small file takes little memory.
/// - Values and attributes must agree with their checksums, where there are any; older files have none.
package final class CheckedFile {
    package let path: String
    package let file: HDF5File
    /// Every mistake is gathered in `problems`, instead of the first one being thrown.
    package let gathers: Bool
    package private(set) var problems: [String] = []
    /// Bytes that may still be read.
    private var remaining: Int
    /// As for a config file.
    package static let longestText = 16 << 20
    /// Whether the sums of all groups and datasets so far were there.
    package private(set) var hasChecksums = true

    /// - Throws: `HDF5Error` for a file that can't be opened.
    package init(_ path: String, gathers: Bool = false) throws {
        self.path = path
        self.gathers = gathers
        file = try HDF5File.open(path)
        var status = stat()
        remaining = stat(path, &status) == 0 ? Int(status.st_size) : 0
        guard try Self.hasChecksummedStructure(path) else {
            throw bad(
                "is stored in a form that stormo does not write, that of HDF5 1.6; what it says of itself can't be "
                    + "checked"
            )
        }
    }

    /// Since HDF5 1.8 the structure of a file has checksums; before, the library meets damage in it with a crash.
    private static func hasChecksummedStructure(_ path: String) throws -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("\(path) can't be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        // The signature, and the version of what follows it.
        var bytes = [UInt8](repeating: 0, count: 9)
        return pread(descriptor, &bytes, bytes.count, 0) == bytes.count && bytes[0] == 0x89 && bytes[8] >= 2
    }

    package func bad(_ message: String) -> FileError { FileError("\(path) \(message)", isBadData: true) }

    /// Does a part of the reading, and makes a sentence of what it finds damaged.
    /// - Returns: nil where it failed and mistakes are gathered.
    @discardableResult
    package func attempt<T>(_ part: () throws -> T) throws -> T? {
        do {
            return try part()
        } catch let error as Damage {
            if !gathers { throw bad("is damaged: \(error)") }
            problems.append("\(error)")
        } catch let error as NotKnownHere {
            if !gathers { throw bad("\(error)") }
            problems.append("it \(error)")
        } catch {
            if !gathers { throw error }
            problems.append("\(error)")
        }
        return nil
    }

    /// A group's attributes, checked against their sum.
    package func attributes(_ group: String) throws -> HDF5Attributes {
        let attributes = try file.group(group).attributes
        guard try attributes.contains(Checksum.ofAttributes) else {
            hasChecksums = false
            return attributes
        }
        guard try attributes.integers(Checksum.ofAttributes) == [Checksum.of(attributes)] else {
            throw Damage("the attributes of \(group) are not those that were written: their checksum differs")
        }
        return attributes
    }

    /// A JSON document in an attribute.
    package func document(_ attribute: String, of attributes: HDF5Attributes) throws -> JSONNode {
        let text = try attributes.string(attribute)
        guard text.utf8.count <= Self.longestText else {
            throw Damage("its \(attribute) is a text of more than \(Self.longestText >> 20) MiB")
        }
        do {
            return try ConfigurationDocument(text: text, file: "\(path): \(attribute)").root
        } catch {
            throw Damage("\(error)")
        }
    }

    /// The dataset, if its values may be read as what is expected.
    package func dataset(_ path: String, _ type: HDF5ElementType, shape: [Int], owner: String) throws -> HDF5Dataset {
        let dataset = try file.dataset(path)
        guard dataset.shape == shape, dataset.elementType == type else {
            throw Damage(
                "\(path) is \(dataset.elementType) of \(Shape(dataset.shape)), but \(owner) has \(type) of "
                    + "\(Shape(shape)) there")
        }
        guard dataset.layout == .contiguous || dataset.layout == .compact, dataset.filters.isEmpty else {
            throw Damage(
                "\(path) is stored \(([dataset.layout.description] + dataset.filters).joined(separator: ", "))")
        }
        let (size, overflows) = dataset.count.multipliedReportingOverflow(by: type.size)
        guard !overflows, dataset.storageSize == size, size <= remaining else {
            throw Damage("\(path) is not whole in the file")
        }
        remaining -= size
        return dataset
    }

    /// Reads a dataset that has been checked, and compares the values with their sum.
    package func read(_ dataset: HDF5Dataset, as type: HDF5MemoryType, into bytes: UnsafeMutableRawBufferPointer) throws
    {
        try dataset.read(into: bytes, as: type)
        guard try dataset.attributes.contains(Checksum.ofValues) else {
            hasChecksums = false
            return
        }
        guard try dataset.attributes.integers(Checksum.ofValues) == [Checksum.of(UnsafeRawBufferPointer(bytes))] else {
            throw Damage("\(dataset.path) does not hold what was written: its checksum differs")
        }
    }
}
