public import Configuration

/// The losses that a config may name. A kind is a line here, and a file.
public enum LossRegistry {
    public static let kinds = Registry<any Loss.Type>("loss", builtIn.map { ($0.name, $0) })

    private static let builtIn: [any Loss.Type] = [
        MeanSquaredError.self,
        MeanAbsoluteError.self,
        Huber.self,
        BinaryCrossEntropy.self,
        CategoricalCrossEntropy.self,
        SparseCategoricalCrossEntropy.self,
    ]

    /// Reads `loss`: a name, or an object with the name as `type` and the loss's constants.
    /// - Returns: nil where a mistake has been noted.
    public static func read(_ root: ObjectReader, key: String) -> (any Loss)? {
        guard let (kind, keys) = kinds.required(key, in: root) else { return nil }
        defer { keys.finish() }
        return kind.init(reading: keys)
    }
}
