import Charts
import Configuration
import Files
import Foundation
import RunSupport
import Testing

@testable import Reports
@testable import Runs

/// Pages of runs that are written by hand, and of small runs that were trained.
@Suite struct ReportTests {
    private static func state(_ phase: String, epoch: Int, of epochs: Int, error: String? = nil) -> String {
        """
        {"state": "\(phase)", "name": "a", "started": "2026-01-31T12:00:00Z", "updated": "2026-01-31T13:00:00Z",
         "epoch": \(epoch), "epochs": \(epochs), "step": 30, "pid": 7,
         "best": {"monitor": "validation_loss", "value": 1.25, "epoch": 2}\(error.map { ", \"error\": \"\($0)\"" } ?? "")}
        """
    }

    private func page(_ run: String, showsRows: Bool = true) throws -> String {
        // The data of runs that are written by hand are not there.
        Report.html(
            try ReportSource(run: run, showsRows: showsRows, ReportSource.Suppliers()), sections: ReportSections.all)
    }

    /// Whether tags are closed in the order in which they were opened.
    private func expectWellFormed(_ page: String) {
        var open: [Substring] = []
        let alone: Set<Substring> = ["meta", "img", "br", "!DOCTYPE"]
        for match in page.matches(of: /<(\/?)([!A-Za-z][A-Za-z0-9]*)([^<>]*)>/) {
            let (_, slash, name, rest) = match.output
            if alone.contains(name) || rest.hasSuffix("/") { continue }
            if slash.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                Issue.record("</\(name)> closes what is not open")
                return
            }
        }
        #expect(open.isEmpty, "\(open)")
        #expect(!page.contains("<script") && !page.contains("http://") || page.contains("http-equiv"))
    }

    @Test func aFinishedRun() throws {
        let folder = RunFolder()
        let run = try folder.run(state: Self.state("finished", epoch: 3, of: 8))
        let page = try page(run)
        expectWellFormed(page)
        #expect(page.contains("<dd>stopped early after epoch 3 of 8</dd>"))
        #expect(page.contains("<dd>9 s</dd>"))
        #expect(page.contains("best: epoch 2") && page.contains("stopped early</text>"))
        #expect(page.contains("<a href=\"#curves\">Learning curves</a>") && page.contains("<section id=\"curves\">"))
        #expect(!page.contains("http-equiv=\"refresh\""))
        // Of a run of before there is no record.
        for anchor in ["given", "gradients", "warnings", "time"] { #expect(!page.contains("id=\"\(anchor)\"")) }
        #expect(page.contains("stormo train \(folder.path)/run/config.json"))
    }

    @Test func whileItGoesOnThePageLoadsItselfAgain() throws {
        let folder = RunFolder()
        let run = try folder.run(state: Self.state("running", epoch: 3, of: 8))
        let source = try ReportSource(run: run, showsRows: true, ReportSource.Suppliers())
        #expect(Report.html(source, refresh: 7).contains("<meta http-equiv=\"refresh\" content=\"7\">"))
        #expect(Report.html(source).contains("running: after epoch 3 of 8"))
    }

    @Test func aRunWithoutAnEpoch() throws {
        let folder = RunFolder()
        let run = try folder.run(
            metrics: "epoch,step,learning_rate,loss,gradient_norm\n", times: nil,
            state: Self.state("failed", epoch: 0, of: 8, error: "training diverged in epoch 1"))
        let page = try page(run)
        expectWellFormed(page)
        #expect(page.contains("The run failed: training diverged in epoch 1."))
        #expect(!page.contains("id=\"curves\"") && page.contains("id=\"config\""))
    }

    @Test func oneEpoch() throws {
        let folder = RunFolder()
        let run = try folder.run(
            metrics: RunFolder.usual.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n",
            state: Self.state("finished", epoch: 1, of: 1))
        let page = try page(run)
        expectWellFormed(page)
        #expect(page.contains("finished: 1 epoch</dd>") && page.contains("id=\"curves\""))
    }

    @Test func tenThousandEpochs() throws {
        let folder = RunFolder()
        var lines = ["epoch,step,learning_rate,loss,accuracy,validation_loss,validation_accuracy,gradient_norm"]
        for epoch in 1...10_000 {
            let x = Double(epoch)
            lines.append(
                "\(epoch),\(epoch * 10),\(0.1 / x),\(1 / x + 0.01 * sin(x)),\(1 - 1 / x),\(2 / x),\(1 - 2 / x),\(cos(x) + 2)")
        }
        lines[5000] = "5000,50000,0.1,9.5,0.5,1,0.5,1"
        let run = try folder.run(
            metrics: lines.joined(separator: "\n") + "\n", times: nil,
            state: Self.state("interrupted", epoch: 10_000, of: 20_000))
        let page = try page(run)
        expectWellFormed(page)
        #expect(page.utf8.count < 3_000_000, "\(page.utf8.count)")
        #expect(page.contains("interrupted after epoch 10000 of 20000"))
    }

    @Test func figuresThatAreNoNumbers() throws {
        let folder = RunFolder()
        let run = try folder.run(
            metrics: """
                epoch,step,learning_rate,loss,accuracy,gradient_norm
                1,10,0.1,,,nan
                2,20,0.1,inf,,1

                """, state: Self.state("finished", epoch: 2, of: 2))
        let page = try page(run)
        expectWellFormed(page)
        #expect(page.contains("2 values are no numbers, or too large to draw, and leave gaps."))
        #expect(!page.contains("NaN"))
    }

    @Test("Names with markup in them are text, wherever they stand")
    func noInjection() throws {
        let folder = RunFolder()
        let odd = #"<img src=x onerror="alert(1)">&'"#
        let name = odd.replacing("\"", with: "\\\"")
        let run = try folder.run(
            "run", metrics: "epoch,step,learning_rate,\(odd),gradient_norm\n1,1,0.1,0.5,1\n2,2,0.1,0.4,1\n",
            config: "{\"name\": \"\(name)\", \"seed\": 1, \"\(name)\": [\"\(name)\"]}",
            state: Self.state("failed", epoch: 2, of: 3, error: name))
        var record = RunRecord()
        record.layers = [odd, "b"]
        record.fields = [.init(split: odd, role: odd, name: odd, place: odd, rows: 1, shape: [1], type: odd)]
        record.add(
            .init(
                started: Date(), ended: Date(), command: [odd], workers: 1, shards: 1, versions: [odd: odd],
                machine: .init(cpu: odd, cpus: 1, memory: 1, loops: odd, kernels: odd)))
        for epoch in 1...2 {
            var own = RunRecord.Epoch(epoch: epoch, step: epoch, seconds: 1, training: 1, samplesPerSecond: 1)
            own.gradientNorms = [1, 2]
            (own.measuredSteps, own.phases) = (1, [[1, 1, 1, 1, 1, 1]])
            record.add(own)
        }
        record.add(.init(.deadLayer, epoch: 1, step: 1, layer: odd, odd))
        record.add(note: odd)
        try record.write(to: run)
        try """
        {"format": 1, "epoch": 2, "test": {"\(name)": {"value": 0.5, "rows": 3, "baseline": null, "interval": null}}}
        """.write(toFile: run + "/metrics.json", atomically: false, encoding: .utf8)
        let page = try page(run)
        expectWellFormed(page)
        #expect(!page.contains("<img src=x") && page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;"))
        for anchor in ["figures", "gradients", "warnings", "time", "data", "config"] {
            #expect(page.contains("<section id=\"\(anchor)\">"), "\(anchor)")
        }
    }

    @Test func aPageThatIsPassedOnHasNoHomes() throws {
        let folder = RunFolder()
        let run = try folder.run(
            config: #"{"name": "a", "data": {"train": {"file": "/home/ann <b>/x/trees.csv"}, "test": {"file": "/Users/bo/y.h5"}}}"#)
        let open = try page(run)
        #expect(open.contains("/Users/bo/y.h5"))
        let closed = try page(run, showsRows: false)
        #expect(!closed.contains("/Users/bo") && closed.contains("~/y.h5"))
        #expect(!closed.contains("/home/ann"))
        #expect(!closed.contains(ProcessInfo.processInfo.hostName) || ProcessInfo.processInfo.hostName.count < 6)
    }

    @Test func whatCanNotBeShownIsSaidOnce() throws {
        struct Failing: ReportSection {
            let title: String
            var anchor: String { title }
            func html(_ source: ReportSource) throws -> String? { throw ReportError("x.csv is <gone>") }
        }
        let folder = RunFolder()
        let source = try ReportSource(run: folder.run(), showsRows: true, ReportSource.Suppliers())
        let page = Report.html(source, sections: [Failing(title: "A"), SummarySection(), Failing(title: "B")])
        #expect(page.contains("<p class=\"remark\">Not shown: A, B, since x.csv is &lt;gone&gt;.</p>"))
        expectWellFormed(page)
    }

    @Test func directoriesThatAreNoRuns() throws {
        let folder = RunFolder()
        func expect(_ path: String, _ sentence: String) {
            let error = #expect(throws: FileError.self) { try ReportSource(run: path) }
            #expect(error?.description == sentence)
        }
        expect("nowhere", "there is no directory nowhere; name the directory of a run, or a model file")
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        expect(
            folder.path,
            "\(folder.path) has no config.json, so it is not the directory of a run; 'stormo runs' lists runs")
    }

    // MARK: - Of runs that were trained

    @Test func theRowsThatTheNetworkWasGiven() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run")
        let given = try part.run.trainer.givenRows()
        #expect(given.count == 16 && given.inputs[0].values.count == 16 && given.targets[0].stored.count == 16)
        // Without augmentation they are what is stored, but for the rounding of normalisation.
        for (values, stored) in zip(given.inputs[0].values, given.inputs[0].stored) {
            for (value, own) in zip(values, stored) { #expect(abs(Double(value) - own) < 1e-5) }
        }
        // Read again from the directory they are the same, in the same order.
        let again = try #require(try ReportSource(run: fixture.path("run")).given)
        #expect(again.inputs[0].values == given.inputs[0].values && again.targets[0].stored == given.targets[0].stored)
        let page = Report.html(try ReportSource(run: fixture.path("run")))
        #expect(page.components(separatedBy: "src=\"data:image/png;base64,").count >= 17)
        #expect(page.contains("alt=\"row labelled 0\"") && page.contains("alt=\"row labelled 1\""))
        expectWellFormed(page)
        let closed = Report.html(try ReportSource(run: fixture.path("run"), showsRows: false))
        #expect(!closed.contains("id=\"given\"") && closed.contains("id=\"time\""))
    }

    private static func areNear(_ some: [Float], _ others: [Float]) -> Bool {
        zip(some, others).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test func augmentedRowsAreShownAsTheyWereTrainedOn() throws {
        let fixture = try RunFixture()
        let flipped = #"data.augmentation=[{"type": "random_flip", "mode": "horizontal"}]"#
        let plain = try TrainingRun(fixture.configuration()).trainer.givenRows()
        let run = try TrainingRun(fixture.configuration([flipped]))
        let given = try run.trainer.givenRows()
        #expect(given.inputs[0].isAugmented && !plain.inputs[0].isAugmented)
        #expect(given.inputs[0].stored == plain.inputs[0].stored)
        var (same, mirrored) = (0, 0)
        for (own, other) in zip(given.inputs[0].values, plain.inputs[0].values) {
            var mirror = other
            for row in 0..<6 {
                for column in 0..<6 { mirror[6 * row + column] = other[6 * row + 5 - column] }
            }
            if Self.areNear(own, other) { same += 1 }
            if Self.areNear(own, mirror) { mirrored += 1 }
        }
        #expect(same + mirrored == 16 && same > 0 && mirrored > 0)
    }

    @Test func severalInputsAndOutputs() throws {
        let fixture = try RunFixture.several()
        _ = try fixture.begin("run")
        let page = Report.html(try ReportSource(run: fixture.path("run")))
        expectWellFormed(page)
        #expect(page.contains("<h3>input "))
        let answers = try #require(try ReportSource(run: fixture.path("run")).answers)
        #expect(answers.outputs.count > 1 && answers.outputs.allSatisfy { $0.name != nil })
    }

    @Test func answersOfASplit() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run")
        let live = try ReportAnswers(of: part.run)
        let read = try #require(try ReportSource(run: fixture.path("run")).answers)
        #expect(read.split == .test && read.samples == 11 && read.total == 11 && read.wasTrainedOn == false)
        #expect(read.outputs[0].predictions == live.outputs[0].predictions)
        #expect(read.outputs[0].targets == live.outputs[0].targets && read.outputs[0].targets.count == 11)
        #expect(read.outputs[0].confusion?.classes == 2)
        // Where memory is short, every so many rows are answered.
        let few = try ReportAnswers(
            read.model, on: read.data, words: "", split: .test, wasTrainedOn: false,
            rows: { try .init(of: $0, files: []) }, most: 12)
        #expect(few.samples == 4 && few.total == 11)
        #expect(few.outputs[0].targets == [0, 2, 5, 8].map { read.outputs[0].targets[$0] })
    }
}
