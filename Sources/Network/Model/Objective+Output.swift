public import Kernels

extension Objective {
    /// An output of a model with its loss.
    public struct Output: Sendable {
        /// The name of the layer whose result it is.
        public let name: String
        public let loss: any Loss
        /// The factor of its loss in the model's loss.
        public let weight: Double
        /// How its targets are scaled for the loss; nil where they are not scaled.
        public let targetScale: TargetScale?
        /// Of binary outputs the probability above which each predicts 1; nil for ½. The loss does not depend on it.
        public package(set) var thresholds: [Double]?
        /// What a sentence calls the layer: `the last layer 'logits'`.
        package let layer: String

        /// The form of its targets.
        public let targetForm: TargetForm
        /// The shape that one sample's target must have.
        public let targetShape: Shape
        /// The shape of one sample's prediction.
        public let shape: Shape

        /// The nodes to be filled and read.
        package let target: Int
        package let prediction: Int
        /// What the loss's activation is taken of; nil for losses without one. Where probabilities round to 0 or 1, these
        /// still tell which of two samples has the greater one.
        package let logits: Int?
        /// The loss of each sample in `evaluation` and `training`.
        package let sampleLoss: Int

        init(
            _ name: String, _ loss: any Loss, weight: Double, _ targetScale: TargetScale?, _ variables: Variables,
            in model: Model
        ) {
            (self.name, self.loss, self.weight, self.targetScale) = (name, loss, weight, targetScale)
            layer = Self.words(name, in: model)
            shape = variables.prediction.type.shape
            targetForm = loss.targetForm(for: shape)
            targetShape = loss.targetShape(for: shape)
            target = variables.target.index
            prediction = variables.prediction.index
            logits = variables.logits?.index
            sampleLoss = variables.loss.index
        }

        /// The label that the loss ignores: its rows have neither loss nor gradient. Nil for none.
        public var ignoredLabel: Int? { loss.ignoredLabel }

        /// Whether the model's own result are logits, so that a probability of one half is a 0.
        package var predictsLogits: Bool { loss.activation != nil && loss.fromLogits }

        /// What the sum of a batch's sample losses is divided by; see `Loss.countedSamples`.
        /// - Parameter targets: as the replica takes them, samples × the elements of `targetShape`.
        package func countedSamples(targets: TensorPointer, samples: Int) -> Double {
            loss.countedSamples(targets: targets, samples: samples, labels: targetShape.count)
        }

        /// The same of a single sample of several.
        package func countedSamples(targets: TensorPointer, at sample: Int) -> Double {
            let offset = sample * targetShape.count
            let own: TensorPointer =
                switch targets {
                case .float32(let values): .float32(values + offset)
                case .int32(let values): .int32(values + offset)
                }
            return countedSamples(targets: own, samples: 1)
        }

        private static func words(_ name: String, in model: Model) -> String {
            model.steps.last?.name == name ? "the last layer '\(name)'" : "the layer '\(name)'"
        }

        /// What an output adds to the graph of its model.
        struct Variables {
            let prediction: Variable
            let logits: Variable?
            let target: Variable
            let loss: Variable

            /// - Parameter output: the result of the layer.
            /// - Throws: `ObjectiveError` where the loss does not fit the layer; `GraphError`.
            init(
                of output: Variable, _ name: String, _ loss: any Loss, _ targetScale: TargetScale?, in model: Model
            ) throws {
                let graph = output.graph
                let layer = Output.words(name, in: model)
                if let targetScale {
                    let form = loss.targetForm(for: output.type.shape)
                    guard form.isOfValues else { throw TargetScaleError(layer, loss, form) }
                    if let problem = targetScale.problem(with: loss.targetShape(for: output.type.shape)) {
                        throw ObjectiveError("the constants that scale the targets of \(layer) \(problem)")
                    }
                }
                // The layer's last activation, if the loss takes it as its own.
                var logits: Variable?
                var probabilities: Variable?
                if let wanted = loss.activation {
                    if case .operation(let final, let inputs) = graph.nodes[output.index].kind,
                        final.pureActivation == wanted
                    {
                        (logits, probabilities) = (Variable(graph: graph, index: inputs[0]), output)
                    }
                    if loss.fromLogits {
                        if logits != nil {
                            throw ObjectiveError(
                                "from_logits does not fit \(layer), which already ends with \(wanted); "
                                    + "leave one of them out")
                        }
                        logits = output
                        probabilities = try graph.apply(ActivationOperator(wanted), to: [output], name: "\(wanted)")
                    }
                    guard logits != nil else {
                        throw ObjectiveError(
                            "\(loss.typeName) needs probabilities, but \(layer) does not end with \(wanted); "
                                + "give it \"activation\": \"\(wanted)\", or set \"from_logits\": true in the loss")
                    }
                }
                if let problem = loss.problem(for: output.type.shape, layer: layer) { throw ObjectiveError(problem) }
                let several = model.outputs.count > 1
                target = graph.input(
                    loss.targetShape(for: output.type.shape), name: several ? "target of \(name)" : "target",
                    element: loss.targetForm(for: output.type.shape).element)
                let compared = targetScale?.scaled(target) ?? target
                prediction = targetScale?.restored(output) ?? output
                self.logits = logits
                if let formula = loss as? any LossFormula {
                    self.loss = try formula.applied(to: output, compared)
                    return
                }
                let operation = LossOperator(loss, takesLogits: logits != nil)
                let sources =
                    if let logits, let probabilities { [logits, probabilities, compared] } else { [output, compared] }
                self.loss = try graph.apply(operation, to: sources, name: several ? "loss of \(name)" : "loss")
            }
        }
    }
}
