public import Configuration

/// The layers that a config may name. Each kind is one file, and one line here.
public enum LayerRegistry {
    /// Reads a layer's own keys: all but `type`, `name`, `inputs` and those of `LayerTraining`.
    public typealias Reader = @Sendable (ObjectReader) -> any Layer

    public static let kinds = Registry<Reader>("layer type", builtIn + activations, synonyms: synonyms)

    private static let synonyms: [String: [String]] = {
        var words: [String: [String]] = [:]
        for (ours, others) in [
            ("dense", "fc fully_connected mlp affine"),
            ("conv2d", "conv conv_2d convolution convolution2d convolution_2d"),
            ("max_pooling2d", "maxpool maxpool2d max_pool max_pool2d max_pooling maxpooling2d pool pooling"),
            ("average_pooling2d", "avgpool avgpool2d avg_pool avg_pool2d average_pooling avg_pooling2d"),
            (
                "global_average_pooling2d",
                "gap global_avg_pool global_avg_pool2d global_average_pooling adaptive_avg_pool2d global_pooling"
            ),
            ("concatenate", "concat cat merge"), ("add", "sum residual"), ("swish", "silu"),
        ] {
            for other in others.split(separator: " ") { words[String(other)] = [ours] }
        }
        return words
    }()

    private static let builtIn: [(String, Reader)] = [
        ("dense", { Dense(reading: $0) }),
        ("conv2d", { Conv2D(reading: $0) }),
        ("conv2d_transpose", { Conv2DTranspose(reading: $0) }),
        ("depthwise_conv2d", { DepthwiseConv2D(reading: $0) }),
        ("separable_conv2d", { SeparableConv2D(reading: $0) }),
        ("max_pooling2d", { Pooling(reading: $0, .max) }),
        ("average_pooling2d", { Pooling(reading: $0, .average) }),
        ("global_max_pooling2d", { GlobalMaxPooling2D(reading: $0) }),
        ("global_average_pooling2d", { GlobalAveragePooling2D(reading: $0) }),
        ("zero_padding2d", { ZeroPadding2D(reading: $0) }),
        ("up_sampling2d", { UpSampling2D(reading: $0) }),
        ("batch_normalization", { BatchNormalization(reading: $0) }),
        ("layer_normalization", { LayerNormalization(reading: $0) }),
        ("group_normalization", { GroupNormalization(reading: $0) }),
        ("rms_normalization", { RMSNormalization(reading: $0) }),
        ("unit_normalization", { UnitNormalization(reading: $0) }),
        ("flatten", { _ in Flatten() }),
        ("reshape", { Reshape(reading: $0) }),
        ("dropout", { Dropout(reading: $0) }),
        ("activation", { ActivationLayer(reading: $0) }),
        ("add", { _ in Add() }),
        ("subtract", { _ in Subtract() }),
        ("multiply", { _ in Multiply() }),
        ("average", { _ in Average() }),
        ("maximum", { _ in Maximum() }),
        ("minimum", { _ in Minimum() }),
        ("concatenate", { Concatenate(reading: $0) }),
    ]

    /// Each activation is a layer as well.
    private static let activations: [(String, Reader)] = ActivationName.allCases.map { name in
        (name.rawValue, { ActivationLayer(reading: $0, as: name) })
    }

    /// Reads a layer, with its name and inputs, from an object of a config.
    /// - Returns: nil where the type is missing or unknown; that is then noted with the reader.
    package static func read(_ reader: ObjectReader) -> ModelLayer? {
        let kind = kinds.type(of: reader)
        let name = reader.optionalString("name")
        let inputs = reader.strings("inputs")
        guard let layer = kind?(reader) else { return nil }
        let training = layer.hasParameters ? LayerTraining(reading: reader) : LayerTraining()
        reader.finish()
        if let problem = name.flatMap(LayerName.problem) { reader.fail(problem, key: "name") }
        if inputs?.isEmpty == true { reader.fail("must name at least one layer", key: "inputs") }
        return ModelLayer(layer, name: name, inputs: inputs, training: training)
    }
}
