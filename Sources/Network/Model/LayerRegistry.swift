public import Configuration

/// The layers that a config may name.
public enum LayerRegistry {
    private typealias Reader = @Sendable (ObjectReader) -> any Layer

    private static let readers: [(type: String, read: Reader)] = {
        var readers: [(type: String, read: Reader)] = [
            ("dense", { Dense(reading: $0) }),
            ("conv2d", { Conv2D(reading: $0) }),
            ("max_pooling2d", { Pooling(reading: $0, .max) }),
            ("average_pooling2d", { Pooling(reading: $0, .average) }),
            ("global_average_pooling2d", { _ in GlobalAveragePooling2D() }),
            ("flatten", { _ in Flatten() }),
            ("reshape", { Reshape(reading: $0) }),
            ("dropout", { Dropout(reading: $0) }),
            ("activation", { ActivationLayer(reading: $0) }),
            ("add", { _ in Add() }),
            ("concatenate", { Concatenate(reading: $0) }),
        ]
        for name in ActivationName.allCases {
            readers.append((name.rawValue, { ActivationLayer(reading: $0, as: name) }))
        }
        return readers
    }()

    public static let types = readers.map(\.type)

    /// Reads a layer, with its name and inputs, from an object of a config.
    /// - Returns: nil where the type is missing or unknown; that is then noted with the reader.
    public static func read(_ reader: ObjectReader) -> ModelLayer? {
        let type = reader.requiredWord("type", among: types, noun: "layer type")
        let name = reader.optionalString("name")
        let inputs = reader.strings("inputs")
        guard let type, let read = readers.first(where: { $0.type == type })?.read else { return nil }
        let layer = read(reader)
        reader.finish()
        if let problem = name.flatMap(LayerName.problem) { reader.fail(problem, key: "name") }
        if inputs?.isEmpty == true { reader.fail("must name at least one layer", key: "inputs") }
        return ModelLayer(layer, name: name, inputs: inputs)
    }
}
