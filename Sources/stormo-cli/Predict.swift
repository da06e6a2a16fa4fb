import ArgumentParser
import Batches
import Engine
import Interchange
import Kernels
import Runs

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer for each row of a dataset with a model: classes and probabilities, or numbers.",
        usage: """
            stormo predict <model> <file> ... [--output <file>] [<options>]
            stormo predict <model> --row <json>
            """,
        discussion: """
            The data are those of HDF5 files, or tables (.csv, .tsv), whose columns are found by the names that they had \
            when the model was trained on a table, or images and folders of them for a model of images. Of an HDF5 file the inputs are those of /test where it has them, else those \
            that the model's test split names, and then those that it was trained on.

            A table of answers has a line for each row: its number from 0, or the name of its file; the class and the probability of each class, \
            p_NAME; of a yes or no the class and the probability of yes; of several labels 1 or 0 and p_NAME for each; \
            numbers in their own units, by the targets' names. Several outputs have their name in front. Rows that are left \
            out are named on the standard error.

            --output ends with .csv (RFC 4180, decimal points), .json (an array of objects), .jsonl (an object a line), .npy \
            (one float32 array of rows and outputs) or .h5: the dataset predictions, a row for each sample, and for classes \
            and binary outputs the dataset labels; of several outputs predictions/NAME and labels/NAME; where rows are left \
            out the dataset rows with the numbers of the others. What is no number is NaN in CSV and null in JSON. A file that \
            is there already is replaced, unless it is a model, a file of a run or one of those that are read. Without --output a table is \
            printed on a terminal, and CSV elsewhere.
            """)

    @OptionGroup var options: ModelOptions

    @Argument(
        help: "The files, in place of --data: HDF5 files, tables (.csv, .tsv), or images and folders of them.",
        completion: .file())
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "A row in place of files, as '{\"age\": 41, \"job\": \"fixed\"}' by the columns' names, or '[5.1, 3.5]'.",
            valueName: "json"))
    var row: String?

    @Option(
        help: ArgumentHelp(
            "The file to write, .csv, .json, .jsonl, .npy or .h5; - for the standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "How answers are written, csv, json, jsonl, npy or h5, whatever the name of the file. (default: by its end, csv "
                + "on the standard output)", valueName: "format"), completion: .list(AnswerFormats.all.map(\.name)))
    var format: String?

    @Option(
        help: ArgumentHelp(
            "The most probable classes alone, so many, in place of the probabilities of all.", valueName: "n"))
    var top: Int?

    @Option(
        help: ArgumentHelp(
            "The targets, which are to stand beside the answers: a dataset of an HDF5 file, or the column of a table, or class of a "
                + "folder of images; for a model of several outputs NAME=PATH. Of several binary values each may be a dataset.",
            valueName: "path"), completion: NamesInFile.completion)
    var targets: [String] = []

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top must be at least 1, but is \(top)") }
    }

    mutating func run() throws {
        try ModelPath.checkThatItIsNoSource(options.model)
        options.model = try ModelPath.of(options.model)
        let files = try filesToRead()
        let target = try AnswerTarget(output, format, reading: [options.model] + files)
        let model = try TrainedModel(contentsOf: options.model)
        try target.check(model, options.model, top: top, hasTargets: !targets.isEmpty)
        let (data, rows, words) = try read(files, model)
        options.workers.tellIdle(rows: data.count)
        let isMeasured = !targets.isEmpty
        let predictor = try model.predictor(on: data, options.workers.parallelism, wantsTargets: isMeasured)
        let answers = AnswerStream(of: model, rows: rows, hasTruths: isMeasured, top: top) {
            try predictor.predictInPieces($0)
        }
        try target.write(answers, of: model, top: top)
        LeftOutRows.tell(rows)
        // Tables hold dates.
        for column in model.tables["targets"]?.columns ?? [] where column.kind.isDate && !target.isTable {
            Console.error(
                "note: \(column.name) is "
                    + (column.kind == .date ? "in days since 1970-01-01" : "a fraction of the day"))
        }
        guard let path = target.path else { return }
        let shapes = Figures.shapes(of: model.objective)
        Console.print(
            "\(path): \(Figures.count(data.count, "prediction"))" + (shapes.isEmpty ? "" : " of \(shapes)")
                + " for \(words)")
        for line in ThresholdText.lines(model.objective.outputs) { Console.print("labels by the " + line) }
        if model.hasSeveralLabels, model.objective.outputs.contains(where: { $0.thresholds != nil }) {
            Console.print("labels by the thresholds of the model")
        }
    }

    /// The files that are named; none for a row.
    private func filesToRead() throws -> [String] {
        let named = (options.data.map { [$0] } ?? []) + files
        if options.data != nil, !files.isEmpty {
            throw UsageError("--data \(options.data ?? "") stands beside \(files[0]); give all files without --data")
        }
        guard row == nil else {
            guard named.isEmpty else { throw UsageError("--row stands beside \(named[0]); give one of the two") }
            let others =
                options.givenOfFiles.filter { !options.table.givenOfMarks.contains($0) }
                + (targets.isEmpty ? [] : ["--targets"])
            if let option = others.first { throw UsageError("\(option) is for files, and --row is none; leave it out") }
            return []
        }
        guard !named.isEmpty else {
            throw UsageError(
                "there is nothing to predict for; give a file, as in stormo predict \(options.model) new.csv, or a row by --row"
            )
        }
        let source = DataSource(files: named, inputs: "", targets: nil)
        return try source.paths()
    }

    private func read(_ files: [String], _ model: TrainedModel) throws -> (Dataset, AnswerRows, words: String) {
        if let row { return try read(RowArgument(row), model) }
        let read = try ModelData(
            options, files, for: model, hasTargets: !targets.isEmpty, targets: targets)
        defer { withExtendedLifetime(read) {} }
        let data = try Dataset(
            reading: read.source, for: read.model, wantsTargets: !targets.isEmpty, unknown: options.unknown)
        for notice in data.notices { Console.error("warning: \(notice)") }
        return (data, try read.rows(of: data), read.source.words)
    }

    private func read(_ row: RowArgument, _ model: TrainedModel) throws -> (Dataset, AnswerRows, words: String) {
        guard model.tables["inputs"] != nil else {
            return (try row.dataset(for: model), AnswerRows(total: 1), RowArgument.place)
        }
        var rows = try NamedRows(model, unknown: options.unknown, command: options.model)
        rows.hasDecimalComma = options.table.decimalComma
        let values = try row.values(for: model, allowsMissing: options.unknown == .missing)
        let data = try rows.dataset(
            [values], warn: { Console.error("warning: \($0)") }, note: { Console.error("note: \($0)") })
        return (data, try AnswerRows(of: data, files: []), RowArgument.place)
    }
}
