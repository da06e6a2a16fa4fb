import Foundation
import Testing

/// What holds for every command: help, usage, and outputs that go away.
struct CommandLineTests {
    @Test func knowsItsVersionAndCommands() throws {
        let workspace = try Workspace()
        let version = try workspace.run("--version").lines
        try #require(version.count == 3)
        #expect(version[0] == "stormo 0.1.0")
        let libraries =
            /^HDF5 [12]\.\d+\.\d+, oneDNN [23]\.\d+\.\d+, libdeflate 1\.\d+, libpng 1\.\d+\.\d+, libjpeg.* \d\S*, libwebp [01]\.\d+\.\d+$/
        #expect(version[1].wholeMatch(of: libraries) != nil, "\(version[1])")
        #expect(version[2].hasPrefix("instructions here: ") && version[2].hasSuffix(" in oneDNN's kernels"))
        let help = try workspace.run("help")
        #expect(help.status == 0)
        let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.hasPrefix("OVERVIEW: Trains neural networks on the CPU from JSON configs and tables or HDF5 data. "))
        #expect(words.contains("130 and 143 ended by SIGINT"))
        for command in ["train", "evaluate", "predict", "inspect", "check"] {
            #expect(help.output.contains("  \(command) "))
            #expect(try workspace.run(command, "--help").status == 0)
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completesInShells(shell: String) throws {
        let workspace = try Workspace()
        let script = try workspace.run("--generate-completion-script", shell)
        #expect(script.status == 0 && script.errors == "")
        // Nothing in it was taken for a control character.
        #expect(!script.output.contains("\u{FFFD}"))
        for word in ["evaluate", "resume", "json"] { #expect(script.output.contains(word), "\(word)") }
        guard shell == "bash" else { return }
        let output = try workspace.bash(
            script.output
                + "\nCOMP_WORDS=(stormo tra)\nCOMP_CWORD=1\nCOMP_LINE='stormo tra'\nCOMP_POINT=10\n_stormo stormo tra stormo\n"
                + "echo \"${COMPREPLY[@]}\"\n")
        #expect(output.contains("train"), "\(output)")
    }

    @Test func wrongUsageIs64() throws {
        let workspace = try Workspace()
        let missing = try workspace.run("train")
        #expect(missing.status == 64)
        #expect(missing.errors.hasPrefix("stormo: name a config, or a run directory with --resume\n"))
        let workers = try workspace.run("train", "config.json", "--workers", "0")
        #expect(workers.status == 64)
        #expect(workers.errors.hasPrefix("stormo: The value '0' is invalid for '--workers <n>'\n"))
        let unknown = try workspace.run("trian", "config.json")
        #expect(unknown.status == 64)
        #expect(unknown.errors.hasPrefix("stormo: "))
        #expect(unknown.output == "")
    }

    @Test func aReaderThatLeavesIsNoFailure() throws {
        let workspace = try Workspace()
        let process = try workspace.process(["train", "config.json"], [:])
        let pipe = Pipe()
        process.standardOutput = pipe
        let errors = Pipe()
        process.standardError = errors
        // Closed before a word is written.
        try pipe.fileHandleForReading.close()
        try Workspace.finish(process)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        try errors.fileHandleForWriting.close()
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
        #expect(try workspace.listing().contains("runs/three/model.h5"))
    }

    @Test func aFullDiskIsAFailure() throws {
        let workspace = try Workspace()
        let process = try workspace.process(["inspect", "data.h5"], [:])
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        let errors = Pipe()
        process.standardError = errors
        try Workspace.finish(process)
        #expect(process.terminationStatus == 1)
        try errors.fileHandleForWriting.close()
        let text = try String(decoding: errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "stormo: the output can't be written: No space left on device\n")
    }

    @Test func namesFromFilesCannotCommandTheTerminal() throws {
        let workspace = try Workspace(config: Workspace.config.replacingOccurrences(of: "three", with: "a\\u001b[2Jb"))
        let result = try workspace.run("inspect", "config.json")
        #expect(result.lines.first == "config.json: config 'a\u{FFFD}[2Jb'")
    }
}
