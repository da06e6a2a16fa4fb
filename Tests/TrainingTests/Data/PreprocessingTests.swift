import Kernels
import TestSupport
import Testing

@testable import Training

@Suite struct PreprocessingTests {
    private func tensor(_ values: [[Double]], _ shape: Shape, _ type: StoredType = .float64) throws -> StoredTensor {
        let flat = values.flatMap { $0 }
        return try StoredTensor(type, rows: values.count, rowShape: shape) { base in
            switch type {
            case .float64: base.assumingMemoryBound(to: Double.self).update(from: flat, count: flat.count)
            case .float32:
                base.assumingMemoryBound(to: Float.self).update(from: flat.map { Float($0) }, count: flat.count)
            case .int32:
                base.assumingMemoryBound(to: Int32.self).update(from: flat.map { Int32($0) }, count: flat.count)
            default: preconditionFailure("not asked for here")
            }
        }
    }

    private func noise(_ rows: Int, _ width: Int, around offset: Double = 0) -> [[Double]] {
        var random = SeededRandom(3)
        return (0..<rows).map { _ in
            (0..<width).map { offset + Double($0) + Double($0 + 1) * Double.random(in: -2...2, using: &random) }
        }
    }

    /// What the model sees of all rows.
    private func seen(_ tensor: StoredTensor, by preprocessing: Preprocessing) throws -> [Double] {
        let constants = try preprocessing.rowConstants(tensor.rowShape)
        var floats = Array(repeating: Float.nan, count: tensor.rows * tensor.rowShape.count)
        tensor.gather(
            into: &floats, rows: (0..<Int64(tensor.rows)).map { $0 }, count: tensor.rows, offset: constants?.offset,
            scale: constants?.scale)
        return floats.map(Double.init)
    }

    /// (x - mean) / deviation of each entry of the last axis, as its definition says.
    private func standardized(_ values: [[Double]], width: Int) -> [Double] {
        let flat = values.flatMap { $0 }
        let columns = (0..<width).map { column in stride(from: column, to: flat.count, by: width).map { flat[$0] } }
        let means = columns.map { $0.reduce(0, +) / Double($0.count) }
        let deviations = zip(columns, means).map { column, mean in
            (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)).squareRoot()
        }
        return flat.enumerated().map { ($1 - means[$0 % width]) / deviations[$0 % width] }
    }

    private func expectClose(
        _ measured: [Double], _ expected: [Double], within tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(measured.count == expected.count, sourceLocation: sourceLocation)
        let worst = zip(measured, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= tolerance, sourceLocation: sourceLocation)
    }

    @Test func featuresAreStandardizedEachByItself() throws {
        let values = noise(50, 3)
        let tensor = try tensor(values, [3])
        let fitted = Preprocessing(fitting: .standardize, to: tensor)
        #expect(fitted.kind == .standardize)
        #expect(fitted.offset.count == 3)
        #expect(fitted.scale.count == 3)
        try expectClose(seen(tensor, by: fitted), standardized(values, width: 3), within: 1e-6)
    }

    @Test func imagesAreStandardizedByChannel() throws {
        let values = noise(20, 24)
        let tensor = try tensor(values, [4, 3, 2], .float32)
        let fitted = Preprocessing(fitting: .standardize, to: tensor)
        #expect(fitted.offset.count == 2)
        try expectClose(seen(tensor, by: fitted), standardized(values, width: 2), within: 1e-5)
    }

    @Test func rowsOfOneNumberAreOneFeature() throws {
        let tensor = try tensor([[1], [3], [5]], .scalar)
        let fitted = Preprocessing(fitting: .standardize, to: tensor)
        #expect(fitted.offset == [3])
        try expectClose(seen(tensor, by: fitted), [-1.5.squareRoot(), 0, 1.5.squareRoot()], within: 1e-6)
    }

    @Test func aFeatureThatNeverChangesKeepsItsSize() throws {
        let fitted = try Preprocessing(
            fitting: .standardize, to: tensor([[7, 1], [7, 2], [7, 3]], [2], .int32))
        #expect(fitted.offset == [7, 2])
        #expect(fitted.scale[0] == 1)
        #expect(fitted.scale[1] != 1)
    }

    /// Adding up a number that binary fractions can't hold gives a mean beside it; that is no deviation.
    @Test(arguments: [0.1, -1e-7, 12_345.678, 1e12 / 3])
    func theRoundingOfAConstantIsNoDeviation(value: Double) throws {
        let tensor = try tensor(Array(repeating: [value, 1], count: 777), [2])
        let fitted = Preprocessing(fitting: .standardize, to: tensor)
        #expect(fitted.scale == [1, 1])
    }

    /// In float arithmetic the differences of such numbers would be lost: 1e6 leaves a float 1/16.
    @Test(arguments: [StoredType.float64, .int32])
    func aLargeOffsetCostsNoPrecision(type: StoredType) throws {
        var values = noise(40, 2, around: 1e6)
        if type == .int32 { values = values.map { $0.map { $0.rounded() } } }
        let tensor = try tensor(values, [2], type)
        let fitted = Preprocessing(fitting: .standardize, to: tensor)
        let (measured, expected) = (try seen(tensor, by: fitted), standardized(values, width: 2))
        // The offset itself is a float, which shifts a feature as a whole; what tells samples apart is exact.
        for column in 0..<2 {
            let places = stride(from: column, to: measured.count, by: 2)
            expectClose(
                places.map { measured[$0] - measured[column] }, places.map { expected[$0] - expected[column] },
                within: 2e-6)
        }
        expectClose(measured, expected, within: 0.03)
    }

    @Test func scalingDividesByTheLargestMagnitude() throws {
        let tensor = try tensor([[1, -8], [2, 4]], [2], .int32)
        let fitted = Preprocessing(fitting: .scale, to: tensor)
        #expect(fitted == Preprocessing(kind: .scale, offset: [0], scale: [0.125]))
        #expect(try seen(tensor, by: fitted) == [0.125, -1, 0.25, 0.5])
        #expect(try Preprocessing(fitting: .scale, to: self.tensor([[0, 0]], [2])).scale == [1])
    }

    @Test func noneLeavesTheNumbersAlone() throws {
        let tensor = try tensor([[1, -8], [2, 4]], [2], .int32)
        let fitted = Preprocessing(fitting: .none, to: tensor)
        #expect(fitted == .none)
        #expect(fitted.offset.isEmpty && fitted.scale.isEmpty)
        #expect(try fitted.rowConstants([2]).map { _ in true } == nil)
        #expect(try seen(tensor, by: fitted) == [1, -8, 2, 4])
    }

    @Test func theConstantsAreRepeatedOverTheRow() throws {
        let preprocessing = Preprocessing(kind: .standardize, offset: [1, 2], scale: [3, 4])
        let constants = try #require(try preprocessing.rowConstants([2, 2]))
        #expect((0..<4).map { constants.offset[$0] } == [1, 2, 1, 2])
        #expect((0..<4).map { constants.scale[$0] } == [3, 4, 3, 4])
    }
}
