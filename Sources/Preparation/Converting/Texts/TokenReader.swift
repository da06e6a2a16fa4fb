import Batches

/// What a text is cut into.
package enum TokenKind: String, Sendable, CaseIterable {
    /// Unicode scalars.
    case characters
    /// Runs of letters, digits, apostrophes and underscores; every other mark stands alone, and blanks are dropped.
    case words
    case bytes
}

/// Cuts texts, one after the other, into tokens, each given by a number: the byte, the scalar, or the word's place in
/// a table of words.
final class TokenReader {
    private let kind: TokenKind
    private let isLowercased: Bool
    private let sources: [ByteSource]
    private var index = 0
    private var reader: ScalarReader
    private var before = 0
    private var word: [UInt8] = []
    /// A scalar that ended a word and is the next token.
    private var waiting: UInt32?
    private var table: CategoryTable
    private let addsWords: Bool
    private let encoding: TextEncoding

    /// The words met so far.
    var words: CategoryTable { table }
    /// Bytes taken so far, of all texts.
    var position: Int { before + reader.position }

    /// - Parameter words: those that are known; nil to collect them.
    init(
        _ sources: [ByteSource], _ kind: TokenKind, isLowercased: Bool, words: CategoryTable?,
        _ encoding: TextEncoding = .utf8
    ) throws {
        self.encoding = encoding
        self.sources = sources
        self.kind = kind
        self.isLowercased = isLowercased
        addsWords = words == nil
        table = words ?? CategoryTable()
        reader = try ScalarReader(sources[0], encoding)
    }

    /// The next token; nil at the end, and -1 for a word that is not known.
    @inline(__always)
    func next() throws -> Int? {
        switch kind {
        case .bytes:
            while true {
                if let byte = try reader.nextByte() { return Int(byte) }
                if try !advance() { return nil }
            }
        case .characters:
            while true {
                if let scalar = try nextScalar() { return Int(scalar) }
                if try !advance() { return nil }
            }
        case .words: return try nextWord()
        }
    }

    private func nextScalar() throws -> UInt32? {
        guard let scalar = try reader.nextScalar() else { return nil }
        guard isLowercased else { return scalar }
        if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar | 0x20 : scalar }
        // Those whose small form is several scalars stay as they are.
        let small = Unicode.Scalar(scalar)?.properties.lowercaseMapping.unicodeScalars
        return small?.count == 1 ? small?.first?.value ?? scalar : scalar
    }

    private func nextWord() throws -> Int? {
        word.removeAll(keepingCapacity: true)
        while true {
            let scalar: UInt32
            if let last = waiting {
                scalar = last
                waiting = nil
            } else if let next = try nextScalar() {
                scalar = next
            } else {
                // Words do not run from one text into the next.
                if !word.isEmpty { return number() }
                if try advance() { continue }
                return nil
            }
            switch Self.role(scalar) {
            case .letter:
                append(scalar)
                guard word.count <= 1 << 20 else {
                    throw DataError("\(reader.source.name) has a word longer than 1 MiB; it may be no text")
                }
            case .blank: if !word.isEmpty { return number() }
            case .mark:
                if word.isEmpty {
                    append(scalar)
                } else {
                    waiting = scalar
                }
                return number()
            }
        }
    }

    private func number() -> Int {
        word.withUnsafeBytes { addsWords ? table.add($0) : table.find($0) ?? -1 }
    }

    private func append(_ scalar: UInt32) {
        if scalar < 0x80 {
            word.append(UInt8(scalar))
        } else if let scalar = Unicode.Scalar(scalar) {
            word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private enum Role { case letter, blank, mark }

    private static func role(_ scalar: UInt32) -> Role {
        if scalar < 0x80 {
            let small = scalar | 0x20
            if small &- 0x61 < 26 || scalar &- 0x30 < 10 || scalar == 0x27 || scalar == 0x5F { return .letter }
            return scalar <= 0x20 || scalar == 0x7F ? .blank : .mark
        }
        // The typographic apostrophe.
        if scalar == 0x2019 { return .letter }
        guard let properties = Unicode.Scalar(scalar)?.properties else { return .mark }
        if properties.isWhitespace { return .blank }
        if properties.isAlphabetic || properties.numericType != nil || properties.isGraphemeExtend { return .letter }
        return .mark
    }

    private func advance() throws -> Bool {
        guard index + 1 < sources.count else { return false }
        before += sources[index].count
        index += 1
        reader = try ScalarReader(sources[index], encoding)
        return true
    }
}
