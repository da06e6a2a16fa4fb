import Charts
import Foundation
import Testing

@testable import Reports

@Suite struct CurvePlotTests {
    let folder = RunFolder()

    private func plotted(_ paths: [String], by plot: CurvePlot = CurvePlot()) throws -> [LineChart] {
        try plot.charts(paths.map { try RunHistory(directory: $0) })
    }

    @Test func oneRunHasAChartForEachFigure() throws {
        let state = """
            {"state": "finished", "name": "a", "started": "2026-01-31T12:00:00Z", "updated": "2026-01-31T12:00:00Z", "epoch": 3,
             "epochs": 9, "step": 30, "best": {"monitor": "validation_loss", "value": 1.25, "epoch": 2}, "pid": 1}
            """
        let charts = try plotted([folder.run(state: state)])
        #expect(charts.map(\.title) == ["loss", "accuracy", "gradient norm", "learning rate"])
        #expect(charts[0].series.map(\.name) == ["validation", "training"])
        #expect(charts[0].caption == "Validation lowest at epoch 2 (1.25), 1.5 at the end.")
        #expect(charts[1].caption == "Validation highest at epoch 2 (0.7), 0.6 at the end.")
        #expect(charts[2].caption == "From 3.5 to 1.5.")
        #expect(charts[0].marks == [Mark(2, "best: epoch 2"), Mark(3, "stopped early")])
        let styles = charts[0].series.map(\.style)
        #expect(styles[0] != styles[1], "told apart by dashes too")
    }

    @Test func positionsAreEpochsStepsOrSeconds() throws {
        let path = try folder.run()
        for (position, x, label) in [
            (CurvePlot.Position.epoch, [1.0, 2, 3], "epoch"), (.step, [10, 20, 30], "step"),
            (.time, [2, 5, 9], "time"),
        ] {
            var plot = CurvePlot()
            plot.position = position
            let chart = try plotted([path], by: plot)[0]
            #expect(chart.series[0].x == x && chart.x.label == label)
        }
        var plot = CurvePlot()
        plot.position = .time
        let untimed = try folder.run("untimed", times: nil)
        #expect { try plotted([untimed], by: plot) } throws: {
            "\($0)"
                == "\(untimed)/times.csv does not have the time of each epoch, so nothing can be drawn by time; say --by epoch or --by step"
        }
    }

    @Test func runsThatDifferInTheirSeedAreOne() throws {
        let other = RunFolder.usual.replacing("2.5,0.4", with: "3.5,0.4")
        let paths = [
            try folder.run("a"), try folder.run("b", metrics: other, config: #"{"name": "b", "seed": 2, "batch": 8}"#),
            try folder.run("c", config: #"{"name": "a", "seed": 1, "batch": 16}"#),
        ]
        var loss = try plotted(paths)[0]
        #expect(
            loss.series.map(\.name) == [
                "a, 2 seeds, validation", "a, 2 seeds, training", "c, validation", "c, training",
            ])
        #expect(loss.series[0].y == [3, 1.25, 1.5])
        #expect(loss.series[0].band?.upper[0] == 3 + 0.5.squareRoot())
        #expect(loss.series[2].band == nil)
        #expect(loss.marks.isEmpty)
        #expect(
            loss.caption
                == "a, 2 seeds, validation: lowest at epoch 2 (1.25), 1.5 at the end. c, validation: lowest at epoch 2 (1.25), 1.5 at the end. "
                + "Bands are one standard deviation to either side of the mean.")
        var plot = CurvePlot()
        plot.groupsSeeds = false
        loss = try plotted(paths, by: plot)[0]
        #expect(loss.series.map(\.name).prefix(3) == ["a, validation", "a, training", "b, validation"])
        #expect(Set(loss.series.map(\.style)).count == 6)
    }

    @Test func runsOfOneNameHaveTheirPaths() throws {
        let paths = [try folder.run("x/run"), try folder.run("y/run", config: #"{"batch": 1}"#)]
        #expect(try plotted(paths)[2].series.map(\.name) == paths)
    }

    @Test func foldsAreOne() throws {
        let folds = try (1...3).map { try folder.run("cv/fold-\($0)") }
        let loss = try plotted(folds)[0]
        #expect(loss.series.map(\.name) == ["cv, 3 folds, validation", "cv, 3 folds, training"])
    }

    /// What is written down, and when, does not change what is learned.
    @Test func aRunIsNotCountedTwice() throws {
        let short = RunFolder.usual.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
        let paths = [
            try folder.run("a", metrics: short, config: #"{"name": "a", "seed": 1, "checkpoint": {"keep_last": 2}}"#),
            try folder.run("b", config: #"{"name": "b", "seed": 1, "logging": {"tensorboard": true}}"#),
            try folder.run("c", config: #"{"name": "c", "seed": 2}"#),
        ]
        let charts = try plotted(paths)
        #expect(charts[0].series.map(\.name) == ["b, 2 seeds, validation", "b, 2 seeds, training"])
        #expect(charts[0].series[0].x == [1, 2, 3], "the one that went furthest")
        #expect(charts[0].caption.hasSuffix("\(paths[0]) has the settings and the seed of another, and is not counted."))
        #expect(!charts[1].caption.contains("not counted"))
    }

    @Test func whatOnlyValidationHasIsCalledSo() throws {
        let metrics = "epoch,step,learning_rate,loss,validation_accuracy\n1,10,0.1,2.0,0.5\n2,20,0.1,1.0,0.75\n"
        let charts = try plotted([folder.run(metrics: metrics)])
        #expect(charts[1].title == "accuracy" && charts[1].series.map(\.name) == ["validation"])
        #expect(charts[1].caption == "Validation highest at epoch 2 (0.75).")
        #expect(charts[1].y.range == 0...1 && charts[0].y.range == nil)
    }

    @Test func aRateIsNotSmoothed() throws {
        var plot = CurvePlot()
        plot.smoothing = 0.5
        let rate = try #require(try plotted([folder.run()], by: plot).last)
        #expect(rate.title == "learning rate" && rate.series[0].raw == nil && rate.caption == "From 0.1 to 0.01.")
    }

    @Test func smoothingKeepsWhatWasMeasured() throws {
        var plot = CurvePlot()
        (plot.smoothing, plot.isLogarithmic, plot.figures) = (0.5, true, ["loss"])
        let charts = try plotted([folder.run()], by: plot)
        #expect(charts.count == 1 && charts[0].y.isLogarithmic)
        #expect(charts[0].series[1].raw == [2, 1, 0.5] && charts[0].series[1].y[1] == (0.5 * 1 + 0.5 * 0.5 * 2) / 0.75)
        #expect(
            charts[0].caption
                == "Validation lowest at epoch 2 (1.25), 1.5 at the end. Smoothed with weight 0.5; thin: as measured.")
    }

    @Test func anUnknownFigureIsTold() throws {
        var plot = CurvePlot()
        plot.figures = ["acuracy"]
        let path = try folder.run()
        #expect { try plotted([path], by: plot) } throws: {
            "\($0)" == "no run has the figure 'acuracy'; did you mean 'accuracy'?"
        }
        plot.figures = ["xyz"]
        #expect { try plotted([path], by: plot) } throws: {
            "\($0)" == "no run has the figure 'xyz'; there are: loss, accuracy, gradient_norm, learning_rate"
        }
    }

    @Test(arguments: [
        ("loss", Finding.Direction.lowest), ("digit_loss", .lowest), ("accuracy", .highest),
        ("digit_accuracy", .highest),
        ("top_3_accuracy", .highest), ("mae", .lowest), ("age_rmse", .lowest), ("learning_rate", nil),
        ("gradient_norm", nil),
    ])
    func figuresHaveADirection(name: String, direction: Finding.Direction?) {
        #expect(FigureDirection.of(name) == direction)
    }
}
