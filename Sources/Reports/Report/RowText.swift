import Batches
import Charts
import Network
import Recipes

/// Rows of the data in words: the values of a table by their columns, labels by their names.
enum RowText {
    /// The most columns of a row that are shown.
    static let mostColumns = 30

    /// The names of a row's values; nil where it has no names that say more than numbers.
    static func names(of field: Field, in names: [String]? = nil) -> [String]? {
        let own = field.recipe?.names ?? names
        return own?.count == field.rowShape.count ? own : nil
    }

    /// A stored value as it stood in the table.
    static func value(_ value: Double, at column: Int, of field: Field) -> String {
        guard let recipe = field.recipe, recipe.columns.indices.contains(column) else { return AxisText.value(value) }
        let own = recipe.columns[column]
        switch own.kind {
        case _ where value.isNaN: return "missing"
        case .category, .boolean:
            let code = Int(exactly: value) ?? -1
            return own.categories.indices.contains(code) ? own.categories[code] : code < 0 ? "missing" : "\(code)"
        case .date, .time: return DatePart.text(value, own.kind)
        case .number, .empty: return AxisText.value(value, digits: 6) + (own.unit.map { " \($0)" } ?? "")
        }
    }

    /// What a row's targets say: the name of a class, the labels that are set, or numbers.
    static func target(
        _ values: [Double], of field: Field, form: TargetForm?, classNames: [String]?, columns: [String]? = nil
    ) -> String {
        func name(_ index: Int) -> String {
            classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
        }
        if field.recipe != nil, values.count == 1 { return value(values[0], at: 0, of: field) }
        switch form {
        case .sparseLabels? where values.count == 1: return Int(exactly: values[0]).map(name) ?? AxisText.value(values[0])
        case .oneHot? where values.count > 1 && values.count == (classNames?.count ?? values.count):
            return name(values.indices.max { values[$0] < values[$1] } ?? 0)
        case .binary? where values.count == 1 && classNames?.count == 2: return name(values[0] > 0.5 ? 1 : 0)
        case .binary? where values.count > 1 && values.count <= 1000:
            let names = Self.names(of: field, in: columns)
            let set = values.indices.filter { values[$0] > 0.5 }.map { names?[$0] ?? "\($0)" }
            return set.isEmpty ? "none" : listed(set)
        default: break
        }
        if values.count > 64 { return "\(field.rowShape)" }
        let names = Self.names(of: field, in: columns)
        return listed(
            values.indices.map { index in
                let text = value(values[index], at: index, of: field)
                return names.map { "\($0[index]) \(text)" } ?? text
            })
    }

    private static func listed(_ parts: [String]) -> String {
        parts.prefix(8).joined(separator: ", ") + (parts.count > 8 ? ", … (\(parts.count))" : "")
    }
}
