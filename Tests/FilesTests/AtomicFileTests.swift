import Foundation
import HDF5
import TestSupport
import Testing

@testable import Files

@Suite struct AtomicFileTests {
    private struct Interruption: Error {}

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test func aFileIsWrittenAndReplaced() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.txt")
        try AtomicFile.replace(path, with: "one")
        #expect(text(path) == "one")
        try AtomicFile.replace(path, with: "two, longer: ✓")
        #expect(text(path) == "two, longer: ✓")
        try AtomicFile.replace(path, with: "")
        #expect(text(path) == "")
        #expect(directory.listing == ["a.txt"])
    }

    @Test func whatCanNotBeWrittenIsKnownBeforehand() throws {
        let directory = try TestDirectory()
        try AtomicFile.check(directory.file("a.txt"))
        #expect(directory.listing == [])
        try AtomicFile.replace(directory.file("a.txt"), with: "old")
        try AtomicFile.check(directory.file("a.txt"))
        #expect(text(directory.file("a.txt")) == "old")
        #expect(directory.listing == ["a.txt"])
        let far = directory.file("far")
        #expect(throws: FileError("\(far)/b can't be written: there is no directory \(far); make it first")) {
            try AtomicFile.check("\(far)/b")
        }
        #expect(throws: FileError("/proc/b can't be written: No such file or directory")) {
            try AtomicFile.check("/proc/b")
        }
    }

    @Test func theOldFileStandsUntilTheNewOneIsWhole() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.txt")
        try AtomicFile.replace(path, with: "old")
        try AtomicFile.replace(path) { sibling in
            #expect(sibling != path)
            try Data("new".utf8).write(to: URL(fileURLWithPath: sibling))
            #expect(text(path) == "old")
        }
        #expect(text(path) == "new")
        #expect(directory.listing == ["a.txt"])
    }

    @Test func afterAFailureTheOldFileStandsAlone() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.txt")
        func fail() throws {
            try AtomicFile.replace(path) { sibling in
                try Data("half".utf8).write(to: URL(fileURLWithPath: sibling))
                throw Interruption()
            }
        }
        #expect(throws: Interruption.self) { try fail() }
        #expect(directory.listing == [])
        try AtomicFile.replace(path, with: "old")
        #expect(throws: Interruption.self) { try fail() }
        #expect(text(path) == "old")
        #expect(directory.listing == ["a.txt"])
        // A body that writes nothing leaves nothing to put in the place.
        #expect(throws: FileError("\(path) can't be opened: No such file or directory")) {
            try AtomicFile.replace(path) { _ in }
        }
        #expect(text(path) == "old")
    }

    @Test func whatCantBeReadBackIsNotPutInPlace() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.txt")
        try AtomicFile.replace(path, with: "old")
        #expect(
            throws: FileError("\(path) can't be written: what was read back differs: \(path) is half")
        ) {
            try AtomicFile.replace(path) {
                try Data("new".utf8).write(to: URL(fileURLWithPath: $0))
            } verify: { sibling in
                #expect(text(sibling) == "new")
                throw FileError("\(sibling) is half")
            }
        }
        #expect(text(path) == "old")
        #expect(directory.listing == ["a.txt"])
    }

    @Test func aSecondNameTakesThePlaceOfAFile() throws {
        let directory = try TestDirectory()
        let (file, name) = (try directory.write("one", to: "a"), directory.file("b"))
        try AtomicFile.link(file, to: name)
        // Again, and in the place of another file.
        try AtomicFile.link(file, to: name)
        #expect(text(name) == "one")
        try AtomicFile.link(directory.write("two", to: "c"), to: name)
        #expect(text(name) == "two")
        #expect(text(file) == "one")
        #expect(directory.listing == ["a", "b", "c"])
        #expect(throws: FileError.self) { try AtomicFile.link(directory.file("none"), to: name) }
        #expect(text(name) == "two")
        #expect(directory.listing == ["a", "b", "c"])
    }

    @Test func leftoversAreRemoved() throws {
        let directory = try TestDirectory()
        for name in ["a.h5", "a.h5.12.partial", "b.json.3.partial", "partial"] { _ = try directory.write("", to: name) }
        AtomicFile.removeLeftovers(in: directory.path)
        #expect(directory.listing == ["a.h5", "partial"])
    }

    @Test("The next writer of a file removes what killed ones have left of it, and nothing that a process holds")
    func abandonedSiblings() throws {
        let directory = try TestDirectory()
        let target = directory.path + "/a.h5"
        // A process that has ended, by its number.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        let dead = process.processIdentifier
        let held = "a.h5.\(dead).7.partial"
        for name in ["a.h5.\(dead).partial", "a.h5.1.partial", "b.h5.\(dead).partial", held] {
            _ = try directory.write("half", to: name)
        }
        try AtomicFile.replace(target) { try Data("whole".utf8).write(to: URL(fileURLWithPath: $0)) }
        // That of a process that runs, that of another file, and what is no sibling's name stay.
        #expect(directory.listing == ["a.h5", "a.h5.1.partial", held, "b.h5.\(dead).partial"])
        // HDF5 files that killed ones have left of others go too, unless somebody holds them.
        let other = directory.file("c.h5.\(dead).partial")
        let busy = directory.file("d.h5.\(dead).partial")
        for path in [other, busy] { try HDF5File.create(path).close() }
        let holder = open(busy, O_RDONLY)
        defer { close(holder) }
        #expect(flock(holder, LOCK_EX) == 0)
        try AtomicFile.replace(target) { try Data("whole".utf8).write(to: URL(fileURLWithPath: $0)) }
        #expect(
            directory.listing == [
                "a.h5", "a.h5.1.partial", held, "b.h5.\(dead).partial", "d.h5.\(dead).partial",
            ])
        flock(holder, LOCK_UN)
        // One that is locked, as libhdf5 does with a file that it writes, is another machine's.
        let path = try directory.write("half", to: "a.h5.\(dead).partial")
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        try AtomicFile.replace(target) { try Data("whole".utf8).write(to: URL(fileURLWithPath: $0)) }
        AtomicFile.removeLeftovers(in: directory.path)
        #expect(directory.listing == ["a.h5", "a.h5.\(dead).partial"])
    }

    /// Whoever was killed in the middle, under a process number that comes again.
    @Test func whatAnotherLeftBehindIsNoObstacle() throws {
        let directory = try TestDirectory()
        var sibling = ""
        try AtomicFile.replace(directory.file("a.txt")) { path in
            sibling = path
            try Data().write(to: URL(fileURLWithPath: path))
        }
        try Data("half".utf8).write(to: URL(fileURLWithPath: sibling))
        try AtomicFile.replace(directory.file("a.txt"), with: "whole")
        #expect(text(directory.file("a.txt")) == "whole")
        #expect(directory.listing == ["a.txt"])
    }

    @Test func aLinkIsFollowed() throws {
        let directory = try TestDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("far"), withIntermediateDirectories: false)
        _ = try directory.write("old", to: "far/real.txt")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link.txt"), withDestinationPath: directory.file("far/real.txt"))
        try AtomicFile.replace(directory.file("link.txt"), with: "new")
        #expect(text(directory.file("far/real.txt")) == "new")
        #expect(directory.listing == ["far", "far/real.txt", "link.txt"])
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("link.txt"))
        #expect(target == directory.file("far/real.txt"))
    }

    @Test func placesThatCantHoldAFileAreRefused() throws {
        let directory = try TestDirectory()
        func expect(_ sentence: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(throws: FileError(sentence), sourceLocation: sourceLocation) {
                try AtomicFile.replace(path) { _ in Issue.record("nothing should be written") }
            }
        }
        expect("\(directory.path) can't be written: it is a directory; name a file", directory.path)
        let deep = directory.file("none/a.txt")
        expect("\(deep) can't be written: there is no directory \(directory.file("none")); make it first", deep)
        let below = try directory.write("", to: "file") + "/a.txt"
        expect("\(below) can't be written: there is no directory \(directory.file("file")); make it first", below)
        expect("none-such/a.txt can't be written: there is no directory none-such; make it first", "none-such/a.txt")
        #expect(directory.listing == ["file"])
    }

    /// Nobody, the superuser included, can make a file there; the sentence names the file, not the sibling.
    @Test func theSystemsReasonIsTold() {
        #expect(throws: FileError("/proc/a.txt can't be written: No such file or directory")) {
            try AtomicFile.replace("/proc/a.txt", with: "text")
        }
        #expect(throws: FileError("/proc/a.h5 can't be written: No such file or directory")) {
            try AtomicFile.replace("/proc/a.h5") { _ = try HDF5File.create($0) }
        }
    }

    /// In a process of its own, as it takes the right to write large files from the process.
    @Test func aFullDiskCostsNothingThatWasThere() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let (text, model) = (directory.file("a.txt"), directory.file("a.h5"))
            try AtomicFile.replace(text, with: "old")
            try AtomicFile.replace(model, with: "old")
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(throws: FileError("\(text) can't be written: File too large")) {
                try AtomicFile.replace(text, with: String(repeating: "x", count: 1 << 17))
            }
            #expect(throws: FileError("\(model) can't be written: File too large")) {
                try AtomicFile.replace(model) { sibling in
                    let file = try HDF5File.create(sibling)
                    try file.root.createDataset("x", .float64, shape: [1 << 15]).write(
                        [Double](repeating: 1, count: 1 << 15))
                    try file.close()
                }
            }
            for path in [text, model] { #expect(try String(contentsOfFile: path, encoding: .utf8) == "old") }
            #expect(directory.listing == ["a.h5", "a.txt"])
        }
    }

    @Test func directoriesAreKnown() throws {
        let directory = try TestDirectory()
        #expect(AtomicFile.isDirectory(directory.path))
        #expect(try !AtomicFile.isDirectory(directory.write("", to: "file")))
        #expect(!AtomicFile.isDirectory(directory.file("none")))
    }
}
