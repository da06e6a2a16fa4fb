import Batches
import Foundation

/// Reads the records of delimited text (RFC 4180) one after the other: fields in quotes may hold delimiters, line ends
/// and doubled quotes. Blank lines are passed over, and so are blanks around a field. The fields are UTF-8 in its composed
/// form, whatever the file's encoding.
final class RecordReader {
    struct Field {
        /// Where its bytes lie in the buffer, without the quotes.
        var start: Int
        var end: Int
        /// Whether quotes in it are doubled.
        var hasEscapes: Bool
        var isQuoted: Bool
        /// Its place in `longer`, where its composed form has more bytes.
        var longer: Int?
    }

    let source: ByteSource
    private(set) var fields: [Field] = []
    /// The line on which the record begins, counted from 1.
    private(set) var line = 0
    /// How many fields were brought into their composed form, and the line of the first; of those that were asked for.
    private(set) var composed: (count: Int, line: Int) = (0, 0)
    /// Bytes of the source that were taken so far.
    var position: Int { encoding == .utf8 ? loaded - (end - start) : loaded }

    private enum Outcome { case record, more, end }
    private static let longestRecord = 64 << 20
    /// Of one field. What is longer is a quote that was forgotten, or no table.
    static let longestField = 4 << 20

    private let delimiter: UInt8
    private let encoding: TextEncoding
    private let asker: TableAsker
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    // The bytes that were loaded and not yet taken.
    private var start = 0
    private var end = 0
    /// The offset in the source that the buffer's end stands for.
    private var loaded = 0
    private var nextLine = 1
    /// Up to where the buffer is known to be UTF-8.
    private var checked = 0
    /// Whether texts may have another form than the composed one.
    private var mayBeDecomposed = false
    private var longer: [UnsafeMutableRawBufferPointer] = []
    /// Where a zero byte is in the buffer.
    private var zero = Int.max
    /// What messages call the fields.
    private let names: [String]

    /// - Parameters:
    ///   - names: what messages call the fields, if they have names.
    ///   - asker: who says how the table is read, for sentences.
    init(
        _ source: ByteSource, delimiter: UInt8, encoding: TextEncoding = .utf8, names: [String] = [],
        asker: TableAsker = .command
    ) throws {
        (self.source, self.asker) = (source, asker)
        self.delimiter = delimiter
        self.names = names
        self.encoding = encoding
        guard encoding == .utf8 else { return }
        let mark = try source.bytes(0..<min(source.count, 4))
        if mark.starts(with: [0xEF, 0xBB, 0xBF]) {
            loaded = 3
        } else if mark.starts(with: [0xFF, 0xFE]) || mark.starts(with: [0xFE, 0xFF]) {
            throw DataError(
                "\(source.name) is in UTF-16; \(asker.say) \(asker.typed(.encoding, "utf-16")), or save it as UTF-8")
        }
    }

    deinit {
        buffer.deallocate()
        releaseLonger()
    }

    private func releaseLonger() {
        for place in longer { place.deallocate() }
        if !longer.isEmpty { longer.removeAll() }
    }

    /// Goes to the next record.
    /// - Returns: false at the end.
    /// - Throws: `DataError` with the line of a quote that does not fit.
    func next() throws -> Bool {
        while true {
            skipBlankLines()
            switch try parse() {
            case .record:
                if zero < start { throw zeroByte() }
                let isBlank = fields.count == 1 && !fields[0].isQuoted && fields[0].start == fields[0].end
                if !isBlank { return true }
            case .more: try load()
            case .end: return false
            }
        }
    }

    /// A file may hold millions of them.
    private func skipBlankLines() {
        while start < end, buffer[start] == 0x0A || buffer[start] == 0x0D {
            // A carriage return at the end of what is loaded may belong to a feed that is not.
            if buffer[start] == 0x0D, start + 1 == end { return }
            if buffer[start] == 0x0A || buffer[start + 1] != 0x0A { nextLine += 1 }
            start += 1
        }
    }

    /// The bytes of a field of the current record, without quotes; valid until the next call.
    @inline(__always)
    func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let field = fields[index]
        if field.hasEscapes || mayBeDecomposed { return prepared(index) }
        return UnsafeRawBufferPointer(rebasing: buffer[field.start..<field.end])
    }

    /// A field without doubled quotes, in its composed form.
    private func prepared(_ index: Int) -> UnsafeRawBufferPointer {
        if let place = fields[index].longer { return UnsafeRawBufferPointer(longer[place]) }
        let bytes =
            fields[index].hasEscapes
            ? unescaped(index) : UnsafeRawBufferPointer(rebasing: buffer[fields[index].start..<fields[index].end])
        guard mayBeDecomposed, let own = ComposedText.composed(bytes) else { return bytes }
        composed = (composed.count + 1, composed.count == 0 ? line : composed.line)
        let place: UnsafeMutableRawBufferPointer
        if own.count > bytes.count {
            fields[index].longer = longer.count
            place = .allocate(byteCount: own.count, alignment: 1)
            longer.append(place)
        } else {
            let start = fields[index].start
            fields[index].end = start + own.count
            place = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + own.count])
        }
        place.copyBytes(from: own)
        return UnsafeRawBufferPointer(place)
    }

    func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    private func unescaped(_ index: Int) -> UnsafeRawBufferPointer {
        let field = fields[index]
        // In the buffer itself: what comes out is shorter, and the record is not parsed again.
        var (read, write) = (field.start, field.start)
        while read < field.end {
            let byte = buffer[read]
            buffer[write] = byte
            write += 1
            read += byte == UInt8(ascii: "\"") ? 2 : 1
        }
        fields[index].end = write
        fields[index].hasEscapes = false
        return UnsafeRawBufferPointer(rebasing: buffer[field.start..<write])
    }

    private func parse() throws -> Outcome {
        let quote = UInt8(ascii: "\"")
        let (feed, carriage, blank, tab) = (UInt8(0x0A), UInt8(0x0D), UInt8(0x20), UInt8(0x09))
        // A tab that separates is no blank.
        let otherBlank = delimiter == tab ? blank : tab
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<end]).baseAddress!.assumingMemoryBound(
            to: UInt8.self)
        let isLast = loaded == source.count
        var index = start
        var lines = 0
        fields.removeAll(keepingCapacity: true)
        releaseLonger()
        if index == end { return isLast ? .end : .more }
        while true {
            var first = index
            while first < end, bytes[first] == blank || bytes[first] == otherBlank { first += 1 }
            if first == end, !isLast { return .more }
            if first < end, bytes[first] == quote {
                first += 1
                var last = first
                var hasEscapes = false
                while true {
                    while last < end, bytes[last] != quote {
                        if bytes[last] == feed { lines += 1 }
                        last += 1
                    }
                    if last == end {
                        guard isLast else { return try more(first) }
                        throw DataError(
                            "\(source.name), line \(nextLine): a quote is opened and never closed; close it, or double "
                                + "a quote that belongs to the text")
                    }
                    if last + 1 == end, !isLast { return .more }
                    guard last + 1 < end, bytes[last + 1] == quote else { break }
                    hasEscapes = true
                    last += 2
                }
                fields.append(Field(start: first, end: last, hasEscapes: hasEscapes, isQuoted: true))
                index = last + 1
                while index < end, bytes[index] == blank || bytes[index] == otherBlank { index += 1 }
                if index == end, !isLast { return .more }
                if index < end, bytes[index] != delimiter, bytes[index] != feed, bytes[index] != carriage {
                    throw DataError(
                        "\(source.name), line \(nextLine + lines): text follows a closing quote in field "
                            + "\(fields.count); double a quote that belongs to the text")
                }
            } else {
                index = first
                while index < end {
                    let byte = bytes[index]
                    if byte == delimiter || byte == feed || byte == carriage { break }
                    index += 1
                }
                if index == end, !isLast { return try more(first) }
                var last = index
                while last > first, bytes[last - 1] == blank || bytes[last - 1] == otherBlank { last -= 1 }
                fields.append(Field(start: first, end: last, hasEscapes: false, isQuoted: false))
            }
            if index < end, bytes[index] == delimiter {
                index += 1
                if index == end, !isLast { return .more }
                continue
            }
            if index < end {
                if bytes[index] == carriage {
                    if index + 1 == end, !isLast { return .more }
                    if index + 1 < end, bytes[index + 1] == feed { index += 1 }
                }
                index += 1
                lines += 1
            }
            line = nextLine
            nextLine += lines
            start = index
            return .record
        }
    }

    /// Where what is loaded ends within a field.
    private func more(_ first: Int) throws -> Outcome {
        guard end - first > Self.longestField else { return .more }
        throw DataError(
            "\(source.name), line \(nextLine): field \(fields.count + 1) is longer than \(Self.longestField >> 20) MiB; a quote may be "
                + "missing, or the file may be no table")
    }

    /// A zero byte in the record that was read last: no text has one.
    private func zeroByte() -> DataError {
        let index = fields.firstIndex { zero <= $0.end } ?? fields.count - 1
        let field = names.indices.contains(index) ? "column '\(names[index])'" : "field \(index + 1)"
        return DataError(
            "\(source.name), line \(line), \(field): there is a zero byte, which no text in "
                + "\(encoding.rawValue.uppercased()) has; repair that line, or give the right \(asker.name(.encoding))")
    }

    /// - Parameter place: of the first byte in the buffer that is not UTF-8.
    private func notUTF8(at place: Int) -> DataError {
        var line = nextLine
        for index in start..<place where buffer[index] == 0x0A || (buffer[index] == 0x0D && buffer[index + 1] != 0x0A) {
            line += 1
        }
        // The field that it is in, as far as it helps to find it.
        func isWithin(_ index: Int) -> Bool {
            buffer[index] != delimiter && buffer[index] != 0x0A && buffer[index] != 0x0D
        }
        var (first, last) = (place, place)
        while first > start, place - first < 20, isWithin(first - 1) { first -= 1 }
        while last < end, last - place < 20, isWithin(last) { last += 1 }
        let shown = buffer[first..<last].map { byte in
            byte < 0x80
                ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }.joined()
        return DataError(
            "\(source.name), line \(line): '\(shown)' is not UTF-8; \(asker.say) \(asker.typed(.encoding, "latin-1")) if the file is in the older "
                + "encoding of Western Europe, as Windows and Excel write it, or save it as UTF-8")
    }

    private static func zero(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let place = memchr(base, 0, bytes.count) else { return nil }
        return UnsafeRawPointer(place) - base
    }

    /// Loads more behind what is there; a record longer than the buffer makes it grow.
    private func load() throws {
        if start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            checked = max(0, checked - start)
            if zero != Int.max { zero = max(0, zero - start) }
            start = 0
        } else if buffer.count - end < 16 {
            // No character takes more.
            guard end < Self.longestRecord else {
                throw DataError(
                    "\(source.name), line \(nextLine): the record is longer than \(Self.longestRecord >> 20) MiB; a "
                        + "quote may be missing, or the file may be no table")
            }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
            buffer.deallocate()
            buffer = larger
        }
        let (taken, made) = try encoding.read(
            source, at: loaded, into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]), asker)
        let added = UnsafeRawBufferPointer(rebasing: buffer[end..<end + made])
        if zero == Int.max, let place = Self.zero(in: added) { zero = end + place }
        // The older encoding of Western Europe has no accents by themselves.
        if !mayBeDecomposed, encoding != .latin1 { mayBeDecomposed = ComposedText.mayDiffer(added) }
        loaded += taken
        end += made
        guard encoding == .utf8 else { return }
        let (valid, isCut) = UTF8Text.prefix(UnsafeRawBufferPointer(rebasing: buffer[checked..<end]))
        checked += valid
        guard checked == end || (isCut && loaded < source.count) else { throw notUTF8(at: checked) }
    }
}
