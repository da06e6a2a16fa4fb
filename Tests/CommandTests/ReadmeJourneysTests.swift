import Foundation
import HDF5
import Testing

/// The blocks of commands in the README, each line as it stands, but for training, which is cut short.
struct ReadmeJourneysTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The blocks of shell commands under a heading.
    private func commands(_ heading: String) throws -> [[String]] {
        let text = try String(contentsOfFile: Self.repository + "/README.md", encoding: .utf8)
        let start = try #require(text.range(of: "\n\(heading)\n"))
        let section = text[start.upperBound...].components(separatedBy: "\n##").first ?? ""
        return section.components(separatedBy: "```sh\n").dropFirst().map { block in
            (block.components(separatedBy: "\n```").first ?? "").split(separator: "\n").map(String.init)
        }
    }

    /// Runs them in a shell, where `stormo` is the one that was built.
    private func run(_ commands: [String], in path: String) throws {
        let executable: URL = try #require(Workspace.executable)
        for command in commands {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            let training = command.hasPrefix("stormo train ") ? " --set training.epochs=2" : ""
            process.arguments = ["-c", "stormo() { '\(executable.path)' \"$@\"; }\n" + command + training]
            process.currentDirectoryURL = URL(fileURLWithPath: path)
            let pipe = Pipe()
            (process.standardOutput, process.standardError) = (pipe, pipe)
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(command)\n\(output)")
        }
    }

    @Test func namesOfYourOwn() throws {
        let workspace = try Workspace()
        for (name, rows) in [("signals.h5", 600), ("new.h5", 5)] {
            let file = try HDF5File.create(workspace.path + "/" + name)
            let signals = (0..<rows * 6).map { place -> Float in
                let (kind, noise) = (place / 6 % 3, place * 7 % 11)
                return Float(kind) + Float(noise) / 20
            }
            try file.root.createDataset("/signals", .float32, shape: [rows, 6]).write(signals)
            if rows > 5 {
                // As programs store labels that know no integers.
                try file.root.createDataset("/label", .float64, shape: [rows]).write((0..<rows).map { Double($0 % 3) })
            }
            try file.close()
        }
        let commands = try #require(commands("### Names of your own").first)
        #expect(commands.count == 6)
        try run(commands, in: workspace.path)
        #expect(try workspace.read("signals.json").contains("sparse_categorical_crossentropy"))
        let evaluated = try workspace.run("evaluate", "runs/signals")
        #expect(evaluated.lines[0].hasPrefix("90 samples of 6 from"), "\(evaluated.output)")
    }

    @Test func tables() throws {
        let workspace = try Workspace()
        try FileManager.default.createSymbolicLink(
            atPath: workspace.path + "/Datasets", withDestinationPath: Self.repository + "/Datasets")
        let blocks = try commands("### Tables")
        #expect(blocks.count == 2)
        for (commands, name) in zip(blocks, ["penguins", "cars"]) {
            let rows = try workspace.read("Datasets/\(name).csv").split(separator: "\n")
            try workspace.write(rows.prefix(30).joined(separator: "\n") + "\n", to: "new.csv")
            try run(commands, in: workspace.path)
        }
    }

    @Test func images() throws {
        let images = try ImageWorkspace(60)
        for index in 60..<80 { try images.write(index, to: "others/\(images.name(index))/\(index).png") }
        for index in 80..<83 { try images.write(index, to: "new/\(index).png") }
        try run(try #require(commands("### Images").first), in: images.path)
    }
}
