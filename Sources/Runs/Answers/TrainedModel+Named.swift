import Batches
import Engine
import Foundation
public import Interchange
import Kernels
import Preparation
import Recipes

extension TrainedModel {
    /// The prediction for one row whose columns are named.
    ///
    /// ```swift
    /// let prediction = try model.predict(named: ["age": 41, "job": "fixed"])
    /// print(prediction.className ?? "", prediction.byName ?? [:])
    /// ```
    /// - Throws: as for several rows.
    public func predict(named row: [String: ColumnValue], fillsUnknown: Bool = false) throws -> Prediction {
        try predict(named: [row], fillsUnknown: fillsUnknown)[0]
    }

    /// The predictions for rows whose columns are named, through the recipe that the model was trained with.
    /// - Parameter fillsUnknown: whether columns that are missing, categories that the model does not know and values that may
    ///   not be missing are taken for missing values, which the recipe fills.
    /// - Throws: `DataError` with row, column and value for what the model does not take, or where its columns have no names;
    ///   `KernelError`.
    public func predict(named rows: [[String: ColumnValue]], fillsUnknown: Bool = false) throws -> [Prediction] {
        guard !rows.isEmpty else { return [] }
        return try predict(NamedRows(self, fillsUnknown: fillsUnknown).dataset(rows), workers: 1)
    }
}

/// Turns rows with names into what a model's recipe takes.
private struct NamedRows {
    private let model: TrainedModel
    private let fillsUnknown: Bool
    /// The columns that the model takes, in order.
    private let columns: [RecipeColumn]
    /// Whether they came from tables; otherwise numbers and codes as they are.
    private let hasRecipe: Bool
    /// Others that may stand beside them.
    private let others: Set<String>

    init(_ model: TrainedModel, fillsUnknown: Bool) throws {
        (self.model, self.fillsUnknown) = (model, fillsUnknown)
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

    func dataset(_ rows: [[String: ColumnValue]]) throws -> Dataset {
        let known = Set(columns.map(\.name))
        var values: [Double] = []
        values.reserveCapacity(rows.count * columns.count)
        for (number, row) in rows.enumerated() {
            let strange = row.keys.filter { !known.contains($0) && !others.contains($0) }.min()
            for column in columns {
                guard let value = row[column.name] else {
                    guard fillsUnknown else {
                        throw DataError(
                            "row \(number) has no column '\(column.name)', which the model takes"
                                + (strange.map { "; it has '\($0)', which the model does not take" }
                                    ?? "; its columns are \(RecipeMapping.list(columns.map(\.name)))"))
                    }
                    values.append(.nan)
                    continue
                }
                values.append(try self.value(value, column, row: number))
            }
            if let strange {
                throw DataError(
                    "row \(number) has a column '\(strange)', which the model does not take; its columns are "
                        + RecipeMapping.list(columns.map(\.name)))
            }
        }
        return try Dataset(
            table: values, rows: rows.count, Recipe(columns), for: model.tables, isFitted: hasRecipe)
    }

    /// What stands for a value in the row that the model encodes; NaN where it is missing.
    private func value(_ value: ColumnValue, _ column: RecipeColumn, row: Int) throws -> Double {
        let spot = "row \(row), column '\(column.name)'"
        func unknown(_ what: String, _ advice: String) -> DataError {
            DataError("\(spot): \(what)\(hasRecipe ? "; \(advice)" : "")")
        }
        guard let number = try number(value, column, spot) else {
            let mayMiss = column.missing != .none || column.fit == .unused || column.kind == .empty
            guard mayMiss || fillsUnknown && hasRecipe else {
                throw unknown(
                    "the value is missing"
                        + (hasRecipe ? ", and there was none missing in the rows that the model was trained on" : ""),
                    "say fillsUnknown: true to fill it")
            }
            return .nan
        }
        guard column.kind.isCoded, column.fit != .unused else { return number }
        let knows = !hasRecipe || number >= 0 && column.featureOfCode[Int(number)] != nil
        guard number < 0 || !knows else { return number }
        guard fillsUnknown, hasRecipe else {
            throw unknown(
                "\(value.shown) is none of the categories that the model knows: \(RecipeMapping.list(column.knownCategories))",
                "say fillsUnknown: true to take it for a missing value")
        }
        return .nan
    }

    /// A number, a code, or days; nil where there is no value, and -1 for a text that is no category.
    private func number(_ value: ColumnValue, _ column: RecipeColumn, _ spot: String) throws -> Double? {
        let text: String
        switch value {
        case .missing: return nil
        case .number(let number):
            guard number.isFinite else { return nil }
            if !column.kind.isCoded {
                guard !column.kind.isDate else {
                    throw DataError(
                        "\(spot): is a number, but the model takes \(column.kind.nouns) there; give it as a text, or as a Date"
                    )
                }
                return number
            }
            text = number == number.rounded() && abs(number) < 0x1p53 ? "\(Int(number))" : "\(number)"
        case .flag(let flag):
            if column.kind == .boolean { return flag ? 1 : 0 }
            guard column.kind.isCoded else {
                throw DataError("\(spot): is \(flag), but the model takes \(column.kind.nouns) there")
            }
            text = "\(flag)"
        case .date(let date):
            guard column.kind == .date else {
                throw DataError("\(spot): is a date, but the model takes \(column.kind.nouns) there")
            }
            return date.timeIntervalSince1970 / 86_400
        case .text(let own): text = own
        }
        return try TableCell.value(text, column, spot)
    }
}

extension RecipeColumn.Kind {
    fileprivate var nouns: String {
        switch self {
        case .number: "numbers"
        case .category: "categories"
        case .boolean: "booleans"
        case .date: "dates"
        case .time: "times"
        case .empty: "nothing"
        }
    }
}

extension ColumnValue {
    /// For a sentence.
    fileprivate var shown: String {
        switch self {
        case .number(let number):
            number == number.rounded() && abs(number) < 0x1p53 ? "'\(Int(number))'" : "'\(number)'"
        case .text(let text): "'\(text)'"
        case .flag(let flag): "'\(flag)'"
        case .date(let date): "'\(date)'"
        case .missing: "nothing"
        }
    }
}
