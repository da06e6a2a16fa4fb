import Configuration
import RunSupport
import Testing

@testable import Batches
@testable import Interchange
@testable import Metrics
@testable import Network
@testable import Runs

/// A config whose inputs, targets and losses are objects by name.
@Suite struct SeveralConfigurationTests {
    private func read(_ assignments: [String] = []) throws -> RunConfiguration {
        var document = try ConfigurationDocument(text: SeveralFixture.config, file: "a.json")
        for assignment in assignments { try document.set(assignment) }
        return try RunConfiguration(document, directory: "")
    }

    private let inputs = [ModelInput("image", [6, 6, 1]), ModelInput("age", [2])]

    /// What is said of a config as it is read, or against the shapes of its data.
    private func sentence(_ assignments: String...) throws -> String {
        do {
            let configuration = try read(assignments)
            _ = try configuration.objective(configuration.model(inputs: inputs))
            return ""
        } catch { return "\(error)" }
    }

    @Test func everythingIsReadByName() throws {
        let run = try read()
        #expect(
            run.data.train.inputParts == [
                .init(["/train/inputs/image"], name: "image"), .init(["/train/inputs/age"], name: "age"),
            ])
        #expect(run.data.train.targetParts.map(\.name) == ["kind", "sizes"])
        #expect(run.data.train.weightParts == [.init(["/train/weights"], name: "sizes")])
        // Where a split names none, its datasets have the names of the training's.
        #expect(run.data.test?.source?.inputParts.map(\.paths) == [["/test/inputs/image"], ["/test/inputs/age"]])
        #expect(run.data.validation?.source?.targetParts.map(\.paths).last == ["/validation/targets/sizes"])
        #expect(run.data.normalizations.entries.map(\.name) == ["age"])
        #expect(run.data.augmentations.entries.first?.value.transforms.count == 1)
        #expect(run.losses.entries.map(\.value.typeName) == ["sparse_categorical_crossentropy", "mean_squared_error"])
        #expect(run.lossWeights == ["sizes": 0.25])
        #expect(
            run.figures.map(\.name) == ["kind_loss", "kind_accuracy", "kind_f1", "sizes_loss", "sizes_mae"])
        let objective = try run.objective(run.model(inputs: inputs))
        #expect(objective.outputs.map(\.weight) == [1, 0.25])
        #expect(objective.outputs[0].ignoredLabel == -1)
    }

    @Test func theResolvedConfigGivesTheSameRun() throws {
        let run = try read()
        let model = try run.model(inputs: inputs)
        let resolved = run.configuration(model: model)
        let again = try RunConfiguration(
            ConfigurationDocument(text: resolved.jsonText(), file: "b.json"), directory: "")
        #expect(again.configuration(model: model) == resolved)
        #expect(resolved["model"]?["outputs"] == ["kind", "sizes"])
        #expect(resolved["loss_weights"] == ["sizes": 0.25])
        #expect(resolved["metrics"] == ["kind": ["accuracy", "f1"], "sizes": ["mae"]])
        #expect(resolved["data"]?["augment"]?["image"] != nil)
    }

    @Test func whatIsGivenOnceIsRefused() throws {
        #expect(
            try sentence(#"loss="mean_squared_error""#, "loss_weights=null").contains(
                "loss: is given once, but there are the outputs kind, sizes; give an object"))
        #expect(
            try sentence(#"metrics=["accuracy"]"#, "training.early_stopping=null").contains(
                "metrics: is given once, but there are the outputs"))
        #expect(
            try sentence(#"data.normalize="standardize""#).contains(
                "data.normalize: is given once, but there are the inputs image, age"))
        #expect(
            try sentence(#"data.augment=[{"type": "random_flip"}]"#).contains(
                "data.augment: is given once, but there are the inputs image, age"))
        #expect(
            try sentence(#"data.class_weight="balanced""#).contains(
                "data.class_weight: is given once, but there are the outputs kind, sizes"))
        #expect(
            try sentence("data.ignore_label=-1").contains(
                "data.ignore_label: is -1 for all outputs, but each loss has labels of its own; give those that ignore "
                    + "one \"ignore_class\": -1"))
    }

    @Test func namesMustBeThereInBoth() throws {
        #expect(
            try sentence(#"loss={"kind": "sparse_categorical_crossentropy"}"#).contains(
                "loss: has none for the output 'sizes'"))
        #expect(
            try sentence(#"loss.size="huber""#).contains(
                "loss: names 'size', which is no output; the outputs are kind, sizes"))
        #expect(
            try sentence("loss_weights.size=1").contains(
                "loss: has a weight for 'size', which is no output; the outputs are kind, sizes"))
        #expect(
            try sentence(#"metrics.size=["mae"]"#).contains(
                "metrics: names 'size', which is no output; the outputs are kind, sizes"))
        #expect(
            try sentence(#"data.normalize.years="scale""#).contains(
                "data.normalize: names 'years', which is no input; the inputs are image, age"))
        #expect(
            try sentence("data.train.transpose_inputs={\"years\": [1, 0]}").contains(
                "data.train.transpose_inputs: names 'years', which is no input of this split"))
        #expect(
            try sentence(#"model.outputs=["kind", "size"]"#).contains(
                "model.outputs: names 'size', but there is no such layer; known are both, conv, dropout, flatten, kind")
        )
    }

    @Test func aStratifiedSplitNamesTheOutput() throws {
        let folds = "data.k_fold=3"
        #expect(
            try read([folds, "data.validation=null", #"data.stratify="kind""#, "training.early_stopping=null"])
                .data.stratifiedOutput == "kind")
        #expect(try sentence(#"data.stratify="kinds""#).contains("data.stratify: unknown output 'kinds'"))
    }

    @Test func mistakesSayWhichOutputTheyAreOf() throws {
        #expect(
            try sentence(#"metrics.sizes=["accuracy"]"#).contains(
                #"metrics.sizes: The metric "accuracy" needs class or binary targets, and these are regression values"#)
        )
        #expect(
            try sentence(#"data.class_weight={"sizes": "balanced"}"#).contains(
                "data.class_weight.sizes: needs class or binary targets"))
        #expect(
            try sentence(#"data.augment={"age": [{"type": "random_flip"}]}"#).contains(
                "data.augment.age[0]: random_flip wants images"))
        #expect(
            try sentence(#"data.augment={"image": [{"type": "mixup"}]}"#).contains(
                "data.augment.image[0]: mixup mixes samples with their targets, for one input and one output"))
        #expect(
            try sentence(#"training.early_stopping.monitor="validation_accuracy""#).contains(
                "training.early_stopping.monitor: unknown figure 'validation_accuracy'"))
        #expect(try sentence(#"loss.kind.typo=1"#).contains("loss.kind.typo: unknown key"))
    }

    /// Names that two figures would share.
    @Test func figuresAreToldApart() {
        let list = FigureList(outputs: ["a", "validation_a"], metrics: [[], []])
        #expect(
            list.problem
                == "two figures would be called 'validation_a_loss', after their output and metric; call an output otherwise"
        )
        #expect(FigureList(outputs: ["a", "b"], metrics: [[], []]).problem == nil)
    }

    @Test func aWeightNeedsSeveralLosses() throws {
        #expect(
            try sentence(#"loss="huber""#).contains(
                "loss_weights: stands beside one loss, which has nothing to be weighed against; leave it out"))
    }
}
