/// Something that looks wrong in a training that goes on.
public struct TrainingWarning: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case vanishingGradient = "vanishing_gradient"
        case explodingGradient = "exploding_gradient"
        case deadLayer = "dead_layer"
        case lossSpike = "loss_spike"
        /// Steps were dropped, since the loss or a gradient was not finite.
        case droppedSteps = "dropped_steps"
        /// Training went back to an earlier state.
        case rewind
        /// A figure is not defined, or the gradient was 0 throughout.
        case undefinedFigure = "undefined_figure"
        case schedule
        /// A file of the run can't be written.
        case saving
        /// Of the data or the config, before training began.
        case data

        /// `vanishing gradient`.
        package var words: String { rawValue.replacing("_", with: " ") }
    }

    public let kind: Kind
    /// Counted from 1; 0 for what was found before the first.
    public let epoch: Int
    /// The number of steps since the start of the run.
    public let step: Int
    /// The layer that it is about; nil for none, or several of equal blame.
    public let layer: String?
    /// The text, without an initial capital and a full stop.
    public let sentence: String

    package init(_ kind: Kind, epoch: Int, step: Int, layer: String? = nil, _ sentence: String) {
        (self.kind, self.epoch, self.step, self.layer, self.sentence) = (kind, epoch, step, layer, sentence)
    }
}

extension TrainingWarning.Kind {
    init(_ kind: HealthWarning.Kind) {
        switch kind {
        case .vanishing: self = .vanishingGradient
        case .exploding: self = .explodingGradient
        case .dead: self = .deadLayer
        }
    }
}
