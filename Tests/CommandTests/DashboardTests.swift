import Foundation
import Testing

@testable import Runs
@testable import stormo_cli

/// The dashboard's content as text.
struct DashboardTests {
    /// A run in its 13th epoch.
    private func state(warnings: Int = 2, validation: Bool = true, epochs: Int = 12) -> DashboardState {
        var state = DashboardState(name: "runs/digits-mlp", epochs: 40, figures: ["accuracy", "f1"])
        state.history = (1...max(epochs, 1)).prefix(epochs).map { epoch in
            let loss = 2.3 * exp(-Double(epoch) / 4) + 0.05
            let validationLoss = loss + 0.002 * Double(epoch * epoch)
            return EpochRecord(
                epoch: epoch, step: epoch * 40, learningRate: 0.001, loss: loss, metrics: [1 - loss / 3, 0.9],
                validationLoss: validation ? validationLoss : nil,
                validationMetrics: validation ? [1 - validationLoss / 2.8, .nan] : nil, samplesPerSecond: 5012,
                gradientNorm: 1.944)
        }
        (state.epoch, state.fraction) = (epochs + 1, (Double(epochs) + 0.5) / 40)
        (state.elapsed, state.left) = (15.5, 34)
        (state.loss, state.metric, state.samplesPerSecond) = (0.1234, 0.96, 5120)
        state.phases = [
            .init(name: "gather", seconds: [0.02, 0.02]), .init(name: "forward", seconds: [0.4, 0.42]),
            .init(name: "backward", seconds: [0.5, 0.45]), .init(name: "wait", seconds: [0.01, 0.04]),
            .init(name: "reduce", seconds: [0.05, 0.05]), .init(name: "other", seconds: [0.02, 0.02]),
        ]
        let sentences = [
            "layer 'dense_1' is dead: its output was 0 for all rows of a step",
            "the loss leapt from 0.1 to 0.9 at step 480; a lower learning rate may help",
        ]
        for (index, sentence) in sentences.prefix(warnings).enumerated() { state.warn(sentence, epoch: 3 + index) }
        if warnings > 0 { state.warn(sentences[0], epoch: 12) }
        return state
    }

    private func text(_ state: DashboardState, _ width: Int, _ height: Int, isUnicode: Bool = true) -> [String] {
        Dashboard(state: state, isUnicode: isUnicode).lines(width: width, height: height).map { line in
            var text = line.text
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// Each of the pictures stands in a file of its own, to be looked at.
    @Test(arguments: [(40, 10, true), (80, 24, true), (200, 50, true), (80, 24, false)])
    func isAsItWas(width: Int, height: Int, isUnicode: Bool) throws {
        let name = "dashboard-\(width)x\(height)\(isUnicode ? "" : "-ascii").txt"
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/\(name)")
        let lines = text(state(), width, height, isUnicode: isUnicode)
        if getenv("STORMO_DRAW") != nil {
            try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(lines.joined(separator: "\n") + "\n" == expected)
    }

    @Test func fitsAnySize() {
        var strange = state(validation: false)
        strange.name = String(repeating: "long-name-", count: 12)
        strange.figures = (0..<20).map { "output_\($0)_accuracy" }
        strange.notice = "SIGINT: the step is finished and the state saved…"
        for state in [state(), state(warnings: 0), state(epochs: 0), state(epochs: 1), strange] {
            for width in [1, 7, 20, 40, 41, 59, 60, 71, 72, 80, 119, 120, 200] {
                for height in [1, 2, 5, 9, 10, 11, 15, 16, 19, 20, 24, 30, 50] {
                    for isUnicode in [true, false] {
                        let lines = Dashboard(state: state, isUnicode: isUnicode).lines(width: width, height: height)
                        #expect(lines.count <= height)
                        #expect(lines.allSatisfy { $0.count <= width }, "\(width)x\(height): \(lines.map(\.text))")
                        #expect(isUnicode || lines.allSatisfy { $0.text.allSatisfy(\.isASCII) || state.notice != nil })
                    }
                }
            }
        }
    }

    @Test func beforeTheFirstEpochTheLossOfItsStepsIsDrawn() {
        var state = state(warnings: 0, epochs: 0)
        #expect(text(state, 80, 24).contains { $0.contains("nothing to draw yet") })
        state.phases = []
        for step in 1...50 { state.begin(share: Double(step) / 100, loss: 2 / Double(step)) }
        let lines = text(state, 80, 24)
        #expect(lines.contains { $0.contains("loss in the first epoch") })
        #expect(lines.contains { $0.contains("% of the epoch") })
        #expect(lines.contains("figures come with the first epoch"))
    }

    @Test func warningsThatComeAgainAreCountedAndTheNewestIsTheLast() {
        let lines = text(state(), 120, 30)
        #expect(lines.last == "! layer 'dense_1' is dead: its output was 0 for all rows of a step (2 times, epoch 12)")
        #expect(lines[lines.count - 2].hasPrefix("! the loss leapt"))
        var state = state()
        for number in 0..<1000 { state.warn("warning \(number)", epoch: 20) }
        #expect(state.warnings.count == 200)
    }

    @Test func figuresHaveTheirBestOfValidation() {
        let lines = text(state(warnings: 0), 120, 30)
        #expect(lines.contains { $0.hasPrefix("loss") && $0.contains("(epoch 10)") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("f1") && $0.contains("n/a") })
        let other = text(state(warnings: 0, validation: false), 120, 30)
        #expect(other.contains { $0.hasPrefix("loss") && $0.contains("(epoch 12)") })
    }
}

struct CharacterChartTests {
    private func lines(
        _ y: [Double], second: [Double]? = nil, width: Int = 20, height: Int = 6, isUnicode: Bool = false
    ) -> [String] {
        let x = y.indices.map { Double($0 + 1) }
        var lines = [CharacterChart.Line(name: "train", x: x, y: y)]
        if let second { lines.append(.init(name: "validation", x: x, y: second)) }
        return CharacterChart(title: "loss", lines: lines, isUnicode: isUnicode).drawn(width: width, height: height)
            .map(\.text)
    }

    @Test func aLineInASCII() {
        #expect(
            lines([4, 3, 2, 1], width: 19) == [
                "loss",
                "4 |***",
                "  |   *****",
                "  |        *****",
                "1 |             ***",
                "   1    epoch     4",
            ])
    }

    @Test func aSpikeAmongThousandsIsSeen() {
        var values = [Double](repeating: 0, count: 10_000)
        values[5000] = 1
        let drawn = lines(values, width: 40, height: 8)
        #expect(drawn[1].contains("*") && drawn[6].contains("*"), "\(drawn)")
    }

    @Test func whatIsNotFiniteIsAGap() {
        let drawn = lines([1, .nan, .nan, .nan, 1], width: 23, height: 5)
        #expect(drawn.joined().filter { $0 == "*" }.count == 2, "\(drawn)")
        #expect(lines([.nan, .infinity]).contains("nothing to draw yet"))
        #expect(lines([]).contains("nothing to draw yet"))
    }

    @Test func aLevelLineAndASinglePointAreInTheMiddle() {
        for values in [[0.5, 0.5, 0.5], [0.5]] {
            let drawn = lines(values, height: 7)
            #expect(drawn[3].contains("*"), "\(drawn)")
        }
    }

    /// Else all but the beginning would lie on the axis.
    @Test func valuesFarApartAreDrawnOnALogarithmicAxis() {
        let drawn = lines([1, 0.01, 0.0001], width: 40, height: 7)
        #expect(drawn[0] == "loss, logarithmic")
        #expect(drawn[3].contains("*"), "0.01 is half-way: \(drawn)")
    }

    /// Training's dots are dashed, and validation's lie above them.
    @Test func twoLinesAreToldApartWithoutColour() {
        let ascii = lines([0, 0, 0], second: [1, 1, 1], width: 50, height: 5)
        #expect(ascii[0] == "loss  *** validation  ... train")
        #expect(ascii[1].contains("*****") && ascii[3].contains("....."))
        let braille = lines([0, 0, 0], second: [1, 1, 1], width: 50, height: 5, isUnicode: true)
        #expect(braille[1].contains("⠉⠉⠉⠉") && braille[3].contains("⣀ ⣀ ⣀"), "\(braille)")
    }
}

struct ScreenPainterTests {
    @Test func onlyWhatChangedIsSent() {
        var painter = ScreenPainter(isColored: false)
        var lines: [StyledLine] = ["one", "two", "three"]
        #expect(
            painter.text(for: lines, columns: 10, rows: 4, isNew: true)
                == "\u{1B}[2J\u{1B}[1;1Hone\u{1B}[2;1Htwo\u{1B}[3;1Hthree")
        #expect(painter.text(for: lines, columns: 10, rows: 4, isNew: false) == "")
        lines[1] = "2"
        #expect(painter.text(for: lines, columns: 10, rows: 4, isNew: false) == "\u{1B}[2;1H2\u{1B}[K")
        #expect(
            painter.text(for: ["one"], columns: 10, rows: 4, isNew: false)
                == "\u{1B}[2;1H\u{1B}[K\u{1B}[3;1H\u{1B}[K")
        #expect(painter.text(for: ["one"], columns: 9, rows: 4, isNew: false) == "\u{1B}[2J\u{1B}[1;1Hone")
    }

    @Test func stylesAreSentWhereTheyMayBe() {
        let line = StyledLine("a", .bold) + StyledLine("b")
        #expect(line.rendered(isColored: true) == "\u{1B}[1ma\u{1B}[0mb" && line.rendered(isColored: false) == "ab")
        #expect(StyledLine("abcdef", .dim).cut(to: 4, isUnicode: true).text == "abc…")
        #expect(StyledLine("abcdef").cut(to: 4, isUnicode: false).text == "abc~")
        #expect(StyledLine("a\u{1B}[2Jb").text == "a\u{FFFD}[2Jb")
    }
}
