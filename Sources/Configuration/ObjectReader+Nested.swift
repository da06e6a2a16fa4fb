extension ObjectReader {
    // MARK: - Objects

    /// A reader of the object under `key`; nil when it is missing, `null` or not an object.
    public func object(_ key: String) -> ObjectReader? {
        setMember(key).flatMap { object($0.value, path: join(path, key), origin: $0.origin) }
    }

    public func requiredObject(_ key: String) -> ObjectReader? {
        guard let member = member(key) else {
            noteMissing(key, expected: "an object")
            return nil
        }
        return object(member.value, path: join(path, key), origin: member.origin)
    }

    /// Readers of the objects in the list under `key`; elements that are not objects are reported and left out. Empty
    /// when the key is missing.
    public func objects(_ key: String) -> [ObjectReader] {
        list(key, of: "objects").compactMap { object($0.node, path: $0.path, origin: $0.origin) }
    }

    /// As `objects(_:)`, for a required list with at least one element.
    public func requiredObjects(_ key: String) -> [ObjectReader] {
        guard let member = member(key) else {
            noteMissing(key, expected: "a list of objects")
            return []
        }
        switch member.value.value {
        case .array([]): fail("must be a list of objects, at least one, but is an empty list", key: key)
        case .null: fail("must be a list of objects, but is null", key: key)
        default: break
        }
        return objects(key)
    }

    /// A reader of an object that stands for the value of `key`, as the long form does for a word.
    func nested(_ node: JSONNode, key: String) -> ObjectReader {
        ObjectReader(node, path: join(path, key), origin: member(key)?.origin ?? origin, diagnostics: diagnostics)
    }

    private func object(_ node: JSONNode, path: String, origin: JSONNode.Origin) -> ObjectReader? {
        let reader = ObjectReader(node, path: path, origin: origin, diagnostics: diagnostics)
        if case .object = node.value { return reader }
        return nil
    }

    // MARK: - A word or an object

    /// A value in its short or its long form: `"loss": "huber"` or `"loss": {"type": "huber", "delta": 2}`.
    package enum StringOrObject {
        case string(String)
        case object(ObjectReader)
    }

    package func stringOrObject(_ key: String) -> StringOrObject? {
        setMember(key).flatMap { stringOrObject($0.value, path: join(path, key), origin: $0.origin) }
    }

    package func requiredStringOrObject(_ key: String) -> StringOrObject? {
        guard let member = member(key) else {
            noteMissing(key, expected: "a string or an object")
            return nil
        }
        return stringOrObject(member.value, path: join(path, key), origin: member.origin)
    }

    /// A list in which each element has its short or its long form, without those that have neither. Each comes with
    /// its index in the file, for `fail(_:key:index:)`.
    package func stringsOrObjects(_ key: String) -> [(index: Int, value: StringOrObject)] {
        list(key, of: "strings or objects").enumerated().compactMap { index, element in
            stringOrObject(element.node, path: element.path, origin: element.origin).map { (index, $0) }
        }
    }

    private func stringOrObject(_ node: JSONNode, path: String, origin: JSONNode.Origin) -> StringOrObject? {
        switch node.value {
        case .string(let string):
            return .string(string)
        case .object:
            return .object(ObjectReader(node, path: path, origin: origin, diagnostics: diagnostics))
        default:
            diagnostics.add(
                ConfigurationError.Problem(
                    path: path, origin: origin, message: "must be a string or an object, but is \(node.described)"))
            return nil
        }
    }

    // MARK: - Lists

    private func list(
        _ key: String, of elements: String
    ) -> [(node: JSONNode, path: String, origin: JSONNode.Origin)] {
        guard let member = setMember(key) else { return [] }
        guard case .array(let nodes) = member.value.value else {
            fail("must be a list of \(elements), but is \(member.value.described)", key: key)
            return []
        }
        return nodes.enumerated().map { index, node in
            (node, "\(join(path, key))[\(index)]", Self.origin(of: node, in: member.origin))
        }
    }

    /// The strings in the list under `key`; nil when it is missing, `null` or not such a list.
    public func strings(_ key: String) -> [String]? { values(key, of: "strings", .string) }

    /// The enumeration's cases whose raw values are in the list under `key`; nil when it is missing, `null` or not such
    /// a list.
    public func choices<T: RawRepresentable & CaseIterable>(
        _ key: String, of type: T.Type = T.self, noun: String
    ) -> [T]? where T.RawValue == String {
        values(key, of: "strings", .choice(noun: noun))
    }

    /// The numbers in the list under `key`; nil when it is missing, `null` or not such a list.
    public func numbers(_ key: String, _ bounds: NumberBounds = .any) -> [Double]? {
        values(key, of: "numbers", .number(bounds))
    }

    /// The whole numbers in the list under `key`; nil when it is missing, `null` or not such a list.
    public func integers(_ key: String, in bounds: some IntegerBounds = Int.min...) -> [Int]? {
        values(key, of: "whole numbers", .integer(in: bounds))
    }

    /// `count` whole numbers, or a single one that stands for all: `"kernel_size": 3` is `[3, 3]`.
    public func integers(_ key: String, in bounds: some IntegerBounds, count: Int) -> [Int]? {
        guard let member = setMember(key) else { return nil }
        let rule = ValueRule.integer(in: bounds)
        if case .array(let nodes) = member.value.value {
            guard nodes.count == count else {
                fail("must be \(rule.expected), or a list of \(count), but is a list of \(nodes.count)", key: key)
                return nil
            }
            return values(key, of: "whole numbers", rule)
        }
        let repeated = ValueRule<[Int]>("\(rule.expected), or a list of \(count)") { node throws(Mismatch) in
            guard node.asInteger != nil else { return nil }
            return Array(repeating: try rule.read(node), count: count)
        }
        return optional(key, repeated)
    }

    /// As `integers(_:in:)`, for a required key.
    public func requiredIntegers(_ key: String, in bounds: some IntegerBounds = Int.min...) -> [Int]? {
        isGiven(key, expected: "a list of whole numbers") ? integers(key, in: bounds) : nil
    }

    /// As `integers(_:in:count:)`, for a required key.
    public func requiredIntegers(_ key: String, in bounds: some IntegerBounds, count: Int) -> [Int]? {
        let expected = "\(ValueRule.integer(in: bounds).expected), or a list of \(count)"
        return isGiven(key, expected: expected) ? integers(key, in: bounds, count: count) : nil
    }

    /// Notes a key that is missing or `null`.
    private func isGiven(_ key: String, expected: String) -> Bool {
        guard let member = member(key) else {
            noteMissing(key, expected: expected)
            return false
        }
        guard member.value.value == .null else { return true }
        fail("must be \(expected), but is null", key: key)
        return false
    }

    /// All elements by one rule; nil when one does not fit, after each that does not has been noted.
    private func values<T>(_ key: String, of elements: String, _ rule: ValueRule<T>) -> [T]? {
        guard let member = setMember(key) else { return nil }
        let read = list(key, of: elements).map { self.read($0.node, path: $0.path, origin: $0.origin, rule) }
        guard case .array = member.value.value else { return nil }
        let values = read.compactMap { $0 }
        return values.count == read.count ? values : nil
    }

    // MARK: - One or several

    /// A string, or a list of at least one: `"file": "a.h5"` or `"file": ["a.h5", "b.h5"]`; nil where it is neither,
    /// which is noted.
    package func requiredStringOrStrings(_ key: String) -> [String]? {
        guard let member = member(key) else {
            noteMissing(key, expected: "a string")
            return nil
        }
        switch member.value.value {
        case .string(let text): return [text]
        case .array([]):
            fail("must be a string or a list of strings, at least one, but is an empty list", key: key)
            return nil
        case .array: return strings(key)
        default:
            fail("must be a string or a list of strings, but is \(member.value.described)", key: key)
            return nil
        }
    }

    /// As `requiredStringOrStrings`, for a key that may be missing.
    package func stringOrStrings(_ key: String) -> [String]? {
        // Asked for even where it is missing, so that a misspelt one is set right.
        guard node(key) != nil else { return nil }
        return requiredStringOrStrings(key)
    }

    /// A whole number or a string.
    package enum IntegerOrString {
        case integer(Int)
        case string(String)
    }

    /// A whole number or a string, as `"memory_limit": 65536` or `"memory_limit": "2 GiB"`; nil where the key is
    /// missing.
    package func integerOrString(_ key: String) -> IntegerOrString? {
        guard let member = setMember(key) else { return nil }
        if case .string(let text) = member.value.value { return .string(text) }
        if let value = member.value.asInteger { return .integer(value) }
        fail("must be a whole number or a string, but is \(member.value.described)", key: key)
        return nil
    }
}
