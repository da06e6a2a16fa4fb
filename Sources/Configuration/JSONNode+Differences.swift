extension JSONNode {
    /// The paths at which this node and another differ, such as `training.epochs`; in the order in which they stand
    /// here, and then those that only the other has. Lists of different length differ as a whole.
    package func differences(from other: JSONNode, at path: String = "") -> [String] {
        switch (value, other.value) {
        case (.object(let own), .object(let others)):
            var result: [String] = []
            for member in own {
                let inner = join(path, member.key)
                if let counterpart = other[member.key] {
                    result += member.value.differences(from: counterpart, at: inner)
                } else {
                    result.append(inner)
                }
            }
            return result + others.filter { self[$0.key] == nil }.map { join(path, $0.key) }
        case (.array(let own), .array(let others)) where own.count == others.count:
            return zip(own, others).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, at: "\(path)[\(index)]")
            }
        default: return self == other ? [] : [path]
        }
    }
}
