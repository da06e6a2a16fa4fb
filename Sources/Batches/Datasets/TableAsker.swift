import Configuration
import Files

/// Who says how a table of text is read: a command by its options, or a config by its keys.
///
/// Sentences about tables are made with it, so that they name what their reader wrote (`--drop`, or `data.train.drop` with
/// its line), and advise what can be typed there (`--column zip=category`, or `"columns": {"zip": "category"}`).
///
/// It says nothing of what is read, so any two are equal.
package struct TableAsker: Sendable, Hashable {
    /// What can be said of a table.
    package enum Setting: Sendable, Hashable {
        case inputs, targets, drop, columns, missing, na, encoding, delimiter, header, decimalComma
        /// By codes whatever it holds; of a command alone, as `.columns` says it too.
        case categorical
        /// Beside the inputs: `--keep`, or the column of `data.split`.
        case keep

        fileprivate var option: String {
            switch self {
            case .inputs: "--inputs"
            case .targets: "--target"
            case .drop: "--drop"
            case .columns: "--column"
            case .missing: "--missing"
            case .na: "--na"
            case .encoding: "--encoding"
            case .delimiter: "--delimiter"
            case .header: "--header"
            case .decimalComma: "--decimal-comma"
            case .categorical: "--categorical"
            case .keep: "--keep"
            }
        }

        fileprivate var key: String {
            switch self {
            case .decimalComma: "decimal_comma"
            case .categorical: "columns"
            default: "\(self)"
            }
        }
    }

    /// A split of a config.
    private struct Split: Sendable {
        let file: String
        /// `data.train`.
        let path: String
        let origin: JSONNode.Origin
        /// What is said of the table, by key.
        let nodes: [String: JSONNode]
        /// The key that names the column beside the inputs, with its value.
        var keep: (path: String, node: JSONNode)?
    }

    /// Nil for a command.
    private var split: Split?

    /// A command, by its options.
    package static let command = TableAsker()

    /// A program, which gives rows and has no options.
    package static let program = TableAsker(isProgram: true)

    /// `stormo init`, which has fewer options, and sets what the config says of missing values by `--set`.
    package static let initialising = TableAsker(isInit: true)

    /// Whether nothing can be said of how texts are read, but other texts given.
    private let isProgram: Bool
    private let isInit: Bool

    private init(isProgram: Bool = false, isInit: Bool = false) { (self.isProgram, self.isInit) = (isProgram, isInit) }

    /// A split of a config, by its keys.
    init(_ reader: ObjectReader) {
        (isProgram, isInit) = (false, false)
        let keys = ["inputs", "targets"] + TableSource.keys
        let nodes = keys.compactMap { key in reader.has(key) ? reader.node(key).map { (key, $0) } : nil }
        split = Split(
            file: reader.file, path: reader.path, origin: reader.origin,
            nodes: Dictionary(nodes, uniquingKeysWith: { first, _ in first }))
    }

    /// Notes which key names the column that stands beside the inputs.
    /// - Parameter path: such as `data.split.together`.
    mutating func keeps(_ path: String, _ node: JSONNode) { split?.keep = (path, node) }

    package static func == (left: TableAsker, right: TableAsker) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}

// MARK: - Words

extension TableAsker {
    /// What a setting is called: `--drop`, or `data.train.drop`.
    /// - Parameters:
    ///   - subject: the column, or the kind of columns, that the setting speaks of.
    ///   - word: what it says of it, as an option shows it: `--column zip=category`.
    package func name(_ setting: Setting, _ subject: String? = nil, _ word: String? = nil) -> String {
        guard let split else {
            if isInit, setting == .missing {
                return Self.setting(subject.map { ".\($0)" } ?? "") + (word.map { "=\($0)" } ?? "")
            }
            let assignment = [subject, word].compactMap { $0 }.joined(separator: "=")
            if setting == .header, word == "false" { return "--no-header" }
            return assignment.isEmpty || setting == .header ? setting.option : "\(setting.option) \(assignment)"
        }
        if setting == .keep, let keep = split.keep { return keep.path }
        return "\(split.path).\(setting.key)" + (subject.map { ".\($0)" } ?? "")
    }

    /// `say`, with where it is to be said in a config.
    package var say: String { split.map { "say in \($0.path)" } ?? "say" }
    /// Behind a setting: where it stands in a config; empty for a command.
    package var there: String { split.map { " in \($0.path)" } ?? "" }

    /// A setting as it is typed: `--encoding latin-1`, or `"encoding": "latin-1"`.
    package func typed(_ setting: Setting, _ word: String) -> String {
        if isInit, setting == .missing { return Self.setting("=\(ShellWord.quoted(word))") }
        return split == nil ? "\(setting.option) \(ShellWord.quoted(word))" : "\(quoted(setting.key)): \(quoted(word))"
    }

    private static func setting(_ rest: String) -> String { "--set data.train.missing\(rest)" }

    /// What leaves damaged images out: `--skip-damaged`, or the key of a config.
    package var skippingDamaged: String { split == nil ? "--skip-damaged" : ImageSource.skipping }

    /// What leaves a column out: `--drop zip`, or `"drop": ["zip"]`.
    package func dropping(_ column: String) -> String {
        split == nil ? typed(.drop, column) : "\(quoted("drop")): [\(quoted(column))]"
    }

    /// What leaves columns out that the reader is to name.
    package func dropping(some columns: String) -> String {
        split == nil ? "--drop \(columns)" : "leave out \(columns) by \(quoted("drop"))"
    }

    /// Where a table has one column, what else a command can say; a config always has targets.
    package var orNoTargets: String { split == nil && !isInit ? ", or say --no-targets" : "" }

    /// How it is said what becomes of missing values; in a config for all splits by the training table.
    package var deciding: String {
        split == nil
            ? "convert the table with --missing, which says what becomes of missing values"
            : "say by data.train.missing what becomes of missing values"
    }

    /// What says what a column holds: `--column zip=category`, or `"columns": {"zip": "category"}`.
    package func holding(_ column: String, _ kind: String) -> String {
        split == nil
            ? typed(.columns, "\(column)=\(kind)") : "\(quoted("columns")): {\(quoted(column)): \(quoted(kind))}"
    }

    /// What says which texts stand for a missing value: `--na 'x=-' --na 'x=<5'`, or `"na": {"x": ["-", "<5"]}`; none for empty
    /// cells alone.
    package func marking(_ column: String, _ texts: [String]) -> String {
        guard split == nil else {
            return "\(quoted("na")): {\(quoted(column)): [\(texts.map(quoted).joined(separator: ", "))]}"
        }
        return (texts.isEmpty ? [""] : texts).map { typed(.na, "\(column)=\($0)") }.joined(separator: " ")
    }

    /// What says whether the first line names the columns.
    package func header(_ hasHeader: Bool) -> String {
        split == nil ? hasHeader ? "--header" : "--no-header" : "\(quoted("header")): \(hasHeader)"
    }

    /// What says that a comma divides whole from fraction.
    package var decimalComma: String { decimalComma(true) }

    /// What to do where a mark in a number divides something else than it was taken for.
    /// - Parameters:
    ///   - fraction: whether it is the fraction that it may divide; else thousands.
    ///   - isPoint: whether points are taken to divide the fraction.
    package func dividing(fraction: Bool, isPoint: Bool) -> String {
        let what = fraction ? "the fraction" : "thousands"
        if isProgram {
            return "write it \(fraction ? "with the other mark" : "without the mark") if it divides \(what)"
        }
        // Kept short where it is said already.
        let isSaid = fraction && !isPoint
        return
            (isSaid ? "leave out \(name(.decimalComma))" : "\(say) \(decimalComma(isPoint))") + " if it divides \(what)"
            + (fraction ? "" : ", or \(decimalComma(!isPoint)) if it does not")
    }

    /// What says whether a comma divides whole from fraction.
    package func decimalComma(_ isComma: Bool) -> String {
        split == nil
            ? isComma ? "--decimal-comma" : "--no-decimal-comma" : "\(quoted("decimal_comma")): \(isComma)"
    }

    private func quoted(_ text: String) -> String { JSONNode(text).jsonText(pretty: false) }

    // MARK: - Mistakes

    /// A mistake in a setting: with the config's file, line and key, and without them for a command, whose sentence names
    /// the option itself.
    /// - Parameters:
    ///   - subject: the column that is named there, whose own line is told.
    ///   - message: the whole sentence of a command.
    ///   - configured: what stands behind the key in a config.
    package func mistake(
        _ setting: Setting, of subject: String? = nil, _ message: String, configured: String? = nil
    ) -> any Error {
        guard let split else { return DataError(message) }
        let (path, origin) = place(setting, subject, split)
        return ConfigurationError(file: split.file, path: path, origin: origin, message: configured ?? message)
    }

    private func place(_ setting: Setting, _ subject: String?, _ split: Split) -> (String, JSONNode.Origin) {
        if setting == .keep, let keep = split.keep { return (keep.path, keep.node.origin) }
        let path = "\(split.path).\(setting.key)"
        guard let node = split.nodes[setting.key] else { return (path, split.origin) }
        switch node.value {
        case .array(let elements):
            guard let index = elements.firstIndex(where: { $0.value == .string(subject ?? "") }) else { break }
            let own = elements[index].origin
            return ("\(path)[\(index)]", own == .code ? node.origin : own)
        case .object(let members):
            guard let member = members.first(where: { $0.key == subject || $0.key == "kind:\(subject ?? "")" }) else {
                break
            }
            return ("\(path).\(JSONNode.escaped(member.key))", member.origin)
        default: break
        }
        return (path, node.origin)
    }
}
