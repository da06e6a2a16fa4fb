import Configuration
import TestSupport

/// `Configs/schema.json`, of which this understands what the tests need: where a key of a document is described.
/// Whether a document is valid is for a real validator to say.
struct ConfigSchema {
    let root: JSONNode

    init() throws {
        root = try ConfigurationDocument(contentsOf: ShippedConfigs.schemaPath).root
    }

    /// What describes an object of a document.
    struct Description {
        /// The keys that it may have, each with its own schemas.
        var properties: [String: [JSONNode]] = [:]
        /// The keys that it must have.
        var required: Set<String> = []
        /// Whether other keys are refused.
        var isClosed = false
    }

    /// The description of the object at a path: keys, and indices as numbers in text.
    func description(of path: [String], in document: JSONNode) -> Description {
        var (schemas, node) = ([root], document)
        for step in path {
            if case .array(let elements) = node.value, let index = Int(step) {
                schemas = branches(schemas, for: node).compactMap { $0["items"] }
                node = elements[index]
            } else {
                schemas = branches(schemas, for: node).compactMap { $0["properties"]?[step] }
                node = node[step] ?? nil
            }
        }
        var description = Description()
        for schema in branches(schemas, for: node) {
            if case .object(let members)? = schema["properties"]?.value {
                for member in members {
                    description.properties[member.key, default: []] += branches([member.value], for: nil)
                }
            }
            description.required.formUnion(words(schema["required"]))
            if schema["additionalProperties"] == false { description.isClosed = true }
        }
        return description
    }

    /// The schemas themselves and those that they lead to, for this value.
    private func branches(_ schemas: [JSONNode], for value: JSONNode) -> [JSONNode] {
        var found: [JSONNode] = []
        for schema in schemas {
            found.append(schema)
            var next: [JSONNode] = []
            if case .string(let reference)? = schema["$ref"]?.value { next.append(target(of: reference)) }
            for key in ["allOf", "anyOf"] {
                if case .array(let parts)? = schema[key]?.value { next += parts }
            }
            if let condition = schema["if"] {
                next += [schema[holds(condition, for: value) ? "then" : "else"]].compactMap { $0 }
            }
            found += branches(next, for: value)
        }
        return found
    }

    /// `#/$defs/dense`.
    private func target(of reference: String) -> JSONNode {
        reference.split(separator: "/").dropFirst().reduce(root) { node, step in node[String(step)] ?? nil }
    }

    /// The conditions in use: `type`, `required`, and `properties` of `const` or `enum`.
    private func holds(_ condition: JSONNode, for value: JSONNode) -> Bool {
        switch (condition["type"], value.value) {
        case (nil, _), ("string", .string), ("object", .object): break
        default: return false
        }
        guard words(condition["required"]).allSatisfy({ value[$0] != nil }) else { return false }
        guard case .object(let members)? = condition["properties"]?.value else { return true }
        return members.allSatisfy { member in
            guard let present = value[member.key] else { return false }
            if let constant = member.value["const"] { return present == constant }
            return words(member.value["enum"]).contains { present == JSONNode($0) }
        }
    }

    /// The words of an `enum`.
    func words(_ node: JSONNode?) -> [String] {
        guard case .array(let elements)? = node?.value else { return [] }
        return elements.compactMap { if case .string(let word) = $0.value { word } else { nil } }
    }

    /// The enumeration of a key's value, of the first schema for the key that has one.
    func enumeration(_ key: String, at path: [String], in document: JSONNode) -> [String] {
        let schemas = description(of: path, in: document).properties[key] ?? []
        return schemas.lazy.map { words($0["enum"]) }.first { !$0.isEmpty } ?? []
    }

    func definition(_ name: String) -> JSONNode { target(of: "#/$defs/\(name)") }
}
