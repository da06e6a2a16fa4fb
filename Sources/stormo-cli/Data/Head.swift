import ArgumentParser
import Foundation
import HDF5
import Preparation

struct Head: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Print rows of a dataset or a table, the first or those you name, and draw them where they are images.",
        discussion: """
            Without a path it shows /train/inputs, or else the first dataset called inputs, or the first that is not called as \
            targets are. Images are drawn in colour \
            on a terminal and in ASCII elsewhere, with their labels below them. Of a table (.csv, .tsv) and of a folder of images \
            rows are counted as evaluate --errors and predict count them.
            """)

    @Argument(help: "The HDF5 file, a table (.csv, .tsv), or a folder of images.", completion: .file())
    var file: String

    @Argument(help: "The dataset in it; of a folder of images the class that is shown.",
        completion: NamesInFile.completion)
    var path: String?

    @Option(
        name: .customShort("n"), help: ArgumentHelp("The number of rows. (default: 10, of images 4)", valueName: "rows")
    )
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "Rows by their numbers, from 0, in place of the first: 2914,3000-3010.", valueName: "list"))
    var rows: RowList?

    @Flag(help: "Print numbers where there are images, or tokens of a text.")
    var numbers = false

    @OptionGroup(title: "Tables") var form: TableFormArguments
    @OptionGroup(title: "Tables") var header: TableHeaderArgument
    @OptionGroup var links: ExternalLinksOption

    func validate() throws {
        if let count, !(1...RowList.most).contains(count) {
            throw ValidationError("-n must be 1 to \(RowList.most), but is \(count)")
        }
        if count != nil, rows != nil {
            throw ValidationError("-n and --rows both say which rows are shown; leave one out")
        }
    }

    func run() throws {
        if SourceHead.reads(file) {
            for (option, isGiven) in [
                ("'\(path ?? "")'", path != nil && !FolderHead.isFolder(file)),
                ("--allow-external-links", links.allowExternalLinks),
            ] where isGiven {
                throw UsageError(
                    "\(option) is for HDF5 files, which have datasets, and \(file) is none; leave it out")
            }
            if let path, rows != nil {
                throw UsageError("'\(path)' names a class and --rows rows of any; leave out one of the two")
            }
            return try SourceHead.print(
                file, form, header, count: count, rows: rows?.rows, of: path, draws: !numbers)
        }
        if let option = (form.given + header.given).first {
            throw UsageError("\(option) is for tables (.csv, .tsv), and \(file) is read as HDF5; leave it out")
        }
        let path = try path ?? FirstRows.usualPath(links.open(file, isQuiet: true))
        let opened = try links.open(file, reading: .objects(FirstRows.objects(for: path)))
        var first =
            try rows.map { try FirstRows(opened, path: path, rows: $0.rows, spells: !numbers) }
            ?? FirstRows(opened, path: path, count: count ?? 10, spells: !numbers)
        let draws = !first.pictures.isEmpty && !numbers
        if draws, count == nil, rows == nil { first = try FirstRows(opened, path: first.path, count: 4) }
        let columns = Terminal.output.columns ?? 100
        let shape = first.rowShape.rank == 0 ? "one" : "\(first.rowShape)"
        Console.print(
            "\(file): \(first.path), \(Figures.count(first.rows, "row")) of \(shape) \(first.type)", style: .bold)
        let text = HeadText(first, columns: columns)
        if draws {
            let isColored = Terminal.output.isColored && Terminal.output.isUnicode
            // As they are, since the colours are meant for the terminal.
            for line in text.drawing(isColored ? .colors : .ramp) { Console.write(line + "\n") }
        } else {
            text.table.print()
        }
    }
}
