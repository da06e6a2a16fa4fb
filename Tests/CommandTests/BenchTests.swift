import Foundation
import Machine
import Testing

struct BenchTests {
    @Test func printsATableAndWritesFigures() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "bench", "config.json", "--workers", "1,2", "--seconds", "0.2", "--json", "bench.json", "--svg", "bench.svg"
        )
        #expect(result.status == 0)
        let lines = result.lines.filter { !$0.hasPrefix("note: ") }
        try #require(lines.count == 5)
        #expect(lines[0].contains("strong scaling, "))
        #expect(
            lines[1].split(separator: " ").joined(separator: " ")
                == "workers batch samples/s spread speed-up efficiency GFLOP/s of peak gather forward backward wait "
                + "reduce other")
        #expect(lines[2].split(separator: " ").first == "1")
        #expect(lines[2].contains(" 1.00 "))
        #expect(lines[3].split(separator: " ").first == "2")
        #expect(lines[4].contains("% of the time at 2 workers is "))
        let listing = try workspace.listing()
        #expect(listing.contains("bench.json") && listing.contains("bench.svg"))
    }

    /// One number of workers is held against nothing.
    @Test func aloneThereIsNoEfficiency() throws {
        let workspace = try Workspace()
        let alone = try workspace.run(
            "bench", "config.json", "--workers", "2", "--seconds", "0.1", "--json", "alone.json")
        let json = try workspace.read("alone.json")
        #expect(json.contains(#""speed_up": null"#) && json.contains(#""efficiency": null"#), "\(json)")
        #expect(!alone.output.contains("efficiency  ") && !alone.output.contains("100%  "), "\(alone.output)")
        #expect(
            alone.lines.contains("note: speed-up and efficiency need something to be held against: --workers 1,2"))
        let compared = try workspace.run("bench", "config.json", "--workers", "2,3", "--seconds", "0.1")
        #expect(
            compared.lines.contains(
                "note: speed-up and efficiency are held against 2 workers, the first that were measured"))
    }

    @Test func timesTheLayers() throws {
        let result = try Workspace().run("bench", "config.json", "--operators", "--seconds", "0.1")
        #expect(result.status == 0)
        let names = result.lines.dropFirst(2).compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names == ["dense", "logits", "loss", "total"])
    }

    @Test func figuresOfReadingAreWrittenToo() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "bench", "config.json", "--reading", "--seconds", "0.05", "--json", "reading.json")
        #expect(result.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(workspace.read("reading.json").utf8))
        let figures = try #require(object as? [String: Any])
        #expect(figures["streamed"] as? Bool == false)
        #expect(figures["window_rows"] as? Int == 48)
        #expect((figures["rows"] as? Int ?? 0) >= 48)
    }

    @Test(arguments: [
        ["--operators", "--workers", "1"], ["--operators", "--mode", "strong"], ["--reading", "--svg", "a.svg"],
        ["--reading", "--workers", "2"],
    ])
    func whatBelongsToAnotherMeasurementIsRefused(options: [String]) throws {
        let result = try Workspace().run(["bench", "config.json"] + options)
        #expect(result.status == 64)
        #expect(
            result.errors.hasPrefix(
                "stormo: \(options[1]) is for measuring how speed grows with workers, and \(options[0]) measures something "
                    + "else; leave one out\n"))
    }

    @Test func theConfigsWorkersAreNotThoseOfABenchmark() throws {
        let result = try Workspace().run("bench", "config.json", "--set", "parallel.workers=2")
        #expect(result.status == 64)
        #expect(
            result.errors.hasPrefix(
                "stormo: --set parallel.workers has no effect on a benchmark; say --workers with the numbers to measure\n"
            ))
    }

    @Test func refusesWhatCannotBeMeasured() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("bench", "config.json", "--workers", "0").status == 64)
        #expect(try workspace.run("bench", "config.json", "--workers", "1,,2").status == 64)
        #expect(try workspace.run("bench", "config.json", "--seconds", "0").status == 64)
        #expect(try workspace.run("bench", "missing.json").status == 78)
        let large = try workspace.run(
            "bench", "config.json", "--set", "training.batch_size=30", "--mode", "weak", "--workers", "1,2",
            "--seconds",
            "0.1")
        #expect(large.status == 65)
        #expect(
            large.errors
                == "stormo: weak scaling makes a batch of 60 rows for 2 workers, but data.h5: /train/inputs has 48; measure fewer "
                + "workers, or set training.batch_size to 24 or less\n")
    }

    @Test func moreWorkersThanCPUsAreTold() throws {
        let workers = AvailableCPUs.count + 1
        let result = try Workspace().run(
            "bench", "config.json", "--workers", "1,\(workers)", "--seconds", "0.1", "--set",
            "training.batch_size=100000")
        #expect(result.status == 0, "\(result.errors)")
        let cpus = workers == 2 ? "one CPU" : "\(workers - 1) CPUs"
        #expect(
            result.output.contains(
                "note: \(workers) workers share the \(cpus) that the process may use, and take turns: "),
            "\(result.output)")
        // A batch is of all rows at the most.
        #expect(result.lines[2].split(separator: " ").dropFirst().first == "48")
    }

    @Test func trainWritesATrace() throws {
        let workspace = try Workspace()
        let result = try workspace.run("train", "config.json", "--output", "run", "--trace", "trace.json")
        #expect(result.status == 0)
        #expect(result.lines.last == "trace trace.json")
        #expect(try workspace.listing().contains("trace.json"))
    }
}
