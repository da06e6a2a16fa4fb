import Kernels
import Machine
import Recipes

/// One value that is repeated far from all others, as marks of missing values are: -9999, 1e20, R's -2147483648.
package struct ExtremeValue: Sendable, Hashable {
    package let value: Double
    /// How often it occurs, among how many values.
    package let count: Int
    package let total: Int
    /// The range of the others.
    package let least: Double
    package let most: Double

    /// `-9999 in 12 of 1000 values, far from all others, which lie between 0 and 41`.
    /// - Parameter text: how a value is written.
    package func words(_ text: (Double) -> String = { NumberText.short($0) }) -> String {
        "\(text(value)) in \(count) of \(total) values, far from all others, which lie between \(text(least)) and \(text(most))"
    }

    /// Values that programs use as such marks: R's and netCDF's of each type, and those in custom.
    static let known: Set<Double> = [
        -999, -9999, -99999, -32768, -32767, -2_147_483_648, -2_147_483_647, Double(Int64.min), Double(Int64.min + 2),
        1e20, -1e20, 1e30, -1e30, 1e36, 9.969209968386869e36, Double(Float.greatestFiniteMagnitude),
        -Double(Float.greatestFiniteMagnitude),
    ]
}

/// Looks at the values of one feature for an extreme value.
///
/// v is one where it is the least or the greatest and differs from 0, and D, its distance from the nearest other, is
/// large beside R, the range of all others, which are not all the same:
/// - a known mark, where D ≥ 10·R, or D ≥ R and it occurs twice;
/// - any other value, where D ≥ 10·R, it occurs twice, and neither it nor 0 makes up more than half of all values.
///
/// A heavy tail hardly repeats its greatest value, and one-hot or binary features leave no range beside one value.
package struct ExtremeScan: Sendable {
    private var count = 0
    private var zeros = 0
    /// The greatest value and the one below it, of the values and of the values with their sign turned.
    private var high = End()
    private var low = End()

    private struct End: Sendable {
        var value = -Double.infinity
        var count = 0
        var next = -Double.infinity

        @inline(__always)
        mutating func add(_ new: Double) {
            if new > value {
                (next, value, count) = (value, new, 1)
            } else if new == value {
                count += 1
            } else if new > next {
                next = new
            }
        }
    }

    package init() {}

    /// Values that are not finite are passed over.
    @inline(__always)
    package mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        count += 1
        if value == 0 { zeros += 1 }
        high.add(value)
        low.add(-value)
    }

    package var finding: ExtremeValue? {
        guard count >= 10 else { return nil }
        return finding(high, rest: (-low.value, high.next)) ?? finding(low, sign: -1, rest: (-low.next, high.value))
    }

    private func finding(_ end: End, sign: Double = 1, rest: (least: Double, most: Double)) -> ExtremeValue? {
        let value = sign * end.value
        let (range, distance) = (rest.most - rest.least, end.value - end.next)
        guard value != 0, range > 0, range.isFinite, distance >= range else { return nil }
        let isFar = distance >= 10 * range
        let isKnown = ExtremeValue.known.contains { $0 == value || Double(Float($0)) == value }
        guard isKnown ? isFar || end.count > 1 : isFar && end.count > 1 && 2 * end.count <= count && 2 * zeros <= count
        else { return nil }
        return ExtremeValue(value: value, count: end.count, total: count, least: rest.least, most: rest.most)
    }
}

/// The same for each column, an entry of the rows' last axis, or for all values where there are very many.
package struct ExtremeColumns: Sendable {
    private var scans: [ExtremeScan]

    package init(rowShape: Shape) {
        let last = rowShape.rank == 0 ? 1 : rowShape.last
        scans = Array(repeating: ExtremeScan(), count: (1...4096).contains(last) ? last : 1)
    }

    /// Looks at a sample of the rows of a table of numbers.
    /// - Parameters:
    ///   - runs: the most pieces to read; nil for single rows.
    ///   - read: puts the rows asked for into the buffer, one after the other.
    /// - Throws: what `read` throws; `KernelError` where there is no memory for a run.
    package init(
        rows: Int, rowShape: Shape, _ type: StoredType, runs: Int?,
        reading read: (Range<Int>, UnsafeMutableRawPointer) throws -> Void
    ) throws {
        self.init(rowShape: rowShape)
        let sample = RowSample(rows: rows, width: rowShape.count, runs: runs)
        try sample.forEach(rowBytes: rowShape.count * type.byteCount, reading: read) { base, count in
            add(base, type, count: count * rowShape.count)
        }
    }

    /// Takes whole rows: so many elements in all.
    package mutating func add(_ rows: UnsafeRawPointer, _ type: StoredType, count: Int) {
        let columns = scans.count
        scans.withUnsafeMutableBufferPointer { scans in
            type.forEach(rows, count: count) { scans[$0 % columns].add($1) }
        }
    }

    /// A sentence for each of the first columns that hold an extreme value.
    /// - Parameters:
    ///   - name: what a column is called.
    ///   - columns: of a table, of which dates are written as such.
    ///   - asker: who says how the table is read that the values stand in; nil where there is none.
    package func sentences(
        _ place: String, columns: [RecipeColumn]? = nil, asker: TableAsker? = nil, name: (Int) -> String = { "\($0)" }
    ) -> [String] {
        let found = scans.indices.compactMap { column in scans[column].finding.map { (column, $0) } }
        let shown = found.prefix(3).map { column, value in
            let own = columns?.count == scans.count ? columns?[column] : nil
            let words = value.words { number in
                own.flatMap { $0.kind.isDate ? DatePart.text(number, $0.kind) : nil } ?? NumberText.short(number)
            }
            // As it most likely stands in the table.
            let text = own?.kind == .number ? Int(exactly: value.value).map { "\($0)" } : nil
            let advice =
                asker.flatMap { asker in
                    text.map { "\(asker.say) \(asker.marking(own?.name ?? "", [$0])) if it marks missing values" }
                } ?? "if it marks missing values, remove or fill such rows before training"
            return "\(place)\(scans.count > 1 ? ", column \(name(column))," : "") holds \(words); \(advice)"
        }
        return shown
            + (found.count > 3 ? ["\(place) holds such values in \(found.count - 3) more of its columns"] : [])
    }
}

extension Dataset {
    /// Sentences about extreme values, as found in a sample of the rows.
    /// - Parameter names: of the columns; nil where they have none.
    /// - Throws: `HDF5Error`, `DataError` where rows can't be read.
    package func extremeValues(in field: Field, place: String, names: [String]? = nil) throws -> [String] {
        // A byte has no room for a mark far from the others.
        guard field.type.byteCount > 1 else { return [] }
        var columns = ExtremeColumns(rowShape: field.rowShape)
        try sample(of: field) { columns.add($0, field.type, count: $1) }
        return columns.sentences(place, columns: field.recipe?.columns, asker: source?.table?.asker) { index in
            names.flatMap { $0.indices.contains(index) ? "'\($0[index])'" : nil } ?? "\(index)"
        }
    }

    /// Sentences about extreme values in a field, with its columns' names where they have some.
    /// - Throws: as for a field.
    package func extremeValues(in entry: DataField) throws -> [String] {
        try extremeValues(in: entry.field, place: place(of: entry), names: columnNames(of: entry))
    }

    /// The names of the columns of a field as it is stored; nil where they have none.
    func columnNames(of entry: DataField) -> [String]? {
        let lists = entry.role == .input ? CodeNames.inputColumns : CodeNames.targetColumns
        let key = CodeNames.key(lists, fields(entry.role).count > 1 ? entry.name : nil)
        return entry.field.recipe?.names ?? codeNames.columnLists[key]
    }
}
