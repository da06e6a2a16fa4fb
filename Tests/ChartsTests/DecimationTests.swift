import Testing

@testable import Charts

@Suite struct DecimationTests {
    @Test func eachColumnKeepsItsLowestAndHighest() {
        let x = (0..<10_007).map(Double.init)
        let y = Gallery.loss(10_007, 3, noise: 2).enumerated().map { $0 % 101 == 0 ? Double.nan : $1 }
        for columns in [1, 7, 300, 499, 5000] {
            let chosen = Decimation.indices(x: x, y: y, columns: columns)
            #expect(chosen.count <= 1000 && chosen == chosen.sorted() && Set(chosen).count == chosen.count)
            #expect(chosen.first == 1 && chosen.last == 10_006)
            let used = min(columns, 499)
            for column in 0..<used {
                let own = x.indices.filter { y[$0].isFinite && Decimation.column(x[$0], 1, 10_006, used) == column }
                let kept = own.filter(chosen.contains)
                #expect(own.map { y[$0] }.min() == kept.map { y[$0] }.min())
                #expect(own.map { y[$0] }.max() == kept.map { y[$0] }.max())
                if columns > 300 { break }
            }
        }
    }

    @Test func fewPointsAllStay() {
        #expect(Decimation.indices(x: [0, 1, 2], y: [1, .nan, 3], columns: 100) == [0, 2])
        #expect(Decimation.indices(x: [], y: [], columns: 100).isEmpty)
        #expect(Decimation.indices(x: [5, 5, 5, 5, 5, 5, 5], y: [3, 1, 9, 4, 2, 8, 5], columns: 1) == [0, 1, 2, 6])
    }
}
