import Batches
import Configuration
import Engine
import Kernels
import Network
import Runs

/// What each layer of a model costs on one worker, forward and backward.
///
/// The layers run in their places in whole training passes over one shard, so that the caches are as they would be;
/// the figures are medians over the passes.
package struct OperatorBenchmark: Sendable {
    package struct Row: Sendable {
        package let layer: String
        /// For one shard, in seconds.
        package let forward: Double
        package let backward: Double
        /// Necessary floating-point operations for one shard.
        package let forwardOperations: Int
        package let backwardOperations: Int
    }

    package let name: String
    package let samples: Int
    package let rows: [Row]
    /// Floating-point operations a second of a matrix product, measured in the same run.
    package let peak: Double

    /// - Parameter seconds: how long to run.
    /// - Throws: as `TrainingRun` does for a config that can't be trained.
    package init(_ configuration: RunConfiguration, seconds: Double) throws {
        let data = try RunData(configuration.data, seed: configuration.seed).training
        let objective = try configuration.objective(configuration.model(for: data), on: data)
        try data.check(against: objective)
        let parallelism = configuration.parallel.resolved(
            batchSize: configuration.training.batchSize, for: objective)
        let samples = max(1, min(configuration.training.batchSize / parallelism.shards, data.count))
        name = configuration.name
        self.samples = samples

        guard let pool = Pool(try data.head(samples)) else { preconditionFailure("a head is in memory") }
        let feed = try ShardFeed(objective, on: data, preprocessing: objective.inputs.map { _ in .none })
        let passes = Passes()
        let seed = configuration.seed
        try WorkerTeam(1).run { _ in
            let program = objective.training
            let replica = try Replica(program, samples: [samples])
            let parameters = try AlignedMemory(floats: program.layout.count)
            let gradients = try AlignedMemory(floats: program.layout.count)
            objective.layout.initialise(parameters.floats, seed: seed)
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
                gradients: gradients)
            let rows = (0..<Int64(samples)).map { $0 }
            let start = ContinuousClock.now
            repeat {
                rows.withUnsafeBufferPointer {
                    feed.load(replica, from: pool, rows: $0.baseAddress!, count: samples)
                }
                var last = ContinuousClock.now
                // A layer that is run tile by tile comes several times in a pass.
                var (forward, backward): ([Int: Double], [Int: Double]) = ([:], [:])
                func note(_ table: inout [Int: Double], _ node: Int) {
                    let now = ContinuousClock.now
                    table[node, default: 0] += (now - last).seconds
                    last = ContinuousClock.now
                }
                let pass = KernelPass(isTraining: true, seed: seed)
                replica.forward(samples: samples, pass) { note(&forward, $0) }
                replica.backward(samples: samples, scale: 1 / Float(samples), pass) { note(&backward, $0) }
                for (node, time) in forward { passes.forward[node, default: []].append(time) }
                for (node, time) in backward { passes.backward[node, default: []].append(time) }
            } while (ContinuousClock.now - start).seconds < seconds
        }
        peak = try MatmulPeak(workers: 1).measure(seconds: min(0.3, seconds))

        let program = objective.training
        rows = (objective.layerNodes + [("loss", objective.outputs.map(\.sampleLoss))]).compactMap { name, nodes in
            func total(_ table: [Int: [Double]]) -> Double {
                nodes.reduce(0) { sum, node in
                    let sorted = (table[node] ?? []).sorted()
                    return sum + (sorted.isEmpty ? 0 : sorted[sorted.count / 2])
                }
            }
            let ran = nodes.filter { passes.forward[$0] != nil || passes.backward[$0] != nil }
            guard !ran.isEmpty else { return nil }
            let operations = ran.map { program.operationsPerSample(of: $0) }
            return Row(
                layer: name, forward: total(passes.forward), backward: total(passes.backward),
                forwardOperations: samples * operations.reduce(0) { $0 + $1.forward },
                backwardOperations: samples * operations.reduce(0) { $0 + $1.backward })
        }
    }

    /// The times of each node, pass by pass.
    ///
    /// `@unchecked Sendable`: the one worker writes, and its caller reads when it has ended.
    private final class Passes: @unchecked Sendable {
        var forward: [Int: [Double]] = [:]
        var backward: [Int: [Double]] = [:]
    }

    /// The figures for other programs.
    package var json: JSONNode {
        [
            "name": JSONNode(name), "samples": JSONNode(samples), "peak_gflops": JSONNode(peak * 1e-9),
            "layers": JSONNode(
                rows.map { row in
                    [
                        "layer": JSONNode(row.layer), "forward_seconds": JSONNode(row.forward),
                        "backward_seconds": JSONNode(row.backward),
                        "forward_operations": JSONNode(row.forwardOperations),
                        "backward_operations": JSONNode(row.backwardOperations),
                    ]
                }),
        ]
    }
}
