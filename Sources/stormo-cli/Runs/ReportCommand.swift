import ArgumentParser
import Batches
import Configuration
import Engine
import Files
import Interchange
import Reports
import Runs

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make the page of a run or a model.",
        discussion: """
            The page shows what the network was given, learning curves, figures with their intervals, mistakes, warnings, \
            where the time went, and the config. It is one file that needs no network and no JavaScript. stormo train writes \
            it too; this makes it again, of a run of before, of one that was resumed elsewhere, or of a model alone.

            The run's own rows are read again, those of its test split if it has one; --data names others. --no-rows leaves \
            out rows of the data and home directories, for a page to be passed on.
            """)

    @OptionGroup var options: ModelOptions

    @Option(
        help: ArgumentHelp(
            "The file to write, .html. (default: report.html in the run's directory; of a model, in the working directory)",
            valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: String?

    @Flag(name: .customLong("no-rows"), help: "Leave out rows of the data and the names of home directories.")
    var leavesOutRows = false

    func validate() throws {
        if let output, !output.lowercased().hasSuffix(".html") {
            throw ValidationError("--output \(output) must end in .html, which is what is written")
        }
        if options.data == nil, let option = options.givenOfFiles.first {
            throw ValidationError("\(option) says where the rows of a file are; name the file by --data, or leave it out")
        }
    }

    func run() throws {
        guard AtomicFile.isDirectory(options.model) else { return try reportModel() }
        let directory = options.model.hasSuffix("/") && options.model.count > 1
            ? String(options.model.dropLast()) : options.model
        let folds = FoldDirectory.names(in: directory)
        let own = "\(directory)/\(RunDirectory.reportName)"
        let path = output ?? own
        // The run's own page is the one file of it that may be replaced.
        if path == own || FileIdentity(path) != nil && FileIdentity(path) == FileIdentity(own) {
            try AtomicFile.check(path)
        } else {
            try OutputFile.check(path, "--output", reading: options.data.map { [$0] } ?? [])
        }
        guard !folds.isEmpty else {
            let model = RunDirectory.modelPath(of: directory)
            var others: (() throws -> ReportAnswers?)?
            if let file = options.data { others = { try answers(of: model, file) } }
            return try write(ReportSource(run: directory, showsRows: !leavesOutRows, answers: others), to: path)
        }
        if let data = options.data {
            throw UsageError(
                "--data \(data): \(directory) is a cross-validation, with a model for each fold; name one of these, such as "
                    + "\(directory)/\(folds[0])")
        }
        let source = try ReportSource(
            folds: folds, in: directory, showsRows: !leavesOutRows, linksFolds: output == nil)
        if output == nil {
            for fold in source.folds {
                try AtomicFile.replace("\(fold.path)/\(RunDirectory.reportName)", with: Report.html(fold))
            }
        }
        try write(source, to: path)
    }

    private func reportModel() throws {
        let path = output ?? RunDirectory.reportName
        try OutputFile.check(path, "--output", reading: [options.model] + (options.data.map { [$0] } ?? []))
        let model = try TrainedModel(contentsOf: options.model)
        let source = ReportSource(model: options.model, model, showsRows: !leavesOutRows) {
            try options.data.map { try answers(of: options.model, $0) }
        }
        try write(source, to: path)
    }

    /// A model's answers to the rows of a file.
    private func answers(of model: String, _ file: String) throws -> ReportAnswers {
        var options = options
        options.model = model
        let read = try ModelData(options, [file], for: TrainedModel(contentsOf: model), hasTargets: true)
        let data = try Dataset(reading: read.source, for: read.model, unknown: options.unknown)
        let origin = RowsOrigin(read.source, data, read.model, model)
        return try ReportAnswers(
            read.model, on: data, words: read.source.words + origin.words, split: nil,
            wasTrainedOn: origin.wasTrainedOn) { try read.rows(of: $0) }
    }

    private func write(_ source: ReportSource, to path: String) throws {
        try AtomicFile.replace(path, with: Report.html(source))
        Console.print("wrote \(path)", style: .dim)
    }
}

extension RowsOrigin {
    /// Nil where that is not known, or true of some rows.
    fileprivate var wasTrainedOn: Bool? {
        switch self {
        case .trained: true
        case .validation, .test, .otherDatasets, .otherFile: false
        case .trainedPartly, .unknown, .untold: nil
        }
    }
}
