import ArgumentParser
import Batches
import Preparation

struct Split: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Split the rows of a dataset file at random into train, validation and test.",
        discussion: """
            Each split becomes a group with inputs and targets; whatever else has a row for each of the inputs' in \
            their group goes along, and the rest of the file is copied as it is. The same seed makes the same splits.
            """)

    @Argument(help: "The HDF5 file.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("The splits with their shares, which add up to 1.", valueName: "name=share,…"),
        transform: { text in
            do { return try SplitFractions(text) } catch { throw ValidationError("\(error)") }
        })
    var fractions: SplitFractions

    @Option(help: ArgumentHelp("The dataset to split. (default: the only one called inputs)", valueName: "path"),
        completion: NamesInFile.completion)
    var inputs: String?

    @Option(help: ArgumentHelp("Its targets. (default: targets beside the inputs)", valueName: "path"),
        completion: NamesInFile.completion)
    var targets: String?

    @Option(help: "What the random order follows from.")
    var seed: UInt64 = 0

    @Flag(help: "Give each split its share of each class.")
    var stratify = false

    @Option(help: GzipLevel.help)
    var gzip = GzipLevel(level: 4)

    @OptionGroup var links: ExternalLinksOption

    func run() throws {
        try OutputFile.check(output, "--output", reading: [file])
        var splitting = Splitting(fractions)
        splitting.inputs = inputs
        splitting.targets = targets
        splitting.seed = seed
        splitting.stratify = stratify
        splitting.followsExternalLinks = links.allowExternalLinks
        splitting.storage.gzip = gzip.level ?? 0
        let display = RateDisplay("splitting")
        defer { display.finish() }
        let summary = try splitting.run(file, to: output) { display.update($0) }
        display.finish()
        let along = [summary.targets].compactMap { $0 } + summary.companions
        Console.print(
            "wrote \(output): \(summary.inputs)" + (along.isEmpty ? "" : " with \(along.joined(separator: ", "))"))
        var table = TextTable([("split", .left), ("rows", .right)], indent: 2)
        for (part, count) in zip(fractions.parts, summary.counts) { table.append([part.name, Figures.count(count)]) }
        table.print()
        if !summary.copied.isEmpty { Console.print("copied as they are: \(summary.copied.joined(separator: ", "))") }
        if !summary.rareClasses.isEmpty {
            Console.print(
                "too few rows for a share in each split: class "
                    + summary.rareClasses.prefix(20).map { "\($0)" }.joined(separator: ", "))
        }
        let snippet = DataSnippet.text(output, fractions.parts.map(\.name))
        if !snippet.isEmpty { Console.print(snippet) }
    }
}

/// The lines of a config that use a file.
enum DataSnippet {
    static func text(_ file: String, _ splits: [String], then: String = "") -> String {
        let known = splits.filter { ["train", "validation", "test"].contains($0) }
        guard !known.isEmpty else { return "" }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let lines = known.map { "  \"\($0)\": {\"file\": \"\(name)\"}" }
        return "\nFor a config beside it:\n\"data\": {\n" + lines.joined(separator: ",\n") + "\n}\(then)"
    }
}
