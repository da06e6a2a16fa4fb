import Batches
import Files
internal import HDF5
internal import Recipes

/// What becomes of a table's columns: which are inputs, which targets, and in which types they are written.
struct TablePlan {
    struct Column {
        let index: Int
        let name: String
        var kind: RecipeColumn.Kind
        var unit: String?
        var order: DayOrder?
        /// Of dates and times: whether they say their zone, here or in the table that this one is like.
        var isZoned = false
        var width: Int?
        /// Whether a value is missing in some row, and what says so.
        var hasMissing = false
        var words = MissingWords.usual
        /// What becomes of it in training.
        var missing = RecipeColumn.Missing.none
        var seen = RecipeColumn.Seen(missing: 0, range: nil)
        var areWhole = true
        /// Whether a float32 holds each of its values, as far as that matters.
        var areSingle = true
        /// By how much a float32, in which targets are trained on, changes a value at most.
        var rounding = 0.0
        /// The sorted texts of a categorical column.
        var categories: [String]?
        /// What is written for each text, by its number in `table`.
        var codes: [Double] = []
        var table = CategoryTable()
        /// A text that was taken for another one of the same meaning, which the other table has.
        var alias: (text: String, other: String)?
        /// Whether there are texts that are not in `table`.
        var isStreamed = false

        /// What is written for a cell.
        /// - Parameter missing: what stands for no value.
        /// - Returns: nil for a cell that was not there when the column was planned.
        @inline(__always)
        func value(_ bytes: UnsafeRawBufferPointer, point: UInt8, missing: Double) -> Double? {
            if words.areSaid, words.contains(bytes) { return hasMissing ? missing : nil }
            if categories == nil, let number = DecimalNumber.parse(bytes, point: point) { return number }
            if !codes.isEmpty, !words.contains(bytes) {
                // Most texts of such a column come once.
                if isStreamed, let value = read(bytes, point: point) { return value }
                if let number = table.find(bytes) { return codes[number] }
            }
            return hasMissing && words.contains(bytes) ? missing : nil
        }

        /// A text that is not in the table.
        private func read(_ text: UnsafeRawBufferPointer, point: UInt8) -> Double? {
            guard isStreamed else { return nil }
            if kind == .number { return Quantity(text, point: point)?.value }
            guard let date = DateText(text), date.hasDate == (kind == .date) else { return nil }
            return date.days(order ?? .dayFirst)
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
    /// Of these, those about what a column holds.
    private(set) var kindNotes: [String] = []
    private(set) var warnings: [String] = []
    private(set) var remarks: [String: String] = [:]
    private(set) var warned: Set<String> = []

    /// Integers up to here, and no further, are all exact in a float32.
    private static let mostExact = Double(1 << 24)

    /// - Parameter kinds: what the columns hold, by their index.
    init(
        _ profile: TableProfile, inputs: [Int], targets: [Int], kept: [Int], kinds: [Int: FoundKind],
        _ policies: MissingPolicies,
        _ form: TableForm, _ options: TableOptions, _ source: ByteSource
    ) throws {
        for (index, isTarget) in inputs.map({ ($0, false) }) + targets.map({ ($0, true) }) {
            let found = profile.columns[index]
            let kind = kinds[index] ?? FoundKind(kind: .empty)
            let name = form.names[index]
            let column = try Self.column(
                found, index, kind, form, options, policies, rows: profile.rows, isTarget: isTarget)
            if isTarget { self.targets.append(column) } else { self.inputs.append(column) }
            if !kind.remark.isEmpty { remarks[name] = kind.remark }
            if let note = kind.note { kindNotes.append(note) }
            if isTarget, column.kind.isDate, options.like == nil {
                kindNotes.append(
                    column.kind == .date
                        ? "'\(name)' is a date: its targets are days since 1970-01-01, and tables of answers hold dates"
                        : "'\(name)' is a time of day: its targets are fractions of the day, and tables of answers hold times")
            }
            if let alias = column.alias, let place = options.like?.place {
                kindNotes.append(
                    "column '\(name)' holds '\(alias.text)', which is taken for '\(alias.other)' of \(place)")
            }
            if !kind.warnings.isEmpty {
                warnings += kind.warnings
                warned.insert(name)
            }
            if isTarget, let warning = Self.rounding(of: column) {
                warnings.append(warning)
                warned.insert(name)
                remarks[name] = (kind.remark.isEmpty ? "" : kind.remark + "; ") + "too close together for 32-bit floats"
            }
        }
        for index in kept {
            let kind = kinds[index] ?? FoundKind(kind: .empty)
            let column = try Self.column(
                profile.columns[index], index, kind, form, options, policies, rows: profile.rows, isTarget: true)
            self.kept.append(column)
            keptTypes.append(Self.targetType([column]))
        }
        for column in self.inputs + self.targets + self.kept {
            guard let categories = column.categories else { continue }
            try TextBudget.check(
                categories, "\(source.name): the texts of column '\(column.name)'",
                "shorten them, or leave the column out by \(form.asker.dropping(column.name))\(form.asker.there)")
        }
        if form.hasHeader {
            try TextBudget.check(
                form.names, "\(source.name): the columns' names",
                "shorten them, or \(form.asker.say) \(form.asker.header(false))")
        }
        inputType = Self.inputType(self.inputs)
        targetType = Self.targetType(self.targets)
        notes = kindNotes
        noteLabels(form.asker)
    }

    private static func column(
        _ profile: TableProfile.Column, _ index: Int, _ found: FoundKind, _ form: TableForm, _ options: TableOptions,
        _ policies: MissingPolicies, rows: Int, isTarget: Bool
    ) throws -> Column {
        // Of a target each text is a class.
        let kind = isTarget && found.kind == .boolean ? .category : found.kind
        var column = Column(index: index, name: form.names[index], kind: kind, unit: found.unit, order: found.order)
        column.width = found.width
        column.words = profile.words
        column.hasMissing = profile.present < rows
        column.seen = RecipeColumn.Seen(missing: rows - profile.present, range: nil)
        column.isStreamed = profile.texts?.isStreamed ?? false
        let like = options.like?.column(column.name)
        column.isZoned = kind.isDate && (found.isZoned || like?.isZoned == true)
        if let like {
            column.missing = like.missing
        } else if !isTarget {
            // Rows without a target are left out of training.
            column.missing = try policies.policy(index, kind, hasMissing: column.hasMissing)
        }
        let texts = profile.texts
        if let texts { column.table = texts.table }
        switch kind {
        case .empty: break
        case .number:
            var values = ColumnTexts.Spread()
            if profile.numbers > 0 {
                (values.least, values.greatest, values.areWhole) = (profile.least, profile.greatest, profile.areWhole)
                values.rounding = profile.rounding
            }
            if let quantities = texts?.quantities {
                values.least = min(values.least, quantities.least)
                values.greatest = max(values.greatest, quantities.greatest)
                values.areWhole = values.areWhole && quantities.areWhole
                values.rounding = max(values.rounding, quantities.rounding)
            }
            (column.seen.range, column.areWhole, column.rounding) = (values.range, values.areWhole, values.rounding)
            column.codes = texts?.readings.map(\.value) ?? []
        case .date, .time:
            guard let texts else { break }
            let values = kind == .time ? texts.times : found.order == .monthFirst ? texts.monthFirst : texts.dayFirst
            (column.seen.range, column.areWhole, column.areSingle) = (values.range, values.areWhole, values.areSingle)
            column.rounding = values.rounding
            column.codes = texts.readings.map { $0.value(found.order) }
        case .boolean: code(&column, like: like)
        case .category where found.kind == .boolean: code(&column, like: nil)
        case .category: try code(&column, like: like, form.point)
        }
        return column
    }

    /// A boolean's codes: 0 for what says no, 1 for what says yes; what says neither, as a table like another one may have
    /// it, stands behind.
    private static func code(_ column: inout Column, like: RecipeColumn?) {
        let texts = column.table.texts
        let known = like?.categories ?? []
        func spelled(_ value: Bool) -> String? {
            known.indices.contains(value ? 1 : 0)
                ? known[value ? 1 : 0] : texts.first { BooleanWords.value($0) == value }
        }
        let (no, yes) = (spelled(false), spelled(true))
        var categories = [
            no ?? yes.flatMap { BooleanWords.other($0) } ?? "false",
            yes ?? no.flatMap { BooleanWords.other($0) } ?? "true",
        ]
        column.codes = texts.map { text in
            if let value = BooleanWords.value(text) { return value ? 1 : 0 }
            categories.append(text)
            return Double(categories.count - 1)
        }
        column.categories = categories
    }

    private static func code(_ column: inout Column, like: RecipeColumn?, _ point: UInt8) throws {
        var table = column.table
        func add(_ text: String) {
            var text = text
            _ = text.withUTF8 { table.add(UnsafeRawBufferPointer($0)) }
        }
        if case .text(let text) = column.missing, column.hasMissing, like == nil { add(text) }
        let texts = table.texts
        var order = sorted(texts, point)
        // By the numbers of texts.
        var aliases: [Int: Int] = [:]
        if let like, like.kind == .category {
            // Codes as they are there, and what is new behind them.
            for text in like.categories { add(text) }
            let numbers = Dictionary(table.texts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let first = like.categories.compactMap { numbers[$0] }
            let taken = Set(first)
            let meanings = Meanings(like.categories, point)
            for (number, text) in texts.enumerated() where !taken.contains(number) {
                guard let other = meanings.other(text), let place = numbers[other] else { continue }
                aliases[number] = place
                column.alias = column.alias ?? (text, other)
            }
            order = first + order.filter { !taken.contains($0) && aliases[$0] == nil }
        }
        let all = table.texts
        column.categories = order.map { all[$0] }
        column.codes = [Double](repeating: 0, count: all.count)
        for (code, number) in order.enumerated() { column.codes[number] = Double(code) }
        for (number, other) in aliases { column.codes[number] = column.codes[other] }
        column.table = table
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

    /// uint8 where all are whole numbers from 0 to 255, as pixels are; float64 where float32 would take whole numbers, dates
    /// or times for their neighbours; else float32.
    private static func inputType(_ columns: [Column]) -> HDF5ElementType {
        var areBytes = true
        var needsDouble = false
        for column in columns {
            // What is missing is NaN.
            areBytes = areBytes && !column.hasMissing
            if let categories = column.categories {
                areBytes = areBytes && categories.count <= 256
                continue
            }
            guard let range = column.seen.range else { continue }
            areBytes = areBytes && column.areWhole && range.lowerBound >= 0 && range.upperBound <= 255
            needsDouble = needsDouble || !column.areSingle || max(-range.lowerBound, range.upperBound) > mostExact
        }
        return areBytes ? .uint8 : needsDouble ? .float64 : .float32
    }

    /// int32 or int64 for codes and whole numbers, float64 where they need it, else float32. What is missing is NaN, or -1
    /// where there are codes alone.
    private static func targetType(_ columns: [Column]) -> HDF5ElementType {
        let ranges = columns.compactMap(\.seen.range)
        let most = ranges.reduce(0) { max($0, -$1.lowerBound, $1.upperBound) }
        if columns.contains(where: { !$0.areSingle }) { return .float64 }
        // Of 1700000000.5 a float32 would keep multiples of 128.
        guard columns.allSatisfy({ $0.areWhole || $0.seen.range == nil }) else {
            return most > mostExact ? .float64 : .float32
        }
        if columns.contains(where: { $0.hasMissing && $0.categories == nil }) {
            return most <= mostExact ? .float32 : .float64
        }
        return most <= Double(Int32.max) ? .int32 : most <= Double(1 << 53) ? .int64 : .float64
    }

    /// What is declared of columns, and what was seen.
    static func recipe(_ columns: [Column], form: Recipe.Form? = nil) -> Recipe {
        Recipe(
            columns.map { own in
                var column = RecipeColumn(own.name, own.kind, missing: own.missing, categories: own.categories ?? [])
                (column.unit, column.order, column.seen) = (own.unit, own.order, own.seen)
                (column.isZoned, column.marks) = (own.isZoned, own.words.texts)
                column.width = own.width ?? RecipeColumn.usualWidth
                return column
            }, form: form)
    }

    /// What is said of targets that 32-bit floats can't tell apart.
    private static func rounding(of column: Column) -> String? {
        guard column.kind == .number || column.kind.isDate, let range = column.seen.range else { return nil }
        return TargetRounding(range, change: column.rounding).sentence("the target '\(column.name)'", column.kind)
    }

    /// Labels that do not begin at 0 are the most common trap.
    private mutating func noteLabels(_ asker: TableAsker) {
        guard targets.count == 1, let target = targets.first, target.kind == .number, targetType == .int32,
            let range = target.seen.range, range.lowerBound != 0, range.upperBound - range.lowerBound < 100
        else { return }
        notes.append(
            "the targets are whole numbers from \(Int(range.lowerBound)) to \(Int(range.upperBound)); if they are classes, "
                + "\(asker.say) \(asker.holding(target.name, "category")), since labels count from 0")
    }
}
