import TestSupport
import Testing

@testable import Metrics

@Suite struct CalibrationTests {
    @Test func binsAreCounted() {
        var calibration = Calibration()
        for (probability, isRight) in [(0.0, false), (0.1, true), (0.19, false), (0.95, true), (1, true), (.nan, true)] {
            calibration.add(probability, isRight: isRight)
        }
        #expect(calibration.bins.map(\.rows) == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2] && calibration.undefined == 1)
        #expect(calibration.bins[1].share == 0.5 && abs(calibration.bins[1].probability - 0.145) < 1e-12)
        #expect(calibration.bins[9].hits == 2 && calibration.bins[9].upper == 1)
        // 1/5·|0 − 0| + 2/5·|0.5 − 0.145| + 2/5·|1 − 0.975|
        #expect(abs(calibration.expectedError - 0.152) < 1e-12)
        #expect(abs(calibration.excess - (2.24 - 3) / 5) < 1e-12)
    }

    /// By the definition, row by row.
    @Test func theErrorIsThatOfTheDefinition() {
        var generator = SeededRandom(3)
        let answers = (0..<500).map { _ -> (Double, Bool) in
            let probability = Double.random(in: 0..<1, using: &generator)
            return (probability, Double.random(in: 0..<1, using: &generator) < probability * probability)
        }
        var calibration = Calibration(bins: 8)
        for (probability, isRight) in answers { calibration.add(probability, isRight: isRight) }
        var error = 0.0
        for bin in 0..<8 {
            let own = answers.filter { Int($0.0 * 8) == bin }
            guard !own.isEmpty else { continue }
            let (share, mean) = (
                Double(own.count { $0.1 }) / Double(own.count), own.reduce(0) { $0 + $1.0 } / Double(own.count)
            )
            error += Double(own.count) / 500 * abs(share - mean)
        }
        #expect(abs(calibration.expectedError - error) < 1e-12 && calibration.excess > 0.1)
    }

    @Test func withoutRowsThereIsNoError() {
        #expect(Calibration().expectedError.isNaN && Calibration().rows == 0)
    }

    @Test func pairsComeByFrequency() {
        let matrix = ConfusionMatrix(classes: 3, counts: [5, 2, 0, 1, 5, 2, 3, 0, 5])
        #expect(matrix.confusedPairs.map { [$0.truth, $0.predicted, $0.rows] } == [[2, 0, 3], [0, 1, 2], [1, 2, 2], [1, 0, 1]])
        #expect(ConfusionMatrix(classes: 2, counts: [3, 0, 0, 3]).confusedPairs.isEmpty)
    }
}
