import Batches
import Files
internal import Recipes

/// What a column of a table holds.
struct FoundKind {
    var kind: RecipeColumn.Kind
    var unit: String?
    var order: DayOrder?
    /// Of a category how many texts get a feature of their own; nil for the usual number.
    var width: Int?
    /// Whether it seems to name the rows.
    var isIdentifier = false
    /// What the table of decisions says beside the column; a warning where there are `warnings`.
    var remark = ""
    /// Sentences of their own.
    private(set) var warnings: [String] = []
    /// What was decided and may surprise, a sentence of its own.
    var note: String?
    /// Whether texts that might be amounts are names by the way in which they are written.
    var areNames = false
    /// Of a date or a time: whether it says its zone.
    var isZoned = false

    /// Adds to what is said beside the column.
    mutating func remark(_ words: String) { remark += (remark.isEmpty ? "" : "; ") + words }

    /// Warns in a few words beside the column, and in a sentence of its own.
    mutating func warn(_ words: String, _ sentence: String) {
        remark(words)
        warnings.append(sentence)
    }

    /// Warns in a sentence alone, where what stands beside the column is right.
    mutating func warn(_ sentence: String) { warnings.append(sentence) }
}

/// Decides what a column holds, from all of its rows: what its texts look like, what a user says, or what another table says.
struct KindFinder {
    let column: TableProfile.Column
    let name: String
    /// Of the whole table.
    let rows: Int
    let point: UInt8
    let source: String
    /// What the user says.
    let wanted: ColumnKind?
    /// What another table says, and which one.
    let like: (column: RecipeColumn, place: String)?
    /// The numbers that the other table's column held, if that is known.
    var likeRange: ClosedRange<Double>?
    /// Whether it is said which mark divides whole from fraction.
    var isMarkSaid = false
    /// Who says how the table is read, for sentences.
    let asker: TableAsker

    /// Fewer rows tell nothing of what differs in each.
    private static let leastRows = 10

    /// - Throws: `DataError` with line and value where the column is not what it should be, or has two units.
    func find() throws -> FoundKind {
        if let like, like.column.kind != .empty { return try read(as: like.column.kind, order: like.column.order) }
        if let wanted, let kind = wanted.kind { return try read(as: kind, order: wanted.order) }
        guard let texts = column.texts else {
            if column.numbers == 0 { return FoundKind(kind: .empty, remark: "no row has a value") }
            if let padded = paddedName { return named(padded) }
            var found = FoundKind(kind: .number)
            if let padded = column.padded { found.remark = "\(padded.words) is read as \(paddedValue(padded))" }
            noteMarks(&found)
            if like == nil, mayNameRows, column.numbers == rows, column.areConsecutive {
                found.isIdentifier = true
                found.remark = "consecutive integers, another one in each row"
            }
            return found
        }
        let present = column.numbers + texts.rowCount
        let quantities = column.numbers + (hasOneKindOfUnit ? texts.rows(.quantity) : 0)
        let dates = texts.rows(.date)
        let times = texts.rows(.time)
        let others = present - quantities
        if let padded = paddedName, texts.rows(.quantity) + dates + times == 0 { return named(padded) }
        if let names = try lettered() { return names }
        if others == 0 { return try number() }
        if column.numbers == 0 {
            if dates == texts.rowCount { return try date(nil) }
            if times == texts.rowCount { return try time() }
            if texts.table.count <= 12, texts.notBoolean == nil, isPair {
                return FoundKind(kind: .boolean)
            }
        }
        // A few texts that have strayed into a column of another kind.
        if quantities >= 9 * others {
            throw stray(
                "numbers", quantities, hasOneKindOfUnit ? texts.firstOther(than: .quantity) : texts.firstOther())
        }
        if dates > 0, dates >= 9 * (present - dates) { throw stray("dates", dates, firstOther(than: .date)) }
        if times > 0, times >= 9 * (present - times) { throw stray("times", times, firstOther(than: .time)) }
        guard !texts.isStreamed else { throw tooMany(firstOther(than: .quantity)) }
        var found = FoundKind(kind: .category)
        judge(&found)
        return found
    }

    /// Finds out whether a column of names names the rows, or has too many names to learn from. Where numbers are names too,
    /// they must have been collected.
    func judge(_ found: inout FoundKind) {
        guard let texts = column.texts else { return }
        if like == nil, mayNameRows, column.numbers == 0 || column.isNamed, column.present == rows, texts.areDistinct {
            found.isIdentifier = true
            found.remark = "a different text in each row"
            if !found.areNames { warnOfIdentifier(&found, texts) }
            return
        }
        if !found.areNames { warn(&found, texts) }
        if found.warnings.isEmpty, like == nil { warnOfYesAndNo(&found, texts) }
        if found.warnings.isEmpty, !found.areNames { warnOfMarks(&found, texts) }
        if found.warnings.isEmpty, like == nil, !column.isTarget, column.present >= 2 * Self.leastRows,
            2 * texts.table.count > column.present
        {
            found.warn(
                "\(texts.table.count) different texts",
                "column '\(name)' holds \(texts.table.count) different texts in \(column.present) rows, of which a model "
                    + "learns little; leave it out by \(dropping)")
        }
    }

    // MARK: - Names that look like numbers

    /// The first number with a zero in front, where all are written as names are: digits alone. Nobody writes amounts so;
    /// postcodes and account numbers are, and lose their zeros as numbers.
    private var paddedName: ColumnTexts.Place? { column.areWhole && column.least >= 0 ? column.padded : nil }

    private func paddedValue(_ place: ColumnTexts.Place) -> String {
        TablePlan.number(place.text, point).map { RecipeColumn.Missing.number($0).description } ?? ""
    }

    private func named(_ padded: ColumnTexts.Place) -> FoundKind {
        var found = FoundKind(kind: .category)
        found.areNames = true
        found.remark = "numbers with zeros in front are names"
        found.note =
            "column '\(name)' holds \(padded.words), with a zero in front: its numbers were taken for names ("
            + "\(asker.holding(name, "number"))\(asker.there) takes them for amounts)"
        return found
    }

    /// A capital letter right behind a whole number is a unit only where each row has it: `5A`, `10A`. Otherwise they are names,
    /// of seats, flats or lots: `1A`, `2B`, `3`.
    private func lettered() throws -> FoundKind? {
        guard let texts = column.texts, let lettered = texts.lettered, texts.unlettered == nil else { return nil }
        guard texts.otherLetter != nil || texts.rows(.quantity) < column.present else { return nil }
        guard !texts.isStreamed else { throw tooMany(texts.otherLetter) }
        var found = FoundKind(kind: .category)
        found.areNames = true
        found.remark = "numbers with different letters are names"
        let other = [texts.otherLetter, column.firstNumber, texts.firstOther(than: .quantity)].compactMap { $0 }
            .min { $0.line < $1.line }
        found.note =
            "column '\(name)' holds \(lettered.place.words) and \(other?.words ?? "others"): a capital letter right behind a "
            + "number is a unit only where each row has the same one, so they were taken for names"
        if column.numbers == 0 { judge(&found) }
        return found
    }

    private func tooMany(_ place: ColumnTexts.Place?) -> DataError {
        DataError(
            "\(source), line \(place?.line ?? 0): column '\(name)' holds more than \(ColumnTexts.mostCategories) different texts, "
                + "which are no categories; leave it out by \(dropping)")
    }

    /// What is typed where numbers are names.
    private var asCategory: String { "\(asker.say) \(asker.holding(name, "category"))" }
    private var dropping: String { asker.dropping(name) + asker.there }

    private var mayNameRows: Bool { !column.isTarget && rows >= Self.leastRows }

    /// Both words of one pair.
    private var isPair: Bool {
        guard let texts = column.texts, texts.booleanPairs.nonzeroBitCount == 1 else { return false }
        return Set(texts.table.texts.compactMap { BooleanWords.value($0) }).count == 2
    }

    private var units: [(unit: String, place: ColumnTexts.Place)] {
        (column.texts?.units ?? []).compactMap { unit, place in unit.map { ($0, place) } }
    }

    /// Whether the quantities have one unit, or units that are known. What stands behind a few numbers, or another word behind
    /// each, is no unit: `3 O`, `12 Main St`.
    private var hasOneKindOfUnit: Bool {
        units.allSatisfy { Quantity.isKnown($0.unit) }
            || units.count == 1 && 2 * (column.texts?.unitRows ?? 0) >= column.present
    }

    // MARK: - Kinds

    private func read(as kind: RecipeColumn.Kind, order: DayOrder?) throws -> FoundKind {
        let texts = column.texts
        switch kind {
        case .category, .empty:
            var found = FoundKind(kind: .category)
            if let like, like.column.kind == .category, let texts { warnOfZeros(&found, texts, like) }
            return found
        case .boolean:
            // What is neither is told of by whoever uses a model that does not know it.
            if like == nil, let place = texts?.notBoolean {
                throw misfit(place, "which is neither yes nor no (\(BooleanWords.list))")
            }
            return FoundKind(kind: .boolean)
        case .number:
            if let place = texts?.firstOther(than: .quantity) { throw misfit(place, "which is no number") }
            return try number()
        case .date:
            if let place = firstOther(than: .date) { throw misfit(place, "which is no date") }
            return try date(order)
        case .time:
            if let place = firstOther(than: .time) { throw misfit(place, "which is no time of the day") }
            return try time()
        }
    }

    private func firstOther(than look: CellReading.Look) -> ColumnTexts.Place? {
        [column.texts?.firstOther(than: look), look == .quantity ? nil : column.firstNumber].compactMap { $0 }
            .min { $0.line < $1.line }
    }

    private func number() throws -> FoundKind {
        if units.count > 1 {
            throw DataError(
                "\(source): column '\(name)' holds \(units[0].place.words) and \(units[1].place.words); bring its numbers into "
                    + "one unit" + (like == nil ? ", or \(asCategory) if they are names" : ""))
        }
        var found = FoundKind(kind: .number, unit: units.first?.unit)
        // Without values there is nothing in a unit.
        if column.numbers + (column.texts?.rowCount ?? 0) == 0 { return FoundKind(kind: .empty) }
        if let like, let wanted = like.column.unit {
            if let (unit, place) = units.first, unit != wanted {
                throw DataError(
                    "\(source), line \(place.line): column '\(name)' holds '\(place.shown)', but '\(wanted)' in "
                        + "\(like.place); bring its numbers into '\(wanted)'")
            }
            if found.unit == nil {
                found.warn(
                    "no unit: taken for '\(wanted)', as in \(like.place)",
                    "column '\(name)' has no unit here, and '\(wanted)' in \(like.place): its numbers are taken for '\(wanted)'")
            }
            found.unit = wanted
        } else if let like, let unit = found.unit {
            found.warn(
                "in '\(unit)'; \(like.place) names no unit",
                "column '\(name)' holds '\(unit)' here, and \(like.place) names no unit: its numbers are taken for the same "
                    + "unit")
        }
        if let unit = found.unit, units.count == 1, let plain {
            found.warn(
                "some without a unit, first \(plain.words)",
                "column '\(name)' holds \(plain.words) without a unit, and \(units[0].place.words): both were taken for "
                    + "'\(unit)'")
        }
        if let doubtful = column.texts?.doubtful, let value = reading(doubtful).map({ Int($0) }) {
            found.warn(
                "'\(doubtful.shown)' is read as \(value)",
                "column '\(name)' holds '\(doubtful.shown)' in line \(doubtful.line), which is read as \(value), and no row "
                    + "tells whether that mark divides thousands or the fraction; "
                    + asker.dividing(fraction: true, isPoint: point == UInt8(ascii: ".")))
        } else {
            noteMarks(&found)
        }
        return found
    }

    /// Warns of marks that may divide thousands, though they were taken for those of the fraction.
    private func noteMarks(_ found: inout FoundKind) {
        guard let place = doubtfulFraction(found.unit), let value = reading(place) else { return }
        let shown = RecipeColumn.Missing.number(value).description
        found.warn(
            "'\(place.shown)' is read as \(shown)",
            "column '\(name)' holds '\(place.shown)' in line \(place.line), which is read as \(shown), and no row tells "
                + "whether that mark divides the fraction or thousands; "
                + asker.dividing(fraction: false, isPoint: point == UInt8(ascii: ".")))
    }

    /// The first number whose mark was taken for that of the fraction and may well divide thousands: where prices have three
    /// digits behind it, where others have none at all, or where those of the other table were a thousand times as large.
    private func doubtfulFraction(_ unit: String?) -> ColumnTexts.Place? {
        guard !isMarkSaid else { return nil }
        let marks = column.texts.map { column.marks.joined($0.marks) } ?? column.marks
        guard !marks.areSure, let first = marks.first else { return nil }
        let quantities = column.texts?.quantities
        let greatest = max(column.greatest, quantities?.greatest ?? -.infinity)
        if let likeRange, greatest < likeRange.lowerBound, 1000 * greatest >= likeRange.lowerBound { return first }
        // Those who read a comma as the mark have said so of this table, or of the other one.
        guard point == UInt8(ascii: ".") else { return nil }
        return unit.map(Quantity.isCurrency) == true || marks.hasPlain ? first : nil
    }

    /// The first row with a number and no unit.
    private var plain: ColumnTexts.Place? {
        let bare = column.texts?.units.first { $0.unit == nil }?.place
        // Nothing has every unit.
        return [bare, column.firstNumber.flatMap { column.least == 0 && column.greatest == 0 ? nil : $0 }]
            .compactMap { $0 }.min { $0.line < $1.line }
    }

    private func reading(_ place: ColumnTexts.Place) -> Double? {
        var text = place.text
        return text.withUTF8 {
            let bytes = UnsafeRawBufferPointer($0)
            return DecimalNumber.parse(bytes, point: point) ?? Quantity(bytes, point: point)?.value
        }
    }

    private func date(_ wanted: DayOrder?) throws -> FoundKind {
        var found = try dateInOrder(wanted)
        try noteZones(&found)
        return found
    }

    private func time() throws -> FoundKind {
        var found = FoundKind(kind: .time)
        try noteZones(&found)
        return found
    }

    /// Times that say their zone are converted to UTC, and those that don't stay as they are: one column has one of the two.
    private func noteZones(_ found: inout FoundKind) throws {
        guard let texts = column.texts else { return }
        func say(_ remark: String, _ sentence: String) {
            found.remark(remark)
            found.note = "column '\(name)' " + sentence
        }
        if let zoned = texts.zoned {
            if let unzoned = texts.unzoned {
                throw DataError(
                    "\(source): column '\(name)' holds \(zoned.place.words), with a time zone, and \(unzoned.words), without "
                        + "one; write all of its times with their zone, or none")
            }
            found.isZoned = true
            if let other = texts.otherZone {
                say(
                    "several time zones, now UTC",
                    "holds \(zoned.place.words) and \(other.words), in different time zones: its times were converted to UTC"
                )
            } else if zoned.offset != 0 {
                say("now UTC", "holds \(zoned.place.words), with a time zone: its times were converted to UTC")
            }
        }
        guard let like else { return }
        guard let place = texts.zoned?.place ?? texts.unzoned, like.column.isZoned != found.isZoned else {
            if like.column.isZoned, let day = texts.timeless {
                found.warn(
                    "without a time",
                    "column '\(name)' holds \(day.words), without a time, and \(like.place) has times with a time zone: such days "
                        + "were taken for midnight in UTC")
            }
            return
        }
        (found.remark, found.note) = ("", nil)
        found.warn(
            found.isZoned ? "with a time zone" : "without a time zone",
            "column '\(name)' holds \(place.words), "
                + (found.isZoned
                    ? "with a time zone, and \(like.place) has none: its times were converted to UTC"
                    : "without a time zone, and \(like.place) has one: its times were taken for UTC"))
    }

    private func dateInOrder(_ wanted: DayOrder?) throws -> FoundKind {
        guard let texts = column.texts else { return FoundKind(kind: .empty) }
        let (notDay, notMonth) = (texts.notDayFirst, texts.notMonthFirst)
        if let notDay, let notMonth {
            throw DataError(
                "\(source): column '\(name)' holds \(notMonth.words), where the day stands first, and \(notDay.words), where the "
                    + "month does; write them in one order, as 2024-03-31")
        }
        if like == nil, let wanted, let place = wanted == .dayFirst ? notDay : notMonth {
            throw misfit(place, "which is no date with the \(wanted == .dayFirst ? "day" : "month") first")
        }
        if let order = notDay != nil ? DayOrder.monthFirst : notMonth != nil ? .dayFirst : nil {
            var found = FoundKind(kind: .date, order: order)
            if let like, let wanted, wanted != order, let place = notDay ?? notMonth {
                let (here, there) = order == .monthFirst ? ("month", "day") : ("day", "month")
                found.warn(
                    "the \(here) first, the \(there) in \(like.place)",
                    "column '\(name)' is read with the \(here) first, as \(place.words) must be, and in \(like.place) the "
                        + "\(there) stood first")
            }
            return found
        }
        guard let ambiguous = texts.ambiguous else { return FoundKind(kind: .date, order: wanted) }
        guard let wanted else {
            throw DataError(
                "\(source): column '\(name)' holds \(ambiguous.words), and no row tells whether the day or the month stands "
                    + "first; "
                    + (like == nil
                        ? "\(asker.say) \(asker.holding(name, "day-first")) or \(asker.holding(name, "month-first"))"
                        : "write the year first, as 2024-03-31"))
        }
        return FoundKind(kind: .date, order: wanted)
    }

    // MARK: - Sentences

    private func misfit(_ place: ColumnTexts.Place, _ what: String) -> DataError {
        if let like {
            return DataError(
                "\(source), line \(place.line): column '\(name)' holds '\(place.shown)', but \(like.column.words) in "
                    + "\(like.place); repair it, or leave it empty where it means a missing value")
        }
        return DataError(
            "\(source), line \(place.line): column '\(name)' holds '\(place.shown)', \(what); repair it, leave it empty where it "
                + "means a missing value, or leave out \(asker.name(.columns, name, wanted?.rawValue))")
    }

    private func stray(_ kinds: String, _ count: Int, _ place: ColumnTexts.Place?) -> DataError {
        // What comes again is no slip.
        let isAgain = (place.map { column.texts?.rows(of: $0.text) ?? 1 } ?? 1) > 1
        let emptying =
            isAgain
            ? "leave it empty or \(asker.say) \(asker.marking(name, [place?.text ?? ""])) where it means a missing value"
            : "leave it empty where it means a missing value"
        return DataError(
            "\(source), line \(place?.line ?? 0): column '\(name)' holds '\(place?.shown ?? "")', but \(kinds) in \(count) of "
                + "\(column.present) rows; repair it, \(emptying), or \(asCategory) if all of them are names")
    }

    /// Notes a column that looks like numbers or dates and becomes codes.
    private func warn(_ found: inout FoundKind, _ texts: ColumnTexts) {
        let looks: [CellReading.Look] = [.quantity, .date, .time, .unread]
        let count = looks.reduce(0) { $0 + texts.texts($1) }
        guard 2 * count >= texts.table.count,
            let (look, place) = looks.compactMap({ look in texts.first(look).map { (look, $0) } })
                .min(by: { $0.1.line < $1.1.line })
        else { return }
        var isDate = look == .date || look == .time
        var advice: String
        if look == .unread {
            var text = place.text
            let numeric = text.withUTF8 { NumericLook(UnsafeRawBufferPointer($0), point: point) }
            isDate = numeric == .date
            advice =
                switch numeric {
                case .otherPoint: adviceOnMark
                case .date: "write the dates as 2024-03-31, or as 31 Mar 2024"
                default: "write plain numbers into the file"
                }
        } else if let other = firstOther(than: look) {
            // What comes again is no slip.
            advice =
                "'\(other.shown)' in line \(other.line) is none: repair such rows, or leave the value empty there"
                + (texts.rows(of: other.text) > 1 ? ", or \(asker.say) \(asker.marking(name, [other.text]))" : "")
        } else {
            guard units.count > 1 else { return }
            advice = "they have no unit in common, such as '\(units[0].unit)' and '\(units[1].unit)'"
        }
        found.warn(
            "looks like \(isDate ? "dates" : "numbers"), but became codes",
            "column '\(name)' looks like \(isDate ? "dates" : "numbers") ('\(place.text)' in line \(place.line)), but is read "
                + "as texts, whose codes say nothing of their size; \(advice); or leave it out by \(dropping); or "
                + "\(asCategory) if they are names")
    }

    /// Numbers beside a few texts, each of which seems to say that there is none: `-`, `unknown`, `<5`. They became codes as well.
    private func warnOfMarks(_ found: inout FoundKind, _ texts: ColumnTexts) {
        let numbers = column.numbers + (hasOneKindOfUnit ? texts.rows(.quantity) : 0)
        let looks = CellReading.Look.allCases.filter { $0 != .quantity }
        guard (1...Self.mostMarks).contains(looks.reduce(0) { $0 + texts.texts($1) }),
            texts.notBoolean != nil, Self.leastNumbers * numbers >= column.present, let number = column.firstNumber ?? texts.first(.quantity)
        else { return }
        let others = texts.mostFrequent { $0 != .quantity }
        guard let most = others.first else { return }
        let shown = others.prefix(3).map { "'\(Self.cut($0.text))' in \($0.count)" }
        let more = others.count > 3 ? " and \(others.count - 3) more" : ""
        found.warn(
            "numbers beside '\(Self.cut(most.text))', became codes",
            "column '\(name)' holds numbers, such as \(number.words), and of its \(column.present) values "
                + "\(shown.joined(separator: ", "))\(more): so it is read as texts, whose codes say nothing of their size; "
                + "\(asker.say) \(asker.marking(name, others.prefix(3).map(\.text))) where \(others.count == 1 ? "it means" : "they mean") "
                + "a missing value; or leave the column out by \(dropping); or \(asCategory) if its numbers are names")
    }

    /// More different texts beside numbers are names, of which some are numbers.
    private static let mostMarks = 12
    /// One row of so many holds a number at least.
    private static let leastNumbers = 10

    private static func cut(_ text: String) -> String { text.count > 40 ? text.prefix(40) + "…" : text }

    /// Of a column of dates, or of numbers with the other decimal mark, that would be left out, since each row has another one.
    private func warnOfIdentifier(_ found: inout FoundKind, _ texts: ColumnTexts) {
        var other = found
        warn(&other, texts)
        guard !other.warnings.isEmpty else { return }
        let kind: String
        let advice: String
        let place: ColumnTexts.Place
        if let date = texts.first(.date) ?? texts.first(.time) ?? firstUnread(.date, texts) {
            (place, kind, advice) = (date, "dates", "write the dates as 2024-03-31, or as 31 Mar 2024")
        } else if let number = firstUnread(.otherPoint, texts) {
            (place, kind, advice) = (number, "numbers", adviceOnMark)
        } else {
            return
        }
        found.warn(
            "column '\(name)' looks like \(kind) ('\(place.text)' in line \(place.line)), but is left out as an identifier, since "
                + "its texts are not read as \(kind); \(advice)")
    }

    /// The first text, if it looks so.
    private func firstUnread(_ wanted: NumericLook, _ texts: ColumnTexts) -> ColumnTexts.Place? {
        guard let place = texts.first(.unread) else { return nil }
        var text = place.text
        let look = text.withUTF8 { NumericLook(UnsafeRawBufferPointer($0), point: point) }
        return look == wanted ? place : nil
    }

    /// What to do where numbers have the other decimal mark.
    private var adviceOnMark: String {
        point == UInt8(ascii: ".")
            ? "\(asker.say) \(asker.decimalComma) if the comma divides whole from fraction, or write the numbers without it"
            : "leave out \(asker.name(.decimalComma)) if the point divides whole from fraction, or write the numbers without it"
    }

    /// Words that say yes or no, but as two pairs, or beside one that seems to stand for a missing value.
    private func warnOfYesAndNo(_ found: inout FoundKind, _ texts: ColumnTexts) {
        guard texts.table.count <= 12, texts.booleanPairs != 0 else { return }
        let all = texts.table.texts
        let said = all.compactMap { text in BooleanWords.place(text).map { (text: text, pair: $0.pair) } }
        let others = all.filter { BooleanWords.place($0) == nil }
        if others.isEmpty, let first = said.first,
            let second = said.first(where: { $0.pair != first.pair })?.text ?? numberForYesOrNo
        {
            found.warn(
                "words for yes and no of several pairs",
                "column '\(name)' says yes and no in several ways, such as '\(first.text)' and '\(second)', each of which "
                    + "became a category of its own; \(asker.say) \(asker.holding(name, "boolean")) to take them for yes and no, or "
                    + "\(asker.holding(name, "category")) if they are names")
        } else if others.count == 1, said.count == 2, said[0].pair == said[1].pair,
            Self.unknownWords.contains(others[0].lowercased())
        {
            found.warn(
                "yes, no and '\(others[0])'",
                "column '\(name)' says yes and no, and '\(others[0])', which became a category of its own; leave it empty where "
                    + "it means a missing value, or \(asCategory) if it does not")
        }
    }

    /// The first number of a column whose numbers, which were not collected among its texts, are all 0 or 1.
    private var numberForYesOrNo: String? {
        guard !column.isNamed, column.areWhole, column.least >= 0, column.greatest <= 1 else { return nil }
        return column.firstNumber.flatMap { BooleanWords.place($0.text) == nil ? nil : $0.text }
    }

    private static let unknownWords: Set<String> = [
        "unknown", "unk", "unk.", "none", "missing", "not available", "not known", "not specified", "no answer",
        "don't know", "undefined", "-", "--", ".", "u", "n.a.",
    ]

    /// Numbers that are names here and in the other table, and differ by zeros in front alone, which a spreadsheet drops.
    private func warnOfZeros(
        _ found: inout FoundKind, _ texts: ColumnTexts, _ like: (column: RecipeColumn, place: String)
    ) {
        func bare(_ text: String) -> Substring? {
            guard !text.isEmpty, text.utf8.allSatisfy(ByteCursor.isDigit) else { return nil }
            return text.drop { $0 == "0" }
        }
        let known = Set(like.column.categories)
        let bares = Dictionary(
            like.column.categories.compactMap { text in bare(text).map { ($0, text) } },
            uniquingKeysWith: { first, _ in first })
        guard !bares.isEmpty else { return }
        for text in texts.table.texts where !known.contains(text) {
            guard let other = bare(text).flatMap({ bares[$0] }) else { continue }
            found.warn(
                "'\(text)' beside '\(other)'",
                "column '\(name)' holds '\(text)' in \(source), and '\(other)' in \(like.place): they are taken for different names; "
                    + "write them alike, with their zeros, if they are the same")
            return
        }
    }
}
