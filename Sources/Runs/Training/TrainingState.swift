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
    /// The epoch from which early stopping's patience counts, as in `StoppingRule`.
    var waitsFrom = 0
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
        var numbers: [String: [Double]] = ["rate_factor": [rateFactor], "spikes": spikes]
        var integers: [String: [Int]] = [
            "step": [step], "epoch": [history.count], "rewinds": [rewinds], "skipped": [skipped], "rows": rows,
            "health": health, "data": data.sums,
        ]
        if let bestEpoch {
            numbers["best_value"] = [bestEpoch.value]
            integers["best_epoch"] = [bestEpoch.epoch]
        }
        if waitsFrom > 0 { integers["waits_from"] = [waitsFrom] }
        integers["history_epoch"] = history.map(\.epoch)
        integers["history_step"] = history.map(\.step)
        for (name, column) in Self.columns(of: history, figures: model.figures.map(\.name)) {
            numbers["history_\(name)"] = column
        }
        if let position {
            let totals = position.totals
            integers["position_epoch"] = [position.epoch]
            integers["position_step"] = [position.step]
            integers["position_steps"] = [totals.steps]
            integers["position_samples"] = [totals.samples]
            integers["position_skipped"] = [totals.skipped]
            numbers["position_gradient_norm"] = [totals.norm]
            let suffixes = Self.suffixes(of: model.objective)
            for (output, suffix) in zip(totals.outputs, suffixes) {
                numbers["position_loss\(suffix)"] = [output.loss]
                numbers["position_counted\(suffix)"] = [output.counted]
            }
            for (index, state) in position.metrics.enumerated() {
                let (shard, output) = index.quotientAndRemainder(dividingBy: suffixes.count)
                numbers["position_metrics_of_shard_\(shard)\(suffixes[output])"] = state
            }
        }
        return Checkpoint(model: model, vectors: vectors, numbers: numbers, integers: integers)
    }

    /// What tells what is kept of an output from that of the others; nothing where there is one.
    private static func suffixes(of objective: Objective) -> [String] {
        objective.outputs.count > 1 ? objective.outputs.map { "_of_\($0.name)" } : [""]
    }

    /// The figures of the epochs, each a column.
    private static func columns(of history: [EpochRecord], figures: [String]) -> [String: [Double]] {
        var columns = [
            "learning_rate": history.map(\.learningRate), "loss": history.map { $0.loss ?? .nan },
            "gradient_norm": history.map(\.gradientNorm), "samples_per_second": history.map(\.samplesPerSecond),
        ]
        for (index, name) in figures.enumerated() { columns[name] = history.map { $0.metrics?[index] ?? .nan } }
        guard history.first?.validationLoss != nil else { return columns }
        columns["validation_loss"] = history.map { $0.validationLoss ?? .nan }
        for (index, name) in figures.enumerated() {
            columns["validation_\(name)"] = history.map { $0.validationMetrics?[index] ?? .nan }
        }
        return columns
    }

    /// The state that a checkpoint holds.
    /// - Throws: `FileError` where parts are missing or do not fit each other.
    init(_ checkpoint: Checkpoint, from path: String, moments count: Int, shards: Int) throws {
        func bad(_ what: String) -> FileError {
            FileError("\(path) is damaged: it lacks \(what), or it does not fit the rest", isBadData: true)
        }
        func integers(_ name: String, count: Int) throws -> [Int] {
            guard let values = checkpoint.integers[name], values.count == count, values.allSatisfy({ $0 >= 0 }) else {
                throw bad("the integers '\(name)'")
            }
            return values
        }
        func numbers(_ name: String, count: Int) throws -> [Double] {
            guard let values = checkpoint.numbers[name], values.count == count else {
                throw bad("the numbers '\(name)'")
            }
            return values
        }
        func integer(_ name: String) throws -> Int { try integers(name, count: 1)[0] }
        func number(_ name: String) throws -> Double { try numbers(name, count: 1)[0] }
        parameters = checkpoint.model.parameters
        moments = try (0..<count).map { index in
            guard let moment = checkpoint.vectors["moment_\(index + 1)"] else { throw bad("'moment_\(index + 1)'") }
            return moment
        }
        best = checkpoint.vectors["best"]
        step = try integer("step")
        // More than anybody takes, and few enough to be counted with.
        guard step < 1 << 48 else { throw bad("the number of steps") }
        rewinds = try integer("rewinds")
        skipped = try integer("skipped")
        rateFactor = try number("rate_factor")
        spikes = checkpoint.numbers["spikes"] ?? []
        health = checkpoint.integers["health"] ?? []
        guard rateFactor > 0, rateFactor <= 1 else { throw bad("a learning rate's factor") }

        let epochs = try integer("epoch")
        guard epochs <= 1 << 32 else { throw bad("the history") }
        let figures = checkpoint.model.figures.map(\.name)
        func column(_ name: String) throws -> [Double] { try numbers("history_\(name)", count: epochs) }
        let ends = (
            epochs: try integers("history_epoch", count: epochs), steps: try integers("history_step", count: epochs)
        )
        let (rates, losses) = (try column("learning_rate"), try column("loss"))
        let (norms, speeds) = (try column("gradient_norm"), try column("samples_per_second"))
        let values = try figures.map(column)
        let hasValidation = checkpoint.numbers["history_validation_loss"] != nil
        let validationLosses = hasValidation ? try column("validation_loss") : []
        let validationValues = hasValidation ? try figures.map { try column("validation_\($0)") } : []
        history = (0..<epochs).map { index in
            EpochRecord(
                epoch: ends.epochs[index], step: ends.steps[index], learningRate: rates[index], loss: losses[index],
                metrics: values.map { $0[index] }, validationLoss: hasValidation ? validationLosses[index] : nil,
                validationMetrics: hasValidation ? validationValues.map { $0[index] } : nil,
                samplesPerSecond: speeds[index], gradientNorm: norms[index])
        }
        if checkpoint.integers["best_epoch"] != nil {
            bestEpoch = StoppingRule.Best(epoch: try integer("best_epoch"), value: try number("best_value"))
        }
        if checkpoint.integers["waits_from"] != nil {
            waitsFrom = try integer("waits_from")
            guard waitsFrom <= epochs else { throw bad("the epoch from which patience counts") }
        }
        if checkpoint.integers["position_epoch"] != nil {
            let suffixes = Self.suffixes(of: checkpoint.model.objective)
            var totals = EpochTotals(outputs: suffixes.count)
            totals.outputs = try suffixes.map {
                EpochTotals.Output(loss: try number("position_loss\($0)"), counted: try number("position_counted\($0)"))
            }
            totals.norm = try number("position_gradient_norm")
            totals.samples = try integer("position_samples")
            totals.steps = try integer("position_steps")
            totals.skipped = try integer("position_skipped")
            let metrics = try (0..<shards).flatMap { shard in
                try suffixes.map { suffix in
                    let name = "position_metrics_of_shard_\(shard)\(suffix)"
                    guard let state = checkpoint.numbers[name] else { throw bad("'\(name)'") }
                    return state
                }
            }
            let (epoch, place) = (try integer("position_epoch"), try integer("position_step"))
            guard epoch == epochs, place == step, totals.steps <= step else { throw bad("the position") }
            position = EpochPosition(epoch: epoch, step: place, totals: totals, metrics: metrics)
        }
    }
}
