/// A JSON value that remembers where it came from.
///
/// Nodes are compared by value: their origin and the order of an object's members are ignored. Nodes can be written as
/// Swift literals: `["units": 10, "activation": "relu"]`.
public struct JSONNode: Sendable {
    /// The value of a node. A number without fraction and exponent that fits into `Int` is an `integer`.
    public enum Content: Sendable, Equatable {
        case null
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case string(String)
        case array([JSONNode])
        case object([Member])

        public static func == (left: Content, right: Content) -> Bool {
            switch (left, right) {
            case (.null, .null): true
            case (.bool(let left), .bool(let right)): left == right
            case (.integer(let left), .integer(let right)): left == right
            case (.number(let left), .number(let right)): left == right
            case (.string(let left), .string(let right)): left == right
            case (.array(let left), .array(let right)): left == right
            case (.object(let left), .object(let right)):
                left.count == right.count && JSONNode.byKey(left) == JSONNode.byKey(right)
            default: false
            }
        }
    }

    /// One key of an object with its value.
    public struct Member: Sendable {
        public var key: String
        public var value: JSONNode
        /// Where the key came from.
        public var origin: Origin

        /// The line of the key, from 1; nil when it did not come from a file.
        public var line: Int? { origin.line }

        public init(key: String, value: JSONNode, origin: Origin = .code) {
            self.key = key
            self.value = value
            self.origin = origin
        }
    }

    /// Where a value came from.
    public enum Origin: Sendable, Equatable {
        /// A line of the config file, from 1.
        case line(Int)
        /// An override from the command line, with the path that it assigned.
        case assignment(String)
        /// Swift code.
        case code

        public var line: Int? {
            if case .line(let line) = self { line } else { nil }
        }
    }

    public var value: Content
    public var origin: Origin

    /// The first line of the value, from 1; nil when it did not come from a file.
    public var line: Int? { origin.line }

    public init(_ value: Content, origin: Origin = .code) {
        self.value = value
        self.origin = origin
    }

    /// The value of `key`; nil when the node is not an object or has no such key.
    /// Assigning replaces the value in its place or appends it; assigning nil removes the key.
    /// A node that is not an object becomes one when a value is assigned.
    public subscript(key: String) -> JSONNode? {
        get {
            guard case .object(let members) = value else { return nil }
            return members.first { $0.key == key }?.value
        }
        set {
            var members: [Member] = []
            if case .object(let present) = value { members = present } else if newValue == nil { return }
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let newValue?):
                members[place] = Member(key: key, value: newValue, origin: newValue.origin)
            case (nil, let newValue?):
                members.append(Member(key: key, value: newValue, origin: newValue.origin))
            case (let place?, nil):
                members.remove(at: place)
            case (nil, nil):
                return
            }
            value = .object(members)
        }
    }

    private static func byKey(_ members: [Member]) -> [String: JSONNode] {
        Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}

extension JSONNode: Equatable {
    public static func == (left: JSONNode, right: JSONNode) -> Bool { left.value == right.value }
}

extension JSONNode: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self.init(.null) }
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    public init(integerLiteral value: Int) { self.init(.integer(value)) }
    public init(floatLiteral value: Double) { self.init(.number(value)) }
    public init(stringLiteral value: String) { self.init(.string(value)) }
    public init(arrayLiteral elements: JSONNode...) { self.init(.array(elements)) }
    public init(dictionaryLiteral elements: (String, JSONNode)...) {
        self.init(.object(elements.map { Member(key: $0.0, value: $0.1) }))
    }
}

extension JSONNode {
    public init(_ value: Bool) { self.init(.bool(value)) }
    public init(_ value: Int) { self.init(.integer(value)) }
    public init(_ value: Double) { self.init(.number(value)) }
    public init(_ value: String) { self.init(.string(value)) }
    public init(_ values: [JSONNode]) { self.init(.array(values)) }
}
