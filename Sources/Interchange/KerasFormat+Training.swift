import Configuration
import Engine
import Foundation
import Metrics
import Network

extension KerasFormat {
    /// `training_config`: the optimizer, the losses and the metrics, by which `keras.models.load_model` compiles the model,
    /// in the form that Keras 2.15 and 3 both read.
    ///
    /// Left out are metrics that Keras does not have in the same sense, such as means over classes that are labels, and what
    /// Keras keeps in no file: which parameters are excluded from weight decay, and what layers say of their own.
    /// - Returns: nil where Keras has not the optimizer or a loss, or nobody knows the optimizer: Keras then opens the model
    ///   without compiling it.
    static func trainingConfiguration(_ trained: TrainedModel, weightDecay: Bool = false) -> JSONNode? {
        guard
            let optimizer = (trained.optimizer ?? trained.configuration?["optimizer"]).flatMap({
                self.optimizer($0, schedule: trained.kerasSchedule, weightDecay: weightDecay)
            })
        else { return JSONNode?.none }
        let outputs = trained.objective.outputs
        let losses = outputs.map(loss)
        guard losses.allSatisfy({ $0 != nil }) else { return JSONNode?.none }
        let objects = losses.compactMap { $0.map { record($0.object) } }
        let weights = zip(outputs, losses).map { $0.weight * ($1?.weight ?? 1) }
        let metrics = zip(outputs, trained.metricsByOutput).map { output, metrics -> JSONNode in
            // Keras's metrics count labels that the loss ignores.
            let known = output.ignoredLabel == nil ? metrics.compactMap { $0.keras(MetricLayout(output)) } : []
            return JSONNode(known.map(record))
        }
        return [
            "optimizer_config": optimizer,
            "loss": outputs.count == 1 ? objects[0] : JSONNode(objects),
            "metrics": outputs.count == 1 ? metrics[0] : JSONNode(metrics),
            "weighted_metrics": .init(.null),
            "loss_weights": weights.allSatisfy { $0 == 1 } ? .init(.null) : JSONNode(weights.map { JSONNode($0) }),
        ]
    }

    private static func record(_ object: KerasObject) -> JSONNode {
        ["class_name": JSONNode(object.className), "config": object.configuration]
    }

    /// The loss in the units of the predictions, and by what it is to be multiplied.
    private static func loss(of output: Objective.Output) -> (object: KerasObject, weight: Double)? {
        guard let scale = output.targetScale else {
            if let squared = output.loss as? MeanSquaredError {
                return (KerasObject("MeanSquaredError"), Double(squared.factor))
            }
            return output.loss.keras.map { ($0, 1) }
        }
        // Errors in scaled units are those in the targets' own units times the scale, if there is one for all.
        guard let factor = scale.scale.first.map(abs), Set(scale.scale).count == 1 else { return nil }
        switch output.loss {
        case let squared as MeanSquaredError:
            return (KerasObject("MeanSquaredError"), Double(squared.factor) * factor * factor)
        case is MeanAbsoluteError: return (KerasObject("MeanAbsoluteError"), factor)
        case let huber as Huber:
            return (KerasObject("Huber", ["delta": JSONNode(Double(huber.delta) / factor)]), factor * factor)
        default: return nil
        }
    }

    /// Keys and meaning of the constants are Keras's.
    ///
    /// Keras 2.15 reads optimizers of such a file as those of before 2.11, which know no weight decay and no AdamW: with
    /// either it can't compile the model.
    /// - Parameter weightDecay: whether the optimizer has its weight decay; without, AdamW is Adam.
    private static func optimizer(_ own: JSONNode, schedule: JSONNode?, weightDecay: Bool) -> JSONNode? {
        let classes = ["sgd": "SGD", "adam": "Adam", "adamw": weightDecay ? "AdamW" : "Adam"]
        let type: String? =
            switch (own.value, own["type"]?.value) {
            case (.string(let word), _), (_, .string(let word)?): word
            default: nil
            }
        guard let type, let className = classes[type] else { return JSONNode?.none }
        var configuration: [JSONNode.Member] = [.init(key: "name", value: JSONNode(className))]
        let keys = [
            "learning_rate", "momentum", "nesterov", "beta_1", "beta_2", "epsilon", "clipvalue", "clipnorm",
            "global_clipnorm",
        ]
        for key in keys {
            guard let value = own[key] else { continue }
            configuration.append(.init(key: key, value: key == "learning_rate" ? schedule ?? value : value))
        }
        // Keras's SGD and Adam have none rather than 0.
        if weightDecay, let decay = own["weight_decay"],
            type == "adamw" || ![.integer(0), .number(0)].contains(decay.value)
        {
            configuration.append(.init(key: "weight_decay", value: decay))
        }
        return ["class_name": JSONNode(className), "config": JSONNode(.object(configuration))]
    }
}
