import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Engine
@testable import Metrics
@testable import Runs

/// What the real TensorBoard, which comes with Keras 2.15's TensorFlow, reads from a run.
struct TensorBoardLogTests {
    private static let python = Python.withKeras2
    private static let logging = #"logging={"tensorboard": true}"#

    /// What TensorBoard says of a folder: for each line of the chart its tags with steps and values.
    private struct Seen: Decodable, Equatable {
        struct Point: Decodable, Equatable {
            let step: Int
            let value: Double
        }
        struct Spread: Decodable, Equatable {
            let step: Int
            let num: Double
            let min: Double
            let max: Double
        }
        let scalars: [String: [Point]]
        let histograms: [String: [Spread]]
        let images: [String: [Int]]
        let texts: [String: String]
    }

    private func seen(_ fixture: RunFixture, _ name: String) throws -> [String: Seen] {
        let python = try #require(Self.python)
        let output = try python.run(
            ["\(Repository.path)/Tests/Peers/tensorboard_read.py", fixture.path("\(name)/tensorboard")],
            log: fixture.path("log"))
        #expect(output.status == 0, "\(output.text)")
        let line = try #require(output.text.split(separator: "\n").last { $0.hasPrefix("{") }, "\(output.text)")
        return try JSONDecoder().decode([String: Seen].self, from: Data(line.utf8))
    }

    @Test(.enabled(if: python != nil, "STORMO_KERAS2_PYTHON names no Python with TensorBoard"))
    func theRealOneShowsTheRun() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run", [Self.logging])
        let seen = try seen(fixture, "run")
        #expect(seen.keys.sorted() == ["test", "train", "validation"])
        let history = part.outcome.history
        func expect(_ line: String, _ tag: String, _ value: (EpochRecord) -> Double?) {
            let points = seen[line]?.scalars[tag] ?? []
            #expect(points.map(\.step) == history.map(\.step))
            for (point, record) in zip(points, history) {
                #expect(Float(point.value) == value(record).map { Float($0) }, "\(line) \(tag)")
            }
        }
        expect("train", "loss") { $0.loss }
        expect("train", "accuracy") { $0.metrics?[0] }
        expect("train", "learning_rate") { $0.learningRate }
        expect("train", "gradient_norm") { $0.gradientNorm }
        expect("validation", "loss") { $0.validationLoss }
        expect("validation", "accuracy") { $0.validationMetrics?[0] }
        let test = try #require(seen["test"])
        #expect(test.scalars["loss"]?.map(\.step) == [12])
        #expect(
            Float(try #require(test.scalars["accuracy"]?.first?.value))
                == part.outcome.test.map { Float($0.metrics[0]) })
        #expect(test.images == ["confusion_matrix": [360, 360]])
        #expect(
            test.texts["confusion_matrix_counts"]?.hasPrefix("| true \\ predicted | 0 | 1 |\n|---|---|---|\n| 0 | ")
                == true)
        let train = try #require(seen["train"])
        #expect(train.texts["config"]?.contains("    \"name\": \"small\"") == true)
        let parameters = part.run.trainer.objective.layout.trainedEntries
        #expect(
            Set(train.histograms.keys)
                == Set(parameters.flatMap { ["weights/\($0.name)", "gradients/\($0.name)"] }))
        for entry in parameters {
            let spreads = try #require(train.histograms["weights/\(entry.name)"])
            #expect(spreads.map(\.step) == [4, 8, 12])
            #expect(spreads.allSatisfy { Int($0.num) == entry.shape.count })
            let values = part.parameters[entry.range].map { Float(bitPattern: $0) }
            #expect(
                spreads.last?.min == values.min().map(Double.init) && spreads.last?.max == values.max().map(Double.init)
            )
            let gradients = try #require(train.histograms["gradients/\(entry.name)"])
            #expect(gradients.allSatisfy { Int($0.num) == entry.shape.count && $0.min < $0.max })
        }
    }

    /// Stopped in the middle of an epoch and at the end of one, and gone on with: the same curves and histograms. Where no step
    /// of an epoch was left, the process that ends it has no gradient to show.
    @Test(.enabled(if: python != nil, "STORMO_KERAS2_PYTHON names no Python with TensorBoard"))
    func aResumedRunHasTheSameCurves() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("whole", [Self.logging])
        let whole = try seen(fixture, "whole")
        for place in [6, 8] {
            _ = try fixture.begin("run-\(place)", [Self.logging], stop: StopRequest(after: place))
            _ = try fixture.goOn("run-\(place)", workers: 1)
            let parts = try seen(fixture, "run-\(place)")
            for line in ["train", "validation", "test"] {
                for (tag, spreads) in try #require(whole[line]).histograms {
                    let isMissing = place == 8 && tag.hasPrefix("gradients/")
                    #expect(
                        parts[line]?.histograms[tag] == spreads.filter { !isMissing || $0.step != place }, "\(tag)")
                }
                for (tag, points) in try #require(whole[line]).scalars where tag != "samples_per_second" {
                    #expect(parts[line]?.scalars[tag] == points, "\(line) \(tag)")
                }
            }
        }
    }

    /// The run's other files are the same bytes with and without.
    @Test func theRunIsTheSame() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("plain")
        _ = try fixture.begin("logged", [Self.logging])
        #expect(try fixture.bytes("plain", "metrics.csv") == fixture.bytes("logged", "metrics.csv"))
        #expect(try fixture.bytes("plain", "metrics.json") == fixture.bytes("logged", "metrics.json"))
        #expect(!FileManager.default.fileExists(atPath: fixture.path("plain/tensorboard")))
        try RunDirectory.clear(fixture.path("logged"))
        #expect(!FileManager.default.fileExists(atPath: fixture.path("logged/tensorboard")))
    }

    /// Files that can't be written cost a warning, once, and nothing else.
    @Test func aRunGoesOnWithoutThem() throws {
        let fixture = try RunFixture()
        let directory = fixture.path("run/tensorboard/validation")
        try FileManager.default.createDirectory(
            atPath: fixture.path("run/tensorboard"), withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: directory, contents: Data()))
        let part = try fixture.begin("run", [Self.logging])
        #expect(part.outcome.history.count == 3)
        #expect(part.warnings.count == 1)
        #expect(part.warnings[0].hasPrefix("\(directory) can't be made: "))
        #expect(part.warnings[0].hasSuffix("; training goes on, but TensorBoard will not show it"))
        #expect(part.outcome.saveFailure?.hasPrefix("\(directory) can't be made: ") == true)
    }

    @Test func namesAreShownAsTheyAre() throws {
        let matrix = ConfusionMatrix(classes: 2, counts: [3, 1, 0, 2])
        #expect(
            ConfusionPicture.text(of: matrix, names: ["a|b", "<i>_x_</i>"]) == """
                | true \\ predicted | a\\|b | &lt;i\\>\\_x\\_&lt;/i\\> |
                |---|---|---|
                | a\\|b | 3 | 1 |
                | &lt;i\\>\\_x\\_&lt;/i\\> | 0 | 2 |
                """)
        let many = ConfusionMatrix(classes: 400, counts: Array(repeating: 1, count: 160_000))
        #expect(ConfusionPicture.text(of: many, names: nil) == nil)
        #expect(ConfusionPicture.image(of: many).width == 400)
    }
}
