import Batches
import Foundation
import TestSupport
import Testing

@testable import Preparation

struct InflateTests {
    /// A gzip file of zeros by the system's own program.
    private func bomb(_ fixture: ConvertingFixture, mebibytes: Int) throws -> String {
        let path = fixture.file("zeros.csv.gz")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "head -c \(mebibytes << 20) /dev/zero | gzip -1 > '\(path)'"]
        try process.run()
        process.waitUntilExit()
        return path
    }

    @Test("What unpacks to gigabytes is refused with the limit, before it is in memory")
    func whatUnpacksToGigabytes() throws {
        try expectThreadTime {
            let fixture = try ConvertingFixture()
            let path = try bomb(fixture, mebibytes: (Inflate.mostInMemory >> 20) + 1)
            #expect(
                throws: DataError(
                    "\(path) unpacks to more than \(Inflate.mostInMemory >> 20) MiB, which is the most that is unpacked in memory; "
                        + "unpack it by gunzip first, since a plain file is read piece by piece")
            ) { try Inflate.open(path) }
            let source = try ByteSource(name: "x.npz: x.npy", ByteBuffer(4 << 20, for: "x"))
            #expect(
                throws: DataError(
                    "x.npz: x.npy unpacks to more than \(Inflate.mostInMemory >> 20) MiB, which is the most that is unpacked in "
                        + "memory; save it by numpy.savez, uncompressed, or as NPY files, which are read piece by piece"
                )
            ) { try Inflate.inflate(source, size: 4 << 30) }
        }
    }
}
