import Configuration

/// The keys in which configs differ, such as `optimizer.learning_rate`, each with its value in every config.
struct DifferingKeys {
    struct Key {
        let path: String
        /// A value for each config, in their order; nil where one has no such key.
        let values: [JSONNode?]
    }

    /// In the order in which they stand in the configs.
    private(set) var keys: [Key] = []

    /// - Parameter configurations: nil where a run has none, which then differs in nothing.
    init(_ configurations: [JSONNode?]) {
        let known = configurations.indices.filter { configurations[$0] != nil }
        var found: [Key] = []
        Self.find(known.compactMap { configurations[$0] }, at: "", &found)
        keys = found.map { key in
            var values = [JSONNode?](repeating: nil, count: configurations.count)
            for (place, value) in zip(known, key.values) { values[place] = value }
            return Key(path: key.path, values: values)
        }
    }

    /// Objects are compared key by key, and lists of the same length element by element; other values as a whole.
    private static func find(_ nodes: [JSONNode?], at path: String, _ found: inout [Key]) {
        guard let first = nodes.first, nodes.dropFirst().contains(where: { $0 != first }) else { return }
        let present = nodes.compactMap { $0 }
        let objects = present.compactMap { if case .object(let members) = $0.value { members } else { nil } }
        let lists = present.compactMap { if case .array(let elements) = $0.value { elements } else { nil } }
        if objects.count == nodes.count {
            var names: [String] = []
            var seen: Set<String> = []
            for member in objects.joined() where seen.insert(member.key).inserted { names.append(member.key) }
            for name in names {
                find(nodes.map { $0?[name] }, at: path.isEmpty ? name : "\(path).\(name)", &found)
            }
        } else if lists.count == nodes.count, Set(lists.map(\.count)).count == 1 {
            for index in lists[0].indices { find(lists.map { $0[index] }, at: "\(path)[\(index)]", &found) }
        } else {
            found.append(Key(path: path, values: nodes))
        }
    }

    /// A value in few words: of a layer or an optimizer its type and its first number (`dense 64`), of a list its elements.
    static func text(_ value: JSONNode?) -> String {
        guard let value else { return "" }
        switch value.value {
        case .string(let text): return text
        case .array(let elements): return elements.map { text($0) }.joined(separator: ", ")
        case .object(let members):
            let number = members.lazy.map(\.value).first { node in
                switch node.value {
                case .integer, .number: true
                default: false
                }
            }
            let words = [value["type"], number].compactMap { $0 }.map { text($0) }
            return words.isEmpty ? value.jsonText(pretty: false) : words.joined(separator: " ")
        default: return value.jsonText(pretty: false)
        }
    }

    /// The end of each path that tells it from the others: `learning_rate`, `layers[0].units`.
    /// - Parameter taken: ends that mean something else.
    static func shortest(_ paths: [String], taken: Set<String> = []) -> [String] {
        let parts = paths.map { $0.split(separator: ".").map(String.init) }
        return parts.map { own in
            for count in 1..<max(own.count, 1) {
                let end = own.suffix(count)
                // An index says which, so it stays in sight.
                if own.dropLast(count).last?.hasSuffix("]") == true { continue }
                let name = end.joined(separator: ".")
                if parts.count(where: { $0.suffix(count) == end }) == 1, !taken.contains(name) { return name }
            }
            return own.joined(separator: ".")
        }
    }
}
