import Configuration
import Kernels
import Network
import RunSupport
import Testing

@testable import Metrics
@testable import Runs

@Suite struct LossConfigurationTests {
    @Test(arguments: [
        (#"{"type": "sparse_categorical_crossentropy"}"#, nil), (#"sparse_categorical_crossentropy"#, nil),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": null}"#, nil),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": -1}"#, -1),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": 255}"#, 255),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": 20000001}"#, 20_000_001),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": -2147483648}"#, -2_147_483_648),
    ])
    func ignoredLabels(text: String, label: Int?) throws {
        let loss = try RunConfiguration(smallest("loss=\(text)"), directory: "").loss
        #expect(loss as? SparseCategoricalCrossEntropy == SparseCategoricalCrossEntropy(ignoring: label))
    }

    @Test func sentences() throws {
        #expect(
            mistakes(try smallest(#"loss={"type": "sparse_categorical_crossentropy", "ignore_class": 2147483648}"#))
                == [
                    "loss.ignore_class: must be from -2147483648 to 2147483647, but is 2147483648"
                ])
        #expect(
            mistakes(try smallest(#"loss={"type": "categorical_crossentropy", "ignore_class": 1}"#)) == [
                "loss.ignore_class: unknown key; known: 'type', 'from_logits'"
            ])
    }

    static let losses = [
        SparseCategoricalCrossEntropy(ignoring: -1), SparseCategoricalCrossEntropy(fromLogits: true, ignoring: 0),
        SparseCategoricalCrossEntropy(),
    ]

    @Test(arguments: losses)
    func whatIsWrittenReadsAsTheSame(loss: SparseCategoricalCrossEntropy) throws {
        let text = loss.typedConfiguration.jsonText(pretty: false)
        #expect(text.contains("ignore_class") == (loss.ignoredLabel != nil))
        #expect(
            try RunConfiguration(smallest("loss=\(text)"), directory: "").loss as? SparseCategoricalCrossEntropy == loss
        )
    }

    @Test(arguments: losses)
    func anObjectiveKeepsTheLoss(loss: SparseCategoricalCrossEntropy) throws {
        let model = try Model(input: [2]) { Dense(3, activation: loss.fromLogits ? .linear : .softmax) }
        let objective = try Objective(model, loss: loss)
        #expect(objective.ignoredLabel == loss.ignoredLabel)
        #expect(objective.loss as? SparseCategoricalCrossEntropy == loss)
        #expect(MetricLayout(objective).ignoredLabel == loss.ignoredLabel)
    }

    @Test func theDataCanNameTheIgnoredLabel() throws {
        let sparse = #"loss="sparse_categorical_crossentropy""#
        let run = try RunConfiguration(smallest(sparse, "data.ignore_label=255"), directory: "")
        #expect(run.loss.ignoredLabel == 255)
        for (loss, sentence) in [
            (
                #"{"type": "sparse_categorical_crossentropy", "ignore_class": -1}"#,
                "is 255, but the loss's ignore_class is -1; leave one of them out"
            ),
            ("huber", "needs the loss sparse_categorical_crossentropy, but the loss is huber"),
        ] {
            let run = try RunConfiguration(smallest("loss=\(loss)", "data.ignore_label=255"), directory: "")
            let error = #expect(throws: ConfigurationError.self) { try run.objective(run.model(input: [2])) }
            #expect(error?.description.hasSuffix("data.ignore_label: \(sentence)") == true)
        }
    }
}
