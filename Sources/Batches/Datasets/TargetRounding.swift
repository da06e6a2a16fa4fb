import Kernels
import Recipes

/// What 32-bit floats, in which targets are trained on, make of numbers that are stored in more bits.
package struct TargetRounding: Sendable {
    private(set) var least = Double.infinity
    private(set) var greatest = -Double.infinity
    /// By how much a value is changed at most.
    private(set) var change = 0.0

    init() {}

    package init(_ range: ClosedRange<Double>, change: Double) {
        (least, greatest, self.change) = (range.lowerBound, range.upperBound, change)
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        if value < least { least = value }
        if value > greatest { greatest = value }
        change = max(change, abs(Double(Float(value)) - value))
    }

    mutating func join(_ other: TargetRounding) {
        (least, greatest) = (min(least, other.least), max(greatest, other.greatest))
        change = max(change, other.change)
    }

    /// What is said of targets that lose more than a thousandth of their range; nil for others.
    /// - Parameters:
    ///   - subject: the beginning of the sentence, such as `the target 'price'`.
    ///   - kind: what they are.
    package func sentence(_ subject: String, _ kind: RecipeColumn.Kind) -> String? {
        guard greatest > least, change.isFinite, change > 1e-3 * (greatest - least) else { return nil }
        func shown(_ value: Double) -> String {
            kind.isDate ? DatePart.text(value, kind) : RecipeColumn.Missing.number(value).description
        }
        return
            "\(subject) holds \(kind.isDate ? kind.nouns : "numbers") from \(shown(least)) to \(shown(greatest)), which 32-bit "
            + "floats, in which targets are trained on, "
            + (Float(least) == Float(greatest)
                ? "can't tell apart at all" : "can't tell apart where they lie close together")
            + "; subtract a constant from them first, such as the least one"
    }
}

extension Dataset {
    /// Sentences about targets that 32-bit floats can't tell apart, column by column. Reads all of them; those that are stored in
    /// no more bits are not read.
    /// - Throws: `HDF5Error`, `DataError` where rows can't be read.
    package func targetRounding(in entry: DataField) throws -> [String] {
        let field = entry.field
        let width = field.rowShape.count
        guard field.type.isWide, (1...4096).contains(width) else { return [] }
        let blocks = try mapBlocks(of: field) { rows, _ in
            var columns = Array(repeating: TargetRounding(), count: width)
            columns.withUnsafeMutableBufferPointer { columns in
                rows.forEach { index, value in columns[index % width].add(value) }
            }
            return columns
        }
        let names = columnNames(of: entry)
        let found = (0..<width).compactMap { column -> String? in
            var rounding = TargetRounding()
            for block in blocks { rounding.join(block[column]) }
            let name = names?.count == width ? "'\(names?[column] ?? "")'" : "\(column)"
            let place = place(of: entry) + (width > 1 ? ", column \(name)," : "")
            let kind = field.recipe.flatMap { $0.columns.count == width ? $0.columns[column].kind : nil }
            return rounding.sentence(place, kind ?? .number)
        }
        let more = found.count - 3
        return found.prefix(3)
            + (more > 0 ? ["\(place(of: entry)) holds such numbers in \(more) more of its columns"] : [])
    }
}
