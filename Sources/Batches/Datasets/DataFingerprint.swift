import Files
import Kernels

/// Sums over the values of a run's data, by which data that have changed are noticed when it is resumed: over all that is
/// in memory, and over some rows of what is streamed.
package struct DataFingerprint: Equatable, Sendable {
    /// For each split, training, validation and test, its inputs, targets and weights; 0 for what there is not.
    package let sums: [Int]
    /// Where each of them stands, for messages; nil for what there is not.
    private let places: [String?]

    /// How many rows of a streamed field are looked at, evenly spread.
    static let sampledRows = 32
    /// Marks a sum over some rows, so that it is not compared with one over all.
    private static let sampled = 1 << 33
    private static let whole = 1 << 32

    package init(_ splits: [Dataset?]) throws {
        let fields = splits.flatMap { split -> [Field?] in
            DataField.Role.allCases.flatMap { role -> [Field?] in
                let own = split?.fields(role).map(\.field) ?? []
                return own.isEmpty ? [nil] : own
            }
        }
        sums = try fields.map { try $0.map(Self.sum) ?? 0 }
        places = fields.map { $0?.parts[0].place }
    }

    /// Of a checkpoint.
    package init(sums: [Int]) {
        self.sums = sums
        places = []
    }

    /// Where the first field stands whose values are others than those of an earlier fingerprint; nil where all are alike.
    package func placeOfFirstDifference(from earlier: DataFingerprint) -> String? {
        firstDifference(from: earlier).flatMap { places[$0] }
    }

    package static func == (a: DataFingerprint, b: DataFingerprint) -> Bool { a.sums == b.sums }

    private static func sum(_ field: Field) throws -> Int {
        if let tensor = field.tensor {
            return whole + Checksum.of(UnsafeRawBufferPointer(start: tensor.memory.base, count: tensor.byteCount))
        }
        let count = min(sampledRows, field.rows)
        let rows = try AlignedMemory(byteCount: count * field.rowBytes)
        let target = Destination(base: rows.base)
        try inParallel(count) { index in
            let row = count == 1 ? 0 : index * (field.rows - 1) / (count - 1)
            try field.read(row..<row + 1, into: target.base + index * field.rowBytes)
        }
        return sampled + Checksum.of(UnsafeRawBufferPointer(start: rows.base, count: count * field.rowBytes))
    }

    /// The first field whose values are others than those of an earlier fingerprint, as a place in `sums`.
    package func firstDifference(from earlier: DataFingerprint) -> Int? {
        zip(sums, earlier.sums).enumerated().first { _, pair in
            // What was summed up in another way can't be compared.
            pair.0 != pair.1 && pair.0 >> 32 == pair.1 >> 32
        }?.offset
    }
}
