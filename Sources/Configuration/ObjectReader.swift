/// Reads one object of a config, key by key, and collects all mistakes instead of stopping at the first.
///
/// The keys that are asked for are the known keys; all others are reported as unknown in the end. No method throws:
/// where a value can't be read, the mistake is collected, and the result is nil or the default.
///
/// Most types of value have three methods: `integer(_:in:default:)` for an optional key with a default,
/// `requiredInteger(_:in:)` for a required key, and `optionalInteger(_:in:)` for an optional key, where `null` counts
/// as missing.
public final class ObjectReader {
    /// The path of the object, such as `model.layers[2]`; empty for the top level.
    public let path: String
    /// Where the object stood.
    package let origin: JSONNode.Origin
    package let diagnostics: Diagnostics
    /// The file that the object stands in, as the user named it; empty where nobody knows.
    package var file: String { diagnostics.file }
    /// The keys that were asked for, in that order.
    package private(set) var knownKeys: [String] = []
    /// The keys that are there, in the order of the file.
    package var presentKeys: [String] { members.map(\.key) }

    private let members: [JSONNode.Member]
    private let places: [String: Int]
    /// Whether the node was an object at all; if not, that has been said, and no key is called missing.
    private let isObject: Bool

    /// - Parameters:
    ///   - node: an object; anything else is noted as a mistake and read as an object without keys.
    ///   - path: the way to it, for the sentences.
    package convenience init(_ node: JSONNode, path: String, diagnostics: Diagnostics) {
        self.init(node, path: path, origin: node.origin, diagnostics: diagnostics)
    }

    init(_ node: JSONNode, path: String, origin: JSONNode.Origin, diagnostics: Diagnostics) {
        self.path = path
        self.origin = origin
        self.diagnostics = diagnostics
        if case .object(let members) = node.value {
            isObject = true
            self.members = members
        } else {
            isObject = false
            members = []
            diagnostics.add(
                ConfigurationError.Problem(
                    path: path, origin: origin, message: "must be an object, but is \(node.described)"))
        }
        places = Dictionary(
            members.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the object has the key, with `null` or another value. This does not make it a known key.
    public func has(_ key: String) -> Bool { places[key] != nil }

    /// Reports a mistake in a value.
    /// - Parameters:
    ///   - message: the rest of a sentence that begins with the path.
    ///   - key: the key of the value; nil for the object as a whole.
    ///   - index: of the list's element, when the value is a list.
    public func fail(_ message: @autoclosure () -> String, key: String? = nil, index: Int? = nil) {
        guard let key else { return diagnostics.add(path: path, origin: origin, message()) }
        let member = places[key].map { members[$0] }
        var place = member?.origin ?? origin
        var path = join(path, key)
        if let index {
            path += "[\(index)]"
            if case .array(let elements)? = member?.value.value, elements.indices.contains(index) {
                place = Self.origin(of: elements[index], in: place)
            }
        }
        diagnostics.add(path: path, origin: place, message())
    }

    /// Keys that `finish` passes over.
    package enum IgnoredKeys: Sendable {
        case none
        /// `$schema`, and what begins with `//` or `comment`.
        case annotations

        func contains(_ key: String) -> Bool {
            switch self {
            case .none: false
            case .annotations: key == "$schema" || key.hasPrefix("//") || key.hasPrefix("comment")
            }
        }
    }

    /// Reports each key that nobody asked for, with the nearest known one. Call it last.
    package func finish(ignoring ignored: IgnoredKeys = .none) {
        for member in members where !knownKeys.contains(member.key) && !ignored.contains(member.key) {
            let meant = KeySynonyms.suggestion(for: member.key, in: path, among: knownKeys)
            fail("unknown key; \(meant)", key: member.key)
        }
    }

    // MARK: - Reading by rule

    /// The value of the key, whatever its type; nil when the key is missing.
    public func node(_ key: String) -> JSONNode? { member(key)?.value }

    func member(_ key: String) -> JSONNode.Member? {
        if !knownKeys.contains(key) { knownKeys.append(key) }
        return places[key].map { members[$0] }
    }

    /// The member unless it is missing or `null`.
    func setMember(_ key: String) -> JSONNode.Member? {
        guard let member = member(key), member.value.value != .null else { return nil }
        return member
    }

    func noteMissing(_ key: String, expected: String) {
        if isObject { fail("is missing; give \(expected)", key: key) }
    }

    func required<T>(_ key: String, _ rule: ValueRule<T>) -> T? {
        guard let member = member(key) else {
            noteMissing(key, expected: rule.expected)
            return nil
        }
        return read(member, rule)
    }

    func optional<T>(_ key: String, _ rule: ValueRule<T>) -> T? {
        setMember(key).flatMap { read($0, rule) }
    }

    func defaulted<T>(_ key: String, _ rule: ValueRule<T>, _ fallback: T) -> T {
        member(key).flatMap { read($0, rule) } ?? fallback
    }

    private func read<T>(_ member: JSONNode.Member, _ rule: ValueRule<T>) -> T? {
        read(member.value, path: join(path, member.key), origin: member.origin, rule)
    }

    func read<T>(_ node: JSONNode, path: String, origin: JSONNode.Origin, _ rule: ValueRule<T>) -> T? {
        do {
            return try rule.read(node)
        } catch {
            diagnostics.add(path: path, origin: origin, error.message)
            return nil
        }
    }

    /// An element's own place, or its list's when it has none.
    static func origin(of element: JSONNode, in list: JSONNode.Origin) -> JSONNode.Origin {
        element.origin == .code ? list : element.origin
    }
}
