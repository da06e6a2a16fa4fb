import Testing

@testable import Metrics

@Suite struct ConfusionMatrixTests {
    @Test func figuresByHand() {
        let matrix = ConfusionMatrix(classes: 3, counts: [5, 1, 0, 2, 6, 2, 0, 0, 4], unpredicted: [1, 0, 0])
        #expect(matrix.total == 21)
        #expect(matrix.correct == 15)
        #expect(matrix.accuracy == 15.0 / 21)
        #expect(matrix[1, 0] == 2)
        #expect((0..<3).map(matrix.support) == [7, 10, 4])
        #expect((0..<3).map(matrix.predictions) == [7, 7, 6])
        let precision: [Double] = [5.0 / 7, 6.0 / 7, 4.0 / 6]
        let recall: [Double] = [5.0 / 7, 0.6, 1]
        let f1: [Double] = [10.0 / 14, 12.0 / 17, 0.8]
        #expect((0..<3).map(matrix.precision) == precision)
        #expect((0..<3).map(matrix.recall) == recall)
        #expect((0..<3).map(matrix.f1) == f1)
    }

    /// scikit-learn 1.9.1, yt = [0,0,1,1,3], yp = [0,1,1,1,0]:
    /// precision_score, recall_score, f1_score(yt, yp, average="macro"); class 2 occurs nowhere
    @Test func absentClassesAreLeftOutOfTheMeans() throws {
        let matrix = ConfusionMatrix(classes: 4, counts: [1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
        #expect(
            metricsAgree(
                [matrix.macroPrecision, matrix.macroRecall, matrix.macroF1],
                [0.38888888888888884, 0.5, 0.43333333333333335]))
        #expect(!matrix.occurs(2) && matrix.occurs(3))
    }

    @Test func noRows() {
        let matrix = ConfusionMatrix(classes: 2, counts: [0, 0, 0, 0])
        #expect(matrix.accuracy.isNaN && matrix.macroF1.isNaN)
        #expect(matrix.precision(of: 0) == 0)
        #expect(matrix.table().hasSuffix("accuracy n/a (0 of 0)"))
    }
}
