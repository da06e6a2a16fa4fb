import Configuration
import Network
import RunSupport
import Testing

@testable import Optimizers
@testable import Runs

@Suite struct OptimizerConfigurationTests {
    private func run(_ optimizer: String) throws -> RunConfiguration {
        try RunConfiguration(smallest("optimizer=\(optimizer)"), directory: "")
    }

    static let clippings: [(key: String, clipping: GradientClipping)] = [
        ("clipvalue", .value(0.5)), ("clipnorm", .norm(0.5)), ("global_clipnorm", .globalNorm(0.5)),
    ]

    @Test(arguments: clippings, OptimizerRegistry.kinds.builtInNames)
    func clippingIsReadAndWritten(_ clipping: (key: String, clipping: GradientClipping), name: String) throws {
        let run = try run(#"{"type": "\#(name)", "\#(clipping.key)": 0.5}"#)
        #expect(run.clipping == clipping.clipping)
        let written = OptimizerConfiguration(run.optimizer, run.schedule, run.clipping).configuration
        #expect(written[clipping.key] == 0.5)
        #expect(written["type"] == JSONNode(name))
        let again = try self.run(written.jsonText(pretty: false))
        #expect(again.clipping == run.clipping)
        #expect(again.optimizer.typedConfiguration == run.optimizer.typedConfiguration)
        let model = try Model(input: [1], layers: run.layers)
        #expect(run.configuration(model: model)["optimizer"] == written)
    }

    @Test func withoutClippingNoneIsWritten() throws {
        let run = try run("adam")
        #expect(run.clipping == .none)
        let written = OptimizerConfiguration(run.optimizer, run.schedule, run.clipping).configuration
        for (key, _) in Self.clippings { #expect(written[key] == nil) }
        #expect(try self.run(#"{"type": "adam", "clipnorm": null}"#).clipping == .none)
    }

    @Test(arguments: [
        (
            #"{"type": "adam", "clipnorm": 1, "clipvalue": 2}"#,
            "optimizer.clipnorm: stands beside 'clipvalue'; gradients are clipped in one way, leave one out"
        ),
        (
            #"{"type": "sgd", "clipnorm": 1, "global_clipnorm": 2}"#,
            "optimizer.global_clipnorm: stands beside 'clipnorm'; gradients are clipped in one way, leave one out"
        ),
        (#"{"type": "sgd", "clipnorm": 0}"#, "optimizer.clipnorm: must be above 0, but is 0"),
        (#"{"type": "sgd", "clipvalue": -1}"#, "optimizer.clipvalue: must be above 0, but is -1"),
        (#"{"type": "sgd", "clip_norm": 1}"#, "optimizer.clip_norm: unknown key; did you mean 'clipnorm'?"),
    ])
    func mistakesInClipping(optimizer: String, sentence: String) throws {
        #expect(try mistakes(smallest("optimizer=\(optimizer)")) == [sentence])
    }

    @Test func exclusionsAreReadAndWritten() throws {
        for name in OptimizerRegistry.kinds.builtInNames {
            let run = try run(#"{"type": "\#(name)", "exclude_from_weight_decay": ["bias", "conv*/kernel"]}"#)
            #expect(run.excludedFromWeightDecay == ["bias", "conv*/kernel"])
            let model = try Model(input: [1], layers: run.layers)
            let written = try #require(run.configuration(model: model)["optimizer"])
            #expect(written["exclude_from_weight_decay"] == ["bias", "conv*/kernel"])
            #expect(try self.run(written.jsonText(pretty: false)).excludedFromWeightDecay == ["bias", "conv*/kernel"])
            #expect(run.trainingSettings.excludedFromWeightDecay == ["bias", "conv*/kernel"])
        }
        for none in ["adam", #"{"type": "adam", "exclude_from_weight_decay": []}"#] {
            let run = try run(none)
            let model = try Model(input: [1], layers: run.layers)
            #expect(run.excludedFromWeightDecay == [])
            #expect(run.configuration(model: model)["optimizer"]?["exclude_from_weight_decay"] == nil)
        }
    }

    @Test(arguments: [
        (
            #"{"type": "sgd", "exclude_from_weight_decay": ["bias", "bias"]}"#,
            "optimizer.exclude_from_weight_decay[1]: names 'bias' twice"
        ),
        (
            #"{"type": "sgd", "exclude_from_weight_decay": [""]}"#,
            "optimizer.exclude_from_weight_decay[0]: must not be empty"
        ),
        (
            #"{"type": "sgd", "exclude_weight_decay": ["bias"]}"#,
            "optimizer.exclude_weight_decay: unknown key; did you mean 'exclude_from_weight_decay'?"
        ),
    ])
    func mistakesInExclusions(optimizer: String, sentence: String) throws {
        #expect(try mistakes(smallest("optimizer=\(optimizer)")) == [sentence])
    }
}
