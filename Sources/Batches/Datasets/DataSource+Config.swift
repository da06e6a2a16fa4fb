import Configuration

extension DataSource.Part {
    /// Reads the datasets of a role: those of one, or an object with those of each by its name.
    /// - Parameters:
    ///   - fallback: where the key is missing.
    ///   - read: the paths at a key; nil where a mistake has been noted, and for `null`.
    static func read(
        _ reader: ObjectReader, _ key: String, default fallback: ByName<[String]>,
        _ read: (ObjectReader, String) -> [String]?
    ) -> [DataSource.Part] {
        let given = ByName(reading: reader, key: key, isOne: { _ in false }, read)
        let paths = reader.has(key) ? given : fallback
        return (paths.only.map { [DataSource.Part($0)] } ?? [])
            + paths.entries.map { DataSource.Part($0.value, name: $0.name) }
    }
}

extension [DataSource.Part] {
    /// Reads in which order the axes are put: of the one dataset there is, or by name.
    mutating func transpose(_ reader: ObjectReader, key: String, _ noun: String) {
        let orders = ByName(reading: reader, key: key, isOne: { _ in false }) { Self.order($0, $1) }
        if let only = orders.only {
            guard count == 1 else {
                if count > 1 {
                    reader.fail("is given once, but there are several \(noun)s; give an object by name", key: key)
                }
                return
            }
            guard self[0].paths.count == 1 else {
                return reader.fail(
                    "stands beside several \(noun == "input" ? "inputs" : "targets"); put the axes of one dataset in order",
                    key: key)
            }
            self[0].axes = only
        }
        for entry in orders.entries {
            guard let place = firstIndex(where: { $0.name == entry.name }) else {
                reader.fail("names '\(entry.name)', which is no \(noun) of this split", key: key)
                continue
            }
            guard self[place].paths.count == 1 else {
                reader.fail("puts the axes of '\(entry.name)' in order, which is several datasets joined", key: key)
                continue
            }
            self[place].axes = entry.value
        }
    }

    /// Each axis once, from 0 on.
    private static func order(_ reader: ObjectReader, _ key: String) -> [Int]? {
        guard let order = reader.integers(key, in: 0...31) else { return nil }
        guard order.isOrderOfAxes else {
            reader.fail(
                "\(order) is no order of axes: it must name each of 0 to \(Swift.max(order.count - 1, 0)) once",
                key: key)
            return nil
        }
        return order
    }

    /// What is said of the parts, as it stands in a config: of the only one, or by name; nil where nothing is.
    func configuration(_ node: (DataSource.Part) -> JSONNode?) -> JSONNode? {
        if count == 1, self[0].name == nil { return node(self[0]) }
        let members = compactMap { part in
            node(part).map { JSONNode.Member(key: part.name ?? "", value: $0) }
        }
        // Not a plain nil, which would be JSON's null.
        return members.isEmpty ? JSONNode?.none : JSONNode(.object(members))
    }
}
