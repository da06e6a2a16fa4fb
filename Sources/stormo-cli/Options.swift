import ArgumentParser
import Batches
import Configuration
import Engine
import Interchange
import Machine
import Runs

/// The config that a command works on, with its overrides.
struct ConfigOptions: ParsableArguments {
    @Argument(help: "The config, a JSON file.", completion: .file(extensions: ["json"]))
    var config: String

    @Option(name: .customLong("set"), parsing: .unconditionalSingleValue, help: Self.assignmentHelp)
    var assignments: [String] = []

    static let assignmentHelp = ArgumentHelp(
        "Override a value of the config, for example training.epochs=3; may be given several times.",
        valueName: "path=value")

    /// - Throws: `ConfigurationError` with all mistakes.
    func read(workers: WorkerCount? = nil) throws -> RunConfiguration {
        try Self.read(config, assignments, workers: workers)
    }

    /// Whether the command line gives a value to a path.
    func sets(_ path: String) -> Bool { Self.sets(path, assignments) }

    static func sets(_ path: String, _ assignments: [String]) -> Bool {
        assignments.contains { $0.hasPrefix(path + "=") }
    }

    static func read(_ config: String, _ assignments: [String], workers: WorkerCount? = nil) throws -> RunConfiguration
    {
        var configuration = try RunConfiguration(document(config, assignments), directory: directory(of: config))
        configuration.parallel.override = workers?.override
        return configuration
    }

    static func document(_ config: String, _ assignments: [String]) throws -> ConfigurationDocument {
        if let sentence = InitHint.sentence(config) { throw UsageError(sentence) }
        var document = try ConfigurationDocument(contentsOf: config)
        for assignment in assignments { try document.set(assignment) }
        return document
    }

    /// The folder of a file, empty for one in the working directory.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// A number of worker threads, or `auto` for as many as the CPUs that the process may use.
enum WorkerCount: ExpressibleByArgument, CustomStringConvertible {
    case auto
    case number(Int)

    init?(argument: String) {
        if argument == "auto" {
            self = .auto
        } else if let count = Int(argument), (1...4096).contains(count) {
            self = .number(count)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .auto: "auto"
        case .number(let count): "\(count)"
        }
    }

    static let help = ArgumentHelp(
        "The number of worker threads, 1 to 4096, or auto for the CPUs that the process may use.", valueName: "n")

    /// For a config, which may say something else.
    var override: ParallelConfiguration.Override {
        switch self {
        case .auto: .automatic
        case .number(let count): .count(count)
        }
    }

    /// Says where a command without a config has fewer rows than the workers that were asked for.
    func tellIdle(rows: Int) {
        guard case .number(let asked) = self, asked > rows, rows > 0 else { return }
        Console.error(
            "note: \(Figures.count(asked, "worker")) were asked for, but \(rows) \(rows == 1 ? "works" : "work"), since there \(rows == 1 ? "is" : "are") "
                + Figures.count(rows, "row"))
    }

    /// For commands without a config.
    var parallelism: Parallelism {
        switch self {
        case .auto: Parallelism(workers: AvailableCPUs.count)
        case .number(let count): Parallelism(workers: count)
        }
    }
}

/// A model, and the data that it is used on.
struct ModelOptions: ParsableArguments {
    @Argument(help: "The model, a model.h5 that stormo train wrote, or its run's directory.", completion: .file())
    var model: String

    @Option(
        help: ArgumentHelp("The HDF5 file with the data, or a table (.csv, .tsv).", valueName: "file"),
        completion: .file())
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The group in it that holds the dataset inputs, and targets if need be. (default: /test where the file has it, "
                + "else the datasets that the model's test split names, and then those that it was trained on)",
            valueName: "group"))
    var group: String?

    @Option(
        help: ArgumentHelp(
            "The dataset of the inputs, in place of GROUP/inputs; several of these options are joined along the last "
                + "axis. For a model of several inputs NAME=PATH, in place of GROUP/inputs/NAME.", valueName: "path"),
        completion: NamesInFile.completion)
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "The order of the inputs' axes, such as 3,0,1,2, or none. (default: as the model's config says)",
            valueName: "axes"))
    var transposeInputs: AxisOrder?

    @Option(
        help: ArgumentHelp(
            "What to do with a column, a category or a class of a table that the model does not know: error, take it for a "
                + "missing value, or skip the row. (default: error)", valueName: "error|missing|skip"))
    var unknown = UnknownValues.error

    @Flag(help: "Leave out images that can't be decoded, and name them.")
    var skipDamaged = false

    @OptionGroup var table: TableFormArguments

    @OptionGroup var links: ExternalLinksOption

    @Option(help: WorkerCount.help)
    var workers = WorkerCount.auto

    /// Those on the command line that say where things are in files.
    var givenOfFiles: [String] {
        [
            ("--group", group != nil), ("--inputs", !inputs.isEmpty), ("--transpose-inputs", transposeInputs != nil),
            ("--allow-external-links", links.allowExternalLinks), ("--skip-damaged", skipDamaged),
        ].filter(\.1).map(\.0) + table.given
    }

    /// - Parameters:
    ///   - files: what is read.
    ///   - targets: the datasets of the targets; none for `targets` beside the inputs.
    ///   - weights: those of the samples' weights.
    /// - Throws: `UsageError` for a group that nothing is taken from, and for names of no input or output.
    func source(
        _ files: [String], hasTargets: Bool, targets: [String] = [], weights: [String] = [], for model: TrainedModel
    ) throws -> DataSource {
        let names = (
            inputs: model.objective.model.inputs.map(\.name), outputs: model.objective.outputs.map(\.name)
        )
        if transposeInputs?.axes != nil {
            guard names.inputs.count == 1 else {
                throw UsageError(
                    "--transpose-inputs puts the axes of one input in order, and \(self.model) takes several; store them "
                        + "in the order that it was trained on")
            }
            guard inputs.count <= 1 else {
                throw UsageError("--transpose-inputs puts the axes of one dataset in order, and several are joined")
            }
        }
        let inputPaths = try NamedPaths(inputs, "--inputs", names.inputs, joins: true)
        // The labels of a sample that may have several can be datasets each.
        let hasSeveralLabels = model.objective.outputs.contains { output in
            if case .binary(let width) = output.targetForm { width > 1 } else { false }
        }
        let targetPaths = try NamedPaths(targets, "--targets", names.outputs, joins: hasSeveralLabels)
        let weightPaths = try NamedPaths(weights, "--sample-weight", names.outputs, joins: false)
        if let group, inputPaths.isComplete, targetPaths.isComplete || !hasTargets {
            throw UsageError(
                "--group \(group) has nothing to act on, since \(hasTargets ? "--inputs and --targets name" : "--inputs names") "
                    + "what is read; leave it out")
        }
        let usual =
            try group.map { UsualDatasets.group($0.split(separator: "/").map { "/" + $0 }.joined(), model) }
            ?? UsualDatasets(model).choice(
                in: files[0], allowingExternal: links.allowExternalLinks, beside: inputPaths.given,
                modelPath: self.model)
        var source = DataSource(
            files: files, inputs: inputPaths.parts(orElse: usual.inputs),
            targets: hasTargets ? targetPaths.parts(orElse: usual.targets) : [], weights: weightPaths.given)
        for (index, name) in names.inputs.enumerated() {
            if inputPaths.isGiven(index) {
                source.inputParts[index].axes = model.transposition("transpose_inputs", of: name)
            }
            if let transposeInputs { source.inputParts[index].axes = transposeInputs.axes }
        }
        for index in source.targetParts.indices where targetPaths.isGiven(index) {
            source.targetParts[index].axes = model.transposition("transpose_targets", of: names.outputs[index])
        }
        source.allowsExternalLinks = links.allowExternalLinks
        return source
    }
}

extension UnknownValues: ExpressibleByArgument {}

/// The paths that an option gives: of the one input or output there is, or each as `NAME=PATH`.
struct NamedPaths {
    private let names: [String]
    /// By place in `names`.
    private let paths: [[String]]

    /// - Parameter joins: whether several paths of one name are joined.
    /// - Throws: `UsageError` for a path without one of the names.
    init(_ values: [String], _ option: String, _ names: [String], joins: Bool) throws {
        self.names = names
        guard names.count > 1 else {
            guard joins || values.count <= 1 else {
                throw UsageError("\(option) is given \(values.count) times; give it once")
            }
            paths = [values]
            return
        }
        var paths = names.map { _ in [String]() }
        for value in values {
            // A name may hold an equals sign itself.
            let place = names.indices.filter { value.hasPrefix(names[$0] + "=") }.max {
                names[$0].count < names[$1].count
            }
            guard let place else {
                throw UsageError(
                    "\(option) \(value) names none of \(names.joined(separator: ", ")); give each as NAME=PATH")
            }
            guard joins || paths[place].isEmpty else { throw UsageError("\(option) names '\(names[place])' twice") }
            paths[place].append(String(value.dropFirst(names[place].count + 1)))
        }
        self.paths = paths
    }

    /// Whether each name has a path.
    var isComplete: Bool { paths.allSatisfy { !$0.isEmpty } }

    /// Whether one of the names has a path.
    func isGiven(_ index: Int) -> Bool { !paths[index].isEmpty }

    /// Those that are given.
    var given: [DataSource.Part] {
        zip(names, paths).compactMap { name, own in
            own.isEmpty ? nil : DataSource.Part(own, name: names.count > 1 ? name : nil)
        }
    }

    /// - Parameter others: of what is not given, in the order of the names.
    func parts(orElse others: [DataSource.Part]) -> [DataSource.Part] {
        zip(names, paths).enumerated().map { index, pair in
            pair.1.isEmpty ? others[index] : DataSource.Part(pair.1, name: names.count > 1 ? pair.0 : nil)
        }
    }
}

/// An order of axes on the command line: `3,0,1,2`, or `none` for that of the file.
struct AxisOrder: ExpressibleByArgument {
    let axes: [Int]?

    init?(argument: String) {
        if argument == "none" {
            axes = nil
            return
        }
        // What is no number is no axis either.
        let order = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard order.isOrderOfAxes else { return nil }
        axes = order
    }
}
