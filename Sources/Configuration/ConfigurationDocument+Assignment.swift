extension ConfigurationDocument {
    /// Overrides one value: `training.epochs=3`, `model.layers[2].units=64`, `optimizer={"type":"sgd"}`.
    ///
    /// The text after the first `=` is parsed as JSON; text that is not JSON is taken as a string. Objects missing
    /// along the path are created, and a short form such as `"optimizer": "adam"` becomes the long one that holds the
    /// same; elements of lists are not created. Mistakes found later in the value are reported under
    /// `--set` and the path.
    /// - Throws: `ConfigurationError` where the assignment has no `=`, its path is malformed or leads through a value
    ///   that is no object or list, or an index is out of range. The document is then unchanged.
    public mutating func set(_ assignment: String) throws(ConfigurationError) {
        guard let equals = assignment.firstIndex(of: "=") else {
            throw mistake("write it as path=value, for example --set training.epochs=3", in: assignment)
        }
        let path = String(assignment[..<equals]).trimmingSpaces()
        guard let steps = Step.steps(of: path), !steps.isEmpty else {
            throw mistake(
                "'\(JSONNode.escaped(path))' is not a path; write it like model.layers[2].units", in: assignment)
        }
        if steps.count > JSONParser.deepest {
            throw mistake("the path is more than \(JSONParser.deepest) steps deep", in: path)
        }
        let text = String(assignment[assignment.index(after: equals)...])
        let value = Self.value(of: text).originating(from: .assignment(path))
        do {
            root = try root.replacing(steps[...], with: value, walked: "")
        } catch {
            throw mistake(error.message, in: path)
        }
    }

    private func mistake(_ message: String, in assignment: String) -> ConfigurationError {
        ConfigurationError(file: file, origin: .assignment(JSONNode.escaped(assignment)), message: message)
    }

    private static func value(of text: String) -> JSONNode {
        (try? JSONParser.parse(text, file: "")) ?? JSONNode(.string(text))
    }
}

/// One step of a path: into an object by key, or into a list by index from 0.
private enum Step {
    case key(String)
    case index(Int)

    /// The steps of `model.layers[2].units`; nil when the path is malformed.
    static func steps(of path: String) -> [Step]? {
        var steps: [Step] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let key = pieces.first, !key.isEmpty, !key.contains("]") else { return nil }
            steps.append(.key(String(key)))
            for piece in pieces.dropFirst() {
                guard piece.last == "]", piece.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
                    let index = Int(piece.dropLast())
                else { return nil }
                steps.append(.index(index))
            }
        }
        return steps
    }
}

extension JSONNode {
    /// A copy in which the value at the end of `steps` is `value`.
    /// - Parameter walked: the path to this node.
    fileprivate func replacing(
        _ steps: ArraySlice<Step>, with value: JSONNode, walked: String
    ) throws(Mismatch) -> JSONNode {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        var copy = self
        switch step {
        case .key(let key):
            copy.lengthen(at: walked)
            guard case .object = copy.value else { throw Mismatch(message: "\(walked) is \(described), not an object") }
            let path = join(walked, key)
            let child: JSONNode
            if let present = copy[key] {
                child = present
            } else if case .index = rest.first {
                throw Mismatch(message: "\(path) is missing, and a list cannot be made element by element")
            } else {
                child = JSONNode(.object([]), origin: value.origin)
            }
            let replaced = try child.replacing(rest, with: value, walked: path)
            copy.place(replaced, under: key, isAssigned: rest.isEmpty)
        case .index(let index):
            guard case .array(var elements) = self.value else {
                throw Mismatch(message: "\(walked) is \(described), not a list")
            }
            let count = elements.count
            guard elements.indices.contains(index) else {
                throw Mismatch(
                    message: count == 0
                        ? "\(walked) is an empty list, so it has no element \(index)"
                        : "\(walked) has no element \(index); its last is \(count - 1)")
            }
            elements[index] = try elements[index].replacing(
                rest, with: value, walked: "\(walked)[\(index)]")
            copy.value = .array(elements)
        }
        return copy
    }

    /// Makes the long form of a short one: `{"type": "adam"}` of `"adam"`, and of `true` an object without keys. Other values
    /// stay as they are.
    private mutating func lengthen(at path: String) {
        let key = path.split(separator: ".").last.map(String.init) ?? ""
        switch value {
        case .string where Self.namedKinds.contains(key) || key.hasSuffix("initializer"):
            value = .object([Member(key: "type", value: self, origin: origin)])
        case .bool(true) where key == "early_stopping": value = .object([])
        default: break
        }
    }

    /// Keys under which a word stands for an object with that word as its `type`.
    private static let namedKinds: Set<String> = ["optimizer", "loss", "normalize", "normalize_targets"]

    /// Puts `value` under `key`, whose own line stays unless the key itself was assigned.
    private mutating func place(_ value: JSONNode, under key: String, isAssigned: Bool) {
        guard case .object(var members) = self.value else { return }
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value = value
            if isAssigned { members[place].origin = value.origin }
        } else {
            members.append(Member(key: key, value: value, origin: value.origin))
        }
        self.value = .object(members)
    }

    /// A copy whose every value and key has `origin`.
    fileprivate func originating(from origin: Origin) -> JSONNode {
        switch value {
        case .array(let elements):
            JSONNode(.array(elements.map { $0.originating(from: origin) }), origin: origin)
        case .object(let members):
            JSONNode(
                .object(
                    members.map {
                        Member(key: $0.key, value: $0.value.originating(from: origin), origin: origin)
                    }), origin: origin)
        default: JSONNode(value, origin: origin)
        }
    }
}

extension String {
    fileprivate func trimmingSpaces() -> String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
