import Foundation
import TestSupport
import Testing

@testable import HDF5

struct OpenFileTests {
    /// A program started while a file is open inherits its descriptor, and could keep its lock until it ends.
    @Test func aProgramThatWasStartedMeanwhileKeepsNoLock() throws {
        let directory = try TestDirectory()
        let path = directory.file()
        let file = try HDF5File.create(path)
        var child: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawnp(&child, "sleep", nil, nil, arguments, environ) == 0)
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        try file.root.createDataset("x", .int8, shape: [1]).write([7] as [Int8])
        try file.close()
        #expect(try HDF5File.open(path, writable: true).dataset("x").read(Int.self) == [7])
        #expect(try HDF5File.open(path).dataset("x").read(Int.self) == [7])
    }

    @Test func aFileThatIsOpenTwiceStaysOpenOnce() throws {
        let directory = try TestDirectory()
        let path = directory.file()
        let writer = try HDF5File.create(path)
        try writer.root.createDataset("x", .int8, shape: [1]).write([7] as [Int8])
        try writer.close()
        let (first, second) = (try HDF5File.open(path), try HDF5File.open(path))
        try first.close()
        #expect(try second.dataset("x").read(Int.self) == [7])
        try second.close()
        #expect(throws: HDF5Error.self) { try second.dataset("x") }
    }
}
