package import Configuration

extension Recipe {
    private static let format = 1

    /// As it stands in files; see `Recipe`.
    package var node: JSONNode {
        var node: JSONNode = ["format": JSONNode(Self.format), "columns": JSONNode(columns.map(\.node))]
        if let form { node["table"] = form.node }
        return node
    }

    /// - Throws: `ConfigurationError` for what is no recipe.
    package init(text: String, file: String) throws(ConfigurationError) {
        try self.init(ConfigurationDocument(text: text, file: file).root, file: file)
    }

    /// - Throws: `ConfigurationError` for what is no recipe.
    package init(_ node: JSONNode, file: String) throws(ConfigurationError) {
        let diagnostics = Diagnostics()
        let reader = ObjectReader(node, path: "", diagnostics: diagnostics)
        reader.requireFormat(Self.format)
        columns = reader.requiredObjects("columns").compactMap { RecipeColumn($0) }
        if let own = reader.object("table") { form = Form(own) }
        reader.finish()
        var seen: Set<String> = []
        for (index, column) in columns.enumerated() where !seen.insert(column.name).inserted {
            reader.fail("is the second column called '\(column.name)'", key: "columns", index: index)
        }
        try diagnostics.throwIfAny(file: file)
    }
}

extension Recipe.Form {
    fileprivate var node: JSONNode {
        var node: JSONNode = [:]
        if let columns { node["columns"] = JSONNode(columns) }
        if hasDecimalComma { node["decimal_comma"] = true }
        return node
    }

    fileprivate init?(_ reader: ObjectReader) {
        let (columns, comma) = (
            reader.optionalInteger("columns", in: 1...), reader.bool("decimal_comma", default: false)
        )
        reader.finish()
        self.init(columns: columns, hasDecimalComma: comma)
    }
}

extension RecipeColumn {
    fileprivate var node: JSONNode {
        var node: JSONNode = ["name": JSONNode(name), "kind": JSONNode(kind.rawValue)]
        if missing != .none { node["missing"] = JSONNode(missing.word) }
        switch missing {
        case .number(let value): node["constant"] = JSONNode(value)
        case .text(let text): node["constant"] = JSONNode(text)
        default: break
        }
        if let marks { node["na"] = JSONNode(marks.map { JSONNode($0) }) }
        if kind.isCoded { node["categories"] = JSONNode(categories.map { JSONNode($0) }) }
        if kind == .category { node["width"] = JSONNode(width) }
        // Of other kinds none of these says anything, and none is read.
        if kind == .number, let unit { node["unit"] = JSONNode(unit) }
        if kind == .date, let order { node["order"] = JSONNode(order.rawValue) }
        if kind.isDate, isZoned { node["zone"] = "utc" }
        if let seen { node["seen"] = seen.node }
        switch fit {
        case nil: break
        case .unused?: node["fit"] = "unused"
        case .number(let fill, let indicator)?:
            node["fit"] = ["fill": JSONNode(fill), "indicator": JSONNode(indicator)]
        case .date(let parts, let fill, let indicator)?:
            node["fit"] = [
                "parts": JSONNode(parts.map { JSONNode($0.rawValue) }), "fill": JSONNode(fill),
                "indicator": JSONNode(indicator),
            ]
        case .category(let own, let pooled, let marksMissing, let fill)?:
            func texts(_ codes: [Int]) -> JSONNode { JSONNode(codes.map { JSONNode(categories[$0]) }) }
            var fitted: JSONNode = [
                "own": texts(own), "pooled": texts(pooled), "marks_missing": JSONNode(marksMissing),
            ]
            if let fill { fitted["fill"] = JSONNode(categories[fill]) }
            node["fit"] = fitted
        }
        return node
    }

    /// Nil where a mistake has been noted.
    fileprivate init?(_ reader: ObjectReader) {
        let word = reader.requiredString("kind")
        guard let name = reader.requiredString("name"), let word else { return nil }
        guard let kind = Kind(rawValue: word) else {
            reader.fail(
                "is '\(word)'; known are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))", key: "kind")
            return nil
        }
        self.init(name, kind)
        marks = reader.strings("na")
        if kind.isCoded {
            categories = reader.strings("categories") ?? []
            if kind == .category {
                width = reader.integer("width", in: 1...Self.mostCategories, default: Self.usualWidth)
            } else if categories.count < 2 {
                reader.fail("must hold the text for no and the one for yes", key: "categories")
                return nil
            }
            guard categories.count <= Self.mostCategories, Set(categories).count == categories.count else {
                reader.fail("holds a text twice, or too many", key: "categories")
                return nil
            }
        }
        if kind == .number { unit = reader.optionalString("unit") }
        if kind == .date { order = reader.optionalChoice("order") }
        if kind.isDate, let zone = reader.optionalString("zone") {
            if zone != "utc" { reader.fail("is '\(zone)'; it is \"utc\", or not there", key: "zone") }
            isZoned = true
        }
        if let seen = reader.object("seen") { self.seen = Seen(seen) }
        guard let missing = Missing(reader, kind) else { return nil }
        self.missing = missing
        if reader.node("fit") != nil {
            guard let fit = Fit(reader, kind, categories) else { return nil }
            self.fit = fit
        }
        reader.finish()
    }
}

extension RecipeColumn.Seen {
    fileprivate var node: JSONNode {
        var node: JSONNode = ["missing": JSONNode(missing)]
        if let range { node["range"] = [JSONNode(range.lowerBound), JSONNode(range.upperBound)] }
        return node
    }

    fileprivate init(_ reader: ObjectReader) {
        missing = reader.integer("missing", in: 0..., default: 0)
        if let range = reader.numbers("range") {
            if range.count == 2, range[0] <= range[1] {
                self.range = range[0]...range[1]
            } else {
                reader.fail("must be the least and the greatest number", key: "range")
            }
        }
        reader.finish()
    }
}

extension RecipeColumn.Missing {
    fileprivate var word: String {
        switch self {
        case .number, .text: "constant"
        default: description
        }
    }

    /// What may be said of each kind, beside `none` and `constant`.
    private static let ofNumbers: [RecipeColumn.Missing] = [.mean, .median, .indicator]
    private static let ofCategories: [RecipeColumn.Missing] = [.mode, .category]

    fileprivate init?(_ reader: ObjectReader, _ kind: RecipeColumn.Kind) {
        let word = reader.string("missing", default: "none")
        let known =
            kind == .empty ? Self.ofNumbers + Self.ofCategories : kind.isCoded ? Self.ofCategories : Self.ofNumbers
        if word == "none" {
            self = .none
        } else if word == "constant" {
            switch reader.node("constant")?.value {
            case .integer(let value)? where !kind.isCoded: self = .number(Double(value))
            case .number(let value)? where !kind.isCoded: self = .number(value)
            case .string(let text)? where kind.isCoded || kind == .empty: self = .text(text)
            default:
                reader.fail("must be what a missing \(kind.rawValue) becomes", key: "constant")
                return nil
            }
        } else if let own = known.first(where: { $0.description == word }) {
            self = own
        } else {
            let words = (["none", "constant"] + known.map(\.description)).joined(separator: ", ")
            reader.fail("is '\(word)'; known for this kind are \(words)", key: "missing")
            return nil
        }
    }
}

extension RecipeColumn.Fit {
    fileprivate init?(_ reader: ObjectReader, _ kind: RecipeColumn.Kind, _ categories: [String]) {
        if case .string("unused")? = reader.node("fit")?.value {
            self = .unused
            return
        }
        guard let own = reader.requiredObject("fit") else { return nil }
        defer { own.finish() }
        guard kind.isCoded else {
            // All keys are asked for, so that what stands behind a mistake is not taken for unknown.
            let (fill, indicator) = (own.requiredNumber("fill"), own.requiredBool("indicator"))
            let parts: [DatePart]? = kind.isDate ? own.choices("parts", noun: "part") : nil
            guard let fill, let indicator else { return nil }
            guard kind.isDate else {
                self = .number(fill: fill, indicator: indicator)
                return
            }
            guard let parts, !parts.isEmpty, parts == DatePart.allCases.filter(parts.contains) else {
                own.fail("must name the parts of the date that are features, each once and in order", key: "parts")
                return nil
            }
            self = .date(parts: parts, fill: fill, indicator: indicator)
            return
        }
        let codes = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
        func list(_ key: String) -> [Int]? {
            let texts = own.strings(key) ?? []
            let found = texts.compactMap { codes[$0] }.sorted()
            guard found.count == texts.count, Set(found).count == found.count else {
                own.fail("names what is none of the column's categories, or one twice", key: key)
                return nil
            }
            return found
        }
        let (first, second, marks) = (list("own"), list("pooled"), own.requiredBool("marks_missing"))
        let text = own.optionalString("fill")
        guard let first, let second, let marks else { return nil }
        guard Set(first).isDisjoint(with: second) else {
            own.fail("names a category that has a feature of its own", key: "pooled")
            return nil
        }
        guard kind == .category || second.isEmpty && !first.contains(where: { $0 > 1 }) else {
            own.fail("names more than the two texts of a boolean", key: "own")
            return nil
        }
        var fill: Int?
        if let text {
            guard let code = codes[text] else {
                own.fail("is '\(text)', which is none of the column's categories", key: "fill")
                return nil
            }
            fill = code
        }
        self = .category(own: first, pooled: second, marksMissing: marks, fill: fill)
    }
}
