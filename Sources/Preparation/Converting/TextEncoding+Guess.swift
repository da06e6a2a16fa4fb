import Batches

extension TextEncoding {
    /// What a file of text is written in, by its bytes alone: UTF-8 where it is well-formed and has characters beyond ASCII,
    /// UTF-16 where its mark says so; nil where it may be any, as plain ASCII is, and text that is neither.
    ///
    /// Texts of other encodings are hardly ever well-formed UTF-8: each letter with an accent would have to be followed by
    /// the right other ones.
    /// - Throws: `FileError` where it can't be read, `DataError` where it can't be unpacked.
    package static func seen(in path: String) throws -> TextEncoding? {
        let source = try Inflate.open(path)
        if source.count >= 2, try [[0xFE, 0xFF], [0xFF, 0xFE]].contains(source.bytes(0..<2)) { return .utf16 }
        var hasOthers = false
        let most = min(source.count, mostRead)
        var start = 0
        while start < most {
            let bytes = try source.bytes(start..<min(start + (1 << 20), most))
            hasOthers = hasOthers || bytes.contains { $0 >= 0x80 }
            let (valid, isCut) = bytes.withUnsafeBytes { UTF8Text.prefix($0) }
            guard valid == bytes.count || isCut else { return nil }
            // A character that is cut at the end of what is looked at is none that speaks against it.
            guard valid > 0 else { break }
            start += valid
        }
        return hasOthers ? .utf8 : nil
    }

    /// Enough to meet an accent where a table has any.
    private static let mostRead = 64 << 20
}
