import HDF5
import Kernels
import Recipes

/// The values of the column by which rows are split, one for each row of a dataset.
struct SplitColumn: Sendable {
    /// The file and the column, for messages.
    let place: String
    /// For each row the place of its value among the different ones, in ascending order: numbers by size, texts by their
    /// bytes. So it does not depend on the order of the rows.
    let ranks: [Int]
    /// How many rows have each value, in that order.
    let sizes: [Int]
    /// The different values, in that order.
    private let distinct: Values

    /// What stands in a column.
    enum Values {
        case numbers([Double])
        case texts([String])
    }

    /// - Parameter values: one for each row.
    init(_ values: Values, place: String) {
        self.place = place
        switch values {
        case .numbers(let numbers):
            let distinct = Set(numbers).sorted()
            (ranks, sizes) = Self.ranked(numbers, distinct)
            self.distinct = .numbers(distinct)
        case .texts(let texts):
            let distinct = Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            (ranks, sizes) = Self.ranked(texts, distinct)
            self.distinct = .texts(distinct)
        }
    }

    private static func ranked<T: Hashable>(_ values: [T], _ distinct: [T]) -> (ranks: [Int], sizes: [Int]) {
        let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        var sizes = Array(repeating: 0, count: distinct.count)
        let ranks = values.map { places[$0] ?? 0 }
        for rank in ranks { sizes[rank] += 1 }
        return (ranks, sizes)
    }

    /// One of the different values as messages have it.
    func word(_ rank: Int) -> String {
        switch distinct {
        case .numbers(let numbers): StoredType.text(numbers[rank])
        case .texts(let texts): "'\(texts[rank])'"
        }
    }

    /// Reads the column that a rule names, for the rows of a dataset.
    /// - Throws: `DataError` where there is none, or it has no value in a row; `HDF5Error`.
    init(_ rule: SplitRule, of data: Dataset) throws {
        let tables = data.fields(.input).filter { $0.field.recipe?.names.contains(rule.column) ?? false }
        if !rule.column.hasPrefix("/"), let table = tables.first {
            guard tables.count == 1 else {
                throw DataError(
                    "\(rule.key) names '\(rule.column)', a column of the inputs "
                        + tables.compactMap(\.name).joined(separator: " and ")
                        + "; name a dataset by its path, of which there is one")
            }
            try self.init(rule, column: rule.column, of: table.field, in: data)
        } else {
            try self.init(rule, beside: data)
        }
    }

    /// A column of a table of inputs.
    private init(_ rule: SplitRule, column name: String, of field: Field, in data: Dataset) throws {
        guard let recipe = field.recipe, let index = recipe.names.firstIndex(of: name) else {
            preconditionFailure("the column is one of the table")
        }
        let column = recipe.columns[index]
        let width = recipe.columns.count
        let numbers = try data.mapBlocks(of: field) { rows, _ in
            var numbers: [Double] = []
            numbers.reserveCapacity(rows.rows)
            rows.forEach { if $0 % width == index { numbers.append($1) } }
            return numbers
        }.flatMap { $0 }
        if let row = numbers.firstIndex(where: { $0.isNaN || column.kind.isCoded && $0 < 0 }) {
            let (place, number) = field.place(ofRow: data.selection[row])
            throw Self.missing(rule, "\(place), column '\(name)'", row: number)
        }
        let values: Values =
            column.kind == .category
            ? .texts(numbers.map { column.holdsCode($0) ? column.categories[Int($0)] : StoredType.text($0) })
            : .numbers(numbers)
        try Self.check(values, rule, "\(data.place(of: data.fields[0])), column '\(name)'")
        self.init(values, place: "column '\(name)'")
    }

    /// A dataset of the files that the rows are in.
    private init(_ rule: SplitRule, beside data: Dataset) throws {
        guard let source = data.source else {
            throw DataError(
                "\(rule.key) names '\(rule.column)', but the data come from a program and have no such column")
        }
        let candidates = Self.paths(rule.column, source)
        let paths = try source.storedFiles()
        var (texts, numbers): ([String], [Double]) = ([], [])
        var places: [(place: String, first: Int)] = []
        var rows = 0
        for (index, path) in paths.enumerated() {
            let file = try HDF5File.open(
                path, allowingExternal: source.allowsExternalLinks, reading: .objects(candidates))
            guard let dataset = candidates.lazy.compactMap({ try? file.dataset($0) }).first else {
                throw Self.absent(rule, candidates, data)
            }
            // What a table was converted to is nobody's business.
            let place =
                source.table == nil
                ? "\(path): \(dataset.path)" : "\(source.place(index, path, "")), column '\(rule.column)'"
            let own = try Self.values(of: dataset, file, place)
            places.append((place, rows))
            let (count, kind): (Int, String)
            switch own {
            case .texts(let own):
                texts += own
                (count, kind) = (own.count, "texts")
            case .numbers(let own):
                numbers += own
                (count, kind) = (own.count, "numbers")
            }
            guard texts.isEmpty || numbers.isEmpty else {
                throw DataError(
                    "\(place) holds \(kind), but \(places[0].place) does not; files that act as one dataset must agree")
            }
            rows += count
        }
        guard rows == data.fields[0].field.rows else {
            throw DataError(
                "\(places[0].place) has \(rows) rows in all, but \(data.inputsPlace) has \(data.fields[0].field.rows); "
                    + "\(rule.key) needs a value for each row")
        }
        func check(_ isMissing: (Int) -> Bool) throws {
            guard let row = (0..<data.count).map({ data.selection[$0] }).first(where: isMissing) else { return }
            let part = places.last { $0.first <= row } ?? places[0]
            throw Self.missing(rule, part.place, row: "row \(row - part.first)")
        }
        let values: Values
        if texts.isEmpty {
            try check { numbers[$0].isNaN }
            values = .numbers((0..<data.count).map { numbers[data.selection[$0]] })
        } else {
            try check { texts[$0].isEmpty }
            values = .texts((0..<data.count).map { texts[data.selection[$0]] })
        }
        try Self.check(values, rule, places[0].place)
        self.init(values, place: places[0].place)
    }

    /// Where the dataset may be: at its path, or beside the inputs.
    private static func paths(_ name: String, _ source: DataSource) -> [String] {
        if name.hasPrefix("/") { return [name] }
        let parts = (source.inputParts.first?.paths.first ?? "").split(separator: "/").map(String.init)
        let parent = parts.dropLast()
        var groups = [parent]
        // Several inputs have a group of their own.
        if source.inputParts.count > 1, parent.last == "inputs" { groups.append(parent.dropLast()) }
        return groups.map { $0.map { "/" + $0 }.joined() + "/" + name }
    }

    /// One value for each row; what is missing is NaN or an empty text.
    private static func values(of dataset: HDF5Dataset, _ file: HDF5File, _ place: String) throws -> Values {
        if dataset.elementType == .string {
            guard let rows = dataset.shape.first, dataset.count == rows, rows > 0 else {
                throw DataError(
                    "\(place) is \(Shape(dataset.shape)); the column that splits rows has one value for each")
            }
            return .texts(try dataset.readStrings())
        }
        let rows = try SourceRows.open(file, [dataset.path])
        guard rows.shape.count == 1 else {
            throw DataError(
                "\(place) has rows of \(rows.shape); the column that splits rows has one value for each")
        }
        let tensor = try StoredTensor(rows.type, rows: rows.rows, rowShape: rows.shape) {
            try rows.reader.read(rows: 0..<rows.rows, into: $0)
        }
        var numbers: [Double] = []
        numbers.reserveCapacity(rows.rows)
        tensor.forEach { numbers.append($1) }
        guard let text = try dataset.attributes.stringsIfPresent(Recipe.attribute)?.first else {
            return .numbers(numbers)
        }
        let recipe: Recipe
        do { recipe = try Recipe(text: text, file: "\(place), attribute \(Recipe.attribute)") } catch {
            throw DataError("\(error)")
        }
        guard recipe.columns.count == 1, let column = recipe.columns.first, column.kind.isCoded else {
            return .numbers(numbers)
        }
        // Another file's codes may be others: the texts are compared.
        return .texts(
            try numbers.enumerated().map { row, code in
                if code.isNaN || code == -1 { return "" }
                guard column.holdsCode(code) else {
                    throw NoCode.error(code, "\(place), row \(row)", of: column.categories.count)
                }
                return column.categories[Int(code)]
            })
    }

    private static func missing(_ rule: SplitRule, _ place: String, row: String) -> DataError {
        DataError(
            "\(place) holds no value in \(row), but \(rule.key) needs one in each row; fill it in the table, or leave "
                + "such rows out")
    }

    private static func absent(_ rule: SplitRule, _ candidates: [String], _ data: Dataset) -> DataError {
        let columns = data.fields(.input).compactMap { $0.field.recipe?.names }.flatMap { $0 }
        let known = columns.isEmpty ? "" : "; the columns are \(RecipeMapping.list(columns))"
        return DataError(
            rule.column.hasPrefix("/")
                ? "\(rule.key) names \(rule.column), but \(data.source?.file ?? "the file") has no such dataset"
                : "\(rule.key) names '\(rule.column)', but \(data.inputsPlace) has no such column\(known), and there is no "
                    + "dataset \(candidates[0]); stormo data convert --keep \(rule.column) writes one from a table")
    }

    // MARK: - Times as texts

    /// Texts that are to be ordered as times must sort as such.
    private static func check(_ values: Values, _ rule: SplitRule, _ place: String) throws {
        guard case .byTime = rule, case .texts(let texts) = values, let first = texts.first else { return }
        let form = timeForm(first)
        guard let bad = form == nil ? first : texts.first(where: { timeForm($0) != form }) else { return }
        let beside = form == nil || bad == first ? "" : " beside '\(first)'"
        throw DataError(
            "\(place) holds the text '\(bad.prefix(40))'\(beside), but \(rule.key) orders numbers, or dates that are all "
                + "written alike with the year first, as 2024-03-01 or 2024-03-01 12:00")
    }

    /// The text with a 0 in place of each digit, where it is a date that sorts as a text: the year of four digits first,
    /// then all that is smaller, and no difference to another time zone.
    private static func timeForm(_ text: String) -> String? {
        guard text.utf8.count >= 4, text.utf8.prefix(4).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "-/.: TZ".utf8.contains($0) }),
            text.utf8.lazy.filter({ $0 == UInt8(ascii: "-") }).count <= 2
        else { return nil }
        return String(text.map { $0.isNumber ? "0" : $0 })
    }
}
