import Metrics
import Testing

@testable import Runs
@testable import stormo_cli

struct ProgressTextTests {
    private let text = ProgressText(epochs: 40, figures: ["accuracy", "f1"], isUnicode: false)
    private let record = EpochRecord(
        epoch: 3, step: 120, learningRate: 0.001, loss: 0.43211, metrics: [0.8712, 0.86], validationLoss: 0.391,
        validationMetrics: [0.88889, .nan], samplesPerSecond: 112_345, gradientNorm: 1.944)

    @Test func aLineHasEverything() {
        #expect(
            text.line(record)
                == "epoch  3/40  loss 0.4321  accuracy 0.8712  f1 0.8600  validation_loss 0.3910  "
                + "validation_accuracy 0.8889  validation_f1 n/a  112k samples/s  gradient 1.94")
    }

    /// No speed is told where no sample was trained on, as after a resume at an epoch's last step.
    @Test func aLineWithoutSpeed() {
        let text = ProgressText(epochs: 9, figures: [], isUnicode: false)
        let record = EpochRecord(
            epoch: 3, step: 12, learningRate: 0.1, loss: 0.5, metrics: [], validationLoss: nil, validationMetrics: nil,
            samplesPerSecond: 0, gradientNorm: 1)
        #expect(text.line(record) == "epoch 3/9  loss 0.5000  gradient 1.00")
    }

    @Test func aNarrowLineKeepsWhatMatters() {
        #expect(
            text.line(record, width: 80)
                == "epoch  3/40  loss 0.4321  accuracy 0.8712  val_loss 0.3910  val_accuracy 0.8889")
        #expect(text.line(record, width: 45) == "epoch  3/40  loss 0.4321  val_loss 0.3910")
        #expect(text.line(record, width: 40) == "3/40  loss 0.4321  val_accuracy 0.8889")
        #expect(text.line(record, width: 36) == "3/40  loss 0.4321  val_loss 0.3910")
        #expect(text.line(record, width: 33) == "3/40  loss 0.4321  val_a… 0.8889")
        for width in 1...200 { #expect(text.line(record, width: width).count < max(width, 2)) }
    }

    @Test func theBarFillsTheLine() {
        let moment = ProgressText.Moment(
            epoch: 21, fraction: 0.5, loss: 0.4321, metric: 0.8712, samplesPerSecond: 9_120)
        #expect(
            text.bar(moment, elapsed: 30, width: 100)
                == "epoch 21/40  [#############..............]  loss 0.4321  accuracy 0.8712  9.1k samples/s  0:30 left"
        )
        #expect(text.bar(moment, elapsed: 30, width: 40) == "epoch 21/40  [######.......]  0:30 left")
        for width in 1...200 { #expect(text.bar(moment, elapsed: 30, width: width).count < max(width, 2)) }
    }

    @Test func theBarCanBeDrawnInUnicode() {
        let text = ProgressText(epochs: 2, figures: [], isUnicode: true)
        let moment = ProgressText.Moment(epoch: 1, fraction: 0.25)
        #expect(text.bar(moment, elapsed: 0, width: 19) == "epoch 1/2")
        #expect(text.bar(moment, elapsed: 0, width: 24) == "epoch 1/2  ━━━┄┄┄┄┄┄┄┄┄")
    }
}
