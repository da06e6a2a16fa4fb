import HDF5
import Kernels
import Recipes

/// Finding and reading the column that `data.split` names.
extension SplitColumn {
    /// What was found for the rows of a dataset: NaN and empty texts where a row has no value.
    private struct Found {
        var values: Values
        var meaning = Meaning.number
        let place: String
        /// What messages call the place of a row, by the row's place in the dataset.
        let rowPlace: (Int) -> (place: String, row: String)
    }

    /// Reads the column that a rule names, for the rows of a dataset that is cut by it.
    /// - Throws: `DataError` where there is none, or it has no value in a row; `HDF5Error`.
    init(_ rule: SplitRule, of data: Dataset) throws {
        guard let found = try Self.read(rule, data, Self.candidates(rule, data)) else { throw Self.absent(rule, data) }
        let missing: Int? =
            switch found.values {
            case .numbers(let numbers): numbers.firstIndex(where: \.isNaN)
            case .integers: nil
            case .texts(let texts): texts.firstIndex(where: \.isEmpty)
            }
        if let missing {
            let (place, row) = found.rowPlace(missing)
            throw DataError(
                "\(place) holds no value in \(row), but \(rule.key) needs one in each row; fill it in the table, or leave "
                    + "such rows out")
        }
        let column = SplitColumn(found.values, place: found.place, meaning: found.meaning)
        let field = data.fields[0].field
        let firsts = field.firstRows.map { data.selection.positions(in: $0..<field.rows).lowerBound }
        self = rule.isByTime ? column : column.warning(rule.key, whereFilesBeginAt: firsts)
    }

    /// Reads the column for the rows of a split with data of its own, whose rows need not have a value.
    /// - Parameter training: what is trained on, beside whose inputs a path of the rule may lead.
    /// - Returns: nil where the split has no such column, with a value for each row.
    /// - Throws: `DataError` for a column that is no such one; `HDF5Error`.
    static func beside(_ rule: SplitRule, of data: Dataset, training: Dataset) throws -> SplitColumn? {
        guard let source = data.source, let other = training.source else { return nil }
        var paths = candidates(rule, data)
        if rule.column.hasPrefix("/") {
            // Beside the inputs of the training split: beside those of this one.
            let parts = rule.column.split(separator: "/").map(String.init)
            if groups(other).contains(Array(parts.dropLast())) {
                paths = groups(source).map { path($0 + [parts.last ?? ""]) }
            }
        }
        let isOneFile = try !Set(source.storedFiles()).isDisjoint(with: other.storedFiles())
        if isOneFile, source.inputs != other.inputs {
            // What stands beside the training rows says nothing of others.
            let taken = candidates(rule, training)
            paths.removeAll { taken.contains($0) }
        }
        guard let found = try read(rule, data, paths, isOwn: true) else { return nil }
        return SplitColumn(found.values, place: found.place, meaning: found.meaning)
    }

    private static func read(
        _ rule: SplitRule, _ data: Dataset, _ paths: [String], isOwn: Bool = false
    ) throws -> Found? {
        let tables = data.fields(.input).filter { $0.field.recipe?.names.contains(rule.column) ?? false }
        guard !rule.column.hasPrefix("/"), let table = tables.first else {
            return try values(rule, beside: data, paths, isOwn: isOwn)
        }
        guard tables.count == 1 else {
            throw DataError(
                "\(rule.key) names '\(rule.column)', a column of the inputs "
                    + tables.compactMap(\.name).joined(separator: " and ")
                    + "; name a dataset by its path, of which there is one")
        }
        return try values(rule, of: table.field, in: data)
    }

    /// A column of a table of inputs.
    private static func values(_ rule: SplitRule, of field: Field, in data: Dataset) throws -> Found? {
        guard let recipe = field.recipe, let index = recipe.names.firstIndex(of: rule.column) else { return nil }
        let column = recipe.columns[index]
        let width = recipe.columns.count
        let numbers = try data.mapBlocks(of: field) { rows, _ in
            var numbers: [Double] = []
            numbers.reserveCapacity(rows.rows)
            rows.forEach { if $0 % width == index { numbers.append($1) } }
            return numbers
        }.flatMap { $0 }
        func isMissing(_ number: Double) -> Bool { number.isNaN || column.kind.isCoded && number < 0 }
        let values: Values =
            column.kind == .category
            ? .texts(
                numbers.map {
                    isMissing($0)
                        ? "" : column.holdsCode($0) ? column.categories[Int($0)] : StoredType.text($0)
                })
            : .numbers(numbers.map { isMissing($0) ? .nan : $0 })
        let name = "\(data.place(of: data.fields[0])), column '\(rule.column)'"
        try check(values, rule, name, Meaning(column.kind))
        if case .numbers(let numbers) = values, data.source?.table != nil { try checkExact(numbers, rule, name) }
        return Found(values: values, meaning: Meaning(column.kind), place: "column '\(rule.column)'") { row in
            let (place, number) = field.place(ofRow: data.selection[row])
            return ("\(place), column '\(rule.column)'", number)
        }
    }

    /// A dataset of the files that the rows are in.
    /// - Parameter isOwn: whether a dataset of another number of rows is none, rather than a mistake.
    private static func values(
        _ rule: SplitRule, beside data: Dataset, _ candidates: [String], isOwn: Bool
    ) throws -> Found? {
        guard let source = data.source else {
            throw DataError(
                "\(rule.key) names '\(rule.column)', but the data come from a program and have no such column")
        }
        guard !candidates.isEmpty else { return nil }
        var (texts, numbers): ([String], [Double]) = ([], [])
        // As long as all are whole numbers; where none needs it, doubles are as good.
        var integers: [Int]? = []
        var hasLarge = false
        var meaning: Meaning?
        var places: [(place: String, first: Int)] = []
        var rows = 0
        for (index, path) in try source.storedFiles().enumerated() {
            let file = try HDF5File.open(
                path, allowingExternal: source.allowsExternalLinks, reading: .objects(candidates))
            guard let dataset = candidates.lazy.compactMap({ try? file.dataset($0) }).first else { return nil }
            // What a table was converted to is nobody's business.
            let place =
                source.table == nil
                ? "\(path): \(dataset.path)" : "\(source.place(index, path, "")), column '\(rule.column)'"
            let (own, ownMeaning) = try values(of: dataset, file, place)
            places.append((place, rows))
            let (count, kind): (Int, String)
            switch own {
            case .texts(let own):
                texts += own
                (count, kind) = (own.count, "texts")
            case .numbers(let own):
                numbers += own
                integers = integers.flatMap { all in
                    own.allSatisfy { Int(exactly: $0) != nil } ? all + own.map { Int($0) } : nil
                }
                (count, kind) = (own.count, "numbers")
                if source.table != nil { try checkExact(own, rule, place) }
            case .integers(let own):
                numbers += own.map { Double($0) }
                integers = integers.map { $0 + own }
                (count, kind) = (own.count, "numbers")
                hasLarge = true
            }
            guard texts.isEmpty || numbers.isEmpty, meaning == nil || meaning == ownMeaning else {
                throw DataError(
                    "\(place) holds \(kind), but \(places[0].place) does not; files that act as one dataset must agree")
            }
            meaning = ownMeaning
            rows += count
        }
        guard rows == data.fields[0].field.rows else {
            if isOwn { return nil }
            throw DataError(
                "\(places[0].place) has \(rows) rows in all, but \(data.inputsPlace) has \(data.fields[0].field.rows); "
                    + "\(rule.key) needs a value for each row")
        }
        let chosen = (0..<data.count).lazy.map { data.selection[$0] }
        let values: Values
        if hasLarge {
            guard let integers else {
                throw DataError(
                    "\(places[0].place) holds whole numbers beyond 2^53 in one file and fractions in another; bring them into one "
                        + "type")
            }
            values = .integers(chosen.map { integers[$0] })
        } else {
            values = texts.isEmpty ? .numbers(chosen.map { numbers[$0] }) : .texts(chosen.map { texts[$0] })
        }
        try check(values, rule, places[0].place, meaning ?? .number)
        return Found(values: values, meaning: meaning ?? .number, place: places[0].place) { place in
            let row = data.selection[place]
            let part = places.last { $0.first <= row } ?? places[0]
            return (
                part.place,
                source.table == nil ? "row \(row - part.first)" : data.fields[0].field.place(ofRow: row).row
            )
        }
    }

    // MARK: - Paths

    /// Where the dataset may be: at its path, or beside the inputs.
    private static func candidates(_ rule: SplitRule, _ data: Dataset) -> [String] {
        if rule.column.hasPrefix("/") { return [rule.column] }
        return data.source.map { groups($0).map { path($0 + [rule.column]) } } ?? []
    }

    private static func path(_ parts: [String]) -> String { parts.map { "/" + $0 }.joined() }

    /// The groups that the inputs stand in, as the parts of their paths.
    private static func groups(_ source: DataSource) -> [[String]] {
        let parts = (source.inputParts.first?.paths.first ?? "").split(separator: "/").map(String.init)
        let parent = Array(parts.dropLast())
        // Several inputs have a group of their own.
        return source.inputParts.count > 1 && parent.last == "inputs" ? [parent, parent.dropLast()] : [parent]
    }

    // MARK: - Values

    /// One value for each row; what is missing is NaN or an empty text.
    private static func values(
        of dataset: HDF5Dataset, _ file: HDF5File, _ place: String
    ) throws -> (Values, Meaning) {
        if dataset.elementType == .string {
            guard let rows = dataset.shape.first, dataset.count == rows, rows > 0 else {
                throw DataError(
                    "\(place) is \(Shape(dataset.shape)); the column that splits rows has one value for each")
            }
            return (.texts(try dataset.readStrings()), .number)
        }
        let rows = try SourceRows.open(file, [dataset.path])
        guard rows.shape.count == 1 else {
            throw DataError(
                "\(place) has rows of \(rows.shape); the column that splits rows has one value for each")
        }
        let tensor = try StoredTensor(rows.type, rows: rows.rows, rowShape: rows.shape) {
            try rows.reader.read(rows: 0..<rows.rows, into: $0)
        }
        if let integers = try integers(tensor, place) { return (.integers(integers), .number) }
        var numbers: [Double] = []
        numbers.reserveCapacity(rows.rows)
        tensor.forEach { numbers.append($1) }
        guard let text = try dataset.attributes.stringsIfPresent(Recipe.attribute)?.first else {
            return (.numbers(numbers), .number)
        }
        let recipe: Recipe
        do { recipe = try Recipe(text: text, file: "\(place), attribute \(Recipe.attribute)") } catch {
            throw DataError("\(error)")
        }
        guard recipe.columns.count == 1, let column = recipe.columns.first else { return (.numbers(numbers), .number) }
        guard column.kind.isCoded else { return (.numbers(numbers), Meaning(column.kind)) }
        // Another file's codes may be others: the texts are compared.
        return (
            .texts(
                try numbers.enumerated().map { row, code in
                    if code.isNaN || code == -1 { return "" }
                    guard column.holdsCode(code) else {
                        throw NoCode.error(code, "\(place), row \(row)", of: column.categories.count)
                    }
                    return column.categories[Int(code)]
                }), .number
        )
    }

    /// Whole numbers that are beyond what a double tells apart; nil where none is.
    private static func integers(_ tensor: StoredTensor, _ place: String) throws -> [Int]? {
        guard tensor.type == .int64 || tensor.type == .uint64 else { return nil }
        var (integers, large, bad): ([Int], Bool, Int?) = ([], false, nil)
        integers.reserveCapacity(tensor.rows)
        tensor.forEachInteger { row, value in
            if value == nil, bad == nil { bad = row }
            integers.append(value ?? 0)
            if (value ?? 0).magnitude > 1 << 53 { large = true }
        }
        if let bad {
            throw DataError(
                "\(place) holds \(tensor.text(at: bad)) in row \(bad), more than the greatest integer of 64 bits with a sign, "
                    + "\(Int.max); store smaller ones, or texts")
        }
        return large ? integers : nil
    }

    /// Numbers of a table are read as doubles: whole ones beyond 2^53 may have been taken for their neighbours.
    private static func checkExact(_ numbers: [Double], _ rule: SplitRule, _ place: String) throws {
        guard let large = numbers.first(where: { $0.magnitude >= 0x1p53 && $0.isFinite }) else { return }
        throw DataError(
            "\(place) holds whole numbers such as \(Int(exactly: large).map { "\($0)" } ?? "\(large)"), beyond 9007199254740992 (2^53), "
                + "where neighbours are no longer told apart; "
                + (rule.isByTime
                    ? "write the times as dates, such as 2024-03-01 12:00:00, or in a coarser unit"
                    : "say by data.train.columns that '\(rule.column)' is a category, so that they are compared as texts")
        )
    }

    private static func absent(_ rule: SplitRule, _ data: Dataset) -> DataError {
        let columns = data.fields(.input).compactMap { $0.field.recipe?.names }.flatMap { $0 }
        let known = columns.isEmpty ? "" : "; the columns are \(RecipeMapping.list(columns))"
        if rule.column.hasPrefix("/"), let source = data.source, source.table != nil {
            return DataError(
                "\(rule.key) names \(rule.column), but \(source.file) is a table, whose columns have names without a slash"
            )
        }
        return DataError(
            rule.column.hasPrefix("/")
                ? "\(rule.key) names \(rule.column), but \(data.source?.file ?? "the file") has no such dataset"
                : "\(rule.key) names '\(rule.column)', but \(data.inputsPlace) has no such column\(known), and there is no "
                    + "dataset \(candidates(rule, data)[0]); stormo data convert --keep \(rule.column) writes one from a table"
        )
    }

    // MARK: - Times as texts

    /// Texts that are to be ordered as times must sort as such; and times of day come again each day.
    private static func check(_ values: Values, _ rule: SplitRule, _ place: String, _ meaning: Meaning) throws {
        if rule.isByTime, meaning == .time {
            throw DataError(
                "\(place) holds times of day, which do not say which row is newer, but \(rule.key) orders numbers, or dates with "
                    + "or without a time")
        }
        guard case .byTime = rule, case .texts(let texts) = values,
            let first = texts.first(where: { !$0.isEmpty })
        else { return }
        let form = timeForm(first)
        guard let bad = form == nil ? first : texts.first(where: { !$0.isEmpty && timeForm($0) != form }) else {
            return
        }
        let beside = form == nil || bad == first ? "" : " beside '\(first)'"
        throw DataError(
            "\(place) holds the text '\(bad.prefix(40))'\(beside), but \(rule.key) orders numbers, or dates that are all "
                + "written alike with the year first, as 2024-03-01 or 2024-03-01 12:00")
    }

    /// The text with a 0 in place of each digit, where it is a date that sorts as a text: the year of four digits first,
    /// then all that is smaller, and no difference to another time zone.
    static func timeForm(_ text: String) -> String? {
        guard text.utf8.count >= 4, text.utf8.prefix(4).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "-/.: TZ".utf8.contains($0) }),
            text.utf8.lazy.filter({ $0 == UInt8(ascii: "-") }).count <= 2
        else { return nil }
        return String(text.map { $0.isNumber ? "0" : $0 })
    }
}
