import Batches
import Configuration
import Engine
import Kernels
import Machine
import Network
import Runs

/// How a run's speed grows with its workers.
///
/// For each number of workers an engine of its own trains the config's model on the config's data. The measuring goes
/// round by round through all of them, so that a machine that slows down slows all; figures are medians over rounds.
package struct ScalingBenchmark: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        /// The batch stays as it is, so the shards become smaller.
        case strong
        /// The batch grows with the workers, so the shards stay as they are.
        case weak
    }

    package struct Spread: Sendable {
        package let median: Double
        package let minimum: Double
        package let maximum: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            let middle = sorted.count / 2
            median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            minimum = sorted[0]
            maximum = sorted[sorted.count - 1]
        }
    }

    package struct Result: Sendable {
        package let workers: Int
        package let batchSize: Int
        package let samplesPerSecond: Spread
        /// Against the first number of workers, and that per worker.
        package let speedUp: Double
        package let efficiency: Double
        /// Floating-point operations a second, as the operators' definitions count them, and the speed of a matrix
        /// product in the same. A convolution of 3×3 carries out fewer than are counted, so it can be above the peak.
        package let flops: Double
        package let peak: Double
        package let stepSeconds: Double
        package let phases: [(phase: StepProfile.Phase, share: Double)]

        package var peakShare: Double { peak > 0 ? flops / peak : 0 }
    }

    package let name: String
    package let mode: Mode
    package let operationsPerSample: Int
    package let results: [Result]
    /// The CPUs that the process may use.
    package let cpus: Int
    /// Whether a layer is a convolution of 3×3, which spares some of the multiplications that are counted.
    private let sparesMultiplications: Bool

    /// - Parameters:
    ///   - workers: the numbers to measure; the first is what the others are held against.
    ///   - seconds: the time for each number of workers, over all rounds.
    /// - Throws: as `TrainingRun` does for a config that can't be trained.
    package init(
        _ configuration: RunConfiguration, workers: [Int], mode: Mode, seconds: Double, rounds: Int = 7
    ) throws {
        let data = try RunData(configuration.data, seed: configuration.seed).training
        let objective = try configuration.objective(configuration.model(for: data), on: data)
        try configuration.checkShuffleWindow(data, batch: configuration.training.wholeBatch)
        let preprocessing = try configuration.preprocessings(fittedTo: data, for: objective)
        name = configuration.name
        self.mode = mode
        operationsPerSample = objective.training.operationsPerSample
        cpus = AvailableCPUs.count
        sparesMultiplications = configuration.layers.contains { ($0.layer as? Conv2D)?.kernelSize == [3, 3] }

        var subjects = try workers.map { count in
            try Subject(configuration, objective, data, preprocessing, workers: count, mode: mode)
        }
        let slice = seconds / Double(rounds)
        for index in subjects.indices { try subjects[index].warmUp(slice: slice) }
        for _ in 0..<rounds { for index in subjects.indices { try subjects[index].measure(seconds: slice) } }

        let base = Spread(subjects[0].rates)
        results = subjects.map { [operationsPerSample] subject in
            let rate = Spread(subject.rates)
            let speedUp = rate.median / base.median
            return Result(
                workers: subject.workers, batchSize: subject.batchSize, samplesPerSecond: rate, speedUp: speedUp,
                efficiency: speedUp / Double(subject.workers) * Double(subjects[0].workers),
                flops: rate.median * Double(operationsPerSample), peak: Spread(subject.peaks).median,
                stepSeconds: Double(subject.batchSize) / rate.median, phases: subject.profile.shares)
        }
    }

    /// How a number of workers trains: as the config says, but for the workers, and the batch where it grows with them.
    static func settings(
        _ configuration: RunConfiguration, _ objective: Objective, workers: Int, mode: Mode
    ) -> TrainingSettings {
        var settings = configuration.trainingSettings
        // A batch that is too large is refused.
        let (batch, overflows) = settings.batchSize.multipliedReportingOverflow(by: mode == .weak ? workers : 1)
        settings.batchSize = overflows ? .max : batch
        var parallel = configuration.parallel
        parallel.workers = workers
        // What is measured is how the work is shared, so that every worker has some where that is worth anything.
        parallel.shardsFollowWorkers = parallel.shards == nil
        settings.parallelism = parallel.resolved(
            batchSize: settings.batchSize, for: objective)
        return settings
    }

    /// One number of workers on the bench.
    private struct Subject {
        let workers: Int
        let batchSize: Int
        let profile: StepProfile
        private let engine: TrainingEngine
        private let peak: MatmulPeak
        private var epoch = 0
        private var stepsPerRun = 1
        private(set) var rates: [Double] = []
        private(set) var peaks: [Double] = []

        init(
            _ configuration: RunConfiguration, _ objective: Objective, _ data: Dataset,
            _ preprocessing: [Preprocessing], workers: Int, mode: Mode
        ) throws {
            self.workers = workers
            let settings = ScalingBenchmark.settings(configuration, objective, workers: workers, mode: mode)
            guard mode == .strong || settings.batchSize <= data.count else {
                throw DataError(
                    "weak scaling makes a batch of \(settings.batchSize) rows for \(workers) workers, but \(data.inputsPlace) "
                        + "has \(data.count); measure fewer workers, or set training.batch_size to "
                        + "\(max(data.count / workers, 1)) or less")
            }
            batchSize = min(settings.batchSize, data.count)
            engine = try TrainingEngine(objective, on: data, preprocessing: preprocessing, settings)
            profile = StepProfile(workers: engine.parallelism.workers)
            peak = try MatmulPeak(workers: workers)
        }

        mutating func warmUp(slice: Double) throws {
            let first = try engine.run(epoch: epoch, limit: 3)
            epoch += 1
            let stepSeconds = first.seconds / Double(max(first.samples, 1)) * Double(batchSize)
            stepsPerRun = max(1, Int(slice / max(stepSeconds, 1e-9)))
            _ = try engine.run(epoch: epoch, limit: stepsPerRun)
            epoch += 1
        }

        /// Trains for about so many seconds without looking, then a little longer with the clock on each phase, which
        /// itself takes time.
        mutating func measure(seconds: Double) throws {
            var (samples, time) = (0, 0.0)
            repeat {
                let result = try engine.run(epoch: epoch, limit: stepsPerRun)
                epoch += 1
                samples += result.samples
                time += result.seconds
            } while time < seconds
            rates.append(Double(samples) / time)
            engine.profile = profile
            _ = try engine.run(epoch: epoch, limit: max(1, stepsPerRun / 4))
            engine.profile = nil
            epoch += 1
            peaks.append(try peak.measure(seconds: min(0.1, seconds / 4)))
        }
    }

    /// What is to be known of the figures before they are read, a sentence each.
    package var notes: [String] {
        var notes: [String] = []
        let most = results.map(\.workers).max() ?? 0
        if most > cpus {
            notes.append(
                "\(most) workers share the \(cpus == 1 ? "one CPU" : "\(cpus) CPUs") that the process may use, and take turns: more than "
                    + "\(cpus == 1 ? "one" : "\(cpus)") can't be faster, whatever the network")
        }
        if results.contains(where: { $0.peakShare > 1 }) {
            notes.append(
                "a share of the peak is above 100%: "
                    + (sparesMultiplications
                        ? "counted are the multiplications of the definition, of which convolutions of 3×3 spare some"
                        : "the peak is that of a matrix product of 512×512, measured between the rounds; other programs may have "
                            + "slowed it, or its threads took turns on fewer CPUs"))
        }
        return notes
    }

    /// What keeps the largest number of workers from being faster, and what to try; a sentence.
    package var advice: String {
        guard let last = results.last else { return "" }
        func share(_ phase: StepProfile.Phase) -> Double { last.phases.first { $0.phase == phase }?.share ?? 0 }
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))%" }
        let shard = last.batchSize / max(last.workers, 1)
        let at = "at \(last.workers) worker\(last.workers == 1 ? "" : "s")"
        if share(.wait) > 0.1 {
            let microseconds = last.stepSeconds * 1e6
            return
                "\(percent(share(.wait))) of the time \(at) is waiting: a step of \(Int(microseconds)) µs with shards "
                + "of \(shard) samples is too small to share; try batch_size \(4 * last.batchSize)"
        }
        if share(.reduce) > 0.25 {
            return "\(percent(share(.reduce))) of the time \(at) is reducing gradients and stepping: there are many "
                + "parameters for so few samples a step; try batch_size \(2 * last.batchSize)"
        }
        if share(.gather) > 0.25 {
            return "\(percent(share(.gather))) of the time \(at) is gathering inputs: the network is small for its data"
        }
        let arithmetic = share(.forward) + share(.backward)
        return "\(percent(arithmetic)) of the time \(at) is forward and backward arithmetic, at "
            + "\(percent(last.peakShare)) of the matrix product's speed; nothing stands in its way but the "
            + "kernels"
    }

    /// Whether speed-up and efficiency are held against anything: a single number of workers is not, unless it is 1.
    package var isCompared: Bool { results.count > 1 || results.first?.workers == 1 }

    /// The figures for other programs. Without anything to be held against `speed_up` and `efficiency` are null.
    package var json: JSONNode {
        func spread(_ value: Spread) -> JSONNode {
            [
                "median": JSONNode(value.median), "minimum": JSONNode(value.minimum),
                "maximum": JSONNode(value.maximum),
            ]
        }
        return [
            "name": JSONNode(name), "mode": JSONNode(mode.rawValue),
            "operations_per_sample": JSONNode(operationsPerSample), "cpus": JSONNode(cpus),
            "notes": JSONNode(notes.map { JSONNode($0) }), "advice": JSONNode(advice),
            "results": JSONNode(
                results.map { result in
                    [
                        "workers": JSONNode(result.workers), "batch_size": JSONNode(result.batchSize),
                        "samples_per_second": spread(result.samplesPerSecond),
                        "speed_up": isCompared ? JSONNode(result.speedUp) : JSONNode(.null),
                        "efficiency": isCompared ? JSONNode(result.efficiency) : JSONNode(.null),
                        "gflops": JSONNode(result.flops * 1e-9),
                        "peak_gflops": JSONNode(result.peak * 1e-9), "peak_share": JSONNode(result.peakShare),
                        "step_seconds": JSONNode(result.stepSeconds),
                        "phases": JSONNode(
                            .object(result.phases.map { .init(key: "\($0.phase)", value: JSONNode($0.share)) })),
                    ]
                }),
        ]
    }
}
