extension JSONNode {
    /// The node as JSON text, with keys in their order. Equal nodes give the same text, unless their keys are in
    /// another order.
    ///
    /// Doubles are written in the shortest form that reads back to the same bits. NaN and infinity, which JSON lacks,
    /// are written as `null`.
    /// - Parameter pretty: true to indent by two spaces and end with a newline, with a list of plain values on one line
    ///   where it fits into 100 characters; false for one line without spaces and without a newline.
    public func jsonText(pretty: Bool = true) -> String {
        var text = ""
        if pretty {
            appendPretty(to: &text, indent: "")
            text += "\n"
        } else {
            appendCompact(to: &text, separator: ",", colon: ":")
        }
        return text
    }

    private func appendPretty(to text: inout String, indent: String) {
        let inner = indent + "  "
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + JSONNode.quoted(member.key) + ": "
                member.value.appendPretty(to: &text, indent: inner)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += indent + "}"
        case .array(let elements) where !elements.isEmpty:
            if let line = oneLine(of: elements, width: 100 - indent.count) {
                text += line
                return
            }
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                element.appendPretty(to: &text, indent: inner)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += indent + "]"
        default:
            appendCompact(to: &text, separator: ", ", colon: ": ")
        }
    }

    private func oneLine(of elements: [JSONNode], width: Int) -> String? {
        guard elements.count <= width, elements.allSatisfy(\.isScalar) else { return nil }
        var line = ""
        appendCompact(to: &line, separator: ", ", colon: ": ")
        return line.count <= width ? line : nil
    }

    private var isScalar: Bool {
        switch value {
        case .array, .object: false
        default: true
        }
    }

    private func appendCompact(to text: inout String, separator: String, colon: String) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): text += JSONNode.quoted(value)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += separator }
                element.appendCompact(to: &text, separator: separator, colon: colon)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += separator }
                text += JSONNode.quoted(member.key) + colon
                member.value.appendCompact(to: &text, separator: separator, colon: colon)
            }
            text += "}"
        }
    }

    package static func quoted(_ string: String) -> String { "\"" + escaped(string) + "\"" }

    /// The inside of a JSON string. Control characters are escaped, DEL and the C1 range included, which JSON
    /// would allow but a terminal may obey.
    package static func escaped(_ string: String) -> String {
        var text = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    text += "\\u" + hexadecimal(scalar, digits: 4)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    static func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
        let digitsOfValue = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, digits - digitsOfValue.count)) + digitsOfValue
    }

    /// The node as it is named in a sentence: `the string "ten"`, `2.5`, `a list`.
    var described: String {
        switch value {
        case .string(let string):
            let shown = string.count > 40 ? String(string.prefix(40)) + "…" : string
            return "the string " + JSONNode.quoted(shown)
        case .array(let elements): return elements.isEmpty ? "an empty list" : "a list"
        case .object: return "an object"
        default: return jsonText(pretty: false)
        }
    }
}

/// The path of `key` inside the object at `path`.
func join(_ path: String, _ key: String) -> String {
    (path.isEmpty ? "" : path + ".") + JSONNode.escaped(key)
}
