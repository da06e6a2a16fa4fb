import Foundation
import Kernels
import Recipes

/// Turns raw rows of a table, as they are stored, into the features that a model takes: numbers, filled where they are
/// missing, indicators, one-hot categories, and the parts of dates (see `DatePart`).
///
/// A worker applies it when it gathers its shard, and normalises on the way. Allocates nothing.
package struct RowEncoder: Sendable {
    /// Of a raw row, and of a row of features.
    package let rawCount: Int
    package let featureCount: Int
    private let columns: [Column]
    /// For each code of each category column its feature, counted from the column's first; -1 where all are 0.
    private let features: [Int32]

    private enum Form: Sendable { case number, category, date }

    private struct Column: Sendable {
        var form = Form.number
        /// The place in the raw row.
        let place: Int
        /// The first of its features, and how many there are.
        let first: Int
        let count: Int
        /// Of a number that is missing; NaN where none may be.
        var fill = Double.nan
        var hasIndicator = false
        /// Of a date: which parts are features, and the sine and cosine of one that is missing; nil for those of the fill.
        var hasDays = false
        var hasYear = false
        var hasWeekday = false
        var hasTime = false
        var missingCircle: Double?
        /// Of a category: where its codes begin in `features`, and how many there are.
        var codes = 0..<0
        /// The feature that is 1 where the value is missing; -1 where all are 0.
        var missing: Int32 = -1
        /// Whether a missing value may be met at all.
        var takesMissing = false
    }

    /// - Parameters:
    ///   - recipe: fitted.
    ///   - fillsAll: whether a missing value is filled where the recipe says that there is none.
    package init(_ recipe: Recipe, fillsAll: Bool = false) {
        var (columns, features, first): ([Column], [Int32], Int) = ([], [], 0)
        for (place, own) in recipe.columns.enumerated() {
            let count = own.featureCount
            defer { first += count }
            guard count > 0, let fit = own.fit else { continue }
            var column = Column(place: place, first: first, count: count)
            column.takesMissing = fillsAll || own.missing != .none
            switch fit {
            case .unused: continue
            case .number(let fill, let indicator):
                if column.takesMissing { column.fill = fill }
                column.hasIndicator = indicator
            case .date(let parts, let fill, let indicator):
                column.form = .date
                if column.takesMissing { column.fill = fill }
                column.hasIndicator = indicator
                (column.hasDays, column.hasYear) = (parts.contains(.days), parts.contains(.year))
                (column.hasWeekday, column.hasTime) = (parts.contains(.weekday), parts.contains(.time))
                // A mean of days is no season and no weekday: the middle of the circle is.
                if case .number = own.missing {} else { column.missingCircle = column.takesMissing ? 0 : .nan }
            case .category:
                column.form = .category
                let start = features.count
                let missing = Int32(own.featureOfMissing ?? -1)
                // What the model does not know is taken for a missing value.
                features += own.featureOfCode.map { $0.map { Int32($0) } ?? missing }
                column.codes = start..<features.count
                column.missing = missing
            }
            columns.append(column)
        }
        (self.columns, self.features) = (columns, features)
        rawCount = recipe.columns.count
        featureCount = first
    }

    /// Calls the body with each feature of each row, in order. What is missing where nothing may be is NaN.
    @inline(__always)
    private func forEach<T>(
        _ base: UnsafePointer<T>, _ rows: (Int) -> Int, count: Int, _ number: (T) -> Double,
        _ store: (_ row: Int, _ feature: Int, _ value: Double) -> Void
    ) {
        columns.withUnsafeBufferPointer { columns in
            features.withUnsafeBufferPointer { features in
                for row in 0..<count {
                    let raw = base + rows(row) * rawCount
                    for column in columns {
                        let value = number(raw[column.place])
                        switch column.form {
                        case .number:
                            store(row, column.first, value.isNaN ? column.fill : value)
                            if column.hasIndicator { store(row, column.first + 1, value.isNaN ? 1 : 0) }
                            continue
                        case .date:
                            date(column, value, row, store)
                            continue
                        case .category: break
                        }
                        let isMissing = !(value >= 0)
                        let hot =
                            value < Double(column.codes.count) && !isMissing
                            ? features[column.codes.lowerBound + Int(value)] : column.missing
                        let (cold, one): (Double, Double) =
                            isMissing && !column.takesMissing ? (.nan, .nan) : (0, 1)
                        for feature in 0..<column.count {
                            store(row, column.first + feature, Int32(feature) == hot ? one : cold)
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func date(
        _ column: Column, _ value: Double, _ row: Int, _ store: (_ row: Int, _ feature: Int, _ value: Double) -> Void
    ) {
        let days = value.isNaN ? column.fill : value
        let middle = value.isNaN ? column.missingCircle : nil
        var feature = column.first
        if column.hasDays {
            store(row, feature, days)
            feature += 1
        }
        if column.hasYear {
            circle(DatePart.year.angle(days), middle, row, feature, store)
            feature += 2
        }
        if column.hasWeekday {
            circle(DatePart.weekday.angle(days), middle, row, feature, store)
            feature += 2
        }
        if column.hasTime {
            circle(DatePart.time.angle(days), middle, row, feature, store)
            feature += 2
        }
        if column.hasIndicator { store(row, feature, value.isNaN ? 1 : 0) }
    }

    @inline(__always)
    private func circle(
        _ angle: Double, _ middle: Double?, _ row: Int, _ feature: Int,
        _ store: (_ row: Int, _ feature: Int, _ value: Double) -> Void
    ) {
        store(row, feature, middle ?? sin(angle))
        store(row, feature + 1, middle ?? cos(angle))
    }

    @inline(__always)
    private func eachType(
        _ type: StoredType, _ base: UnsafeRawPointer, _ rows: (Int) -> Int, count: Int,
        _ store: (_ row: Int, _ feature: Int, _ value: Double) -> Void
    ) {
        switch type {
        case .uint8: forEach(base.assumingMemoryBound(to: UInt8.self), rows, count: count, { Double($0) }, store)
        case .int8: forEach(base.assumingMemoryBound(to: Int8.self), rows, count: count, { Double($0) }, store)
        case .uint16: forEach(base.assumingMemoryBound(to: UInt16.self), rows, count: count, { Double($0) }, store)
        case .int16: forEach(base.assumingMemoryBound(to: Int16.self), rows, count: count, { Double($0) }, store)
        case .uint32: forEach(base.assumingMemoryBound(to: UInt32.self), rows, count: count, { Double($0) }, store)
        case .int32: forEach(base.assumingMemoryBound(to: Int32.self), rows, count: count, { Double($0) }, store)
        case .uint64: forEach(base.assumingMemoryBound(to: UInt64.self), rows, count: count, { Double($0) }, store)
        case .int64: forEach(base.assumingMemoryBound(to: Int64.self), rows, count: count, { Double($0) }, store)
        case .float16: forEach(base.assumingMemoryBound(to: Float16.self), rows, count: count, { Double($0) }, store)
        case .float32: forEach(base.assumingMemoryBound(to: Float.self), rows, count: count, { Double($0) }, store)
        case .float64: forEach(base.assumingMemoryBound(to: Double.self), rows, count: count, { $0 }, store)
        }
    }

    /// dst[i][f] = (feature f of raw row rows[i] - offset[f])·scale[f], rounded as rows without an encoder are.
    package func gather(
        _ type: StoredType, from base: UnsafeRawPointer, rows: UnsafePointer<Int64>, count: Int,
        into dst: UnsafeMutablePointer<Float>, constants: RowConstants?
    ) {
        let width = featureCount
        guard let constants else {
            return eachType(type, base, { Int(rows[$0]) }, count: count) { dst[$0 * width + $1] = Float($2) }
        }
        let (offset, scale, exact) = (constants.offset, constants.scale, constants.exactOffset)
        if type.isWide {
            eachType(type, base, { Int(rows[$0]) }, count: count) {
                dst[$0 * width + $1] = Float(($2 - exact[$1]) * Double(scale[$1]))
            }
        } else {
            eachType(type, base, { Int(rows[$0]) }, count: count) {
                dst[$0 * width + $1] = (Float($2) - offset[$1]) * scale[$1]
            }
        }
    }

    /// In which features of rows of a type are best looked at: float64 where a float would lose digits.
    static func featureType(_ type: StoredType) -> StoredType { type.isWide ? .float64 : .float32 }

    /// The features of rows that stand one after the other.
    /// - Throws: `KernelError.outOfMemory`.
    func features(of rows: StoredTensor) throws -> StoredTensor {
        let (type, width) = (Self.featureType(rows.type), featureCount)
        return try StoredTensor(type, rows: rows.rows, rowShape: Shape([width])) { target in
            if type == .float64 {
                let values = target.assumingMemoryBound(to: Double.self)
                eachType(rows.type, rows.memory.base, { $0 }, count: rows.rows) { values[$0 * width + $1] = $2 }
            } else {
                let values = target.assumingMemoryBound(to: Float.self)
                eachType(rows.type, rows.memory.base, { $0 }, count: rows.rows) { values[$0 * width + $1] = Float($2) }
            }
        }
    }
}
