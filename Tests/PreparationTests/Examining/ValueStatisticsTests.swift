import HDF5
import Kernels
import Testing

@testable import Preparation

struct ValueStatisticsTests {
    private func add<T: HDF5Element>(_ statistics: inout ValueStatistics, _ values: [T], rows: Range<Int>) {
        values.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { statistics.add(rows, base, T.hdf5MemoryType) }
        }
    }

    @Test func keepsPlacesApart() {
        var statistics = ValueStatistics(rowShape: [3])
        add(&statistics, [1, 10, 5, 2, 20, 5] as [Float], rows: 0..<2)
        add(&statistics, [6, 30, 5] as [Float], rows: 2..<3)
        let places = statistics.perPlace()
        #expect(places.map(\.minimum) == [1, 10, 5])
        #expect(places.map(\.maximum) == [6, 30, 5])
        #expect(places.map(\.mean) == [3, 20, 5])
        #expect(places.map(\.count) == [3, 3, 3])
        #expect(abs(places[0].deviation - (14.0 / 3).squareRoot()) < 1e-12)
        #expect(places[2].deviation == 0)
    }

    @Test func everyIntegerTypeCounts() {
        func check<T: HDF5Element & FixedWidthInteger>(_: T.Type) {
            var statistics = ValueStatistics(rowShape: .scalar)
            add(&statistics, [T.min, 1, 1, T.max], rows: 0..<4)
            let place = statistics.perPlace()[0]
            #expect(place.minimum == Double(T.min))
            #expect(place.maximum == Double(T.max))
            #expect(place.count == 4)
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
    }

    @Test func largeNumbersThatDifferLittleKeepTheirDeviation() {
        var statistics = ValueStatistics(rowShape: .scalar)
        let values = (0..<1000).map { 1e9 + Double($0 % 2) }
        add(&statistics, values, rows: 0..<1000)
        #expect(abs(statistics.perPlace()[0].deviation - 0.5) < 1e-8)
        #expect(abs(statistics.perPlace()[0].mean - (1e9 + 0.5)) < 1e-6)
    }

    @Test func irregularValuesAreCountedAndLeftOut() {
        var statistics = ValueStatistics(rowShape: [2])
        add(&statistics, [1, 2, 3, .nan, .infinity, 4, .nan, -.infinity] as [Double], rows: 10..<14)
        #expect(statistics.nan == ValueStatistics.Irregular(count: 2, firstRow: 11))
        #expect(statistics.infinite == ValueStatistics.Irregular(count: 2, firstRow: 12))
        let places = statistics.perPlace()
        #expect(places.map(\.count) == [2, 2])
        #expect(places.map(\.mean) == [2, 3])
        #expect(statistics.fitsSingle)
    }

    @Test func seesWhatSinglePrecisionHolds() {
        var fits = ValueStatistics(rowShape: .scalar)
        add(&fits, [0.5, 1, 1024] as [Double], rows: 0..<3)
        #expect(fits.fitsSingle)
        var tooFine = ValueStatistics(rowShape: .scalar)
        add(&tooFine, [0.5, 0.1] as [Double], rows: 0..<2)
        #expect(!tooFine.fitsSingle)
    }

    @Test func summariesMergeAsIfSeenTogether() {
        var (whole, left, right) = (
            ValueStatistics(rowShape: .scalar), ValueStatistics(rowShape: .scalar), ValueStatistics(rowShape: .scalar)
        )
        let values = (0..<777).map { Float(($0 * 37) % 101) }
        add(&whole, values, rows: 0..<777)
        add(&left, Array(values[..<100]), rows: 0..<100)
        add(&right, Array(values[100...]), rows: 100..<777)
        var merged = left.perPlace()[0]
        merged.merge(right.perPlace()[0])
        let expected = whole.perPlace()[0]
        #expect(merged.count == 777)
        #expect(abs(merged.mean - expected.mean) < 1e-9)
        #expect(abs(merged.deviation - expected.deviation) < 1e-9)
        // By the definition.
        let mean = values.reduce(0) { $0 + Double($1) } / 777
        let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        #expect(abs(expected.deviation - (squares / 777).squareRoot()) < 1e-9)
    }
}
