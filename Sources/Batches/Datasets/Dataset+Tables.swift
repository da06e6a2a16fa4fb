import Kernels
import Recipes

/// What to do with values of a table that the model does not know: a category, a class or a column that did not occur
/// in the rows that it was trained on, or a missing value in a column that had none.
public enum UnknownValues: String, Sendable, CaseIterable {
    /// Throws a `DataError` that names the column, the value and the row.
    case error
    /// Treats the value as missing. A row whose target is an unknown class is left out. Throws as `error` does where
    /// the model takes rows as they are, since missing values can't be filled then.
    case missing
    /// Leaves out rows with such values.
    case skip
}

extension Dataset {
    /// The numbers of the rows in the files; nil where all of them are in the split.
    package var selectedRows: [Int]? { selection.rows?.map { Int($0) } }

    // MARK: - Looking at the rows

    /// The split without the rows that have no target, and with nothing in its tables that can't be encoded.
    ///
    /// - Parameters:
    ///   - unknown: what is done with values that a fitted recipe does not know.
    ///   - words: what a notice calls the rows: `the rows`, `the validation rows`.
    ///   - advises: whether the sentence names the option by which a command takes unknown values.
    /// - Throws: `DataError` with the row and the column of the first value that is unknown, or missing where none may be;
    ///   `HDF5Error`.
    package func settled(_ unknown: UnknownValues, _ words: String, advises: Bool = false) throws -> Dataset {
        var result = self
        var leftOut = LeftOut(place: inputsPlace, total: count)
        for entry in fields(.target) {
            result = try result.withoutMissingTargets(entry, unknown, &leftOut, advises: advises)
        }
        for entry in fields(.input) {
            result = try result.withoutUnknown(entry, unknown, words, &leftOut, advises: advises)
        }
        return result
    }

    /// Why rows are left out, so that it can be told where none is left.
    private struct LeftOut {
        let place: String
        let total: Int
        /// A part of a sentence each: `3 have no target`.
        var reasons: [String] = []

        mutating func add(_ count: Int, _ reason: (_ isOne: Bool) -> String) {
            if count > 0 { reasons.append("\(count) \(reason(count == 1))") }
        }

        var error: DataError {
            DataError("\(place): no row of \(total) is left: " + reasons.joined(separator: "; "))
        }
    }

    /// What is found in the rows of a table.
    private struct Findings: Sendable {
        /// Places in the split, ascending.
        var places: [Int] = []
        /// Of the first of them: the column, and the value as it is stored.
        var first: (column: Int, value: Double)?
        var isCut = false
    }

    /// The rows of a field in which a column holds what the body picks.
    private func find(
        in field: Field, where isSuch: @escaping @Sendable (_ column: Int, _ value: Double) -> Bool
    ) throws -> Findings {
        let blocks = try mapBlocks(of: field) { rows, first in
            try check(field, rows, at: 0, selection, first..<first + rows.rows, areWeights: false)
            var found = Findings()
            let width = rows.rowShape.count
            rows.forEach { index, value in
                let (row, column) = index.quotientAndRemainder(dividingBy: width)
                guard isSuch(column, value), found.places.last != first + row else { return }
                if found.first == nil { found.first = (column, value) }
                found.places.append(first + row)
            }
            return found
        }
        return blocks.reduce(into: Findings()) { all, block in
            if all.first == nil { all.first = block.first }
            all.places += block.places
        }
    }

    /// The split without rows at some places.
    /// - Throws: `DataError` with the reasons where none is left.
    private func removing(_ places: [Int], _ leftOut: LeftOut) throws -> Dataset {
        guard !places.isEmpty else { return self }
        let out = Set(places)
        let rows = (0..<count).filter { !out.contains($0) }.map { Int64(selection[$0]) }
        guard !rows.isEmpty else { throw leftOut.error }
        return selecting(RowSelection(rows))
    }

    private func withoutMissingTargets(
        _ entry: DataField, _ unknown: UnknownValues, _ leftOut: inout LeftOut, advises: Bool
    ) throws -> Dataset {
        guard let recipe = entry.field.recipe, !recipe.isPlain || entry.field.type.isFloatingPoint else { return self }
        // What stands behind the classes of the model is none of them.
        let known = recipe.columns.map { column in
            column.kind.isCoded
                ? Double(column.fit == nil ? column.categories.count : column.knownCategories.count) : nil
        }
        let missing = try find(in: entry.field) { column, value in value.isNaN || known[column] != nil && value < 0 }
        let names = recipe.names.map { "'\($0)'" }.joined(separator: ", ")
        leftOut.add(missing.places.count) { "\($0 ? "has" : "have") no target (column \(names))" }
        var result = try removing(missing.places, leftOut)
        if !missing.places.isEmpty {
            let rows = missing.places.count == 1 ? "1 row" : "\(missing.places.count) rows"
            result.notices.append(
                "\(place(of: entry)): \(rows) without a target \(missing.places.count == 1 ? "is" : "are") left out")
        }
        let strange = try result.find(in: entry.field) { column, value in
            known[column].map { value >= $0 || value != value.rounded() } ?? false
        }
        guard let first = strange.first else { return result }
        let column = recipe.columns[first.column]
        let (name, row) = entry.field.place(ofRow: result.selection[strange.places[0]])
        let shown = Self.text(first.value, column)
        guard unknown != .error, column.holdsCode(first.value) else {
            throw DataError(
                "\(name), \(row), column '\(column.name)': \(shown) is none of the classes that the model has: "
                    + RecipeMapping.list(column.knownCategories)
                    + (advises ? "; say --unknown skip to leave such rows out" : ""))
        }
        let count = strange.places.count
        leftOut.add(count) {
            "\($0 ? "is" : "are") of classes that the model does not have, first \(shown) in \(row), where it has "
                + RecipeMapping.list(column.knownCategories)
        }
        result = try result.removing(strange.places, leftOut)
        result.notices.append(
            "\(place(of: entry)): \(count == 1 ? "1 row" : "\(count) rows") of classes that the model does not have "
                + "\(count == 1 ? "is" : "are") left out, first \(shown) in \(row)")
        return result
    }

    private func withoutUnknown(
        _ entry: DataField, _ unknown: UnknownValues, _ words: String, _ leftOut: inout LeftOut, advises: Bool
    ) throws -> Dataset {
        let field = entry.field
        guard let recipe = field.recipe, !recipe.isPlain || field.type.isFloatingPoint else { return self }
        // For each column: which codes are known, and whether a value may be missing.
        let known: [[Bool]?] = recipe.columns.map { column in
            guard column.kind.isCoded, column.fit != .unused else { return nil }
            return column.fit == nil
                ? Array(repeating: true, count: column.categories.count) : column.featureOfCode.map { $0 != nil }
        }
        let mayMiss = recipe.columns.map { $0.missing != .none || $0.fit == .unused || $0.kind == .empty }
        let found = try find(in: field) { column, value in
            if value.isNaN { return !mayMiss[column] }
            guard let codes = known[column] else { return false }
            // As integers hold what is missing.
            if value == -1 { return !mayMiss[column] }
            guard value >= 0, value < Double(codes.count), value == value.rounded() else { return true }
            return !codes[Int(value)]
        }
        guard let first = found.first else { return self }
        let column = recipe.columns[first.column]
        let (name, row) = field.place(ofRow: selection[found.places[0]])
        let spot = "\(name), \(row), column '\(column.name)'"
        let isMissing = first.value.isNaN || first.value == -1 && column.kind.isCoded
        guard isMissing || column.holdsCode(first.value) else {
            throw NoCode.error(first.value, spot, of: column.categories.count)
        }
        let what =
            isMissing
            ? "the value is missing"
                + (recipe.isFitted ? ", and there was none missing in the rows that the model was trained on" : "")
            : "\(Self.text(first.value, column)) is none of the categories that the model knows: "
                + RecipeMapping.list(column.knownCategories)
        let count = "\(found.places.count) of \(words)"
        var result = self
        // Rows that go to the model as they are can't be filled.
        switch unknown == .missing && field.encoder == nil ? .error : unknown {
        case .error:
            let skipping = "--unknown skip to leave such rows out"
            let advice =
                advises
                ? recipe.isFitted
                    ? "; say --unknown missing to take it for a missing value\(Self.filling(column)), or \(skipping)"
                    : "; say \(skipping)"
                : isMissing
                    ? "; " + (source?.table?.asker ?? .command).deciding : ""
            throw DataError("\(spot): \(what)\(advice)")
        case .missing:
            result.notices.append(
                "\(count) \(found.places.count == 1 ? "holds" : "hold") what the model does not know, which is taken "
                    + "for a missing value; the first is \(spot): \(what)")
        case .skip:
            leftOut.add(found.places.count) {
                "\($0 ? "holds" : "hold") what the model does not know, first \(spot): \(what)"
            }
            result = try removing(found.places, leftOut)
            result.notices.append(
                "\(count) \(found.places.count == 1 ? "is" : "are") left out; the first is \(spot): \(what)"
            )
        }
        return result
    }

    private static func text(_ value: Double, _ column: RecipeColumn) -> String {
        column.holdsCode(value) ? "'\(column.categories[Int(value)])'" : StoredType.text(value)
    }

    /// What a missing value becomes, in brackets.
    package static func filling(_ column: RecipeColumn) -> String {
        switch column.fit {
        case .number(let fill, _)?: " (\(StoredType.text(fill)))"
        case .date(_, let fill, _)?: " (\(DatePart.text(fill, column.kind)))"
        default: ""
        }
    }

    // MARK: - Fitting and encoding

    /// The split with its tables encoded as features. The encoding is fitted to the split's own rows.
    ///
    /// A table with categories or missing values must be encoded before it is trained on. Categories that occur only in
    /// other splits are unknown to the model. Encode other splits with `encoded(like:)`, so that they get the same
    /// features.
    /// - Throws: `DataError` where no column of a table holds a value; `HDF5Error` where rows can't be read.
    public func encoded() throws -> Dataset {
        var notices: [String] = []
        let result = replacing(
            try fields.map { entry in
                guard let recipe = entry.field.recipe else { return entry }
                // Of targets there is nothing to be learned: their codes are those of the classes' names.
                let fitted = try fitted(recipe, to: entry.field)
                guard entry.role == .input else {
                    return entry.with(entry.field.named(by: recipe.knowingAll.seeing(fitted)))
                }
                guard fitted.featureCount > 0 else {
                    throw DataError(
                        "\(place(of: entry)): no column holds a value in any of the rows that are trained on")
                }
                for column in fitted.columns where column.fit == .unused {
                    notices.append(
                        "\(place(of: entry)): column '\(column.name)' has no value in any of the rows that are trained on, and "
                            + "is left out")
                }
                return entry.with(entry.field.encoded(by: fitted))
            })
        return result.noting(notices)
    }

    /// The split with its tables encoded as the features that were fitted to another split.
    ///
    /// Values that the other split does not have are handled as by `UnknownValues.missing`.
    /// - Parameter training: the result of `encoded()` for the training split.
    /// - Throws: `DataError` where the columns differ, or a value can't be encoded; `HDF5Error` where rows can't be
    ///   read.
    public func encoded(like training: Dataset) throws -> Dataset { try encoded(like: training, "the rows") }

    package func encoded(like training: Dataset, _ words: String) throws -> Dataset {
        let tables = training.tables
        let result = replacing(
            try fields.map { entry in
                guard let recipe = entry.field.recipe else { return entry }
                guard let fitted = tables[key(of: entry)] else {
                    return entry.with(entry.field.named(by: recipe.asNumbers))
                }
                guard recipe.names == fitted.names else {
                    throw DataError(
                        "\(place(of: entry)) has the columns \(RecipeMapping.list(recipe.names)), but the training data "
                            + RecipeMapping.list(fitted.names))
                }
                let own = recipe.fitted(like: fitted)
                guard entry.role == .input else { return entry.with(entry.field.named(by: own)) }
                return entry.with(entry.field.encoded(by: own, fillsAll: !own.isPlain))
            })
        return try result.settled(.missing, words)
    }

    /// The split as a model takes it, whose columns' order and codes its tables have already.
    /// - Parameter unknown: what is done with what the model does not know.
    package func encoded(for tables: TableRecipes, unknown: UnknownValues) throws -> Dataset {
        let result = replacing(
            fields.map { entry in
                guard let recipe = entry.field.recipe else { return entry }
                // A model without a recipe takes numbers, codes as they are.
                guard tables[key(of: entry)] != nil else { return entry.with(entry.field.named(by: recipe.asNumbers)) }
                guard entry.role == .input else { return entry }
                return entry.with(entry.field.encoded(by: recipe, fillsAll: unknown == .missing))
            })
        return try result.settled(unknown, "the rows", advises: true)
    }

    private func fitted(_ recipe: Recipe, to field: Field) throws -> Recipe {
        let empty = recipe.columns.map { ColumnTally($0) }
        let width = empty.count
        let blocks = try mapBlocks(of: field) { rows, _ in
            var tallies = empty
            tallies.withUnsafeMutableBufferPointer { tallies in
                rows.forEach { index, value in tallies[index % width].add(value) }
            }
            return tallies
        }
        var sums = empty
        for block in blocks { for column in sums.indices { sums[column].join(block[column]) } }
        return Recipe(zip(sums, recipe.columns).map { $0.fitted($1) }, form: recipe.form)
    }

    private func noting(_ notices: [String]) -> Dataset {
        var result = self
        result.notices += notices
        return result
    }

    /// Sees that the tables are encoded, where their columns are not what a model can take.
    /// - Throws: `DataError` with what to do.
    package func checkThatTablesAreEncoded() throws {
        for entry in fields(.input) {
            guard let recipe = entry.field.recipe, !recipe.isPlain, entry.field.encoder == nil else { continue }
            throw DataError(
                "\(place(of: entry)) is a table with categories or missing values; train on what its encoded() returns, and "
                    + "use encoded(like:) for other splits")
        }
    }
}
