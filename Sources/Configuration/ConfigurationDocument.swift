import Foundation

/// A config file as it was read: a JSON object whose values remember their lines.
public struct ConfigurationDocument: Sendable {
    /// The file as the user named it.
    public let file: String
    /// The top-level object.
    public var root: JSONNode

    /// Far above any config: it keeps a dataset that was named by mistake out of memory.
    static let largestSize = 16 << 20

    /// Reads a file of JSON in UTF-8, with or without a byte order mark.
    /// - Throws: `ConfigurationError` where the file is missing, a folder, unreadable, empty, too large, not UTF-8, not
    ///   JSON or not an object, and for every key that occurs twice in its object.
    public init(contentsOf path: String) throws(ConfigurationError) {
        let bytes = try Self.bytes(of: path)
        try self.init(text: Self.text(of: bytes, file: path), file: path)
    }

    /// Reads JSON text.
    /// - Parameter file: the name of the file in messages.
    /// - Throws: as `init(contentsOf:)` for what is wrong with the text.
    public init(text: String, file: String) throws(ConfigurationError) {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ConfigurationError(file: file, message: "is empty; write a JSON object, {…}")
        }
        // It is most likely UTF-16 without a byte order mark, about which the parser's sentence would say nothing.
        guard !text.utf8.contains(0) else {
            throw ConfigurationError(file: file, message: "holds a zero byte; save it as plain UTF-8 text")
        }
        root = try JSONParser.parse(text, file: file)
        guard case .object = root.value else {
            throw ConfigurationError(
                file: file, origin: root.origin, message: "must be a JSON object, {…}, but is \(root.described)")
        }
        self.file = file
    }

    private static func bytes(of path: String) throws(ConfigurationError) -> Data {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ConfigurationError(file: path, message: "there is no such file")
        }
        if isDirectory.boolValue {
            throw ConfigurationError(file: path, message: "is a folder; name the config file in it")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ConfigurationError(file: path, message: "cannot be opened; check its permissions")
        }
        let bytes: Data
        do {
            bytes = try handle.read(upToCount: largestSize + 1) ?? Data()
        } catch {
            throw ConfigurationError(file: path, message: "cannot be read: \(error.localizedDescription)")
        }
        if bytes.count > largestSize {
            throw ConfigurationError(
                file: path, message: "is larger than \(largestSize >> 20) MiB, so it is hardly a config")
        }
        return bytes
    }

    private static func text(of bytes: Data, file: String) throws(ConfigurationError) -> String {
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            throw ConfigurationError(file: file, message: "is an HDF5 file; name a JSON config")
        }
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            throw ConfigurationError(file: file, message: "is in UTF-16; save it as UTF-8")
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" { line += 1 }
        }
        throw ConfigurationError(
            file: file, origin: .line(line), message: "holds bytes that are not UTF-8; save it as UTF-8 text")
    }
}
