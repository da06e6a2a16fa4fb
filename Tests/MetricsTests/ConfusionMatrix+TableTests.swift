import Testing

@testable import Metrics

@Suite struct ConfusionMatrixTableTests {
    @Test func alignedByName() {
        let matrix = ConfusionMatrix(classes: 3, counts: [50, 1, 0, 2, 6, 2, 0, 0, 0])
        #expect(
            matrix.table(classNames: ["setosa", "versicolor"]) == """
                true \\ predicted  setosa  versicolor  2  precision  recall  rows
                setosa                50           1  0     0.9615  0.9804    51
                versicolor             2           6  2     0.8571  0.6000    10
                2                      0           0  0     0.0000  0.0000     0
                total                 52           7  2     0.6062  0.5268    61
                accuracy 0.9180 (56 of 61)
                """)
    }

    @Test func rowsWithoutPredictionAndAbsentClasses() {
        let matrix = ConfusionMatrix(classes: 2, counts: [3, 0, 0, 0], unpredicted: [1, 0])
        #expect(
            matrix.table() == """
                true \\ predicted  0  1  none  precision  recall  rows
                0                 3  0     1     1.0000  0.7500     4
                1                 0  0     0        n/a     n/a     0
                total             3  0     1     1.0000  0.7500     4
                accuracy 0.7500 (3 of 4)
                """)
    }

    @Test func longNamesHeadRowsOnly() {
        let names = (0..<20).map { "a rather long name \($0)" }
        var counts = Array(repeating: 0, count: 400)
        for index in 0..<20 { counts[index * 21] = 1 }
        let lines = ConfusionMatrix(classes: 20, counts: counts).table(classNames: names)
            .split(separator: "\n")
        #expect(lines.count == 23)
        #expect(lines[0].hasPrefix("true \\ predicted          0  1  2"))
        #expect(lines[1].hasPrefix("0 a rather long name 0 "))
        #expect(Set(lines.dropLast().map(\.count)).count == 1)
    }

    /// Columns without room follow below, so that no line is cut by a terminal.
    @Test func foldsIntoAWidth() {
        let matrix = ConfusionMatrix(classes: 3, counts: [50, 1, 0, 2, 6, 2, 0, 0, 0])
        #expect(
            matrix.table(classNames: ["setosa", "versicolor"], width: 40) == """
                true \\ predicted   0  1  2  precision
                0 setosa          50  1  0     0.9615
                1 versicolor       2  6  2     0.8571
                2                  0  0  0     0.0000
                total             52  7  2     0.6062

                true \\ predicted  recall  rows
                0 setosa          0.9804    51
                1 versicolor      0.6000    10
                2                 0.0000     0
                total             0.5268    61
                accuracy 0.9180 (56 of 61)
                """)
        #expect(matrix.table(width: 120) == matrix.table())
        let names = (0..<20).map { "a name that is much too long to stand in a line \($0)" }
        for classes in [20, 40] {
            var counts = Array(repeating: 1, count: classes * classes)
            counts[1] = 12_345
            let text = ConfusionMatrix(classes: classes, counts: counts).table(classNames: names, width: 40)
            for line in text.split(separator: "\n").dropLast() where !line.contains("pairs") {
                #expect(line.count <= 40, "\(line)")
            }
        }
    }

    @Test func manyClassesListTheWorst() {
        var counts = Array(repeating: 0, count: 31 * 31)
        for index in 0..<31 { counts[index * 32] = 8 }
        counts[3 * 31 + 4] = 2
        counts[0 * 31 + 30] = 2
        counts[30 * 31 + 0] = 12
        let names = (0..<31).map { "c\($0)" }
        #expect(
            ConfusionMatrix(classes: 31, counts: counts).table(classNames: names) == """
                31 classes; the most frequent 3 of 3 pairs confused:
                true  predicted  rows  of class
                c30          c0    12     60.0%
                c0          c30     2     20.0%
                c3           c4     2     20.0%
                accuracy 0.9394 (248 of 264)
                """)
        counts[30 * 31 + 0] = 0
        counts[3 * 31 + 4] = 0
        counts[30] = 0
        var unpredicted = Array(repeating: 0, count: 31)
        unpredicted[2] = 2
        #expect(
            ConfusionMatrix(classes: 31, counts: counts, unpredicted: unpredicted).table() == """
                31 classes, none taken for another.
                2 rows got no prediction (NaN).
                accuracy 0.9920 (248 of 250)
                """)
    }
}
