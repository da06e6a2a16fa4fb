import Batches
import Files
import Preparation

/// What `stormo inspect` and `stormo data inspect` say of what is no HDF5 file: a table, and a folder of images.
enum SourceInspection {
    /// Whether a path is one of these.
    static func reads(_ path: String) -> Bool { TableSource.isTable(path) || FolderHead.isFolder(path) }

    /// A quick look.
    static func printBeginning(_ path: String) throws {
        guard TableSource.isTable(path) else { return try printFolder(path) }
        let head = try TableHead(path, TableSource(), count: 5)
        Console.print("\(path): a table of \(Figures.count(head.columns.count, "column")), which begins", style: .bold)
        SourceHead.table(head).print()
        Console.print("what its columns hold: stormo data inspect \(ShellWord.quoted(path))", style: .dim)
    }

    /// What all values are.
    static func printWhole(_ path: String) throws {
        guard TableSource.isTable(path) else { return try printFolder(path) }
        var options = try TableOptions(TableSource(), path)
        // Nothing is refused that is only looked at.
        (options.hasTargets, options.missing) = (false, .indicator)
        let folder = try TemporaryFolder()
        let display = RateDisplay("reading")
        defer { display.finish() }
        let report = try TableConverter(path, options: options).convert(
            to: ConversionTarget(file: folder.path + "/table.h5", group: "/", storage: DatasetStorage(gzip: 1)),
            progress: display.update)
        display.finish()
        let rows = report.datasets.first?.shape.first ?? 0
        let recipe = report.datasets.first?.recipe
        let leftOut = report.decisions?.leftOut.map(\.name) ?? []
        let columns = (recipe?.columns.count ?? 0) + leftOut.count
        Console.print(
            "\(path): a table of \(Figures.count(rows, "row")) and \(Figures.count(columns, "column"))",
            style: .bold)
        for warning in report.warnings { Console.error("warning: \(warning)") }
        if let recipe { RecipeTable(recipe).print() }
        if !leftOut.isEmpty { Console.print("no inputs: " + DatasetInspection.list(leftOut)) }
        Console.print("its rows, by number: stormo data head \(ShellWord.quoted(path)) --rows 0-9", style: .dim)
    }

    /// Images by splits and classes, and their sizes.
    private static func printFolder(_ path: String) throws {
        let survey = try FolderSurvey(path)
        let total = survey.splits.reduce(0) { $0 + $1.count }
        Console.print("\(path): a folder of \(Figures.count(total, "image"))", style: .bold)
        for note in survey.notes { Console.error("note: \(note)") }
        var table = TextTable(
            [("class", .left)] + survey.splits.map { ($0.name ?? "images", .right) })
        for (index, name) in (survey.classNames ?? []).enumerated() {
            table.append([name] + survey.splits.map { Figures.count($0.counts[index]) })
        }
        if survey.classNames != nil { table.print() }
        let images = survey.survey
        if let least = images.heights.first, let most = images.heights.last, let narrow = images.widths.first,
            let wide = images.widths.last
        {
            let one = least == most && narrow == wide
            Console.print(
                (one
                    ? "all have \(least)×\(narrow) pixels"
                    : "heights \(least) to \(most), widths \(narrow) to \(wide) pixels")
                    + "; \(images.greys == images.count ? "all are grey" : "\(images.greys) of \(images.count) are grey")"
            )
        }
        Console.print("single images: stormo data head \(ShellWord.quoted(path)) --rows 0-3", style: .dim)
    }
}
