import ArgumentParser
import Files
import Foundation
import HDF5
import Kernels
import Preparation

struct InspectData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Read all values of a dataset file, and say what is in them and what to do about it.",
        discussion: """
            Shows shape, type, chunks, filters and sizes; then, for each dataset of numbers, ranges, NaN and infinite \
            values, features that never change, how often each label occurs, rows that occur twice or in two splits, \
            and advice. Of a table (.csv, .tsv) it shows what each column holds, of a folder of images how many each class has. For a quick look that reads no values, see stormo inspect.
            """)

    @Argument(help: "The HDF5 file, a table (.csv, .tsv), or a folder of images.", completion: .file())
    var file: String

    @Argument(
        help: "A dataset or a group in it. (default: the whole file)", completion: NamesInFile.completion)
    var path: String?

    @Option(help: ArgumentHelp("Write the findings to this file.", valueName: "file"), completion: .file())
    var json: String?

    @OptionGroup var links: ExternalLinksOption

    func run() throws {
        if SourceInspection.reads(file) {
            for (option, isGiven) in [
                ("'\(path ?? "")'", path != nil), ("--json", json != nil),
                ("--allow-external-links", links.allowExternalLinks),
            ] where isGiven {
                throw UsageError("\(option) is for HDF5 files, and \(file) is none; leave it out")
            }
            return try SourceInspection.printWhole(file)
        }
        if let json { try OutputFile.check(json, "--json", reading: [file]) }
        var examination = try FileExamination(links.open(file), path: path)
        let count = examination.overview.count
        Console.print("\(file): HDF5 file with \(Figures.count(count, "dataset"))\n", style: .bold)
        if count > 0 { Self.table(examination.overview).print() }
        for omission in examination.omitted { Console.print("left out: \(omission.path), \(omission.reason)") }
        for overview in examination.overview {
            let display = RateDisplay("reading \(overview.path)", overview.rows)
            let report = try examination.next { display.update($0) }
            display.finish()
            if let report { InspectDataText(report).print() }
        }
        let leaks = try examination.leaks()
        if !leaks.isEmpty { Console.print("\nleaks between splits", style: .bold) }
        for leak in leaks {
            Console.print("  ! \(leak.description); what is measured on them says little of new data")
        }
        if let json { try AtomicFile.replace(json, with: examination.json(leaks: leaks).jsonText()) }
        let failures =
            examination.omitted.filter { !$0.isLink }.map { "\(file): \($0.path): \($0.reason)" }
            + examination.reports.compactMap(\.failure)
        guard failures.isEmpty else {
            for failure in failures { Console.error("stormo: \(failure)") }
            throw ExitStatus.badData
        }
    }

    private static func table(_ reports: [DatasetReport]) -> TextTable {
        var table = TextTable([
            ("dataset", .left), ("shape", .left), ("type", .left), ("chunks", .left), ("filters", .left),
            ("on disk", .right), ("in memory", .right), ("ratio", .right),
        ])
        for report in reports {
            let ratio = report.memoryBytes.map { Double($0) / Double(max(report.storedBytes, 1)) }
            let isPacked = !report.filters.isEmpty && report.storedBytes > 0
            var layout = "\(report.layout)"
            if case .chunked(let chunk) = report.layout { layout = "\(Shape(chunk))" }
            table.append([
                report.path, "\(Shape(report.shape))", "\(report.type)", layout,
                report.filters.joined(separator: ", "), Figures.bytes(report.storedBytes),
                report.memoryBytes.map(Figures.bytes) ?? "",
                isPacked ? ratio.map { String(format: "%.1f", $0) } ?? "" : "",
            ])
        }
        return table
    }
}
