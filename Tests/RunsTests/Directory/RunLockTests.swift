import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

@Suite struct RunLockTests {
    @Test func aSecondOneIsRefusedWithTheFirstOnesProcess() throws {
        let directory = try TestDirectory()
        let lock = try RunLock(directory.path)
        #expect(lock.replacedStale == nil)
        #expect(directory.listing == ["run.lock"])
        #expect(RunLock.isHeld(directory.path))
        #expect(
            throws: FileError(
                "the run directory \(directory.path) is in use by process \(getpid()); wait for it, stop it, or choose "
                    + "another with --output")
        ) { try RunLock(directory.path) }
        #expect(RunLock.isHeld(directory.path))
        lock.release()
        lock.release()
        #expect(directory.listing == [])
        #expect(!RunLock.isHeld(directory.path))
        let next = try RunLock(directory.path)
        #expect(next.replacedStale == nil)
        withExtendedLifetime(next) {}
    }

    @Test func itIsGivenBackWithItsLastReference() throws {
        let directory = try TestDirectory()
        do { _ = try RunLock(directory.path) }
        #expect(directory.listing == [])
    }

    @Test func aStaleOneIsTakenOver() throws {
        let directory = try TestDirectory()
        _ = try directory.write("4711 elsewhere\n", to: "run.lock")
        #expect(!RunLock.isHeld(directory.path))
        let lock = try RunLock(directory.path)
        #expect(lock.replacedStale == 4711)
        let text = try String(contentsOfFile: directory.file("run.lock"), encoding: .utf8)
        #expect(text.hasPrefix("\(getpid()) ") && text.hasSuffix("\n"))
        lock.release()
        // Of which nothing can be read: still stale, but of nobody.
        _ = try directory.write("what?", to: "run.lock")
        #expect(try RunLock(directory.path).replacedStale == nil)
    }

    /// Another's file is not removed.
    @Test func onlyItsOwnFileIsRemoved() throws {
        let directory = try TestDirectory()
        let lock = try RunLock(directory.path)
        try FileManager.default.removeItem(atPath: directory.file("run.lock"))
        let second = try RunLock(directory.path)
        lock.release()
        #expect(directory.listing == ["run.lock"])
        #expect(RunLock.isHeld(directory.path))
        second.release()
    }

    /// Many at once: at no time do two have it.
    @Test func twoNeverHaveItAtOnce() async throws {
        let directory = try TestDirectory()
        let path = directory.path
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var taken = 0
                    for _ in 0..<50 {
                        guard let lock = try? RunLock(path) else { continue }
                        let marker = path + "/marker"
                        let descriptor = open(marker, O_CREAT | O_EXCL | O_WRONLY, 0o600)
                        #expect(descriptor >= 0)
                        close(descriptor)
                        unlink(marker)
                        lock.release()
                        taken += 1
                    }
                    return taken
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(taken > 0)
    }

    @Test func aDirectoryThatIsGoneIsNamed() {
        #expect(
            throws: FileError(
                "the run directory /none-such can't be locked: /none-such/run.lock: No such file or directory; choose "
                    + "another with --output")
        ) { try RunLock("/none-such") }
    }
}
