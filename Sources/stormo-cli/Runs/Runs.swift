import ArgumentParser
import Configuration
import Files
import Foundation
import Reports

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Compare runs: their best figure, the keys in which their configs differ, how far they are, how to go on.",
        discussion: """
            The best run comes first, by the figure that the runs watch or by --metric. The state is running, finished, \
            interrupted, failed, or killed for a run whose process is gone without a word. Damaged runs are named on the \
            standard error and passed over.
            """)

    @Argument(
        help: ArgumentHelp(
            "Directories of runs, or of folders that hold such. (default: runs)", valueName: "directory"),
        completion: .directory)
    var directories: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only runs whose directory or name is like this pattern, such as 'digits-*'; may be repeated.",
            valueName: "pattern"))
    var name: [String] = []

    @Option(
        help: ArgumentHelp(
            "The figure to compare by: a column of metrics.csv at its best, such as validation_accuracy (or accuracy for "
                + "short), or that of the test, such as test_accuracy. (default: the one that the runs watch)",
            valueName: "name"))
    var metric: String?

    @Option(
        help: ArgumentHelp(
            "What rows are ordered by: best, name, state, epochs, updated, or a key in which the configs differ. "
                + "(default: best, and where no run has a figure, name)", valueName: "key"))
    var sort: String?

    @Flag(help: "Turn the order round.")
    var reverse = false

    @Flag(help: "Show runs that differ only in seed as one row, with mean and standard deviation.")
    var group = false

    @Option(
        help: ArgumentHelp(
            "Of the keys in which the configs differ, show this one, such as learning_rate; may be repeated. (default: the "
                + "first \(Self.usualKeys))", valueName: "key"))
    var key: [String] = []

    @Flag(help: "Show all keys in which the configs differ.")
    var allKeys = false

    @Flag(help: "Print a JSON list with all that the state files hold.")
    var json = false

    @Flag(help: "Print CSV, a line a run, with all keys in which the configs differ.")
    var csv = false

    private static let usualKeys = 8

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv are two ways to print one list; give one") }
        if allKeys, !key.isEmpty { throw ValidationError("--all-keys shows every key; leave out --key, or --all-keys") }
    }

    func run() throws {
        let places = directories.isEmpty ? ["runs"] : directories
        let found = try read(places)
        var comparison = try RunComparison(found, metric: metric, groupsSeeds: group)
        for failure in comparison.failures { Console.error("stormo: \(failure)") }
        let usual = comparison.figure == nil ? RunComparison.Order.name : .figure
        try comparison.sort(
            by: sort.map { RunComparison.Order.words[$0] ?? .key($0) } ?? usual, isReversed: reverse)
        if !key.isEmpty { try comparison.keep(keys: key) }
        let list = RunList(comparison)
        if json { return Console.print(list.json.jsonText().trimmingCharacters(in: .newlines)) }
        if csv { return Console.write(list.csv) }
        if comparison.rows.isEmpty {
            let like = name.isEmpty ? "" : " that are called like " + name.joined(separator: " or ")
            return Console.print("no runs in \(places.joined(separator: ", "))\(like)")
        }
        let more = key.isEmpty && !allKeys ? comparison.keys.dropFirst(Self.usualKeys) : []
        if !more.isEmpty { comparison.keep(firstKeys: Self.usualKeys) }
        RunTable(comparison).print(within: Terminal.output.columns)
        if !more.isEmpty {
            Console.print(
                "\(Figures.count(more.count, "more key")) in which the configs differ: "
                    + more.prefix(Self.usualKeys).map(\.path).joined(separator: ", ")
                    + (more.count > Self.usualKeys ? ", …" : "") + "; --all-keys shows them", style: .dim)
        }
    }

    /// The runs that are asked for; damaged ones are told and passed over.
    private func read(_ places: [String]) throws -> [RunSummary] {
        var runs: [RunSummary] = []
        var seen: Set<String> = []
        for place in places {
            guard AtomicFile.isDirectory(place) else {
                throw FileError("there is no directory \(place); name the one that holds your runs")
            }
            for path in RunFinder.runs(in: place) where seen.insert(path).inserted {
                do {
                    if let run = try RunSummary(path), isWanted(run) { runs.append(run) }
                } catch let error as FileError {
                    Console.error("stormo: \(error)")
                }
            }
        }
        return runs
    }

    private func isWanted(_ run: RunSummary) -> Bool {
        let own = run.path.split(separator: "/").last.map(String.init) ?? run.path
        return name.isEmpty
            || name.contains { pattern in
                [run.path, own, run.state.name].contains { (text: String) in fnmatch(pattern, text, 0) == 0 }
            }
    }
}
