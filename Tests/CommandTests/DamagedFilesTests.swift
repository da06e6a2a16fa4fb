import Foundation
import Testing

@testable import HDF5

/// Files whose damage makes the HDF5 library crash or run in circles: a sentence, status 65 and nothing left behind.
///
/// `Fixtures/early.h5` is of h5py's default format, that of HDF5 1.6, which has no checksums: 24 rows of four numbers in
/// `/train/inputs`, compressed, labels with class names in `/train/targets`, and strings in `/words`.
/// `Tests/Faults/mutated.py` does the same with more kinds of files and of damage, 20,000 times.
struct DamagedFilesTests {
    private let workspace: Workspace
    private let whole: [UInt8]

    init() throws {
        workspace = try Workspace()
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/early.h5")
        whole = [UInt8](try Data(contentsOf: fixture))
        try write(whole)
    }

    private func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: workspace.path + "/f.h5"))
    }

    /// Whether the library is one that checks its bounds.
    private static var isRecent: Bool { Library.version >= (1, 14, 0) }

    private static let train = [
        "train", "config.json", "--set", "data.train.file=f.h5", "--set", "training.epochs=1", "--output", "run",
        "--quiet",
    ]
    private static let commands = [
        ["inspect", "f.h5"], ["data", "inspect", "f.h5"], ["data", "head", "f.h5", "/train/targets"],
        ["data", "head", "f.h5", "/words"], ["data", "rechunk", "f.h5", "--output", "g.h5"],
        ["data", "split", "f.h5", "--output", "g.h5", "--fractions", "a=0.5,b=0.5"], train,
    ]

    /// Runs a command that must refuse the file.
    /// - Parameter shows: whether it may show what it could read.
    private func refusal(_ arguments: [String], shows: Bool = false) throws -> String {
        let before = try workspace.listing()
        let result = try workspace.run(arguments)
        #expect(result.status == 65, "\(arguments) \(result.errors)")
        #expect(result.output == "" || shows)
        #expect(try workspace.listing() == before)
        #expect(result.errors.hasPrefix("stormo: ") && result.errors.hasSuffix("\n"))
        return String(result.errors.dropFirst(8).dropLast())
    }

    @Test func theWholeFileIsRead() throws {
        for arguments in Self.commands {
            let result = try workspace.run(arguments)
            #expect(result.status == 0, "\(arguments) \(result.errors)")
            for name in ["g.h5", "run"] { try? FileManager.default.removeItem(atPath: workspace.path + "/" + name) }
        }
    }

    /// One byte in the heap in which the class names lie.
    @Test(arguments: [0, 1, 2, 4, 5, 6])
    func aCrashOfTheLibraryIsASentence(command: Int) throws {
        var bytes = whole
        bytes[9171] = 47
        try write(bytes)
        let arguments = Self.commands[command]
        let reads = "class_names' of '/train/targets' in f.h5: the file seems damaged (ran off end of input buffer"
        if Self.isRecent {
            // HDF5 1.14 looks where it reads.
            let sentence = try refusal(arguments, shows: true)
            // Which object a copy fails at, depends on the order in which that library goes through their strings.
            let isCopy =
                sentence.hasPrefix("cannot copy '/") && sentence.contains("damaged (ran off end of input buffer")
            #expect(command == 5 ? isCopy : sentence.contains(reads), "\(arguments): \(sentence)")
            return
        }
        let sentence = try refusal(arguments)
        // A command that names what it reads has only that examined.
        let object = [2, 6].contains(command) ? "'/train/targets'" : "the dataset '/train/targets'"
        let start = "cannot open f.h5: the HDF5 library crashes on \(object) (signal "
        let end = ", in a process that tried it before this one): the file is damaged; copy, download or make it again"
        #expect(sentence.hasPrefix(start) && sentence.hasSuffix(end), "\(arguments): \(sentence)")
        #expect(Int(sentence.dropFirst(start.count).dropLast(end.count)) != nil, "\(arguments): \(sentence)")
    }

    /// A size of 27 petabytes, with which a copy fails; the library crashes where it gives one up.
    @Test(arguments: [4, 5])
    func aCopyThatCannotBeMadeIsASentence(command: Int) throws {
        var bytes = whole
        bytes[7488] = 96
        try write(bytes)
        let sentence = try refusal(Self.commands[command])
        let start =
            Self.isRecent
            ? "cannot copy '/words' in f.h5: the file seems damaged ("
            : "cannot open f.h5: the HDF5 library crashes on the dataset '/words' (signal "
        #expect(sentence.hasPrefix(start), "\(sentence)")
    }

    /// What is not read is not examined: here the version of the other dataset's header is another.
    @Test func damageBesideWhatIsReadDoesNoHarm() throws {
        var bytes = whole
        bytes[7096] = 47
        try write(bytes)
        let result = try workspace.run(["data", "head", "f.h5", "/words"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "f.h5: /words, 3 rows of one string\nrow  value\n  0  one\n  1  two\n  2  three\n")
        #expect(
            try refusal(["data", "head", "f.h5", "/train/targets"]).hasPrefix("cannot open '/train/targets' in f.h5: "))
    }

    /// One byte, too: an object's size in that heap is 8 and leads to itself.
    @Test func aLoopOfTheLibraryIsASentence() throws {
        var bytes = whole
        bytes[9217] = 8
        try write(bytes)
        let sentence = try refusal(["inspect", "f.h5"])
        #expect(
            sentence
                == "cannot open f.h5: the HDF5 library was busy with the dataset '/train/targets' for more than 3 seconds "
                + "(in a process that tried it before this one): the file is most likely damaged; copy, download or make it "
                + "again")
    }

    /// One byte of a size makes the library ask for gigabytes.
    @Test func aGreedForMemoryIsASentence() throws {
        var bytes = whole
        bytes[7263] = 127
        try write(bytes)
        for (command, object) in [(0, "the dataset '/train/targets'"), (6, "'/train/targets'")] {
            if Self.isRecent {
                let sentence = try refusal(Self.commands[command], shows: true)
                #expect(sentence.contains("the file seems damaged (datatype has unusually large # of unused bits"))
                continue
            }
            #expect(
                try refusal(Self.commands[command])
                    == "cannot open f.h5: the HDF5 library asks for more than 256 MiB because of \(object), which a file of "
                    + "this size can't need (in a process that tried it before this one): it is most likely damaged; copy, "
                    + "download or make it again")
        }
    }

    /// Whatever byte is another one, and whatever command reads it, it ends by itself and says why.
    @Test(arguments: 0..<4)
    func aFewDamagedFiles(part: Int) throws {
        let used = whole.indices.filter { place in
            whole[max(0, place - 8)...min(whole.count - 1, place + 8)].contains { $0 != 0 }
        }
        // Numerical Recipes' generator, so that the files are the same in every run.
        var state = UInt64(part) &* 7_919 &+ 20_251
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for index in 0..<12 {
            var bytes = whole
            for _ in 0...random(2) {
                bytes[used[random(used.count)]] = UInt8([0, 1, 2, 8, 16, 255, random(256)][random(7)])
            }
            try write(bytes)
            let arguments = Self.commands[random(Self.commands.count)]
            let result = try workspace.run(arguments)
            #expect([0, 65].contains(result.status), "file \(index): \(arguments) \(result.errors)")
            #expect(result.status == 0 || result.errors.hasPrefix("stormo: "), "file \(index): \(arguments)")
            for name in ["g.h5", "run"] { try? FileManager.default.removeItem(atPath: workspace.path + "/" + name) }
        }
    }
}
