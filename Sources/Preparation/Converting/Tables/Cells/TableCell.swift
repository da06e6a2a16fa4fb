import Batches
package import Recipes

/// A single cell of a table, read as a column of a recipe.
package enum TableCell {
    /// - Parameter spot: where it stands, for messages.
    /// - Returns: a number in the column's unit, the code of a category or -1 where it is none, days since 1970-01-01, or a part
    ///   of the day; nil where the text says that there is no value.
    /// - Throws: `DataError` for a text that is not what the column holds.
    package static func value(_ text: String, _ column: RecipeColumn, _ spot: String) throws -> Double? {
        var trimmed = String(text.drop { $0 == " " || $0 == "\t" })
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        if column.kind.isCoded, let code = column.code(of: trimmed) { return Double(code) }
        let (isMissing, number, reading) = trimmed.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return (
                TableProfile.isMissing(bytes), DecimalNumber.parse(bytes, point: point),
                CellReading(bytes, point: point)
            )
        }
        if isMissing { return nil }
        func misfit(_ what: String) -> DataError { DataError("\(spot): '\(text)' is no \(what)") }
        switch column.kind {
        case .category, .boolean: return -1
        case .empty: return .nan
        case .number:
            if let number { return number }
            guard reading.look == .quantity else { throw misfit("number") }
            if let unit = reading.unit, let wanted = column.unit, unit != wanted {
                throw DataError("\(spot): '\(text)' is in '\(unit)', but the model takes '\(wanted)'")
            }
            return reading.value
        case .date:
            guard reading.look == .date else { throw misfit("date such as 2024-03-31") }
            let days = reading.value(column.order)
            let isDoubtful = column.order == nil && !(reading.value == reading.monthFirst)
            // Only one of the two may be a day at all.
            let only = reading.value.isNaN ? reading.monthFirst : reading.monthFirst.isNaN ? reading.value : nil
            if isDoubtful, only == nil {
                throw DataError(
                    "\(spot): of '\(text)' nobody knows whether the day or the month stands first; write 2024-03-31")
            }
            let value = isDoubtful ? only ?? days : days
            guard !value.isNaN else {
                throw misfit("date with the \(column.order == .monthFirst ? "month" : "day") first")
            }
            return value
        case .time:
            guard reading.look == .time else { throw misfit("time such as 14:30") }
            return reading.value
        }
    }

    private static let point = UInt8(ascii: ".")
}
