extension JSONNode {
    /// Notes every key that stands in its object a second time.
    /// - Parameter path: the way to this node.
    func noteDuplicateKeys(path: String, in diagnostics: Diagnostics) {
        switch value {
        case .object(let members):
            var lines: [String: Int?] = [:]
            for member in members {
                let path = join(path, member.key)
                if let line = lines[member.key] {
                    let message = "is written twice" + (line.map { ", first on line \($0)" } ?? "") + "; keep one"
                    diagnostics.add(ConfigurationError.Problem(path: path, origin: member.origin, message: message))
                } else {
                    lines[member.key] = .some(member.line)
                }
                member.value.noteDuplicateKeys(path: path, in: diagnostics)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                element.noteDuplicateKeys(path: "\(path)[\(index)]", in: diagnostics)
            }
        default: break
        }
    }
}
