import Foundation
import TestSupport
import Testing

@testable import Machine

@Suite struct AvailableMemoryTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func write(_ text: String, _ path: String) throws {
        let url = URL(fileURLWithPath: directory.file(path))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func limit(_ membership: String?) -> Int? {
        AvailableMemory.groups(root: directory.path, membership: membership)
    }

    @Test func theSmallestLimitOnTheWayCounts() throws {
        #expect(limit("0::/a/b\n") == nil)
        try write("max\n", "a/b/memory.max")
        #expect(limit("0::/a/b\n") == nil)
        try write("5000\n", "a/memory.max")
        #expect(limit("0::/a/b\n") == 5000)
        try write("4000\n", "a/b/memory.max")
        #expect(limit("0::/a/b\n") == 4000)
        #expect(limit("0::/a\n") == 5000)
        // Within a container the group's path begins elsewhere.
        #expect(limit("0::/x/y\n") == nil)
        try write("3000\n", "memory.max")
        #expect(limit("0::/x/y\n") == 3000)
        #expect(limit("0::/\n") == 3000)
        #expect(limit(nil) == 3000)
    }

    @Test func theOlderGroupsHaveAFileOfTheirOwn() throws {
        try write("7000\n", "memory/memory.limit_in_bytes")
        #expect(limit("12:memory:/docker/1\n1:name=systemd:/docker/1\n") == 7000)
        try write("9223372036854771712\n", "memory/memory.limit_in_bytes")
        #expect(limit(nil).map { $0 > 1 << 60 } == true)
    }

    @Test func nonsenseIsPassedOver() throws {
        try write("0\n", "memory.max")
        #expect(limit(nil) == nil)
        try write("lots\n", "memory.max")
        #expect(limit(nil) == nil)
    }

    @Test func noMoreThanTheMachineHas() {
        #expect(AvailableMemory.bytes > 1 << 20)
        #expect(AvailableMemory.bytes <= Int(ProcessInfo.processInfo.physicalMemory))
    }
}
