import Configuration
import Foundation
import Network
import RunSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Runs

/// Learning rates and decays of layers' own, and what decay passes over, from a config to the model's file.
@Suite struct ParameterGroupsConfigurationTests {
    private let assignments = [
        #"optimizer={"type": "adamw", "weight_decay": 0.05, "exclude_from_weight_decay": ["bias"]}"#,
        #"model.layers[0]={"type": "conv2d", "filters": 3, "kernel_size": 3, "learning_rate_factor": 0.1}"#,
        #"model.layers[3]={"type": "dense", "units": 2, "activation": "softmax", "weight_decay": 0.2}"#,
    ]

    @Test func aRunKeepsThemAndGoesOnWithThem() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", assignments)
        let plain = try fixture.begin("plain", [#"optimizer={"type": "adamw", "weight_decay": 0.05}"#])
        #expect(whole.parameters != plain.parameters)
        _ = try fixture.begin("parts", assignments, stop: StopRequest(after: 6))
        let part = try fixture.goOn("parts", workers: 3)
        #expect(part.parameters == whole.parameters)
        #expect(try fixture.bytes("parts", "model.h5") == fixture.bytes("whole", "model.h5"))
        let model = try TrainedModel(contentsOf: fixture.path("whole") + "/model.h5")
        let steps = model.objective.model.steps
        #expect(steps[0].training == LayerTraining(rateFactor: 0.1))
        #expect(steps[3].training == LayerTraining(weightDecay: 0.2))
        #expect(model.configuration?["optimizer"]?["exclude_from_weight_decay"] == ["bias"])
        // Keras knows no such keys, and refuses what it does not know.
        let keras = KerasFormat.modelConfiguration(model.objective.model, [.none], name: "m").jsonText(pretty: false)
        #expect(!keras.contains("learning_rate_factor") && !keras.contains("weight_decay"))
    }

    @Test func aWordThatMatchesNothingIsRefusedWithItsLine() throws {
        let fixture = try RunFixture()
        var text = try fixture.configuration(assignments).configuration(
            model: fixture.configuration(assignments).model(input: [6, 6, 1])
        ).jsonText()
        text = text.replacingOccurrences(of: #""bias""#, with: #""bais""#)
        let document = try ConfigurationDocument(text: text, file: "c.json")
        let line = try #require(
            text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("exclude") })
        let configuration = try RunConfiguration(document, directory: "")
        let error = #expect(throws: ConfigurationError.self) { try TrainingRun(configuration) }
        #expect(
            error?.description
                == "c.json:\(line + 1): optimizer.exclude_from_weight_decay[0]: unknown layer, parameter or "
                + "kind of parameters 'bais'; did you mean 'bias'?")
    }

    @Test(arguments: [
        (
            #"{"type": "dense", "units": 1, "trainable": false, "learning_rate_factor": 2}"#,
            "model.layers[0].learning_rate_factor: has nothing to act on, since the layer is frozen (\"trainable\": false); "
                + "leave one of the two out"
        ),
        (
            #"{"type": "dense", "units": 1, "trainable": false, "weight_decay": 0}"#,
            "model.layers[0].weight_decay: has nothing to act on, since the layer is frozen (\"trainable\": false); "
                + "leave one of the two out"
        ),
        (
            #"{"type": "dense", "units": 1, "learning_rate_factor": 0}"#,
            "model.layers[0].learning_rate_factor: must be above 0, but is 0"
        ),
        (
            #"{"type": "dense", "units": 1, "weight_decay": -1}"#,
            "model.layers[0].weight_decay: must be 0 or more, but is -1"
        ),
    ])
    func mistakesOfLayers(layer: String, sentence: String) throws {
        #expect(try mistakes(smallest("model.layers=[\(layer)]")) == [sentence])
    }

    @Test func aLayerWithoutParametersTakesNoneOfThem() throws {
        for key in ["trainable", "learning_rate_factor", "weight_decay"] {
            let sentences = try mistakes(smallest(#"model.layers=[{"type": "flatten", "\#(key)": 1}]"#))
            #expect(sentences == ["model.layers[0].\(key): unknown key; known: 'type', 'name', 'inputs'"])
        }
    }
}
