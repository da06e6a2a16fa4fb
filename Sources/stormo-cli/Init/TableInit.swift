import Batches
import Configuration
import Files
import Foundation
import Preparation
import Recipes

/// `stormo init` for a table of text.
enum TableInit: InitSource {
    static let words = "a table (.csv, .tsv, .tab, also with .gz)"
    static let options: Set<String> = [
        "--target", "--drop", "--column", "--na", "--encoding", "--delimiter", "--header", "--no-header", "--decimal-comma",
    ]

    private static let leastRows = 10

    static func reads(_ path: String, _ options: InitOptions) -> Bool { TableSource.isTable(path) }

    static func survey(_ path: String, _ options: InitOptions) throws -> DataSurvey {
        var table = options.table
        table.targets = options.targets
        guard !table.targets.isEmpty else {
            let names = try SplitTables.columns(path, TableOptions(table, path))
            throw UsageError(
                "which column of \(path) is to be predicted? Say --target COLUMN; it has the columns "
                    + RecipeMapping.list(names))
        }
        // What is missing is not refused before it is known.
        table.missing = table.missing ?? "indicator"
        let (report, data, values, finding, folder) = try read(path, &table)
        guard data.count >= leastRows else {
            throw DataError(
                "\(path) has \(Figures.count(data.count, "row")), of which nothing can be learned and kept back to measure it; init "
                    + "wants \(leastRows) or more")
        }
        var findings = finding.map { [$0] } ?? []
        let recipe = report.datasets.first?.recipe
        findings.append(
            .init(what: "data.train.missing", choice: "indicator", reason: Self.filling(recipe?.columns ?? [])))
        var survey = DataSurvey(
            rows: data.count, inputs: .features(try data.encoded().inputs.featureShape.count),
            targets: try targets(report, values, rows: data.count, path),
            targetName: table.targets.joined(separator: ", "),
            train: node(options.configured, table), findings: findings,
            report: { [report] in
                if let decisions = report.decisions { DecisionText(decisions).print() }
                for line in SentenceList(report.warnings).lines { Console.print("warning: \(line)", style: .bold) }
                for line in SentenceList(report.notes).lines { Console.print("note: \(line)") }
                withExtendedLifetime(folder) {}
            })
        survey.groups = GroupColumn.find(data)
        try survey.addExtremes(of: data)
        if let images = try ImageTableInit.column(path, options), !images.isThere {
            survey.warnings.append(
                "\(path), column '\(images.name)', names images, such as '\(images.first.name)', and there is no file "
                    + "\(images.first.path): so it is taken for any other column. Where the images are beside the table, init makes a "
                    + "config of them")
        }
        return survey
    }

    /// What becomes of missing values, with the columns that lack most.
    private static func filling(_ columns: [RecipeColumn]) -> String {
        let lacking = columns.filter { ($0.seen?.missing ?? 0) > 0 }
            .sorted { ($0.seen?.missing ?? 0) > ($1.seen?.missing ?? 0) }
        guard !lacking.isEmpty else {
            return "no value is missing here; in new rows one is filled with the mean"
        }
        let count = lacking.reduce(0) { $0 + ($1.seen?.missing ?? 0) }
        let shown = lacking.prefix(3).map { "\($0.name) (\(Figures.count($0.seen?.missing ?? 0)))" }.joined(separator: ", ")
        let more = lacking.count > 3 ? " and \(lacking.count - 3) more" : ""
        var words: [String] = []
        if lacking.contains(where: { !$0.kind.isCoded }) {
            words.append("numbers and dates are filled with the mean, beside an input that tells so")
        }
        if lacking.contains(where: \.kind.isCoded) { words.append("of texts it is a category of its own") }
        return "\(Figures.count(count, "value")) \(count == 1 ? "is" : "are") missing, in \(shown)\(more): "
            + words.joined(separator: "; ")
    }

    /// Converts a table, and once more where its target turns out to be classes.
    static func read(
        _ path: String, _ table: inout TableSource
    ) throws -> (
        report: ConversionReport, data: Dataset, values: TargetValues, finding: DataSurvey.Finding?,
        folder: TemporaryFolder
    ) {
        let folder = try TemporaryFolder()
        let display = RateDisplay("looking at the table")
        defer { display.finish() }
        func convert(_ table: TableSource) throws -> (report: ConversionReport, data: Dataset) {
            let tables = try SplitTables(
                TableSource.source([path], table), into: folder.path, split: "train", like: nil
            ) { display.update($1) }
            return (tables.reports[0], try Dataset(reading: tables.source))
        }
        var (report, data) = try convert(table)
        var values = try TargetValues(data)
        let finding = classes(&table, report, values)
        if finding != nil {
            (report, data) = try convert(table)
            values = try TargetValues(data)
        }
        return (report, data, values, finding, folder)
    }

    /// Whole numbers that are classes become categories, so that their labels count from 0 and are known by name.
    private static func classes(
        _ table: inout TableSource, _ report: ConversionReport, _ values: TargetValues
    ) -> DataSurvey.Finding? {
        guard report.datasets.count > 1, let recipe = report.datasets[1].recipe, recipe.columns.count == 1,
            recipe.columns[0].kind == .number, !table.kinds.contains(where: { $0.column == table.targets[0] }),
            let counts = values.classes
        else { return nil }
        let known = counts.filter { $0 > 0 }.count
        table.kinds.append(TableSource.Kind(table.targets[0], "category"))
        return .init(
            what: "data.train.columns.\(table.targets[0])", choice: "category",
            reason:
                "it holds \(known) whole numbers, \(Int(values.least)) to \(Int(values.greatest)), taken for classes (--column "
                + "\(table.targets[0])=number if they are amounts)")
    }

    static func targets(
        _ report: ConversionReport, _ values: TargetValues, rows: Int, _ path: String
    ) throws -> DataSurvey.Targets {
        let columns = report.datasets.count > 1 ? report.datasets[1].recipe?.columns ?? [] : []
        if columns.count == 1, columns[0].kind.isCoded {
            let names = columns[0].categories
            guard names.count > 1 else {
                throw DataError(
                    "\(path), column '\(columns[0].name)': each row has the same value, '\(names.first ?? "")', so there is nothing "
                        + "to tell apart")
            }
            guard names.count <= max(20, rows / 5) else {
                throw DataError(
                    "\(path), column '\(columns[0].name)': \(Figures.count(rows, "row")) have \(Figures.count(names.count)) "
                        + "different values, such as '\(names[names.count / 2])', which are too many for classes; if they are "
                        + "numbers with a decimal comma, say --decimal-comma")
            }
            return .classes(names: names, counts: names.indices.map { values.counts[$0] ?? 0 }, isOneHot: false)
        }
        if columns.count > 1, let text = columns.first(where: { $0.kind.isCoded && $0.categories.count > 2 }) {
            throw DataError(
                "\(path), column '\(text.name)': of several targets each must be a number, or all of them yes or no, and this one "
                    + "holds \(text.categories.count) classes; make a config for it alone")
        }
        if columns.count == 1, values.least == values.greatest {
            throw DataError(
                "\(path), column '\(columns[0].name)': each row has the same value, \(values.least), so there is "
                    + "nothing to predict")
        }
        if columns.count > 1, values.areBits { return .answers(count: columns.count) }
        return .numbers(count: max(columns.count, 1), greatest: max(abs(values.least), abs(values.greatest)))
    }

    static func node(_ file: String, _ table: TableSource) -> JSONNode {
        JSONNode(.object([.init(key: "file", value: JSONNode(file))] + table.members))
    }
}
