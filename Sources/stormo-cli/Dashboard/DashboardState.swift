import Runs

/// What a dashboard shows of a run: all that it needs to be drawn, and nothing of where it is drawn.
struct DashboardState: Sendable {
    /// Where the time of the workers goes.
    struct Phase: Sendable, Equatable {
        var name: String
        /// Of each worker.
        var seconds: [Double]
    }

    struct Warning: Sendable, Equatable {
        var sentence: String
        var count = 1
        /// Counted from 1; 0 for before the first, nil where it is not known.
        var epoch: Int?
    }

    var name: String
    /// That the run is to have.
    var epochs: Int
    /// The names of the figures beside the loss.
    var figures: [String]
    /// Of the epochs that are over.
    var history: [EpochRecord] = []
    /// Counted from 1.
    var epoch = 1
    /// The share of the whole run that is done.
    var fraction = 0.0
    /// In seconds, since this process began or was first seen.
    var elapsed = 0.0
    /// In seconds; nil where nothing is known.
    var left: Double?
    /// Means of the epoch that is going on.
    var loss: Double?
    var metric: Double?
    var samplesPerSecond: Double?
    /// The loss within the first epoch, by the share of it that is done: what is drawn until there are two epochs.
    var beginning: [(share: Double, loss: Double)] = []
    /// Of the last epoch that was measured.
    var phases: [Phase] = []
    /// In the order in which they came, those that come again at their newest place.
    var warnings: [Warning] = []
    /// What is happening beside training, such as an end that was asked for.
    var notice: String?

    init(name: String, epochs: Int, figures: [String]) {
        (self.name, self.epochs, self.figures) = (name, epochs, figures)
    }

    mutating func warn(_ sentence: String, epoch: Int?) {
        var warning = Warning(sentence: sentence, epoch: epoch)
        if let place = warnings.firstIndex(where: { $0.sentence == sentence }) {
            warning.count += warnings.remove(at: place).count
        }
        warnings.append(warning)
        // A run may go on for weeks.
        if warnings.count > Self.mostWarnings { warnings.removeFirst() }
    }

    private static let mostWarnings = 200

    mutating func begin(share: Double, loss: Double) {
        guard history.count < 2 else {
            beginning = []
            return
        }
        if history.isEmpty { beginning.append((share, loss)) }
        // Every other one goes where there are many.
        if beginning.count > 2000 {
            beginning = beginning.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
    }
}
