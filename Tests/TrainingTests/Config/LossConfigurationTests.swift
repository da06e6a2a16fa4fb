import Configuration
import Kernels
import Network
import Testing

@testable import Metrics
@testable import Runs

@Suite struct LossConfigurationTests {
    @Test(arguments: [
        (#"{"type": "sparse_categorical_crossentropy"}"#, nil), (#"sparse_categorical_crossentropy"#, nil),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": null}"#, nil),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": -1}"#, -1),
        (#"{"type": "sparse_categorical_crossentropy", "ignore_class": 255}"#, 255),
    ])
    func ignoredLabels(text: String, label: Int?) throws {
        let loss = try RunConfiguration(smallest("loss=\(text)"), directory: "").loss
        #expect(loss == LossConfiguration(.sparseCategoricalCrossEntropy, ignoreClass: label))
    }

    @Test func sentences() throws {
        #expect(
            mistakes(try smallest(#"loss={"type": "sparse_categorical_crossentropy", "ignore_class": 16777217}"#)) == [
                "loss.ignore_class: must be from -16777216 to 16777216, but is 16777217"
            ])
        #expect(
            mistakes(try smallest(#"loss={"type": "categorical_crossentropy", "ignore_class": 1}"#)) == [
                "loss.ignore_class: unknown key; known: 'type', 'from_logits'"
            ])
    }

    static let losses = [
        LossConfiguration(.sparseCategoricalCrossEntropy, ignoreClass: -1),
        LossConfiguration(.sparseCategoricalCrossEntropy, fromLogits: true, ignoreClass: 0),
        LossConfiguration(.sparseCategoricalCrossEntropy),
    ]

    @Test(arguments: losses)
    func whatIsWrittenReadsAsTheSame(loss: LossConfiguration) throws {
        let text = loss.configuration.jsonText(pretty: false)
        #expect(text.contains("ignore_class") == (loss.ignoreClass != nil))
        #expect(try RunConfiguration(smallest("loss=\(text)"), directory: "").loss == loss)
    }

    @Test(arguments: losses)
    func anObjectiveKeepsTheLoss(loss: LossConfiguration) throws {
        let model = try Model(input: [2]) { Dense(3, activation: loss.fromLogits ? .linear : .softmax) }
        let objective = try loss.objective(model)
        #expect(objective.ignoredLabel == loss.ignoreClass)
        #expect(LossConfiguration(objective) == loss)
        #expect(MetricLayout(objective).ignoredLabel == loss.ignoreClass)
    }

    @Test func theDataCanNameTheIgnoredLabel() throws {
        let sparse = #"loss="sparse_categorical_crossentropy""#
        let run = try RunConfiguration(smallest(sparse, "data.ignore_label=255"), directory: "")
        #expect(run.loss.ignoreClass == 255)
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
