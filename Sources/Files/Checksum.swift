import CDeflate
import Foundation
import HDF5

/// The sums by which a damaged file is known: CRC-32, as in gzip, over the bytes as they lie in memory,
/// little-endian.
package enum Checksum {
    /// The attribute of a dataset that holds the sum over its values.
    package static let ofValues = "crc32"
    /// The attribute of a group that holds the sum over the group's other attributes.
    static let ofAttributes = "attributes_crc32"

    package static func of(_ bytes: UnsafeRawBufferPointer) -> Int { Int(adding(bytes, to: 0)) }

    /// The sum over a file's bytes, and how many they are.
    /// - Throws: `FileError` where it can't be read.
    package static func ofFile(_ path: String) throws -> (sum: Int, bytes: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileError(
                "cannot open \(path): \(errno == ENOENT ? "there is no such file" : AtomicFile.reason())",
                isBadData: true)
        }
        defer { close(descriptor) }
        var status = stat()
        // Reading a pipe would take what nobody could read again.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("cannot open \(path): it is not a regular file", isBadData: true)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var (sum, count) = (UInt32(0), 0)
        while true {
            let read = read(descriptor, buffer.baseAddress, buffer.count)
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else {
                throw FileError("\(path) can't be read: \(AtomicFile.reason())", isBadData: true)
            }
            guard read > 0 else { return (Int(sum), count) }
            sum = adding(UnsafeRawBufferPointer(rebasing: buffer[..<read]), to: sum)
            count += read
        }
    }

    private static func adding(_ bytes: UnsafeRawBufferPointer, to sum: UInt32) -> UInt32 {
        // Without an address the function begins anew.
        bytes.isEmpty ? sum : libdeflate_crc32(sum, bytes.baseAddress, bytes.count)
    }

    /// The sum over a group's attributes: for each, by name, the name, its kind, how many values there are, and the
    /// values.
    package static func of(_ attributes: HDF5Attributes) throws -> Int {
        var sum: UInt32 = 0
        func add(_ values: [some FixedWidthInteger]) {
            values.map(\.littleEndian).withUnsafeBytes { sum = adding($0, to: sum) }
        }
        for name in try attributes.names where name != ofAttributes {
            add(Array("\(name)\0".utf8))
            if let strings = try ifOfType({ try attributes.strings(name) }) {
                add(Array("s\(strings.count)\0".utf8))
                for string in strings { add(Array("\(string.utf8.count)\0\(string)".utf8)) }
            } else if let integers = try ifOfType({ try attributes.integers(name) }) {
                add(Array("i\(integers.count)\0".utf8))
                add(integers.map { Int64($0) })
            } else {
                let numbers = try attributes.doubles(name)
                add(Array("f\(numbers.count)\0".utf8))
                add(numbers.map(\.bitPattern))
            }
        }
        return Int(sum)
    }

    private static func ifOfType<T>(_ read: () throws -> T) throws -> T? {
        do {
            return try read()
        } catch let error as HDF5Error where error.kind == .wrongType {
            return nil
        }
    }

    /// Writes the sum over a group's attributes; the last thing that is done to them.
    package static func seal(_ attributes: HDF5Attributes) throws { try attributes.set(ofAttributes, of(attributes)) }
}

extension Checksum {
    /// Of the libdeflate that sums are taken and chunks inflated with.
    package static let libraryVersion = LIBDEFLATE_VERSION_STRING
}
