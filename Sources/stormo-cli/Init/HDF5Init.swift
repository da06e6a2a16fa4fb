import Batches
import Configuration
import Files
import Foundation
import HDF5
import Kernels
import Preparation
import Recipes

/// `stormo init` for an HDF5 file.
enum HDF5Init: InitSource {
    static let words = "an HDF5 file"
    static let options: Set<String> = ["--target", "--inputs", "--column"]

    static func reads(_ path: String, _ options: InitOptions) -> Bool { Inspect.looksLikeHDF5(path) }

    static func survey(_ path: String, _ options: InitOptions) throws -> DataSurvey {
        let file = try HDF5File.open(path)
        guard try !file.exists("/stormo") else {
            throw UsageError("\(path) is a model of stormo, not data; give what it is to be trained on")
        }
        let (inputs, targets) = try paths(file, options)
        let data = try Dataset(reading: DataSource(file: path, inputs: inputs, targets: targets))
        let encoded = try data.encoded()
        guard data.fields(.target)[0].field.rowShape.rank <= 1 else {
            throw DataError(
                "\(data.targetsPlace) has targets of \(data.fields(.target)[0].field.rowShape) for each row; init makes configs for one "
                    + "number, several numbers or a class a row")
        }
        func node(_ inputs: String, _ targets: String, _ split: String) -> JSONNode {
            var node: JSONNode = ["file": JSONNode(options.configured)]
            if inputs != "/\(split)/inputs" { node["inputs"] = JSONNode(inputs) }
            if targets != "/\(split)/targets" { node["targets"] = JSONNode(targets) }
            return node
        }
        let (kind, finding) = try self.targets(data, targets, try word(options, targets, path))
        var survey = DataSurvey(
            rows: data.count, inputs: DataSurvey.Inputs(encoded.inputs.featureShape), targets: kind,
            targetName: targets, train: node(inputs, targets, "train"), findings: finding.map { [$0] } ?? [])
        let filled = (encoded.inputs.recipe?.columns ?? []).filter { ($0.seen?.missing ?? 0) > 0 && $0.fit != .unused }
        if !filled.isEmpty {
            let names = DatasetInspection.list(filled.map { "\($0.name) (\($0.missing))" })
            survey.findings.append(
                .init(what: "missing values", choice: "filled", reason: "as the file was converted: \(names)"))
        }
        // Splits that the file has by their names.
        if inputs.hasPrefix("/train/"), targets.hasPrefix("/train/") {
            for split in ["validation", "test"] {
                let own = [inputs, targets].map { "/\(split)" + $0.dropFirst("/train".count) }
                guard try own.allSatisfy({ try file.exists($0) }) else { continue }
                if split == "validation" {
                    survey.validation = node(own[0], own[1], split)
                } else {
                    survey.test = node(own[0], own[1], split)
                }
            }
        }
        try survey.addExtremes(of: data)
        return survey
    }

    /// The datasets of inputs and targets: those that are named, or the only ones that are called so.
    private static func paths(_ file: HDF5File, _ options: InitOptions) throws -> (inputs: String, targets: String) {
        func whole(_ path: String) -> String { path.split(separator: "/").map { "/" + $0 }.joined() }
        guard options.inputs.count <= 1, options.targets.count <= 1 else {
            throw UsageError("of an HDF5 file one dataset of inputs and one of targets can be named")
        }
        let all = try file.allDatasetPaths()
        let shown = all.prefix(20).joined(separator: ", ") + (all.count > 20 ? ", …" : "")
        func missing(_ what: String, _ option: String) -> UsageError {
            UsageError(
                all.isEmpty
                    ? "\(file.path) holds no dataset"
                    : "which dataset of \(file.path) holds the \(what)? Say \(option) PATH; it has: \(shown)")
        }
        for (option, path) in [("--inputs", options.inputs.first), ("--target", options.targets.first)] {
            guard let path, try !file.exists(whole(path)) else { continue }
            throw UsageError("\(file.path) has no dataset '\(path)' for \(option); it has: \(shown)")
        }
        func find(_ names: [String]) -> String? {
            let found = names.lazy.flatMap { name in ["/train/\(name)", "/\(name)"] }.first(where: all.contains)
            if let found { return found }
            let others = all.filter { path in names.contains { path.hasSuffix("/" + $0) } }
            return others.count == 1 ? others[0] : nil
        }
        /// The only other dataset that has a row for each of a dataset's.
        func partner(of path: String?) throws -> String? {
            guard let path, let rows = try file.dataset(path).shape.first else { return nil }
            let others = all.filter { other in
                guard other != path, let own = try? file.dataset(other) else { return false }
                return own.elementType.isNumeric && own.shape.first == rows
            }
            return others.count == 1 ? others[0] : nil
        }
        guard
            let inputs = try options.inputs.first.map(whole) ?? find(["inputs", "x", "X", "images", "data", "features"])
                ?? partner(of: options.targets.first.map(whole))
        else {
            throw missing("inputs", "--inputs")
        }
        guard
            let targets = try options.targets.first.map(whole)
                ?? find(["targets", "y", "Y", "labels", "label", "target"])
                ?? partner(of: options.inputs.first.map(whole)),
            targets != inputs
        else { throw missing("targets", "--target") }
        return (inputs, targets)
    }

    /// What `--column` says of the targets: number or category.
    /// - Throws: `UsageError` for another column or kind.
    private static func word(_ options: InitOptions, _ targets: String, _ path: String) throws -> ColumnKind? {
        guard let kind = options.table.kinds.first else { return nil }
        let names = [targets, String(targets.dropFirst()), targets.split(separator: "/").last.map(String.init) ?? ""]
        guard options.table.kinds.count == 1, names.contains(kind.column) else {
            throw UsageError(
                "--column \(kind.column)=\(kind.word): of an HDF5 file it says what the targets are, as in --column "
                    + "\(ShellWord.quoted(targets))=category")
        }
        guard let known = ColumnWord(kind.word)?.kind, known == .number || known == .category else {
            throw UsageError("--column \(kind.column)=\(kind.word): targets of an HDF5 file are number or category")
        }
        return known
    }

    private static func targets(
        _ data: Dataset, _ path: String, _ word: ColumnKind?
    ) throws -> (DataSurvey.Targets, DataSurvey.Finding?) {
        let values = try TargetValues(data)
        let targets = try targets(data, values, word)
        guard word == nil, data.classNames == nil, values.width == 1, case .classes(_, let counts, _) = targets else {
            return (targets, nil)
        }
        return (
            targets,
            .init(
                what: "data.train.targets", choice: "classes",
                reason:
                    "it holds \(counts.count { $0 > 0 }) whole numbers, \(Int(values.least)) to \(Int(values.greatest)), taken for "
                    + "classes"
                    + (counts.first == 0 ? "; labels are counted from 0, so there is a class 0, without rows" : "")
                    + " (--column \(path)=number if they are amounts)")
        )
    }

    private static func targets(
        _ data: Dataset, _ values: TargetValues, _ word: ColumnKind?
    ) throws -> DataSurvey.Targets {
        let amounts = DataSurvey.Targets.numbers(
            count: values.width, greatest: max(abs(values.least), abs(values.greatest)))
        if word == .number { return amounts }
        let field = data.fields(.target)[0].field
        if word == .category {
            guard values.width == 1, values.areWhole, values.least >= 0, values.counts.count <= 1000,
                values.greatest < 1000
            else {
                throw DataError(
                    "\(data.targetsPlace) can't be classes: these are one whole number a row, from 0 to 999; it holds "
                        + "\(values.width == 1 ? "\(values.least) to \(values.greatest)" : "\(values.width) numbers a row")"
                )
            }
            return .classes(
                names: data.classNames, counts: (0...Int(values.greatest)).map { values.counts[$0] ?? 0 },
                isOneHot: false)
        }
        if let names = data.classNames, values.width == 1, values.areWhole, values.least >= 0,
            values.greatest < Double(names.count)
        {
            return .classes(names: names, counts: names.indices.map { values.counts[$0] ?? 0 }, isOneHot: false)
        }
        if values.areOneHot { return .classes(names: data.classNames, counts: values.places, isOneHot: true) }
        if values.width > 1, values.areBits { return .answers(count: values.width) }
        // Whole numbers are stored as floats by programs that know no other type.
        if values.width == 1,
            let counts = values.classes ?? (field.type.isFloatingPoint ? nil : manyClasses(values))
        {
            return .classes(names: nil, counts: counts, isOneHot: false)
        }
        return amounts
    }

    /// Integers that are all there from 0 on are labels, however many they are.
    private static func manyClasses(_ values: TargetValues) -> [Int]? {
        guard values.least == 0, values.counts.count <= 1000, values.counts.count == Int(values.greatest) + 1 else {
            return nil
        }
        return (0..<values.counts.count).map { values.counts[$0] ?? 0 }
    }
}
