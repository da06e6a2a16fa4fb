import Batches
internal import HDF5
internal import Recipes

/// What becomes of a table's columns: which are inputs, which targets, and in which types they are written.
struct TablePlan {
    struct Column {
        let index: Int
        let name: String
        /// Whether a value is missing in some row.
        var hasMissing = false
        /// What becomes of it in training.
        var missing = RecipeColumn.Missing.none
        /// Whether all are missing.
        var isEmpty = false
        var findings = ColumnFindings(missing: 0, range: nil)
        /// The sorted texts of a categorical column.
        var categories: [String]?
        /// The code of each text, by its number in `table`.
        var codes: [Double] = []
        var table = CategoryTable()

        fileprivate mutating func note(_ profile: TableProfile) {
            let found = profile.columns[index]
            findings = ColumnFindings(
                missing: profile.rows - found.numbers - found.texts,
                range: categories == nil && found.numbers > 0 ? found.least...found.greatest : nil)
        }
    }

    private(set) var inputs: [Column] = []
    private(set) var targets: [Column] = []
    /// Those that become datasets of their own.
    private(set) var kept: [Column] = []
    private(set) var keptTypes: [HDF5ElementType] = []
    private(set) var inputType = HDF5ElementType.float32
    private(set) var targetType = HDF5ElementType.float32
    private(set) var notes: [String] = []
    private(set) var warnings: [String] = []

    /// Integers up to here, and no further, are all exact in a float32.
    private static let mostExact = Double(1 << 24)

    init(
        _ profile: TableProfile, inputs: [Int], targets: [Int], kept: [Int] = [], _ form: TableForm,
        _ options: TableOptions,
        _ source: ByteSource
    ) throws {
        for index in inputs + targets + kept {
            try Self.checkKind(profile.columns[index], form.names[index], source, options.like)
        }
        for index in inputs {
            let found = profile.columns[index]
            let column = try Self.column(
                found, index, form, options, hasMissing: found.numbers + found.texts < profile.rows)
            self.inputs.append(column)
            if let categories = column.categories, categories.count == profile.rows, profile.rows >= 20 {
                notes.append(
                    "column '\(column.name)' holds a different text in every row: it seems to name rows; leave it out "
                        + "by --drop \(column.name)")
            }
        }
        for index in targets {
            let found = profile.columns[index]
            // Rows without a target are left out of training.
            var plain = options
            plain.missing = .refuse
            self.targets.append(
                try Self.column(found, index, form, plain, hasMissing: found.numbers + found.texts < profile.rows))
        }
        for index in kept {
            let found = profile.columns[index]
            var plain = options
            plain.missing = .refuse
            var column = try Self.column(
                found, index, form, plain, hasMissing: found.numbers + found.texts < profile.rows)
            column.note(profile)
            self.kept.append(column)
            keptTypes.append(Self.targetType([column], profile))
        }
        let named = try Set(options.categorical.map { try form.column($0, "--categorical", source) })
        for index in inputs + targets where !named.contains(index) && options.like == nil {
            if let warning = Self.warning(profile.columns[index], form.names[index], form.point) {
                warnings.append(warning)
            }
        }
        for index in self.inputs.indices { self.inputs[index].note(profile) }
        for index in self.targets.indices { self.targets[index].note(profile) }
        for column in self.inputs + self.targets + self.kept {
            guard let categories = column.categories else { continue }
            try TextBudget.check(
                categories, "\(source.name): the texts of column '\(column.name)'",
                "shorten them, or leave the column out by --drop \(column.name)")
        }
        if form.hasHeader {
            try TextBudget.check(form.names, "\(source.name): the columns' names", "shorten them, or say --no-header")
        }
        inputType = Self.inputType(self.inputs, profile)
        targetType = Self.targetType(self.targets, profile)
        noteLabels(profile)
    }

    /// Refuses a column of numbers into which a few texts have strayed.
    private static func checkKind(
        _ column: TableProfile.Column, _ name: String, _ source: ByteSource, _ like: LikeTable?
    ) throws {
        guard let (line, text) = column.firstText, !column.isNamed else { return }
        if let like {
            throw DataError(
                "\(source.name), line \(line): column '\(name)' holds '\(text.prefix(40))', but numbers in \(like.place); "
                    + "repair it, or leave it empty where it means a missing value")
        }
        guard column.numbers >= 9 * column.texts else { return }
        let shown = text.count > 40 ? text.prefix(40) + "…" : text[...]
        throw DataError(
            "\(source.name), line \(line): column '\(name)' holds '\(shown)', but numbers in \(column.numbers) of "
                + "\(column.numbers + column.texts) rows; repair it, leave it empty where it means a missing value, or "
                + "say --categorical \(name) if all of them are names")
    }

    /// What is to be said of a column that looks like numbers or dates and became codes.
    private static func warning(_ column: TableProfile.Column, _ name: String, _ point: UInt8) -> String? {
        guard let (look, line, text) = column.firstLook, 2 * column.numericLooks >= column.categories.count else {
            return nil
        }
        let advice =
            switch look {
            case .otherPoint where point == UInt8(ascii: "."):
                "say --decimal-comma if the comma divides whole from fraction, or write the numbers without it"
            case .otherPoint:
                "leave out --decimal-comma if the point divides whole from fraction, or write the numbers without it"
            case .number: "write plain numbers into the file"
            case .date: "write what matters of it as numbers, as year, month and day"
            }
        return
            "column '\(name)' looks like \(look == .date ? "dates" : "numbers") ('\(text)' in line \(line)), but is read as "
            + "texts, whose codes say nothing of their size; \(advice); or leave it out by --drop \(name); or say "
            + "--categorical \(name) if they are names"
    }

    private static func column(
        _ profile: TableProfile.Column, _ index: Int, _ form: TableForm, _ options: TableOptions, hasMissing: Bool
    ) throws -> Column {
        var column = Column(index: index, name: form.names[index])
        column.hasMissing = hasMissing
        column.isEmpty = profile.numbers + profile.texts == 0
        let like = options.like?.column(column.name)
        if let like { column.missing = like.missing }
        guard profile.isCategorical else {
            switch options.missing {
            case .refuse, .skip: break
            case .mean: column.missing = .mean
            case .median: column.missing = .median
            case .indicator: column.missing = .indicator
            case .value(let text):
                if let value = number(text, form.point) {
                    column.missing = .number(value)
                } else if hasMissing {
                    throw DataError(
                        "--missing \(text) fits no column of numbers, such as '\(column.name)'; give a number, mean, median, "
                            + "indicator or skip")
                }
            }
            return column
        }
        var table = profile.categories
        switch options.missing {
        case .refuse, .skip: break
        case .mean, .median: column.missing = .mode
        case .indicator: column.missing = .category
        case .value(let text):
            column.missing = .text(text)
            guard hasMissing else { break }
            var text = text
            _ = text.withUTF8 { table.add(UnsafeRawBufferPointer($0)) }
        }
        let texts = table.texts
        var order = sorted(texts, form.point)
        if let like, like.kind == .category {
            // Codes as they are there, and what is new behind them.
            let known = like.categories
            for text in known {
                var text = text
                _ = text.withUTF8 { table.add(UnsafeRawBufferPointer($0)) }
            }
            let numbers = Dictionary(table.texts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let first = known.compactMap { numbers[$0] }
            let taken = Set(first)
            order = first + order.filter { !taken.contains($0) }
        }
        let all = table.texts
        column.categories = order.map { all[$0] }
        column.codes = [Double](repeating: 0, count: all.count)
        for (code, number) in order.enumerated() { column.codes[number] = Double(code) }
        column.table = table
        return column
    }

    /// The positions of texts in their order: by value where all are numbers, else by their bytes.
    private static func sorted(_ texts: [String], _ point: UInt8) -> [Int] {
        let values = texts.map { number($0, point) }
        if values.allSatisfy({ $0 != nil }) {
            return texts.indices.sorted { (values[$0] ?? 0, texts[$0]) < (values[$1] ?? 0, texts[$1]) }
        }
        return texts.indices.sorted { texts[$0] < texts[$1] }
    }

    static func number(_ text: String, _ point: UInt8) -> Double? {
        var text = text
        return text.withUTF8 { DecimalNumber.parse(UnsafeRawBufferPointer($0), point: point) }
    }

    /// uint8 where all are whole numbers from 0 to 255, as pixels are; float64 where float32 would take whole numbers
    /// for their neighbours; else float32.
    private static func inputType(_ columns: [Column], _ profile: TableProfile) -> HDF5ElementType {
        var areBytes = true
        var needsDouble = false
        for column in columns {
            // What is missing is NaN.
            areBytes = areBytes && !column.hasMissing
            if let categories = column.categories {
                areBytes = areBytes && categories.count <= 256
                continue
            }
            let values = profile.columns[column.index]
            guard values.numbers > 0 else { continue }
            areBytes = areBytes && values.areWhole && values.least >= 0 && values.greatest <= 255
            needsDouble = needsDouble || (values.areWhole && max(-values.least, values.greatest) > mostExact)
        }
        return areBytes ? .uint8 : needsDouble ? .float64 : .float32
    }

    /// int32 or int64 for codes and whole numbers, float64 where they need it, else float32. What is missing is NaN, or -1
    /// where there are codes alone.
    private static func targetType(_ columns: [Column], _ profile: TableProfile) -> HDF5ElementType {
        var most = 0.0
        for column in columns where column.categories == nil && !column.isEmpty {
            let values = profile.columns[column.index]
            guard values.areWhole else { return .float32 }
            most = max(most, -values.least, values.greatest)
        }
        if columns.contains(where: { $0.hasMissing && $0.categories == nil }) {
            return most <= mostExact ? .float32 : .float64
        }
        return most <= Double(Int32.max) ? .int32 : most <= Double(1 << 53) ? .int64 : .float64
    }

    /// What is declared of columns.
    static func recipe(_ columns: [Column]) -> Recipe {
        Recipe(
            columns.map { column in
                guard let categories = column.categories else {
                    return RecipeColumn(column.name, column.isEmpty ? .empty : .number, missing: column.missing)
                }
                return RecipeColumn(column.name, .category, missing: column.missing, categories: categories)
            })
    }

    /// Labels that do not begin at 0 are the most common trap.
    private mutating func noteLabels(_ profile: TableProfile) {
        guard targets.count == 1, let target = targets.first, target.categories == nil, targetType == .int32 else {
            return
        }
        let values = profile.columns[target.index]
        guard values.least != 0, values.greatest - values.least < 100 else { return }
        notes.append(
            "the targets are whole numbers from \(Int(values.least)) to \(Int(values.greatest)); if they are classes, "
                + "say --categorical \(target.name), since labels count from 0")
    }
}
