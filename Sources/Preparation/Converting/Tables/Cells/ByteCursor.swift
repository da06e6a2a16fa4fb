/// Goes through the bytes of a cell, UTF-8 without blanks at its ends, from the front.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    /// The next byte, and the end, in the cell.
    private(set) var start: Int
    private(set) var end: Int

    init(_ bytes: UnsafeRawBufferPointer) { (self.bytes, start, end) = (bytes, 0, bytes.count) }

    private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        (self.bytes, start, end) = (bytes, range.lowerBound, range.upperBound)
    }

    var isEmpty: Bool { start == end }
    var count: Int { end - start }
    /// The next byte; 0 at the end.
    var first: UInt8 { start < end ? bytes[start] : 0 }
    var last: UInt8 { start < end ? bytes[end - 1] : 0 }
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start..<end]) }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// The byte so far behind the next one; 0 beyond the end.
    @inline(__always)
    func peek(_ offset: Int) -> UInt8 { start + offset < end ? bytes[start + offset] : 0 }

    /// What lies between two offsets from the next byte.
    func part(_ range: Range<Int>) -> ByteCursor {
        ByteCursor(bytes, start + range.lowerBound..<start + range.upperBound)
    }

    @inline(__always)
    mutating func drop(_ count: Int) { start += count }

    mutating func dropLast() { end -= 1 }

    /// Passes over a byte if it is the next one.
    @inline(__always)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard start < end, bytes[start] == byte else { return false }
        start += 1
        return true
    }

    /// Passes over some bytes if they are the next ones.
    mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard count <= self.count else { return false }
        for index in 0..<count where bytes[start + index] != word.utf8Start[index] { return false }
        start += count
        return true
    }

    /// How many digits come next.
    @inline(__always)
    var digits: Int {
        var index = start
        while index < end, Self.isDigit(bytes[index]) { index += 1 }
        return index - start
    }

    /// Takes a number of so many digits, with no digit behind it; nil, and nothing is taken, where there is none.
    @inline(__always)
    mutating func number(_ counts: ClosedRange<Int>) -> Int? {
        let count = digits
        guard counts.contains(count) else { return nil }
        var value = 0
        for index in start..<start + count { value = value * 10 + Int(bytes[index] - 0x30) }
        start += count
        return value
    }

    /// How many bytes the blank takes that comes next: a space, a tab, or one that keeps a number together (U+00A0, U+2009,
    /// U+202F); 0 where there is none.
    @inline(__always)
    func blank(_ offset: Int = 0) -> Int {
        switch peek(offset) {
        case 0x20, 0x09: 1
        case 0xC2: peek(offset + 1) == 0xA0 ? 2 : 0
        case 0xE2: peek(offset + 1) == 0x80 && (peek(offset + 2) == 0x89 || peek(offset + 2) == 0xAF) ? 3 : 0
        default: 0
        }
    }

    mutating func skipBlanks() {
        while true {
            let count = blank()
            guard count > 0 else { return }
            start += count
        }
    }

    /// Passes over a sign: `+`, `-`, or the minus of typesetters (U+2212).
    /// - Returns: whether it is a minus; nil where there is none.
    mutating func sign() -> Bool? {
        if skip(UInt8(ascii: "+")) { return false }
        return skip(UInt8(ascii: "-")) || skip("−") ? true : nil
    }
}
