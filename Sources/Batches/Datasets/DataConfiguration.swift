import Configuration
import Foundation
import Machine
import Network

/// `data` of a config: the training, validation and test splits, and their preprocessing.
public struct DataConfiguration: Sendable {
    public var train: DataSource
    public var validation: Split?
    public var test: Split?
    /// Whether splits by fraction and folds are stratified: each has the classes in the same proportions.
    public var stratify: Bool
    /// The output by whose classes they are stratified; nil where the model has only one.
    public var stratifiedOutput: String?
    /// Whether targets are numbers, whose quantiles are then stratified, rather than classes. Who knows the loss says so.
    package var stratifiesNumbers = false
    /// By which column splits by fraction, and folds, are cut; nil for none.
    public var splitRule: SplitRule?
    /// The number of folds of a cross-validation; nil for none.
    public var folds: Int?
    /// Normalisation of the inputs, by input.
    public var normalizations: ByName<Normalization>
    /// Normalisation of the targets for the loss, by output. Metrics and predictions stay in the targets' own units.
    public var targetNormalizations: ByName<Normalization>
    /// Class weights of the loss, by output.
    public var classWeightsByOutput: ByName<ClassWeights>
    /// A label that the loss ignores: the same as `ignore_class` of the loss.
    public var ignoreLabel: Int?
    /// Augmentation of the training samples, by input.
    public var augmentations: ByName<Augmentation>
    /// The memory for the data of all splits, in bytes. Where they do not fit, rows are read from the files as they are
    /// needed. Nil for half of the memory that the process may use.
    public var memoryLimit: Int?
    /// The number of rows that are shuffled together, at least two batches. Nil for all rows where they are in memory,
    /// and otherwise for as many as fit in the memory limit.
    public var shuffleWindow: Int?
    /// Whether HDF5 links, and datasets whose values lie elsewhere, may lead into other files.
    public var allowsExternalLinks: Bool

    /// Where validation or test data come from.
    public enum Split: Sendable, Hashable {
        /// Datasets of its own.
        case source(DataSource)
        /// This fraction of the training rows, chosen at random by the run's seed.
        case fraction(Double)

        public var source: DataSource? { if case .source(let source) = self { source } else { nil } }
        public var fraction: Double? { if case .fraction(let fraction) = self { fraction } else { nil } }
    }

    package init(reading reader: ObjectReader?, directory: String) {
        let allowsExternalLinks = reader?.bool("allow_external_links", default: false) ?? false
        // The inputs and targets that other splits have where they name none.
        var names: [DataField.Role: [String]] = [:]
        func source(_ reader: ObjectReader, _ split: String) -> DataSource {
            let files: [String] =
                switch reader.requiredStringOrStrings("file") {
                case nil: []
                case let files?: files
                }
            let paths = files.map { Self.join(directory, $0) }
            let areTables = files.map(TableSource.isTable)
            if areTables.contains(true) {
                if areTables.contains(false) {
                    reader.fail(
                        "names tables and HDF5 files beside each other; convert the tables, or leave them out",
                        key: "file")
                }
                return TableSource.source(paths, TableSource(reader, isTraining: split == "train"))
            }
            let areFolders = zip(files, paths).map { !$0.isEmpty && ImageSource.isFolder($1) }
            // Asked for even where there is no file, so that a misspelt one is set right.
            let saysImages = ImageSource.isGiven(reader)
            if areFolders.contains(true) || saysImages && !paths.isEmpty {
                // A folder that is missing is said when it is read.
                if areFolders.contains(false), areFolders.contains(true) {
                    reader.fail(
                        "names folders of images and files beside each other; give one or the other", key: "file")
                }
                return TableSource.source(paths, TableSource(folder: reader, isTraining: split == "train"))
            }
            TableSource.refuse(reader, beside: files.first ?? "this split")
            func standard(_ role: DataField.Role, _ group: String) -> ByName<[String]> {
                if let names = names[role] {
                    return ByName(entries: names.map { .init($0, ["/\(split)/\(group)/\($0)"]) })
                }
                return ByName(["/\(split)/\(group)"])
            }
            var source = DataSource(
                files: paths,
                inputs: DataSource.Part.read(reader, "inputs", default: standard(.input, "inputs")) {
                    $0.stringOrStrings($1)
                },
                targets: DataSource.Part.read(reader, "targets", default: standard(.target, "targets")) {
                    $0.stringOrStrings($1)
                },
                weights: DataSource.Part.read(reader, "sample_weight", default: ByName()) {
                    $0.optionalString($1).map { [$0] }
                })
            source.inputParts.transpose(reader, key: "transpose_inputs", "input")
            source.targetParts.transpose(reader, key: "transpose_targets", "output")
            source.allowsExternalLinks = allowsExternalLinks
            return source
        }
        func split(_ name: String) -> Split? {
            guard let own = reader?.object(name) else { return nil }
            defer { own.finish() }
            let bounds = NumberBounds.between(0, 1, includingLower: false, includingUpper: false)
            // Asked for even where it is missing, so that a misspelt one is set right.
            guard own.node("fraction") != nil else { return .source(source(own, name)) }
            for key in ["file", "inputs", "targets", "sample_weight", "transpose_inputs", "transpose_targets"]
                + TableSource.keys + [ImageSource.key]
            where own.node(key) != nil {
                own.fail("stands beside 'fraction', which takes training data; leave one of the two out", key: key)
            }
            return .fraction(own.requiredNumber("fraction", bounds) ?? 0.1)
        }
        let training = reader?.requiredObject("train")
        train = training.map { source($0, "train") } ?? DataSource(files: [], inputs: "", targets: nil)
        training?.finish()
        for (role, parts) in [(DataField.Role.input, train.inputParts), (.target, train.targetParts)] {
            let own = parts.compactMap(\.name)
            if !own.isEmpty { names[role] = own }
        }
        validation = split("validation")
        test = split("test")
        let fractions = [validation, test].compactMap { $0?.fraction }
        if fractions.reduce(0, +) >= 1 {
            reader?.fail("the fractions of validation and test leave nothing to train on", key: "test")
        }
        let outputs = train.targetParts.compactMap(\.name)
        if case .string(let word)? = reader?.node("stratify")?.value, !outputs.isEmpty {
            if !outputs.contains(word) {
                reader?.fail(unknownWord(word, noun: "output", among: outputs), key: "stratify")
            }
            stratifiedOutput = word
            stratify = true
        } else {
            stratify = reader?.bool("stratify", default: false) ?? false
        }
        folds = reader?.optionalInteger("k_fold", in: 2...1000)
        if folds != nil, validation != nil {
            reader?.fail(
                "stands beside 'validation', but validates on each fold in turn; leave one of the two out",
                key: "k_fold")
        }
        if stratify, folds == nil, fractions.isEmpty {
            reader?.fail(
                "has nothing to act on: neither 'validation' nor 'test' is a fraction, and there is no 'k_fold'; leave it "
                    + "out", key: "stratify")
        }
        if let own = reader?.object("split") {
            splitRule = SplitRule(reading: own)
            if let splitRule, let node = own.node(splitRule.isByTime ? "by_time" : "together") {
                train.table?.asker.keeps(splitRule.key, node)
            }
        }
        if let splitRule, let reader {
            if stratify, splitRule.isByTime {
                reader.fail(
                    "stands beside 'split', by which time decides alone; leave one of the two out", key: "stratify")
            }
            // The converter has no line of the config to tell of.
            if let table = train.table, table.targets.contains(splitRule.column) {
                reader.object("split")?.fail(
                    "names '\(splitRule.column)', which data.train.targets names too; name a column that says which rows "
                        + (splitRule.isByTime ? "are newer" : "belong together"), key: splitRule.word)
            }
            if splitRule.isByTime, folds != nil {
                reader.fail(
                    "is by time, but of the folds of 'k_fold' most are validated by a model that was trained on later rows; "
                        + "leave 'k_fold' out, and give 'validation' a fraction", key: "split")
            } else if folds == nil, validation == nil, test == nil {
                reader.fail(
                    "has nothing to act on: there is neither 'validation' nor 'test', and no 'k_fold'; leave it out",
                    key: "split")
            }
        }
        normalizations = reader.map { NormalizationConfiguration.readByName($0, key: "normalize") } ?? ByName()
        targetNormalizations =
            reader.map { NormalizationConfiguration.readByName($0, key: "normalize_targets") } ?? ByName()
        classWeightsByOutput = reader.map { ClassWeights.readByName($0, key: "class_weight") } ?? ByName()
        ignoreLabel = reader?.optionalInteger("ignore_label", in: SparseCategoricalCrossEntropy.labels)
        augmentations = reader.map { Augmentation.readByName($0, key: "augment") } ?? ByName()
        memoryLimit = reader.flatMap { Self.memoryLimit($0, key: "memory_limit") }
        shuffleWindow = reader?.optionalInteger("shuffle_window", in: 1...)
        self.allowsExternalLinks = allowsExternalLinks
        reader?.finish()
    }

    /// A number of bytes, or a string such as `"2 GiB"`.
    private static func memoryLimit(_ reader: ObjectReader, key: String) -> Int? {
        switch reader.integerOrString(key) {
        case nil: return nil
        case .integer(let bytes):
            guard bytes >= 1 << 16 else {
                reader.fail("is \(bytes) bytes; nothing can be read in less than 65536", key: key)
                return nil
            }
            return bytes
        case .string(let text):
            guard let bytes = ByteCount(parsing: text)?.bytes, bytes >= 1 << 16 else {
                reader.fail(
                    "'\(text)' is no amount of memory; write it as \"512 MiB\" or \"2 GiB\", or as a number of bytes, "
                        + "65536 or more", key: key)
                return nil
            }
            return bytes
        }
    }

    /// `a/b` and `../c` make `a/c`: the shortest spelling, which is the one that messages show. In front of a pattern a
    /// directory's own brackets and stars are marked, since they are none of it.
    static func join(_ directory: String, _ path: String) -> String {
        if path.hasPrefix("/") { return path }
        func isSpecial(_ character: Character) -> Bool { "*?[".contains(character) }
        let directory =
            path.contains(where: isSpecial)
            ? directory.reduce(into: "") { $0 += (isSpecial($1) || $1 == "\\" ? "\\" : "") + String($1) } : directory
        var parts = directory.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        for part in path.split(separator: "/").map(String.init) where part != "." {
            if part == "..", let last = parts.last, last != "..", last != "." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        let joined = parts.filter { $0 != "." }.joined(separator: "/")
        return directory.hasPrefix("/") ? "/" + joined : joined
    }

    package var configuration: JSONNode {
        // Whole, since this is read in another directory than the one that the run was started in.
        func whole(_ path: String) -> JSONNode { JSONNode(Self.join(FileManager.default.currentDirectoryPath, path)) }
        func source(_ source: DataSource) -> JSONNode {
            func paths(_ part: DataSource.Part) -> JSONNode? {
                part.paths.count == 1 ? JSONNode(part.paths[0]) : JSONNode(part.paths.map { JSONNode($0) })
            }
            func axes(_ part: DataSource.Part) -> JSONNode? {
                part.axes.map { axes in JSONNode(axes.map { JSONNode($0) }) }
            }
            let files = source.files.count == 1 ? whole(source.files[0]) : JSONNode(source.files.map { whole($0) })
            if let table = source.table {
                return JSONNode(.object([JSONNode.Member(key: "file", value: files)] + table.members))
            }
            var members: [JSONNode.Member] = [
                .init(key: "file", value: files),
                .init(key: "inputs", value: source.inputParts.configuration(paths) ?? .init(.null)),
                .init(key: "targets", value: source.targetParts.configuration(paths) ?? .init(.null)),
            ]
            for (key, parts) in [
                ("transpose_inputs", source.inputParts), ("transpose_targets", source.targetParts),
            ] {
                if let order = parts.configuration(axes) { members.append(.init(key: key, value: order)) }
            }
            if let weights = source.weightParts.configuration(paths) {
                members.append(.init(key: "sample_weight", value: weights))
            }
            return JSONNode(.object(members))
        }
        func split(_ split: Split) -> JSONNode {
            switch split {
            case .source(let own): source(own)
            case .fraction(let fraction): ["fraction": JSONNode(fraction)]
            }
        }
        var members: [JSONNode.Member] = [.init(key: "train", value: source(train))]
        if let validation { members.append(.init(key: "validation", value: split(validation))) }
        if let test { members.append(.init(key: "test", value: split(test))) }
        if validation?.fraction != nil || test?.fraction != nil || folds != nil {
            members.append(.init(key: "stratify", value: stratifiedOutput.map { JSONNode($0) } ?? JSONNode(stratify)))
        }
        if let splitRule { members.append(.init(key: "split", value: splitRule.configuration)) }
        if let folds { members.append(.init(key: "k_fold", value: JSONNode(folds))) }
        members.append(
            .init(
                key: "normalize",
                value: normalizations.configuration(NormalizationConfiguration.configuration)
                    ?? NormalizationConfiguration.configuration(.none)))
        if targetNormalizations.all.contains(where: { $0.kind != .none }),
            let normalize = targetNormalizations.configuration(NormalizationConfiguration.configuration)
        {
            members.append(.init(key: "normalize_targets", value: normalize))
        }
        if let weights = classWeightsByOutput.configuration({ $0.configuration }) {
            members.append(.init(key: "class_weight", value: weights))
        }
        if let ignoreLabel { members.append(.init(key: "ignore_label", value: JSONNode(ignoreLabel))) }
        if augmentations.all.contains(where: { !$0.transforms.isEmpty }),
            let augment = augmentations.configuration({ $0.configuration })
        {
            members.append(.init(key: "augment", value: augment))
        }
        if let memoryLimit { members.append(.init(key: "memory_limit", value: JSONNode(memoryLimit))) }
        if let shuffleWindow { members.append(.init(key: "shuffle_window", value: JSONNode(shuffleWindow))) }
        if allowsExternalLinks { members.append(.init(key: "allow_external_links", value: JSONNode(true))) }
        return JSONNode(.object(members))
    }
}

/// Where there is one input, or one output.
extension DataConfiguration {
    public var normalize: Normalization {
        get { normalizations.first ?? .none }
        set { normalizations = ByName(newValue) }
    }

    public var classWeights: ClassWeights? {
        get { classWeightsByOutput.first }
        set { classWeightsByOutput = newValue.map { ByName($0) } ?? ByName() }
    }

    public var augmentation: Augmentation {
        get { augmentations.first ?? Augmentation() }
        set { augmentations = ByName(newValue) }
    }
}
