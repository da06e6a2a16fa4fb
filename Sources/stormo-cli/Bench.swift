import ArgumentParser
import Benchmark
import Configuration
import Engine
import Files
import Foundation
import Machine
import Runs

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how a config's training speed grows with the workers.",
        discussion: """
            Trains the config's model on its data with each number of workers in turn, several rounds, and prints \
            medians. Strong scaling keeps the batch; weak scaling grows it with the workers.
            """)

    @OptionGroup var options: ConfigOptions

    @Option(
        help: ArgumentHelp(
            "The numbers of workers, such as 1,2,4. (default: 1, 2, 4 … up to the CPUs)", valueName: "list"))
    var workers: WorkerList?

    @Option(help: "strong or weak. (default: strong)")
    var mode: ScalingBenchmark.Mode?

    @Option(help: "The seconds for each number of workers.")
    var seconds = 3.0

    @Option(help: ArgumentHelp("Write the figures to this file.", valueName: "file"), completion: .file())
    var json: String?

    @Option(
        help: ArgumentHelp("Draw the speed-up with the ideal line into this file.", valueName: "file"),
        completion: .file())
    var svg: String?

    @Flag(help: "Print the time and the speed of each layer on one worker instead.")
    var operators = false

    @Flag(help: "Read the training data without training on them, and print how fast they come.")
    var reading = false

    func validate() throws {
        if operators, reading { throw ValidationError("--operators and --reading are two measurements; choose one") }
        let other = operators ? "--operators" : reading ? "--reading" : nil
        let ofScaling = [("--workers", workers != nil), ("--mode", mode != nil), ("--svg", svg != nil)]
        if let other, let option = ofScaling.first(where: \.1)?.0 {
            throw ValidationError(
                "\(option) is for measuring how speed grows with workers, and \(other) measures something else; leave one out"
            )
        }
        if options.sets("parallel.workers") {
            throw ValidationError(
                "--set parallel.workers has no effect on a benchmark; say --workers with the numbers to measure")
        }
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds must be above 0 and at most 3600, but is \(seconds)")
        }
    }

    func run() throws {
        var configuration = try options.read()
        let inputs = try [options.config] + configuration.data.paths()
        for (option, path) in [("--json", json), ("--svg", svg)] {
            if let path { try OutputFile.check(path, option, reading: inputs) }
        }
        let tables = try ConvertedTables(configuration.data).tables
        configuration.data = tables.data
        defer { withExtendedLifetime(tables) {} }
        if operators { return try benchOperators(configuration) }
        if reading { return try benchReading(configuration) }
        let benchmark = try ScalingBenchmark(
            configuration, workers: workers?.counts ?? WorkerList.upToCPUs, mode: mode ?? .strong, seconds: seconds)
        Console.print(
            "\(benchmark.name), \(benchmark.mode) scaling, \(Figures.count(benchmark.operationsPerSample)) FLOPs a sample"
        )
        var table = TextTable(
            [
                ("workers", .right), ("batch", .right), ("samples/s", .right), ("spread", .right), ("speed-up", .right),
                ("efficiency", .right), ("GFLOP/s", .right), ("of peak", .right),
            ] + StepProfile.Phase.allCases.map { ("\($0)", .right) })
        let isCompared = benchmark.isCompared
        for result in benchmark.results {
            let rate = result.samplesPerSecond
            table.append(
                [
                    "\(result.workers)", "\(result.batchSize)", Figures.count(Int(rate.median)),
                    "±" + percent((rate.maximum - rate.minimum) / 2 / rate.median),
                    isCompared ? String(format: "%.2f", result.speedUp) : "",
                    isCompared ? percent(result.efficiency) : "",
                    String(format: "%.1f", result.flops * 1e-9), percent(result.peakShare),
                ] + result.phases.map { percent($0.share) })
        }
        table.print()
        for note in benchmark.notes { Console.print("note: \(note)") }
        if let base = benchmark.results.first?.workers, base > 1 {
            Console.print(
                isCompared
                    ? "note: speed-up and efficiency are held against \(base) workers, the first that were measured"
                    : "note: speed-up and efficiency need something to be held against: --workers 1,\(base)")
        }
        Console.print(benchmark.advice)
        if let json { try AtomicFile.replace(json, with: benchmark.json.jsonText() + "\n") }
        if let svg { try AtomicFile.replace(svg, with: ScalingChart.svg(benchmark)) }
    }

    private func benchReading(_ configuration: RunConfiguration) throws {
        let result = try ReadingBenchmark(configuration, seconds: seconds)
        let origin =
            result.isStreamed
            ? "from files, mixed among \(Figures.count(result.windowRows)) at a time" : "from memory"
        Console.print(
            "\(configuration.name): \(Figures.count(result.rows, "row")) \(origin), in \(Figures.figure(result.seconds)) s"
        )
        Console.print(
            "\(Figures.count(Int(result.rowsPerSecond))) rows/s, \(ByteCount(Int(result.bytesPerSecond)))/s as they are in memory",
            style: .bold)
        if let json { try AtomicFile.replace(json, with: result.json.jsonText() + "\n") }
    }

    private func benchOperators(_ configuration: RunConfiguration) throws {
        let benchmark = try OperatorBenchmark(configuration, seconds: seconds)
        Console.print(
            "\(benchmark.name), shards of \(Figures.count(benchmark.samples, "sample")) on one worker; a matrix product "
                + String(format: "runs at %.0f GFLOP/s", benchmark.peak * 1e-9))
        var table = TextTable([
            ("layer", .left), ("forward µs", .right), ("GFLOP/s", .right), ("of peak", .right),
            ("backward µs", .right), ("GFLOP/s", .right), ("of peak", .right),
        ])
        func cells(_ seconds: Double, _ operations: Int) -> [String] {
            guard seconds > 0, operations > 0 else { return [String(format: "%.1f", seconds * 1e6), "", ""] }
            let rate = Double(operations) / seconds
            return [
                String(format: "%.1f", seconds * 1e6), String(format: "%.1f", rate * 1e-9),
                percent(rate / benchmark.peak),
            ]
        }
        for row in benchmark.rows {
            table.append(
                [row.layer] + cells(row.forward, row.forwardOperations) + cells(row.backward, row.backwardOperations))
        }
        func total(_ value: (OperatorBenchmark.Row) -> Double) -> Double { benchmark.rows.reduce(0) { $0 + value($1) } }
        table.append(
            ["total"] + cells(total(\.forward), Int(total { Double($0.forwardOperations) }))
                + cells(total(\.backward), Int(total { Double($0.backwardOperations) })))
        table.print()
        if benchmark.rows.contains(where: { Double($0.forwardOperations) > benchmark.peak * $0.forward }) {
            Console.print(
                "above 100%: counted are the multiplications of the definition, of which convolutions of 3×3 spare some",
                style: .dim)
        }
        if let json { try AtomicFile.replace(json, with: benchmark.json.jsonText() + "\n") }
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}

extension ScalingBenchmark.Mode: ExpressibleByArgument {}

/// Numbers of workers, separated by commas.
struct WorkerList: ExpressibleByArgument {
    let counts: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0.map { (1...4096).contains($0) } ?? false }) else { return nil }
        counts = parts.compactMap { $0 }
    }

    /// 1, 2, 4 … and the number of CPUs.
    static var upToCPUs: [Int] {
        let limit = AvailableCPUs.count
        var counts = Array(sequence(first: 1) { $0 * 2 < limit ? $0 * 2 : nil })
        if limit > 1 { counts.append(limit) }
        return counts
    }
}
