public import Foundation

/// A value in a row whose columns are named, as in `["age": 41, "job": "fixed", "married": true, "income": nil]`.
public enum ColumnValue: Sendable, Hashable {
    case number(Double)
    /// A category, or a number, a date or a time as it may stand in a table: `$3,825.00`, `2024-03-01`.
    case text(String)
    case flag(Bool)
    case date(Date)
    case missing
}

extension ColumnValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(nilLiteral: ()) { self = .missing }
}
