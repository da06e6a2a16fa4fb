import Batches
internal import Recipes

/// What becomes of missing values in each column: what is said of the column, else of its kind, else of all.
struct MissingPolicies {
    private let options: TableOptions
    private let ofColumns: [Int: TableOptions.Missing]
    private let ofKinds: [RecipeColumn.Kind: TableOptions.Missing]
    private let form: TableForm
    /// What was decided and may surprise, a sentence each.
    let notes: [String]

    /// - Throws: `DataError` for a column that is not there, or what is named twice.
    init(_ options: TableOptions, _ form: TableForm, _ source: ByteSource) throws {
        var ofColumns: [Int: TableOptions.Missing] = [:]
        var ofKinds = options.missingOfKinds
        var notes: [String] = []
        for (selector, missing) in options.missingOfColumns {
            if let kind = RecipeColumn.Kind(rawValue: selector) {
                guard form.names.contains(selector) else {
                    guard ofKinds.updateValue(missing, forKey: kind) == nil else {
                        throw options.asker.mistake(
                            .missing, of: selector,
                            "columns of the kind '\(selector)' are named by \(options.asker.name(.missing)) twice",
                            configured: "names columns of the kind '\(selector)' twice")
                    }
                    continue
                }
                let kinds = TableOptions.kindMark + selector
                notes.append(
                    "\(options.asker.name(.missing, selector, missing.word)) is said of the column '\(selector)'; of all columns of "
                        + "that kind it is said by \(options.asker.name(.missing, kinds, missing.word))")
            }
            let index = try form.column(selector, .missing, source)
            guard ofColumns.updateValue(missing, forKey: index) == nil else {
                throw options.asker.mistake(
                    .missing, of: selector,
                    "column '\(form.names[index])' is named by \(options.asker.name(.missing)) twice",
                    configured: "names column '\(form.names[index])' twice")
            }
        }
        let others = options.missingOfKinds.keys.map(\.rawValue).sorted() + options.missingOfColumns.map(\.column)
        if options.missing == .skip, let other = others.first {
            throw options.asker.mistake(
                .missing, of: other,
                "\(options.asker.typed(.missing, "skip")) leaves out each row with a missing value, so that "
                    + "\(options.asker.name(.missing, other, "…")) has no effect; leave one of them out",
                configured: "has no effect, since each row with a missing value is left out; leave one of the two out")
        }
        (self.options, self.ofColumns, self.ofKinds, self.form, self.notes) = (options, ofColumns, ofKinds, form, notes)
    }

    /// Whether one word is said of all columns.
    var areUniform: Bool { ofColumns.isEmpty && ofKinds.isEmpty }

    /// What is said of kinds that no input has, a sentence each.
    func unused(_ kinds: [RecipeColumn.Kind]) -> [String] {
        ofKinds.filter { !kinds.contains($0.key) }.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, missing in
            "\(options.asker.name(.missing, kind.rawValue, missing.word)) has no effect: no input holds \(kind.nouns)"
        }
    }

    /// What the recipe says of a column.
    /// - Parameter hasMissing: whether a value is missing there; otherwise what is said of all columns need not fit.
    /// - Throws: `DataError` for a policy that the kind does not have.
    func policy(_ index: Int, _ kind: RecipeColumn.Kind, hasMissing: Bool) throws -> RecipeColumn.Missing {
        let own = ofColumns[index]
        let (missing, subject) =
            own.map { ($0, form.names[index] + "=") }
            ?? ofKinds[kind].map { ($0, kind.rawValue + "=") } ?? (options.missing, "")
        if let policy = policy(missing, kind, ofAll: subject.isEmpty) { return policy }
        guard hasMissing || !subject.isEmpty else { return .none }
        let rest =
            "fits no column of \(kind.nouns), such as '\(form.names[index])'; give \(kind.policyWords)"
            + (subject.isEmpty ? " or skip" : " or refuse")
        throw options.asker.mistake(
            .missing, of: String(subject.dropLast()),
            "\(options.asker.name(.missing, subject.isEmpty ? nil : String(subject.dropLast()), missing.word)) \(rest)",
            configured: "is '\(missing.word)', which \(rest)")
    }

    /// - Parameter ofAll: whether the word is said of all columns, so that each kind takes what comes nearest to it.
    /// - Returns: nil where it does not fit.
    private func policy(_ missing: TableOptions.Missing, _ kind: RecipeColumn.Kind, ofAll: Bool) -> RecipeColumn
        .Missing?
    {
        let isCoded = kind.isCoded
        switch missing {
        case .refuse, .skip: return RecipeColumn.Missing.none
        case .mean: return !isCoded ? .mean : ofAll ? .mode : nil
        case .median: return !isCoded ? .median : ofAll ? .mode : nil
        case .mode: return isCoded || kind == .empty ? .mode : nil
        case .category: return isCoded || kind == .empty ? .category : nil
        case .indicator: return isCoded ? .category : .indicator
        case .value(let text): return constant(text, kind)
        }
    }

    private func constant(_ text: String, _ kind: RecipeColumn.Kind) -> RecipeColumn.Missing? {
        switch kind {
        case .category: return .text(text)
        case .boolean: return BooleanWords.value(text) == nil ? nil : .text(text)
        case .number, .empty:
            if let number = TablePlan.number(text, form.point) { return .number(number) }
            return kind == .empty ? .text(text) : nil
        case .date, .time:
            guard let date = DateText(text), date.hasDate == (kind == .date) else { return nil }
            let (first, second) = (date.days(.dayFirst), date.days(.monthFirst))
            return first == second ? first.map { .number($0) } : nil
        }
    }
}

extension TableOptions {
    /// What stands in front of a kind where a column might be meant: `kind:date`.
    package static let kindMark = "kind:"

    /// Says what is done where a value is missing in a column, or in columns of a kind: a word such as `date` is the column of
    /// that name if there is one, else the kind, and `kind:date` is the kind.
    /// - Returns: false where it is said of the kind already.
    package mutating func setMissing(_ missing: Missing, of word: String) -> Bool {
        if word.hasPrefix(Self.kindMark),
            let kind = RecipeColumn.Kind(rawValue: String(word.dropFirst(Self.kindMark.count)))
        {
            return missingOfKinds.updateValue(missing, forKey: kind) == nil
        }
        if RecipeColumn.Kind(rawValue: word) != nil, missingOfColumns.contains(where: { $0.column == word }) {
            return false
        }
        missingOfColumns.append((word, missing))
        return true
    }
}

extension TableOptions.Missing {
    /// What a word on the command line, or in a config, stands for; another one is a value.
    package init(word: String) {
        self =
            switch word {
            case "refuse": .refuse
            case "skip": .skip
            case "mean": .mean
            case "median": .median
            case "mode": .mode
            case "category": .category
            case "indicator": .indicator
            default: .value(word)
            }
    }

    /// As it stands on the command line.
    var word: String {
        switch self {
        case .refuse: "refuse"
        case .skip: "skip"
        case .mean: "mean"
        case .median: "median"
        case .mode: "mode"
        case .category: "category"
        case .indicator: "indicator"
        case .value(let text): text
        }
    }
}

extension RecipeColumn.Kind {
    /// What can become of a missing value.
    fileprivate var policyWords: String {
        switch self {
        case .number: "a number, mean, median, indicator"
        case .date: "a date such as 2024-03-31, mean, median, indicator"
        case .time: "a time such as 14:30, mean, median, indicator"
        case .category: "a text, mode, category"
        case .boolean: "one of its texts, mode, category"
        case .empty: "a value, mean, median, indicator, category"
        }
    }
}
