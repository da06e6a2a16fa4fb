import Configuration
import Kernels
import Network
import Testing

struct LayerRegistryTests {
    private func read(_ text: String) throws -> (layer: ModelLayer?, problems: [String]) {
        let document = try ConfigurationDocument(text: text, file: "a.json")
        let diagnostics = Diagnostics()
        let layer = LayerRegistry.read(ObjectReader(document.root, path: "model.layers[0]", diagnostics: diagnostics))
        return (layer, diagnostics.problems.map { "\($0.path): \($0.message)" })
    }

    static let layers: [(text: String, expected: JSONNode)] = [
        (
            #"{"type": "dense", "units": 3}"#,
            [
                "units": 3, "activation": "linear", "use_bias": true, "kernel_initializer": "glorot_uniform",
                "bias_initializer": "zeros",
            ]
        ),
        (
            """
            {"type": "dense", "units": 3, "activation": "swish", "use_bias": false, "kernel_initializer": "he_normal",
             "bias_initializer": {"type": "constant", "value": 0.1}}
            """,
            [
                "units": 3, "activation": "swish", "use_bias": false, "kernel_initializer": "he_normal",
                "bias_initializer": ["type": "constant", "value": 0.1],
            ]
        ),
        (
            #"{"type": "conv2d", "filters": 8, "kernel_size": 3}"#,
            [
                "filters": 8, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1],
                "groups": 1, "activation": "linear", "use_bias": true, "kernel_initializer": "glorot_uniform", "bias_initializer": "zeros",
            ]
        ),
        (
            """
            {"type": "conv2d", "filters": 8, "kernel_size": [3, 1], "strides": 2, "padding": "same",
             "activation": "relu", "use_bias": false, "kernel_initializer": {"type": "lecun_uniform"},
             "bias_initializer": "ones"}
            """,
            [
                "filters": 8, "kernel_size": [3, 1], "strides": [2, 2], "padding": "same", "dilation_rate": [1, 1],
                "groups": 1, "activation": "relu", "use_bias": false, "kernel_initializer": "lecun_uniform", "bias_initializer": "ones",
            ]
        ),
        (#"{"type": "max_pooling2d"}"#, ["pool_size": [2, 2], "strides": [2, 2], "padding": "valid"]),
        (
            #"{"type": "average_pooling2d", "pool_size": 3, "padding": "same"}"#,
            ["pool_size": [3, 3], "strides": [3, 3], "padding": "same"]
        ),
        (
            #"{"type": "max_pooling2d", "pool_size": [3, 2], "strides": 1}"#,
            ["pool_size": [3, 2], "strides": [1, 1], "padding": "valid"]
        ),
        (#"{"type": "global_average_pooling2d"}"#, ["keepdims": false]),
        (#"{"type": "global_max_pooling2d", "keepdims": true}"#, ["keepdims": true]),
        (
            #"{"type": "batch_normalization", "momentum": 0.9, "scale": false, "scope": "shard"}"#,
            [
                "momentum": 0.9, "epsilon": 0.001, "center": true, "scale": false, "scope": "shard",
                "beta_initializer": "zeros", "gamma_initializer": "ones",
            ]
        ),
        (
            #"{"type": "layer_normalization", "axis": [-2, -1]}"#,
            [
                "axis": [-2, -1], "epsilon": 0.001, "center": true, "scale": true, "beta_initializer": "zeros",
                "gamma_initializer": "ones",
            ]
        ),
        (
            #"{"type": "group_normalization", "groups": -1, "center": false}"#,
            [
                "groups": -1, "epsilon": 0.001, "center": false, "scale": true, "beta_initializer": "zeros",
                "gamma_initializer": "ones",
            ]
        ),
        (#"{"type": "rms_normalization"}"#, ["axis": -1, "epsilon": 1e-6]),
        (#"{"type": "unit_normalization", "axis": [-1]}"#, ["axis": -1]),
        (#"{"type": "zero_padding2d", "padding": 2}"#, ["padding": [[2, 2], [2, 2]]]),
        (#"{"type": "zero_padding2d", "padding": [2, 1]}"#, ["padding": [[2, 2], [1, 1]]]),
        (#"{"type": "zero_padding2d", "padding": [[0, 1], 2]}"#, ["padding": [[0, 1], [2, 2]]]),
        (
            #"{"type": "up_sampling2d", "size": 3, "interpolation": "bilinear"}"#,
            ["size": [3, 3], "interpolation": "bilinear"]
        ),
        (
            #"{"type": "conv2d_transpose", "filters": 3, "kernel_size": 2, "strides": 2}"#,
            [
                "filters": 3, "kernel_size": [2, 2], "strides": [2, 2], "padding": "valid", "activation": "linear",
                "use_bias": true, "kernel_initializer": "glorot_uniform", "bias_initializer": "zeros",
            ]
        ),
        (
            #"{"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2, "dilation_rate": 2}"#,
            [
                "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid", "depth_multiplier": 2,
                "dilation_rate": [2, 2], "activation": "linear", "use_bias": true,
                "depthwise_initializer": "glorot_uniform", "bias_initializer": "zeros",
            ]
        ),
        (
            #"{"type": "separable_conv2d", "filters": 4, "kernel_size": 3, "pointwise_initializer": "he_normal"}"#,
            [
                "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid", "depth_multiplier": 1,
                "dilation_rate": [1, 1], "activation": "linear", "use_bias": true,
                "depthwise_initializer": "glorot_uniform", "pointwise_initializer": "he_normal",
                "bias_initializer": "zeros",
            ]
        ),
        (#"{"type": "maximum"}"#, [:]), (#"{"type": "flatten"}"#, [:]), (#"{"type": "add"}"#, [:]),
        (#"{"type": "reshape", "target_shape": [4, -1, 1]}"#, ["target_shape": [4, -1, 1]]),
        (#"{"type": "dropout", "rate": 0.25}"#, ["rate": 0.25]), (#"{"type": "concatenate"}"#, ["axis": -1]),
        (#"{"type": "concatenate", "axis": 1}"#, ["axis": 1]), (#"{"type": "leaky_relu"}"#, ["negative_slope": 0.3]),
        (#"{"type": "leaky_relu", "negative_slope": 0.1}"#, ["negative_slope": 0.1]),
        (#"{"type": "elu", "alpha": 0.7}"#, ["alpha": 0.7]), (#"{"type": "softmax"}"#, [:]),
        (#"{"type": "linear"}"#, [:]), (#"{"type": "gelu"}"#, [:]),
    ]

    @Test("What is read, written and read again is the same", arguments: layers.indices)
    func roundTrip(_ index: Int) throws {
        let (text, expected) = Self.layers[index]
        let first = try read(text)
        #expect(first.problems == [])
        let layer = try #require(first.layer?.layer)
        #expect(JSONNode(.object(layer.configuration)) == expected)
        let written = JSONNode(.object([.init(key: "type", value: JSONNode(layer.type))] + layer.configuration))
        let second = try read(written.jsonText())
        #expect(second.problems == [])
        let again = try #require(second.layer?.layer)
        #expect(again.type == layer.type)
        #expect(again.configuration.map(\.key) == layer.configuration.map(\.key))
        #expect(again.configuration.map(\.value) == layer.configuration.map(\.value))
    }

    @Test("Every type that is named can be read")
    func types() throws {
        for type in LayerRegistry.kinds.builtInNames {
            let keys = [
                "dense": #","units":1"#, "conv2d": #","filters":1,"kernel_size":1"#,
                "conv2d_transpose": #","filters":1,"kernel_size":1"#, "depthwise_conv2d": #","kernel_size":1"#,
                "separable_conv2d": #","filters":1,"kernel_size":1"#,
                "reshape": #","target_shape":[1]"#, "dropout": #","rate":0"#, "activation": #","activation":"relu""#,
            ]
            let (layer, problems) = try read(#"{"type":"\#(type)"\#(keys[type] ?? "")}"#)
            #expect(problems == [])
            #expect(layer != nil)
        }
        #expect(
            try (read(#"{"type":"activation","activation":"elu"}"#).layer?.layer as? ActivationLayer)?.activation
                == .elu(1))
    }

    @Test func nameAndInputs() throws {
        let layer = try #require(
            try read(#"{"type": "add", "name": "sum", "inputs": ["a", "b"]}"#).layer)
        #expect(layer.name == "sum")
        #expect(layer.inputs == ["a", "b"])
        let bare = try #require(try read(#"{"type": "add"}"#).layer)
        #expect(bare.name == nil && bare.inputs == nil)
    }

    @Test(arguments: [
        (
            #"{"type": "dence", "units": 3}"#,
            ["model.layers[0].type: unknown layer type 'dence'; did you mean 'dense'?"]
        ),
        (#"{"units": 3}"#, ["model.layers[0].type: is missing"]),
        (
            #"{"type": "dense", "units": 3, "activaton": "relu"}"#,
            ["model.layers[0].activaton: unknown key; did you mean 'activation'?"]
        ),
        (
            #"{"type": "dense", "units": 3, "activation": "rellu"}"#,
            ["model.layers[0].activation: unknown activation 'rellu'; did you mean 'relu'?"]
        ),
        (#"{"type": "dense", "units": 0}"#, ["model.layers[0].units: must be 1 or more, but is 0"]),
        (
            #"{"type": "conv2d", "filters": 1, "kernel_size": 3, "padding": "sam"}"#,
            ["model.layers[0].padding: unknown padding 'sam'; did you mean 'same'?"]
        ),
        (
            #"{"type": "dense", "units": 3, "kernel_initializer": "he_norml"}"#,
            ["model.layers[0].kernel_initializer: unknown initializer 'he_norml'; did you mean 'he_normal'?"]
        ),
        (
            #"{"type": "dense", "units": 3, "bias_initializer": "constant"}"#,
            ["model.layers[0].bias_initializer: needs a value; write {\"type\": \"constant\", \"value\": 0.1}"]
        ),
        (#"{"type": "dropout", "rate": 1}"#, ["model.layers[0].rate: must be at least 0 and below 1, but is 1"]),
        (
            #"{"type": "reshape", "target_shape": [-1, -1]}"#,
            ["model.layers[0].target_shape: must hold whole numbers of 1 or more, and at most one -1"]
        ),
        (#"{"type": "relu", "name": "a/b"}"#, ["model.layers[0].name: must be a word without '/', but is 'a/b'"]),
        (
            #"{"type": "relu", "name": "."}"#,
            ["model.layers[0].name: must not be '.', which in an HDF5 file is the group itself"]
        ),
        (#"{"type": "relu", "inputs": []}"#, ["model.layers[0].inputs: must name at least one layer"]),
        (#"{"type": "activation"}"#, ["model.layers[0].activation: is missing; give one of linear, relu"]),
        (
            #"{"type": "dense", "unit": 3, "use_bias": 1}"#,
            [
                "model.layers[0].units: is missing", "model.layers[0].use_bias: must be true or false, but is",
                "model.layers[0].unit: unknown key; did you mean 'units'?",
            ]
        ),
    ])
    func mistakes(_ text: String, _ expected: [String]) throws {
        let problems = try read(text).problems
        #expect(problems.count == expected.count, "\(problems)")
        for (problem, expected) in zip(problems, expected) {
            #expect(problem.hasPrefix(expected), "\(problem)")
        }
    }
}
