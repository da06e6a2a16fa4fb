import Configuration

/// `checkpoint` of a config: how often the state of a run is saved, and which checkpoints are kept.
public struct CheckpointConfiguration: Sendable, Hashable {
    /// The interval between two checkpoints.
    public enum Interval: Sendable, Hashable {
        case steps(Int)
        case epochs(Int)
        case seconds(Double)
    }

    public var every: Interval
    /// How many of the newest checkpoints are kept.
    public var keepLast: Int
    /// Whether the best checkpoint is kept too. The best has the best figure of early stopping; without early stopping,
    /// the lowest validation loss, or the lowest loss where there is no validation split.
    public var keepBest: Bool

    /// By default a checkpoint every five minutes, of which the last two are kept.
    public init(every: Interval = .seconds(300), keepLast: Int = 2, keepBest: Bool = false) {
        self.every = every
        self.keepLast = keepLast
        self.keepBest = keepBest
    }

    init(reading reader: ObjectReader?) {
        self.init()
        guard let reader else { return }
        if let interval = reader.object("every") {
            let given = ["steps", "epochs", "seconds"].filter { interval.has($0) }
            if given.count != 1 {
                reader.fail("must have one of steps, epochs and seconds, as in {\"epochs\": 1}", key: "every")
            }
            if let steps = interval.optionalInteger("steps", in: 1...) { every = .steps(steps) }
            if let epochs = interval.optionalInteger("epochs", in: 1...) { every = .epochs(epochs) }
            if let seconds = interval.optionalNumber("seconds", .positive) { every = .seconds(seconds) }
            interval.finish()
        }
        keepLast = reader.integer("keep_last", in: 1...1000, default: keepLast)
        keepBest = reader.bool("keep_best", default: keepBest)
        reader.finish()
    }

    package var configuration: JSONNode {
        let interval: JSONNode =
            switch every {
            case .steps(let steps): ["steps": JSONNode(steps)]
            case .epochs(let epochs): ["epochs": JSONNode(epochs)]
            case .seconds(let seconds): ["seconds": JSONNode(seconds)]
            }
        return ["every": interval, "keep_last": JSONNode(keepLast), "keep_best": JSONNode(keepBest)]
    }
}

/// `training.on_nan` of a config: what to do when the loss or a gradient is NaN or infinite.
public enum DivergencePolicy: Sendable, Hashable {
    /// Stop: training throws `Divergence`.
    case stop
    /// Drop the step and count it. `Divergence` is thrown where all steps of an epoch are dropped.
    case skip
    /// Return to the last checkpoint, or to the start where there is none, and continue with the learning rate
    /// multiplied by `factor`. This is done at most `times` times; after that, `Divergence` is thrown.
    case rewind(factor: Double, times: Int)

    /// Whether training may go back to an earlier state.
    var goesBack: Bool { if case .rewind = self { true } else { false } }

    init(reading reader: ObjectReader?, key: String) {
        self = .stop
        let words = ["stop", "skip", "rewind"]
        switch reader?.stringOrObject(key) {
        case nil: return
        case .string(let word):
            switch word {
            case "stop": self = .stop
            case "skip": self = .skip
            case "rewind": self = .rewind(factor: 0.5, times: 3)
            default:
                reader?.fail(unknownWord(word, noun: "word", among: words), key: key)
            }
        case .object(let object):
            switch object.requiredWord("type", among: words, noun: "word") {
            case "skip": self = .skip
            case "rewind":
                self = .rewind(
                    factor: object.number(
                        "factor", .between(0, 1, includingLower: false, includingUpper: false), default: 0.5),
                    times: object.integer("times", in: 1...1000, default: 3))
            default: break
            }
            object.finish()
        }
    }

    package var configuration: JSONNode {
        switch self {
        case .stop: "stop"
        case .skip: "skip"
        case .rewind(let factor, let times):
            ["type": "rewind", "factor": JSONNode(factor), "times": JSONNode(times)]
        }
    }
}
