import Foundation
import Testing

/// What `train` shows on a terminal, seen through a pseudo-terminal.
struct TerminalTests {
    @Test func redrawsABarWithinTheWidth() throws {
        let workspace = try Workspace()
        for width in [100, 40] {
            let text = try show(workspace, width: width, ["TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"])
            #expect(text.contains("\r") && text.contains("\u{1B}[K"))
            #expect(text.contains("━") || text.contains("┄"))
            for line in drawn(text) where line.hasPrefix("epoch") { #expect(line.count < width, "\(line)") }
            #expect(drawn(text).filter { $0.hasPrefix("epoch ") && $0.contains("loss") }.count >= 3)
        }
    }

    @Test func respectsNoColorAndPlainLocales() throws {
        let workspace = try Workspace()
        let text = try show(workspace, width: 100, ["TERM": "xterm", "NO_COLOR": "1", "LC_ALL": "C"])
        #expect(text.contains("\u{1B}[K"))
        #expect(!text.contains("\u{1B}[1m") && !text.contains("\u{1B}[2m"))
        #expect(text.contains("....]") && !text.contains("━"))
    }

    @Test func aDumbTerminalGetsPlainLines() throws {
        let workspace = try Workspace()
        let text = try show(workspace, width: 100, ["TERM": "dumb", "LC_ALL": "C.UTF-8"])
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains("epoch 3/3  loss "))
    }

    /// Neither words nor the rows of tables are cut by a narrow terminal, and what goes into a pipe is not wrapped.
    @Test func narrowTerminalsGetWholeWords() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--quiet")
        let model = "runs/three/model.h5"
        for arguments in [
            ["evaluate", model, "--data", "data.h5", "--confusion", "--errors", "3"], ["inspect", "config.json"],
            ["inspect", model], ["runs"], ["data", "inspect", "data.h5"], ["init", "data.h5", "--output", "new.json"],
        ] {
            let text = try show(workspace, width: 40, ["TERM": "xterm", "LC_ALL": "C.UTF-8"], arguments)
            for line in drawn(text) { #expect(line.count <= 40, "\(arguments.joined(separator: " ")): \(line)") }
        }
        let piped = try workspace.run("inspect", "config.json")
        #expect(piped.lines.contains { $0.count > 80 }, "\(piped.output)")
    }

    /// The texts between carriage returns, line ends and escape sequences.
    private func drawn(_ text: String) -> [String] {
        var lines = [""]
        var isEscape = false
        // By scalars, since a carriage return with a line feed is one character.
        for scalar in text.unicodeScalars {
            if isEscape {
                isEscape = !scalar.properties.isAlphabetic
            } else if scalar == "\u{1B}" {
                isEscape = true
            } else if scalar == "\r" || scalar == "\n" {
                lines.append("")
            } else {
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
        return lines.filter { !$0.isEmpty }
    }

    private func show(
        _ workspace: Workspace, width: Int, _ environment: [String: String],
        _ arguments: [String] = ["train", "config.json", "--set", "training.epochs=3"]
    ) throws -> String {
        let (master, slave) = try PseudoTerminal.make()
        var size = winsize(ws_row: 24, ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        let status = ioctl(slave, UInt(TIOCSWINSZ), &size)
        try #require(status == 0)

        let process = try workspace.process(arguments, environment)
        if environment["NO_COLOR"] == nil { process.environment?["NO_COLOR"] = nil }
        process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        let reader = DispatchQueue(label: "terminal")
        let finished = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var bytes: [UInt8] = []
        reader.async {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(master, &buffer, buffer.count)
                if count <= 0 { break }
                bytes += buffer[..<count]
            }
            finished.signal()
        }
        // Closes the terminal's end here; when the process has ended nobody holds it, and reading ends.
        try Workspace.finish(process)
        finished.wait()
        close(master)
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}
