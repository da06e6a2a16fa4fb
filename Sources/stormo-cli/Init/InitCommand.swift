import ArgumentParser
import Batches
import Configuration
import Files
import Foundation
import Preparation
import Runs

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Write a first config for a table, a folder of images or an HDF5 file, with a reason for each choice.",
        discussion: """
            From a raw file to a trained model:

              stormo init houses.csv --target price
              stormo train houses.json

            A folder of images has a folder for each class; a table with a column of the names of image files, from its folder on, \
            is one of images, too.

            Layers, loss, metrics, normalisation, splits and early stopping are chosen from what the file holds. The config is \
            a beginning: change it as you like.
            """)

    @Argument(
        help: "The data: a table (.csv, .tsv), a folder of images or an HDF5 file.",
        completion: .file(extensions: ["csv", "tsv", "tab", "gz", "h5", "hdf5"]))
    var file: String

    @Option(
        name: .customLong("target"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What is to be predicted: a column of the table, or a dataset of the HDF5 file (default there: targets); may be "
                + "repeated for columns.", valueName: "name"), completion: NamesInFile.completion)
    var targets: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The dataset of inputs of an HDF5 file. (default: inputs)", valueName: "path"),
        completion: NamesInFile.completion)
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp("The config to write. (default: the file's name with .json)", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var output: String?

    @Flag(help: "Replace a config that is there.")
    var overwrite = false

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Give a value to the config in place of what is chosen, for example training.epochs=30; may be given several "
                + "times.", valueName: "path=value"))
    var assignments: [String] = []

    @Flag(help: "Leave out images that can't be decoded, here and in training.")
    var skipDamaged = false

    @OptionGroup(title: "Tables") var columns: TableColumnArguments
    @OptionGroup(title: "Tables") var form: TableFormArguments
    @OptionGroup(title: "Tables") var header: TableHeaderArgument

    func run() throws {
        if let twice = targets.indices.first(where: { targets[..<$0].contains(targets[$0]) }) {
            throw UsageError("--target \(ShellWord.quoted(targets[twice])) is given twice; give it once")
        }
        var options = try self.options
        let source = try InitSources.source(of: file, options)
        if let option = options.given.first(where: { !source.options.contains($0) }) {
            throw UsageError("\(option) is not for \(source.words), and \(file) is one; leave it out")
        }
        let output = output ?? Self.name(of: file) + ".json"
        guard output.hasSuffix(".json") else {
            throw UsageError("--output \(output): a config's name ends in .json")
        }
        try OutputFile.check(output, "--output", reading: [file])
        options.configured = RelativePath.from(ConfigOptions.directory(of: output), to: file)
        let survey = try source.survey(file, options)
        var proposal = ConfigProposal(survey, name: Self.name(of: output))
        var document = try ConfigurationDocument(text: ConfigText.of(proposal.configuration), file: output)
        for assignment in assignments { try document.set(assignment) }
        proposal.leaveOut(from: &document, where: assignments)
        let text = ConfigText.of(document.root)
        // What is written is a config that can be trained.
        _ = try RunConfiguration(
            ConfigurationDocument(text: text, file: output), directory: ConfigOptions.directory(of: output))
        // Last, so that who mistypes is not sent to other names first.
        guard overwrite || !FileManager.default.fileExists(atPath: output) else {
            throw UsageError("\(output) is there already; name another file by --output, or replace it by --overwrite")
        }
        try AtomicFile.replace(output, with: text)
        survey.report?()
        for line in SentenceList(survey.warnings).lines { Console.print("warning: \(line)", style: .bold) }
        if survey.report != nil || !survey.warnings.isEmpty { Console.print() }
        var table = TextTable([("config", .left), ("choice", .left), ("because", .left)])
        let given = Set(assignments.map { String($0.prefix { $0 != "=" }) })
        for decision in proposal.decisions where !given.contains(decision.what) {
            table.append([decision.what, decision.choice, decision.reason])
        }
        for assignment in assignments {
            let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
            table.append([parts[0], parts.count > 1 ? parts[1] : "", "as --set says"])
        }
        table.print()
        Console.print("\nconfig \(output); to train it:")
        Console.print("  stormo train \(ShellWord.quoted(output))", style: .bold)
    }

    private var options: InitOptions {
        get throws {
            var options = InitOptions()
            options.targets = targets
            options.inputs = inputs
            options.skipsDamaged = skipDamaged
            options.table.dropped = columns.drop
            options.table.kinds = columns.column.compactMap { TableSource.Kind(assignment: $0) }
            options.table.marks = try columns.marks
            options.table = form.applied(to: options.table)
            if form.encoding == .utf8 { options.table.encoding = nil }
            options.table.asker = .initialising
            // What becomes of missing values decides which rows there are.
            options.table.missing = assignments.compactMap { TableSource.Kind(assignment: $0) }
                .last { $0.column == "data.train.missing" && !$0.word.hasPrefix("{") }
                .map { $0.word.trimmingCharacters(in: ["\""]) }
            options.table.hasHeader = header.header
            options.given =
                [("--target", !targets.isEmpty), ("--inputs", !inputs.isEmpty), ("--skip-damaged", skipDamaged)].filter(\.1)
                .map(\.0) + columns.given
                + form.given + header.given
            return options
        }
    }

    /// `houses` for `data/houses.csv.gz`, in the working directory.
    private static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? "config"
        let stem = last.split(separator: ".").first.map(String.init) ?? "config"
        return stem.isEmpty ? "config" : stem
    }
}

/// The way from a config to a file.
enum RelativePath {
    /// - Parameter directory: of the config; empty for the working directory.
    static func from(_ directory: String, to path: String) -> String {
        if path.hasPrefix("/") || directory.isEmpty { return path }
        func parts(_ path: String) -> [Substring] {
            let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
            return whole.split(separator: "/").reduce(into: []) { parts, part in
                if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
            }
        }
        let (from, to) = (parts(directory), parts(path))
        let common = zip(from, to).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - common) + to[common...].map(String.init)).joined(
            separator: "/")
    }
}

/// A config as a person would lay it out: what fits on a line stands on one.
enum ConfigText {
    private static let width = 100

    static func of(_ node: JSONNode) -> String { text(node, indent: 0, isWhole: true) + "\n" }

    private static func text(_ node: JSONNode, indent: Int, isWhole: Bool = false) -> String {
        let line = line(node)
        if !isWhole, line.count + indent <= width { return line }
        let inner = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch node.value {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                "\(inner)\(JSONNode(member.key).jsonText(pretty: false)): " + text(member.value, indent: indent + 2)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + text($0, indent: indent + 2) }.joined(separator: ",\n") + end + "]"
        default: return line
        }
    }

    private static func line(_ node: JSONNode) -> String {
        switch node.value {
        case .object(let members):
            "{"
                + members.map { "\(JSONNode($0.key).jsonText(pretty: false)): \(line($0.value))" }.joined(
                    separator: ", ") + "}"
        case .array(let elements): "[" + elements.map(line).joined(separator: ", ") + "]"
        default: node.jsonText(pretty: false)
        }
    }
}
