import Configuration
import Engine
import Files
import Foundation
import Interchange
import Metrics
import RunSupport
import TestSupport
import Testing

@testable import Runs

/// `metrics.json`: the one home of a run's final figures.
@Suite struct FinalFiguresTests {
    private func figure(_ name: String, _ value: Double, rows: Int) -> MeasuredFigure {
        MeasuredFigure(name: name, value: value, rows: rows)
    }

    @Test func theFileComesBack() throws {
        let directory = try TestDirectory()
        #expect(try FinalFigures(directory: directory.path) == nil)
        var figures = FinalFigures(epoch: 3)
        figures.train = [figure("loss", 0.5, rows: 48)]
        figures.test = [
            figure("loss", 0.25, rows: 12),
            MeasuredFigure(
                name: "roc_auc", value: 0.75, rows: 12, baseline: .init(.chance, 0.5),
                interval: ConfidenceInterval(0.5, 1)),
        ]
        try figures.write(to: directory.path)
        #expect(try FinalFigures(directory: directory.path) == figures)
        #expect(try FoldFigures(directory: directory.path) == nil)
        #expect(
            figures.node == [
                "format": 1, "epoch": 3,
                "train": ["loss": ["value": 0.5, "rows": 48, "baseline": nil, "interval": nil]],
                "test": [
                    "loss": ["value": 0.25, "rows": 12, "baseline": nil, "interval": nil],
                    "roc_auc": [
                        "value": 0.75, "rows": 12, "baseline": ["answer": "chance", "value": 0.5],
                        "interval": ["level": 0.95, "lower": 0.5, "upper": 1.0],
                    ],
                ],
            ])
        // JSON has no NaN.
        figures.test = [figure("loss", .nan, rows: 0)]
        try figures.write(to: directory.path)
        #expect(try FinalFigures(directory: directory.path)?.test[0].value.isNaN == true)
        for text in ["", "[]", #"{"format": 7}"#, #"{"format": 1, "test": {"loss": {"value": 1}}}"#] {
            _ = try directory.write(text, to: "metrics.json")
            #expect("damaged") {
                try FinalFigures(directory: directory.path)
            } throws: { "\($0)".hasPrefix("\(directory.path)/metrics.json is damaged: ") }
        }
    }

    @Test func foldsComeTogether() throws {
        let directory = try TestDirectory()
        let runs = [0.25, 0.5, 0.75].map { value -> FinalFigures in
            var figures = FinalFigures(epoch: 1)
            figures.validation = [figure("loss", value, rows: 4)]
            figures.test = [figure("loss", 2 * value, rows: 5)]
            return figures
        }
        let figures = FoldFigures(runs)
        #expect(figures.validation[0].mean == 0.5 && figures.validation[0].deviation == 0.25)
        #expect(figures.test[0].values == [0.5, 1, 1.5] && figures.test[0].rows == [5, 5, 5])
        try figures.write(to: directory.path)
        #expect(try FoldFigures(directory: directory.path) == figures)
        #expect(try FinalFigures(directory: directory.path) == nil)
        #expect(figures.node["validation"]?["loss"]?["deviation"] == 0.25)
        #expect(FoldFigures([]).splits.isEmpty)
    }

    /// What a run writes is what it says, in the file and in the model, the same after a resume.
    @Test func aRunWritesWhatItCameTo() throws {
        let fixture = try RunFixture()
        let best = [
            #"training.early_stopping={"monitor": "validation_loss", "patience": 9, "restore_best": true}"#,
            "optimizer.learning_rate=0.2",
        ]
        let part = try fixture.begin("run", best)
        let figures = try #require(try FinalFigures(directory: fixture.path("run")))
        #expect(figures == part.outcome.figures)
        let record = try #require(part.outcome.modelEpoch)
        #expect(figures.epoch == record.epoch)
        #expect(figures.train.map(\.value) == [record.loss] + (record.metrics ?? []))
        #expect(figures.validation.map(\.value) == [record.validationLoss] + (record.validationMetrics ?? []))
        #expect(figures.validation.allSatisfy { $0.rows == 11 && $0.interval != nil && $0.baseline != nil })
        let test = try #require(part.outcome.test)
        #expect(figures.test.map(\.value) == [test.loss] + test.metrics)
        #expect(figures.test.map(\.name) == ["loss", "accuracy"])
        #expect([figures.train, figures.validation, figures.test].map { $0[0].rows } == [30, 11, 11])
        let model = try TrainedModel(contentsOf: fixture.path("run/model.h5"))
        #expect(model.finalFigures == figures.node)

        _ = try fixture.begin("cut", best, stop: StopRequest(after: 5))
        #expect(try FinalFigures(directory: fixture.path("cut")) == nil)
        _ = try fixture.goOn("cut")
        for file in ["metrics.json", "model.h5"] {
            #expect(try fixture.bytes("cut", file) == fixture.bytes("run", file), "\(file)")
        }
        // A longer run has none until it is over.
        _ = try fixture.goOn("cut", ["training.epochs=4"], stop: StopRequest(after: 13))
        #expect(try FinalFigures(directory: fixture.path("cut")) == nil)
    }
}
