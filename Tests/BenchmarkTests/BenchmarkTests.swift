import Configuration
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Benchmark
@testable import Engine
@testable import Machine
@testable import Metrics
@testable import Optimizers
@testable import Runs

@Suite struct BenchmarkTests {
    private func configuration(_ changes: String...) throws -> RunConfiguration {
        let text = """
            {"name": "tiny", "data": {"train": {"file": "Datasets/digits.h5"}, "normalize": "scale"},
             "model": {"layers": [{"type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "relu"},
                {"type": "flatten"}, {"type": "dense", "units": 10, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "optimizer": "adam",
             "training": {"epochs": 1, "batch_size": 32}}
            """
        var document = try ConfigurationDocument(text: text, file: "tiny.json")
        for change in changes { try document.set(change) }
        return try RunConfiguration(document, directory: Repository.path)
    }

    @Test func figuresOfEachNumberOfWorkersFitTogether() throws {
        let benchmark = try ScalingBenchmark(configuration(), workers: [1, 3], mode: .strong, seconds: 0.2, rounds: 3)
        // conv 2·9·1·4·36, and its weights' gradient; flatten none; dense 2·144·10 thrice; softmax 40; loss 40 twice.
        #expect(benchmark.operationsPerSample == 2 * 2592 + 3 * 2880 + 40 + 80)
        #expect(benchmark.results.map(\.workers) == [1, 3])
        #expect(benchmark.results.map(\.batchSize) == [32, 32])
        #expect(benchmark.results[0].speedUp == 1)
        for result in benchmark.results {
            let rate = result.samplesPerSecond
            #expect(rate.minimum > 0 && rate.minimum <= rate.median && rate.median <= rate.maximum)
            #expect(abs(result.flops - rate.median * Double(benchmark.operationsPerSample)) <= 1e-9 * result.flops)
            #expect(result.peak > 0)
            #expect(abs(result.phases.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        }
        let last = benchmark.results[1]
        #expect(abs(last.efficiency - last.speedUp / 3) < 1e-12)
        #expect(!benchmark.advice.isEmpty)
    }

    @Test func weakScalingGrowsTheBatch() throws {
        let benchmark = try ScalingBenchmark(configuration(), workers: [1, 2], mode: .weak, seconds: 0.1, rounds: 1)
        #expect(benchmark.results.map(\.batchSize) == [32, 64])
    }

    /// The config's own schedule and order of rows, too.
    @Test(arguments: [ScalingBenchmark.Mode.strong, .weak])
    func itTrainsAsTheConfigSays(mode: ScalingBenchmark.Mode) throws {
        let configuration = try configuration(
            #"optimizer={"type": "sgd", "clipnorm": 1, "schedule": {"type": "cosine", "warmup_epochs": 1}}"#,
            "training.shuffle=false", "training.epochs=7", "seed=9", #"metrics=["accuracy"]"#, "parallel.shards=2")
        let objective = try configuration.objective(configuration.model(input: [8, 8, 1]))
        let settings = ScalingBenchmark.settings(configuration, objective, workers: 2, mode: mode)
        let own = configuration.trainingSettings
        #expect(settings.schedule as? CosineSchedule == CosineSchedule(warmupEpochs: 1, final: 0))
        #expect(settings.epochs == 7 && !settings.shuffle && settings.seed == 9)
        #expect(settings.optimizer is SGD && settings.clipping == .norm(1))
        #expect(settings.metrics.map(\.name) == ["accuracy"])
        #expect(settings.batchSize == (mode == .weak ? 64 : 32) && settings.parallelism?.workers == 2)
        #expect(own.batchSize == 32 && own.parallelism == nil)
    }

    @Test func aBatchThatOutgrowsTheDataIsRefused() throws {
        #expect(throws: DataError.self) {
            _ = try ScalingBenchmark(
                configuration("training.batch_size=1000"), workers: [2], mode: .weak, seconds: 0.1, rounds: 1)
        }
    }

    @Test func theJSONHoldsTheFigures() throws {
        let benchmark = try ScalingBenchmark(configuration(), workers: [1], mode: .strong, seconds: 0.1, rounds: 1)
        let text = benchmark.json.jsonText()
        let read = try ConfigurationDocument(text: text, file: "bench.json").root
        #expect(read["name"] == "tiny")
        guard case .array(let results)? = read["results"]?.value else {
            Issue.record("results is a list")
            return
        }
        #expect(results[0]["workers"] == 1)
        #expect(results[0]["samples_per_second"]?["median"] == JSONNode(benchmark.results[0].samplesPerSecond.median))
    }

    @Test func theChartIsWellFormedAndNamesWhatItShows() throws {
        let benchmark = try ScalingBenchmark(
            configuration(#"name="a<b&c""#), workers: [1, 2, 4], mode: .strong, seconds: 0.1, rounds: 1)
        let svg = ScalingChart.svg(benchmark)
        #expect(svg.contains("a&lt;b&amp;c: strong scaling"))
        // A point each, and one in the legend where there is no room for names at the lines' ends.
        #expect(svg.contains(">measured<") && svg.contains(">ideal<"))
        #expect((4...5).contains(svg.components(separatedBy: "<circle").count))
        #expect(svg.contains("Speed-up 1.00 with 1, ") && svg.contains(" with 4 workers."))
        #expect(svg.contains("stroke-dasharray"), "the ideal line")
        #expect(XMLNesting.isBalanced(svg))
    }

    @Test func layersAreTimed() throws {
        let benchmark = try OperatorBenchmark(configuration("parallel.shards=1"), seconds: 0.1)
        #expect(benchmark.rows.map(\.layer) == ["conv2d", "dense", "loss"])
        #expect(benchmark.samples == 32)
        #expect(benchmark.rows[0].forwardOperations == 32 * 2592)
        #expect(benchmark.rows[0].backwardOperations == 32 * 2592, "the data need no gradient")
        #expect(benchmark.rows.allSatisfy { $0.forward > 0 && $0.backward > 0 })
    }

    /// Where the samples of a batch are coupled, all of them are measured as elsewhere.
    @Test func coupledSamplesAreMeasured() throws {
        let configuration = try configuration(TestLayers.coupled(classes: 10), "parallel.shards=4")
        let scaling = try ScalingBenchmark(configuration, workers: [1, 2], mode: .strong, seconds: 0.1, rounds: 1)
        for result in scaling.results {
            #expect(result.samplesPerSecond.minimum > 0)
            #expect(abs(result.phases.reduce(0) { $0 + $1.share } - 1) < 1e-9)
            for phase in [StepProfile.Phase.gather, .forward, .backward, .reduce] {
                #expect(result.phases.contains { $0.phase == phase && $0.share > 0 }, "\(phase)")
            }
        }
        let layers = try OperatorBenchmark(configuration, seconds: 0.1)
        #expect(layers.samples == 8)
        for name in ["norm", "centre"] {
            #expect(layers.rows.contains { $0.layer == name && $0.forward > 0 && $0.backward > 0 }, "\(name)")
        }
    }

    /// Both passes of each worker, and the combining of the sums between them.
    @Test func aTraceShowsCoupledSteps() throws {
        let engine = try TrainingRun(
            configuration(TestLayers.coupled(classes: 10), "parallel.shards=4", "parallel.workers=2")
        ).trainer.engine
        let profile = StepProfile(workers: 2, eventCapacity: 1000)
        engine.profile = profile
        engine.pace = Pace(first: Pace.Chunk(isShared: true, steps: 1_000_000))
        _ = try engine.run(epoch: 0, limit: 3)
        let text = ChromeTrace.text(of: profile)
        let trace = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]])
        for worker in 0..<2 {
            let names = events.filter { $0["ph"] as? String == "X" && $0["tid"] as? Int == worker }
                .compactMap { $0["name"] as? String }
            #expect(Set(names).isSuperset(of: ["gather", "forward", "backward", "wait", "reduce"]), "\(worker)")
        }
    }

    @Test func aTraceHasALaneForEachWorkerAndTheReader() throws {
        let engine = try TrainingFixture.engine(
            TrainingFixture.mlp(), on: TrainingFixture.digits(), batchSize: 64, workers: 2)
        let profile = StepProfile(workers: 2, eventCapacity: 50)
        engine.profile = profile
        for epoch in 0..<2 { _ = try engine.run(epoch: epoch) }
        #expect(profile.dropped > 0, "the lanes hold 50 phases each")

        let text = ChromeTrace.text(of: profile)
        let trace = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]])
        let names = events.filter { $0["ph"] as? String == "M" }.compactMap {
            ($0["args"] as? [String: Any])?["name"] as? String
        }
        #expect(names == ["worker 0", "worker 1", "reader"])
        let phases = events.filter { $0["ph"] as? String == "X" }
        #expect(phases.filter { $0["tid"] as? Int == 0 }.count == 50)
        #expect(phases.allSatisfy { ($0["dur"] as? Double ?? -1) >= 0 && ($0["ts"] as? Double ?? -1) >= 0 })
        #expect(Set(phases.compactMap { $0["name"] as? String }).isSuperset(of: ["gather", "forward", "backward"]))
    }
}

/// Whether the tags of a document close in the order in which they open.
private enum XMLNesting {
    static func isBalanced(_ text: String) -> Bool {
        var open: [Substring] = []
        for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = piece.firstIndex(of: ">") else { return false }
            let tag = piece[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return false }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        return open.isEmpty
    }
}
