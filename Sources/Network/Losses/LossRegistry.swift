public import Configuration

/// The losses that a config may name. Each kind is one file, and one line here.
public enum LossRegistry {
    public static let kinds = Registry<any Loss.Type>("loss", builtIn.map { ($0.name, $0) }, synonyms: synonyms)

    private static let synonyms: [String: [String]] = {
        let crossEntropies = [
            SparseCategoricalCrossEntropy.name, CategoricalCrossEntropy.name, BinaryCrossEntropy.name,
        ]
        var words: [String: [String]] = [:]
        for word in ["cross_entropy", "crossentropy", "cross_entropy_loss", "crossentropyloss", "ce", "xent"] {
            words[word] = crossEntropies
        }
        for word in ["softmax_cross_entropy", "nll", "nll_loss", "nllloss"] {
            words[word] = Array(crossEntropies.prefix(2))
        }
        for word in ["bce", "bceloss", "bce_loss", "log_loss", "logloss", "logistic"] {
            words[word] = [BinaryCrossEntropy.name]
        }
        for word in ["mse", "l2", "mseloss", "squared_error"] { words[word] = [MeanSquaredError.name] }
        for word in ["mae", "l1", "l1loss", "absolute_error"] { words[word] = [MeanAbsoluteError.name] }
        for word in ["smooth_l1", "smoothl1loss", "huber_loss"] { words[word] = [Huber.name] }
        return words
    }()

    private static let builtIn: [any Loss.Type] = [
        MeanSquaredError.self,
        MeanAbsoluteError.self,
        Huber.self,
        BinaryCrossEntropy.self,
        CategoricalCrossEntropy.self,
        SparseCategoricalCrossEntropy.self,
    ]

    /// Reads `loss`: one, or an object with one for each output by its name.
    /// - Returns: nothing where a mistake has been noted.
    package static func readByName(_ root: ObjectReader, key: String) -> ByName<any Loss> {
        // An object that is one loss says its type, or at least has constants, which are numbers.
        func isOne(_ node: JSONNode) -> Bool {
            guard case .object(let members) = node.value else { return true }
            return members.contains { member in
                switch member.value.value {
                case .string, .object: member.key == "type"
                default: true
                }
            } || members.isEmpty
        }
        // That it is missing is a mistake, which reading one notes.
        guard root.has(key) else { return read(root, key: key).map { ByName($0) } ?? ByName() }
        return ByName(reading: root, key: key, isOne: isOne) { read($0, key: $1) }
    }

    /// Reads `loss`: a name, or an object with the name as `type` and the loss's constants.
    /// - Returns: nil where a mistake has been noted.
    package static func read(_ root: ObjectReader, key: String) -> (any Loss)? {
        guard let (kind, keys) = kinds.required(key, in: root) else { return nil }
        defer { keys.finish() }
        return kind.init(reading: keys)
    }
}
