import Batches
import Engine
import Interchange
import Preparation
import Recipes

/// Turns rows whose columns are named into what a model takes, whether a program gives them or the command line: through
/// `TableRows`, as a table of text.
package struct NamedRows {
    private let model: TrainedModel
    /// The columns that the model takes, in order.
    private let columns: [RecipeColumn]
    /// Whether they came from tables; otherwise numbers and codes as they are.
    private let hasRecipe: Bool
    /// Others that may stand beside them.
    private let others: Set<String>

    /// What is done with what the model does not know.
    private let unknown: UnknownValues
    /// Whether the row is one of the command line, for advice.
    private let isCommand: Bool
    /// What sentences call the model.
    private let place: String
    /// Of texts; nil for what the model's table had.
    package var hasDecimalComma: Bool?

    /// - Parameters:
    ///   - command: what sentences call the model where the row is one of the command line; nil for a program.
    /// - Throws: `DataError` where the model's columns have no names.
    package init(_ model: TrainedModel, unknown: UnknownValues, command: String? = nil) throws {
        (self.model, self.unknown) = (model, unknown)
        (place, isCommand) = (command ?? "the model", command != nil)
        others = Set(model.tables["targets"]?.names ?? model.columnLists[CodeNames.targetColumns] ?? [])
        if let recipe = model.tables["inputs"] {
            (columns, hasRecipe) = (recipe.columns, true)
            return
        }
        guard model.objective.model.inputs.count == 1 else {
            throw DataError(
                "the model has several inputs, \(model.objective.model.inputs.map(\.name).joined(separator: ", ")); give each its "
                    + "values by predict(_:)")
        }
        guard let names = model.columnLists[CodeNames.inputColumns],
            names.count == model.objective.model.inputs[0].shape.count
        else {
            throw DataError("the columns that the model takes have no names; give their values in order by predict(_:)")
        }
        hasRecipe = false
        columns = names.map { name in
            let categories = model.columnLists[CodeNames.categories + name]
            return RecipeColumn(name, categories == nil ? .number : .category, categories: categories ?? [])
        }
    }

    /// - Parameters:
    ///   - warn: called with each warning that a table of these rows would get.
    ///   - note: called with each note.
    /// - Throws: `DataError` with row, column and value for what the model does not take; `KernelError`.
    package func dataset(
        _ rows: [[String: ColumnValue]], warn: (String) -> Void = { _ in }, note: (String) -> Void = { _ in }
    ) throws -> Dataset {
        let known = Set(columns.map(\.name))
        var cells: [[TableRows.Cell]] = []
        // Days of dates that were given as such, by their place.
        var days: [(index: Int, value: Double)] = []
        for (number, row) in rows.enumerated() {
            let strange = row.keys.filter { !known.contains($0) && !others.contains($0) }.min()
            var own: [TableRows.Cell] = []
            for column in columns {
                guard let value = row[column.name] else {
                    guard unknown == .missing else {
                        throw DataError(
                            "\(spot(number)) has no column '\(column.name)', which the model takes"
                                + (strange.map { "; it has '\($0)', which the model does not take" }
                                    ?? "; its columns are \(RecipeMapping.list(columns.map(\.name)))"))
                    }
                    own.append(.missing)
                    continue
                }
                if case .date(let date) = value, column.kind == .date {
                    days.append((number * columns.count + own.count, date.timeIntervalSince1970 / 86_400))
                }
                own.append(try cell(value, column, "\(spot(number)), column '\(column.name)'"))
            }
            if let strange {
                throw DataError(
                    "\(spot(number)) has a column '\(strange)', which the model does not take; its columns are "
                        + RecipeMapping.list(columns.map(\.name)))
            }
            cells.append(own)
        }
        let recipe = Recipe(columns, form: model.tables["inputs"]?.form)
        let table = try TableRows(
            cells, of: recipe, like: LikeTable(inputs: recipe, targets: nil, place: place),
            hasDecimalComma: hasDecimalComma, asker: isCommand ? .command : .program, place: spot)
        table.warnings.forEach(warn)
        table.notes.forEach(note)
        var values = table.values
        for (index, value) in days { values[index] = value }
        if unknown == .error || !hasRecipe { try check(values, table.columns) }
        do {
            let data = try Dataset(
                table: values, rows: rows.count, Recipe(table.columns), for: model.tables, isFitted: hasRecipe,
                unknown: unknown, place: isCommand ? "--row" : "the table")
            for notice in data.notices { warn(told(notice)) }
            return data
        } catch let error as DataError {
            throw DataError(told("\(error)"))
        }
    }

    /// What messages call a row.
    private func spot(_ row: Int) -> String { isCommand ? "--row" : "row \(row)" }

    /// What is said of a table's rows, said of these.
    private func told(_ sentence: String) -> String {
        func replacing(_ own: String, _ other: String, _ text: String) -> String {
            text.split(separator: own, omittingEmptySubsequences: false).joined(separator: other)
        }
        return isCommand
            ? replacing(" in row 0,", " in", replacing("--row, row 0,", "--row,", sentence))
            : replacing("the table, row ", "row ", sentence)
    }

    /// Sees that the model knows what the rows hold.
    private func check(_ values: [Double], _ columns: [RecipeColumn]) throws {
        for (index, value) in values.enumerated() {
            let column = columns[index % columns.count]
            let spot = "\(spot(index / columns.count)), column '\(column.name)'"
            if value.isNaN {
                guard column.missing == .none, column.fit != .unused, column.kind != .empty else { continue }
                throw misfit(
                    spot,
                    "the value is missing"
                        + (hasRecipe ? ", and there was none missing in the rows that the model was trained on" : ""),
                    column, isMissing: true)
            }
            guard column.kind.isCoded, column.fit != .unused else { continue }
            let isKnown =
                hasRecipe
                ? column.featureOfCode[Int(value)] != nil
                : Int(value) < self.columns[index % columns.count].categories.count
            guard !isKnown else { continue }
            throw misfit(
                spot,
                "'\(column.categories[Int(value)])' is none of the categories that the model knows: "
                    + RecipeMapping.list(
                        hasRecipe ? column.knownCategories : self.columns[index % columns.count].categories),
                column, isMissing: false)
        }
    }

    private func misfit(_ spot: String, _ what: String, _ column: RecipeColumn, isMissing: Bool) -> DataError {
        guard hasRecipe else { return DataError("\(spot): \(what)") }
        let advice =
            isCommand
            ? "say --unknown missing to take it for a missing value\(Dataset.filling(column)), or --unknown skip to leave such "
                + "rows out"
            : isMissing ? "say fillsUnknown: true to fill it" : "say fillsUnknown: true to take it for a missing value"
        return DataError("\(spot): \(what); \(advice)")
    }

    /// What stands for a value in a table.
    private func cell(_ value: ColumnValue, _ column: RecipeColumn, _ spot: String) throws -> TableRows.Cell {
        switch value {
        case .missing: return .missing
        case .number(let number):
            guard number.isFinite else { return .missing }
            guard !column.kind.isDate else {
                throw DataError(
                    "\(spot): is a number, but the model takes \(column.kind.nouns) there; give it as a text"
                        + (isCommand
                            ? column.kind == .date ? " such as 2024-03-31" : " such as 14:30" : ", or as a Date"))
            }
            return .number(number)
        case .flag(let flag):
            guard column.kind.isCoded || column.kind == .empty else {
                throw DataError("\(spot): is \(flag), but the model takes \(column.kind.nouns) there")
            }
            return .text("\(flag)")
        case .date:
            guard column.kind == .date else {
                throw DataError("\(spot): is a date, but the model takes \(column.kind.nouns) there")
            }
            return .missing
        case .text(let text): return .text(text)
        }
    }
}
