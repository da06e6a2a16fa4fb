/// What says in a column that there is no value: an empty cell, and some texts.
struct MissingWords {
    /// Those of a column of which nothing is said, in any case.
    static let usual = MissingWords(nil)
    private static let usualWords = ["na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "?"].map { Array($0.utf8) }

    /// The texts that are said; nil for the usual words.
    let texts: [String]?
    private let bytes: [[UInt8]]

    /// Whether they are said, so that one may be a number.
    let areSaid: Bool

    init(_ texts: [String]?) {
        (self.texts, areSaid) = (texts, texts != nil)
        bytes = (texts ?? []).map { Array($0.utf8) }
    }

    func contains(_ cell: UnsafeRawBufferPointer) -> Bool {
        if cell.isEmpty { return true }
        return areSaid ? bytes.contains { cell.elementsEqual($0) } : Self.isUsual(cell)
    }

    private static func isUsual(_ cell: UnsafeRawBufferPointer) -> Bool {
        guard cell.count <= 4 else { return false }
        for word in usualWords where word.count == cell.count {
            var isSame = true
            for index in 0..<word.count {
                let byte = cell[index]
                let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                if (isUpper ? byte | 0x20 : byte) != word[index] { isSame = false }
            }
            if isSame { return true }
        }
        return false
    }
}
