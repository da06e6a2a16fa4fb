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
        let written = OptimizerConfiguration.configuration(run.optimizer, run.schedule, run.clipping)
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
        let written = OptimizerConfiguration.configuration(run.optimizer, run.schedule, run.clipping)
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
}
