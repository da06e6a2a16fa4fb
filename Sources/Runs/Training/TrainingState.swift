import Batches
import Engine
import Files
import Interchange
import Kernels
import Network

/// All that it takes to go on with a fit as if it had never ended.
struct TrainingState: Sendable {
    /// Copies; nobody changes them.
    var parameters: AlignedMemory
    var moments: [AlignedMemory]
    /// The parameters of the best epoch so far, where they are kept.
    var best: AlignedMemory?
    var bestEpoch: StoppingRule.Best?
    /// The epochs that are done.
    var history: [EpochRecord]
    /// Within the epoch that follows; nil at its start.
    var position: EpochPosition?
    /// The number of steps taken.
    var step: Int
    /// The factor on the learning rate, and how often training was taken back.
    var rateFactor: Double
    var rewinds: Int
    /// Steps dropped in the epochs that are done.
    var skipped: Int
    /// What the watch over the loss remembers.
    var spikes: [Double] = []
    /// And what the watch over the gradients does.
    var health: [Int] = []
}

extension TrainingState {
    /// The epochs that are done, and the one under way.
    var begunEpochs: Int { history.count + (position == nil ? 0 : 1) }

    /// What belongs into a checkpoint beside the model.
    func checkpoint(_ model: TrainedModel, rows: [Int], data: DataFingerprint) -> Checkpoint {
        var vectors: [String: AlignedMemory] = [:]
        for (index, moment) in moments.enumerated() { vectors["moment_\(index + 1)"] = moment }
        if let best { vectors["best"] = best }
        var numbers: [String: [Double]] = [
            "rate_factor": [rateFactor], "spikes": spikes,
            "history": history.flatMap(Self.figures),
        ]
        var integers: [String: [Int]] = [
            "step": [step], "epoch": [history.count], "rewinds": [rewinds], "skipped": [skipped], "rows": rows,
            "history": history.flatMap { [$0.epoch, $0.step] },
            "health": health, "data": data.sums,
            "metrics": [model.metrics.count, history.first?.validationLoss == nil ? 0 : 1],
        ]
        if let bestEpoch {
            numbers["best"] = [bestEpoch.value]
            integers["best"] = [bestEpoch.epoch]
        }
        if let position {
            let totals = position.totals
            numbers["position"] = [totals.loss, totals.norm, totals.counted]
            integers["position"] = [
                position.epoch, position.step, totals.samples, totals.steps, totals.skipped,
            ]
            for (shard, state) in position.metrics.enumerated() { numbers["metrics_\(shard)"] = state }
        }
        return Checkpoint(model: model, vectors: vectors, numbers: numbers, integers: integers)
    }

    private static func figures(of record: EpochRecord) -> [Double] {
        var figures = [record.learningRate, record.loss ?? .nan, record.gradientNorm, record.samplesPerSecond]
        figures += record.metrics ?? []
        if let loss = record.validationLoss { figures.append(loss) }
        return figures + (record.validationMetrics ?? [])
    }

    /// The state that a checkpoint holds.
    /// - Throws: `FileError` where parts are missing or do not fit each other.
    init(_ checkpoint: Checkpoint, from path: String, moments count: Int, shards: Int) throws {
        func bad(_ what: String) -> FileError {
            FileError("\(path) is damaged: it lacks \(what), or it does not fit the rest", isBadData: true)
        }
        func integers(_ name: String, _ count: Int) throws -> [Int] {
            guard let values = checkpoint.integers[name], values.count == count, values.allSatisfy({ $0 >= 0 }) else {
                throw bad("the integers '\(name)'")
            }
            return values
        }
        func numbers(_ name: String, _ count: Int) throws -> [Double] {
            guard let values = checkpoint.numbers[name], values.count == count else {
                throw bad("the numbers '\(name)'")
            }
            return values
        }
        parameters = checkpoint.model.parameters
        moments = try (0..<count).map { index in
            guard let moment = checkpoint.vectors["moment_\(index + 1)"] else { throw bad("'moment_\(index + 1)'") }
            return moment
        }
        best = checkpoint.vectors["best"]
        step = try integers("step", 1)[0]
        // More than anybody takes, and few enough to be counted with.
        guard step < 1 << 48 else { throw bad("the number of steps") }
        rewinds = try integers("rewinds", 1)[0]
        skipped = try integers("skipped", 1)[0]
        rateFactor = try numbers("rate_factor", 1)[0]
        spikes = checkpoint.numbers["spikes"] ?? []
        health = checkpoint.integers["health"] ?? []
        guard rateFactor > 0, rateFactor <= 1 else { throw bad("a learning rate's factor") }

        let epochs = try integers("epoch", 1)[0]
        let shape = try integers("metrics", 2)
        guard epochs <= 1 << 32, shape[0] == checkpoint.model.metrics.count, shape[1] <= 1 else {
            throw bad("the history")
        }
        let width = 4 + shape[0] + shape[1] * (1 + shape[0])
        let (places, figures) = (try integers("history", 2 * epochs), try numbers("history", width * epochs))
        history = (0..<epochs).map { index in
            let row = Array(figures[index * width..<(index + 1) * width])
            return EpochRecord(
                epoch: places[2 * index], step: places[2 * index + 1], learningRate: row[0], loss: row[1],
                metrics: Array(row[4..<4 + shape[0]]), validationLoss: shape[1] == 1 ? row[4 + shape[0]] : nil,
                validationMetrics: shape[1] == 1 ? Array(row[(5 + shape[0])...]) : nil, samplesPerSecond: row[3],
                gradientNorm: row[2])
        }
        if checkpoint.integers["best"] != nil {
            bestEpoch = StoppingRule.Best(epoch: try integers("best", 1)[0], value: try numbers("best", 1)[0])
        }
        if checkpoint.integers["position"] != nil {
            let (places, sums) = (try integers("position", 5), try numbers("position", 3))
            var totals = EpochTotals()
            (totals.loss, totals.norm, totals.counted) = (sums[0], sums[1], sums[2])
            (totals.samples, totals.steps, totals.skipped) = (places[2], places[3], places[4])
            let metrics = try (0..<shards).map { shard in
                guard let state = checkpoint.numbers["metrics_\(shard)"] else { throw bad("'metrics_\(shard)'") }
                return state
            }
            guard places[0] == epochs, places[1] == step, totals.steps <= step else { throw bad("the position") }
            position = EpochPosition(epoch: places[0], step: places[1], totals: totals, metrics: metrics)
        }
    }
}
