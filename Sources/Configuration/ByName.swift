/// A setting of a model's inputs or outputs, such as the loss: a single value without a name, or values by the names of
/// the inputs or outputs, in the order given.
///
/// An input or output that is not named has no value. A single value fits a model with a single input or output.
/// Unknown names are refused when the values are used.
public struct ByName<Value: Sendable>: Sendable {
    public struct Entry: Sendable {
        public let name: String
        public var value: Value

        public init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
    }

    /// The value without a name; nil where values are given by name, or none is given.
    public private(set) var only: Value?
    public private(set) var entries: [Entry]

    /// No value.
    public init() { (only, entries) = (nil, []) }
    public init(_ only: Value) { (self.only, entries) = (only, []) }
    public init(entries: [Entry]) { (only, self.entries) = (nil, entries) }

    public var isEmpty: Bool { only == nil && entries.isEmpty }
    /// All values, in order.
    public var all: [Value] { (only.map { [$0] } ?? []) + entries.map(\.value) }
    public var first: Value? { only ?? entries.first?.value }

    /// The values of these names, in their order; nil where one has none.
    /// - Parameter noun: what they are the names of, in one word: `output`.
    /// - Throws: `ByNameError`, the rest of a sentence that begins with where the values stand.
    package func values(of names: [String], _ noun: String) throws(ByNameError) -> [Value?] {
        if let only {
            guard names.count == 1 else {
                throw ByNameError(
                    "is given once, but there are the \(noun)s \(names.joined(separator: ", ")); give an object with "
                        + "what belongs to each \(noun) by its name")
            }
            return [only]
        }
        if let unknown = entries.first(where: { !names.contains($0.name) }) {
            throw ByNameError(
                "names '\(unknown.name)', which is no \(noun); "
                    + (names.count == 1 ? "the \(noun) is " : "the \(noun)s are ") + names.joined(separator: ", "))
        }
        return names.map { name in entries.first { $0.name == name }?.value }
    }
}

/// Names of values that are not those of the model's inputs or outputs. The description is the rest of a sentence that
/// begins with the setting.
extension ByName: Equatable where Value: Equatable {}
extension ByName.Entry: Equatable where Value: Equatable {}
extension ByName: Hashable where Value: Hashable {}
extension ByName.Entry: Hashable where Value: Hashable {}

public struct ByNameError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension ByName {
    /// As it stands in a config: the value, or an object by name; nil where nothing is given.
    package func configuration(_ node: (Value) -> JSONNode) -> JSONNode? {
        if let only { return node(only) }
        // Not a plain nil, which would be JSON's null.
        return entries.isEmpty
            ? JSONNode?.none : JSONNode(.object(entries.map { .init(key: $0.name, value: node($0.value)) }))
    }

    /// Reads a key of a config: one value, or an object with one by each name; nothing where the key is missing.
    /// - Parameters:
    ///   - isOne: whether what stands there is one value, which may be an object itself.
    ///   - read: reads one value at a key of a reader; nil where a mistake has been noted.
    package init(
        reading reader: ObjectReader, key: String, isOne: (JSONNode) -> Bool, _ read: (ObjectReader, String) -> Value?
    ) {
        self.init()
        // Asked for even where it is missing, so that a misspelt one is set right.
        guard let node = reader.node(key) else { return }
        guard case .object = node.value, !isOne(node) else {
            only = read(reader, key)
            return
        }
        guard let object = reader.object(key) else { return }
        if object.presentKeys.isEmpty { reader.fail("must name at least one, but is empty", key: key) }
        for name in object.presentKeys {
            if let value = read(object, name) { entries.append(Entry(name, value)) }
        }
        object.finish()
    }
}
