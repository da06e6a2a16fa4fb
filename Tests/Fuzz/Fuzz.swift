import ArgumentParser
import Foundation

/// Feeds damaged files to the readers of configs, models, checkpoints and datasets, and tells which of them crash,
/// hang or take memory that the file does not warrant.
///
/// The inputs are read in processes of their own, so that a crash ends only one of those. Every input follows from the
/// seed and its number, and those that did harm are kept as files.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stormo-fuzz", abstract: "Feed damaged files to Stormo's readers.",
        discussion: "The status is 0 if no input did harm, else 1.")

    @Option(help: "How many inputs for each reader.")
    var count = 1000

    @Option(help: "The seed that the inputs follow from.")
    var seed = 1

    @Option(help: "A reader: config, model, checkpoint, dataset or train; may be given several times. (default: all)")
    var reader: [Reader] = []

    @Option(help: ArgumentHelp("The number of the first input.", valueName: "n"))
    var first = 0

    @Option(help: ArgumentHelp("Seconds that one input may take.", valueName: "s"))
    var patience = 10.0

    @Option(help: ArgumentHelp("Where the inputs that did harm are kept.", valueName: "dir"))
    var output = "fuzz-findings"

    @Option(help: ArgumentHelp("Damage this file instead of one that is made; with one --reader.", valueName: "file"))
    var file: String?

    @Option(help: .hidden)
    var worker: String?

    func validate() throws {
        guard count > 0, first >= 0, patience > 0 else { throw ValidationError("the numbers must be positive") }
        if file != nil, reader.count != 1 { throw ValidationError("--file needs one --reader") }
    }

    func run() throws {
        if let worker {
            return try FuzzWorker(directory: worker, reader: reader[0], seed: seed).run(first..<first + count)
        }
        let scratch = FileManager.default.temporaryDirectory.path + "/stormo-fuzz-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var harmful = 0
        for reader in reader.isEmpty ? Reader.all : reader {
            let seeds =
                try file.map { [[UInt8](try Data(contentsOf: URL(fileURLWithPath: $0)))] } ?? reader.seeds(scratch)
            for (index, bytes) in seeds.enumerated() {
                try Data(bytes).write(to: URL(fileURLWithPath: "\(scratch)/\(reader.rawValue)-\(index).seed"))
            }
            let batches = FuzzBatches(
                scratch: scratch, reader: reader, seed: seed, patience: patience, findings: output)
            let outcome = try batches.run(first..<first + count)
            print(
                "\(reader.rawValue): \(count) inputs, \(outcome.accepted) read, \(outcome.refused) refused, "
                    + "\(outcome.findings.count) harmful")
            for finding in outcome.findings { print("  \(finding)") }
            harmful += outcome.findings.count
        }
        if harmful > 0 { throw ExitCode(1) }
    }
}

extension Reader: ExpressibleByArgument {}
