import Batches

/// The mark between whole and fraction in a table that is read like one with decimal commas: a comma, unless the table's own
/// numbers can only be read with a point.
///
/// `1.5` can be read with a point alone and `1,5` with a comma alone; `1.234` is a number with either, and says nothing.
struct DecimalMark {
    let point: UInt8
    /// Where it is another one than that of the other table.
    private(set) var warning: String?

    private static let comma = UInt8(ascii: ",")
    private static let dot = UInt8(ascii: ".")
    /// How many rows are asked.
    private static let rows = 1000

    init(_ source: ByteSource, _ like: LikeTable, _ encoding: TextEncoding, _ delimiter: UInt8?) throws {
        let numbers = Set(
            (like.inputs.columns + (like.targets?.columns ?? [])).lazy.filter { $0.kind == .number }.map(\.name))
        // The same with each delimiter: what a wrong one cuts out is no number with one mark alone.
        for candidate in delimiter.map({ [$0] }) ?? [";", "\t", "|", ","].map({ UInt8(ascii: $0) }) {
            let reader = try RecordReader(source, delimiter: candidate, encoding: encoding)
            guard (try? reader.next()) == true else { continue }
            let names = (0..<reader.fields.count).map(reader.text)
            // One field is what a wrong delimiter leaves of several.
            guard names.count > 1 || like.inputs.columns.count == 1 else { continue }
            let asked = names.indices.filter { numbers.contains(names[$0]) || numbers.contains(String($0)) }
            guard !asked.isEmpty else { continue }
            var first: String?
            for _ in 0..<Self.rows {
                guard (try? reader.next()) == true else { break }
                for index in asked where index < reader.fields.count {
                    let bytes = reader.bytes(index)
                    switch (Self.reads(bytes, Self.dot), Self.reads(bytes, Self.comma)) {
                    case (false, true):
                        point = Self.comma
                        return
                    case (true, false):
                        first = first ?? "'\(reader.text(index))' in line \(reader.line)"
                    default: break
                    }
                }
            }
            guard let first else { continue }
            point = Self.dot
            warning = "numbers are read with decimal points, as \(first) must be, and \(like.place) had decimal commas"
            return
        }
        point = Self.comma
    }

    private static func reads(_ bytes: UnsafeRawBufferPointer, _ point: UInt8) -> Bool {
        DecimalNumber.parse(bytes, point: point) != nil || Quantity(bytes, point: point) != nil
    }
}
