import Kernels
import Recipes

/// Rows of a table whose columns stand in another order, or whose categories have other codes, as those of the table that
/// a model was trained on.
struct RecodedRows: RowReading {
    let type: StoredType
    private let base: any RowReading
    private let stored: StoredType
    private let mapping: RecipeMapping
    private let place: String
    var blockRows: Int { base.blockRows }
    let scratchBytes: Int
    var sharedScratchBytes: Int { base.sharedScratchBytes }

    /// - Parameter type: float32, float64, or for categories int32, in which -1 is a missing value.
    init(_ base: any RowReading, from stored: StoredType, _ mapping: RecipeMapping, as type: StoredType, place: String)
    {
        (self.base, self.stored, self.mapping, self.type, self.place) = (base, stored, mapping, type, place)
        scratchBytes = base.scratchBytes + base.blockRows * mapping.ownCount * (stored.byteCount + 8)
    }

    /// - Throws: `DataError` with the row of a number that is no code of its column.
    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws {
        let (from, to) = (mapping.ownCount, mapping.places.count)
        let memory = try AlignedMemory(byteCount: range.count * from * stored.byteCount)
        try base.read(rows: range, into: memory.base)
        let doubles = try AlignedMemory(doubles: range.count * from)
        let values = doubles.doubles
        stored.forEach(memory.base, count: range.count * from) { values[$0] = $1 }
        for (column, own) in mapping.places.enumerated() {
            let codes = mapping.codes[column]
            for index in 0..<range.count {
                var value = own.map { values[index * from + $0] } ?? .nan
                if let codes, !value.isNaN, value != -1 {
                    guard value >= 0, value < Double(codes.count), value == value.rounded() else {
                        throw NoCode.error(
                            value,
                            "\(place), row \(range.lowerBound + index), column '\(mapping.columns[column].name)'",
                            of: codes.count)
                    }
                    value = Double(codes[Int(value)])
                }
                store(value, at: index * to + column, destination)
            }
        }
    }

    @inline(__always)
    private func store(_ value: Double, at index: Int, _ destination: UnsafeMutableRawPointer) {
        switch type {
        case .float64: destination.assumingMemoryBound(to: Double.self)[index] = value
        case .float32: destination.assumingMemoryBound(to: Float.self)[index] = Float(value)
        default: destination.assumingMemoryBound(to: Int32.self)[index] = Int32(exactly: value) ?? -1
        }
    }
}
