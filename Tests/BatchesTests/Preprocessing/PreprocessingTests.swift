import HDF5
import Kernels
import TestSupport
import Testing

@testable import Batches
@testable import Engine

@Suite struct PreprocessingTests {
    private func stored<T: BitwiseCopyable>(_ type: StoredType, _ values: [T], _ shape: Shape) throws -> StoredTensor {
        try StoredTensor(type, rows: values.count / shape.count, rowShape: shape) { base in
            values.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        }
    }

    /// Rows of these numbers, rounded to what the type holds.
    private func tensor(_ values: [Double], _ shape: Shape, _ type: StoredType = .float64) throws -> StoredTensor {
        switch type {
        case .uint8: try stored(type, values.map { UInt8($0) }, shape)
        case .int8: try stored(type, values.map { Int8($0) }, shape)
        case .uint16: try stored(type, values.map { UInt16($0) }, shape)
        case .int16: try stored(type, values.map { Int16($0) }, shape)
        case .uint32: try stored(type, values.map { UInt32($0) }, shape)
        case .int32: try stored(type, values.map { Int32($0) }, shape)
        case .uint64: try stored(type, values.map { UInt64($0) }, shape)
        case .int64: try stored(type, values.map { Int64($0) }, shape)
        case .float16: try stored(type, values.map { Float16($0) }, shape)
        case .float32: try stored(type, values.map { Float($0) }, shape)
        case .float64: try stored(type, values, shape)
        }
    }

    private func data(_ tensor: StoredTensor) throws -> Dataset {
        try Dataset(inputs: Field(tensor, place: "x"), targets: nil, weights: nil, classNames: nil, source: nil)
    }

    private func fit(_ normalization: Normalization, _ tensor: StoredTensor) throws -> Preprocessing {
        try Preprocessing(fitting: normalization, to: data(tensor))
    }

    /// Whole numbers that every type holds, those without a sign from 0.
    private func numbers(_ count: Int, _ type: StoredType) -> [Double] {
        var random = SeededRandom(5)
        let least = type.rawValue.hasPrefix("uint") ? 0 : -100
        return (0..<count).map { Double(Int.random(in: least...(100 - $0 % 7), using: &random)) }
    }

    private func noise(_ rows: Int, _ width: Int, around offset: Double = 0, by size: Double = 1) -> [Double] {
        var random = SeededRandom(3)
        return (0..<rows * width).map {
            let column = Double($0 % width)
            return offset + size * (column + (column + 1) * Double.random(in: -2...2, using: &random))
        }
    }

    /// What the model sees of all rows.
    private func seen(_ tensor: StoredTensor, by preprocessing: Preprocessing) throws -> [Double] {
        let constants = try preprocessing.rowConstants(tensor.rowShape)
        var floats = Array(repeating: Float.nan, count: tensor.rows * tensor.rowShape.count)
        tensor.gather(
            into: &floats, rows: (0..<Int64(tensor.rows)).map { $0 }, count: tensor.rows, offset: constants?.offset,
            scale: constants?.scale, exactOffset: constants?.exactOffset)
        return floats.map(Double.init)
    }

    /// The numbers of each column, where the rows are cut into pieces of the width.
    private func columns(_ values: [Double], _ width: Int) -> [[Double]] {
        (0..<width).map { column in stride(from: column, to: values.count, by: width).map { values[$0] } }
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        // From the first on, so that large numbers keep their digits.
        let count = Double(values.count)
        let mean = values[0] + values.reduce(0) { $0 + ($1 - values[0]) } / count
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
    }

    private func expectClose(
        _ measured: [Double], _ expected: [Double], within tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(measured.count == expected.count, sourceLocation: sourceLocation)
        let worst = zip(measured, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= tolerance, sourceLocation: sourceLocation)
    }

    // MARK: - By definition

    /// Every type, whose loops differ, and widths that are repeated within a line and others.
    @Test(arguments: StoredType.allCases, [[3] as Shape, [4, 3, 2], [70], .scalar])
    func theConstantsAreThoseOfTheDefinition(type: StoredType, shape: Shape) throws {
        let values = numbers(701 * shape.count, type)
        let tensor = try tensor(values, shape, type)
        for (scope, width) in [(Normalization.Scope.channel, shape.last), (.feature, shape.count), (.all, 1)] {
            let columns = columns(values, width)
            let standard = try fit(.standardize(per: scope), tensor)
            #expect((standard.kind, standard.scope) == (.standardize, scope))
            expectClose(standard.offset, columns.map { moments($0).mean }, within: 1e-11)
            expectClose(standard.scale, columns.map { 1 / moments($0).deviation }, within: 1e-12)
            let range = try fit(.minMax(per: scope), tensor)
            #expect((range.kind, range.scope) == (.minMax, scope))
            #expect(range.offset == columns.map { $0.min()! })
            #expect(range.scale == columns.map { 1 / ($0.max()! - $0.min()!) })
            let scale = try fit(.scale(per: scope), tensor)
            #expect(scale.offset == columns.map { _ in 0 })
            #expect(scale.scale == columns.map { 1 / $0.map(abs).max()! })
        }
    }

    @Test func theModelSeesWhatTheConstantsMake() throws {
        let values = noise(50, 3)
        let tensor = try tensor(values, [3])
        let columns = columns(values, 3).map(moments)
        try expectClose(
            seen(tensor, by: fit(.standardize, tensor)),
            values.enumerated().map { ($1 - columns[$0 % 3].mean) / columns[$0 % 3].deviation }, within: 1e-6)
        let seen = try seen(tensor, by: fit(.minMax, tensor))
        for column in self.columns(seen, 3) {
            #expect(column.min() == 0)
            #expect(abs(column.max()! - 1) < 1e-6)
        }
    }

    @Test func theUsualScopes() throws {
        let tensor = try tensor(numbers(24 * 8, .uint8), [2, 4, 3], .uint8)
        #expect(try fit(.standardize, tensor).scope == .channel)
        #expect(try fit(.minMax, tensor).scope == .channel)
        #expect(try fit(.scale, tensor).scope == .all)
        #expect(try fit(.scale, tensor).scale.count == 1)
    }

    @Test func scalingDividesByTheLargestMagnitude() throws {
        let tensor = try tensor([1, -8, 2, 4], [2], .int32)
        let fitted = try fit(.scale, tensor)
        #expect(fitted == Preprocessing(kind: .scale, offset: [0], scale: [0.125]))
        #expect(try seen(tensor, by: fitted) == [0.125, -1, 0.25, 0.5])
        #expect(try fit(.scale, self.tensor([0, 0], [2])).scale == [1])
        let least = try stored(.int64, [Int64.min, 0], [1])
        #expect(try fit(.scale, least).scale == [0x1p-63])
    }

    @Test func noneLeavesTheNumbersAlone() throws {
        let tensor = try tensor([1, -8, 2, 4], [2], .int32)
        let fitted = try fit(.none, tensor)
        #expect(fitted == .none)
        #expect(fitted.offset.isEmpty && fitted.scale.isEmpty)
        #expect(try fitted.rowConstants([2]).map { _ in true } == nil)
        #expect(try seen(tensor, by: fitted) == [1, -8, 2, 4])
    }

    // MARK: - What does not change, what is large

    @Test func aFeatureThatNeverChangesBecomesZero() throws {
        let tensor = try tensor([7, 1, 7, 2, 7, 3], [2], .int32)
        for normalization in [Normalization.standardize, .minMax] {
            let fitted = try fit(normalization, tensor)
            #expect(fitted.offset[0] == 7)
            #expect(fitted.scale[0] == 1)
            #expect(fitted.scale[1] != 1)
            #expect(try columns(seen(tensor, by: fitted), 2)[0] == [0, 0, 0])
        }
    }

    /// Adding up a number that binary fractions can't hold gives a mean beside it; that is no deviation.
    @Test(arguments: [0.1, -1e-7, 12_345.678, 1e12 / 3])
    func theRoundingOfAConstantIsNoDeviation(value: Double) throws {
        let tensor = try tensor((0..<777).flatMap { _ in [value, 1] }, [2])
        #expect(try fit(.standardize, tensor).scale == [1, 1])
    }

    /// 1 / 1e-42 is infinite as a float.
    @Test func whatFloatsCantMagnifyKeepsItsSize() throws {
        let tensor = try tensor([0, 1e-42, 0, 1e-42], [1], .float32)
        for normalization in [Normalization.standardize, .minMax, .scale] {
            #expect(try fit(normalization, tensor).scale == [1])
        }
    }

    /// Of such numbers a float holds every 64th; the offset is taken off in double precision.
    @Test(arguments: [StoredType.float64, .int32, .int64, .uint32, .uint64])
    func aLargeOffsetCostsNoPrecision(type: StoredType) throws {
        let size: Double = type == .float64 ? 1e-3 : 10
        var values = noise(40, 2, around: 1e9, by: size)
        if type != .float64 { values = values.map { $0.rounded() } }
        let tensor = try tensor(values, [2], type)
        let columns = columns(values, 2).map(moments)
        try expectClose(
            seen(tensor, by: fit(.standardize, tensor)),
            values.enumerated().map { ($1 - columns[$0 % 2].mean) / columns[$0 % 2].deviation }, within: 1e-5)
    }

    @Test func anOutlierInTheFirstRowDoesNoHarm() throws {
        let values = [1e8] + noise(1000, 1)
        let fitted = try fit(.standardize, tensor(values, [1]))
        let expected = moments(values)
        #expect(abs(fitted.offset[0] / expected.mean - 1) < 1e-12)
        #expect(abs(fitted.scale[0] * expected.deviation - 1) < 1e-9)
    }

    @Test func wholeNumbersOf16BitsAreAddedExactly() throws {
        // 65535² · 3 needs more than 32 bits; one number of many is another.
        var values = Array(repeating: 65535.0, count: 1_000_003)
        values[77] = 65534
        let fitted = try fit(.standardize, tensor(values, [1], .uint16))
        let count = 1_000_003.0
        #expect(fitted.offset == [65535 - 1 / count])
        #expect(abs(fitted.scale[0] * (1 / count - 1 / count / count).squareRoot() - 1) < 1e-12)
    }

    @Test(arguments: [Normalization.standardize, .minMax, .scale])
    func numbersTooLargeForFloatsAreRefused(normalization: Normalization) throws {
        let sentence =
            "inputs holds numbers so large that floats can't hold what normalises them; bring them into a smaller unit"
        for size in [2e38, 3.4e38] {
            #expect(throws: DataError(sentence)) { try fit(normalization, tensor([size, -size], [1])) }
        }
        for size in [1e39, 1e300] {
            let sentence =
                "x holds \(size) in row 0, element 0, which no 32-bit float holds; bring the numbers into another unit, or "
                + "remove such rows"
            #expect(throws: DataError(sentence)) { try fit(normalization, tensor([size, -size], [1])) }
        }
        #expect(try fit(normalization, tensor([1e37, -1e37], [1])).scale.count == 1)
    }

    // MARK: - The same bits

    private func bits(_ preprocessing: Preprocessing) -> [UInt64] {
        (preprocessing.offset + preprocessing.scale).map(\.bitPattern)
    }

    private static let all: [Normalization] = [
        .standardize, .standardize(per: .feature), .standardize(per: .all), .minMax, .minMax(per: .feature), .scale,
    ]

    /// What is fitted to a file depends neither on the memory nor on the chunks.
    @Test func rowsInFilesMakeTheSameBits() throws {
        let directory = try TestDirectory()
        let shape = [3000, 10, 20, 3]
        var random = SeededRandom(9)
        let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -3...8, using: &random) }
        let file = try directory.hdf5 { root in
            try root.createDataset("/plain", .float32, shape: shape).write(values)
            try root.createDataset("/chunks", .float32, shape: shape, chunk: [700, 10, 20, 3], gzip: 1)
                .write(values)
        }
        for normalization in Self.all {
            var seen: Set<[UInt64]> = []
            for path in ["/plain", "/chunks"] {
                for limit in [1 << 30, 1 << 20] {
                    let source = DataSource(file: file, inputs: path, targets: nil)
                    let data = try Dataset(reading: source, memoryLimit: limit)
                    #expect(data.isInMemory == (limit == 1 << 30))
                    seen.insert(bits(try Preprocessing(fitting: normalization, to: data)))
                }
            }
            #expect(seen.count == 1, "\(normalization)")
        }
    }

    /// Only the selected rows count.
    @Test func aSelectionIsFittedAlone() throws {
        var random = SeededRandom(2)
        let values = (0..<4000).map { _ in Double.random(in: -3...8, using: &random) }
        let rows = (0..<1000).filter { $0 % 3 == 1 }
        let own = rows.flatMap { values[4 * $0..<4 * $0 + 4] }
        let whole = try data(tensor(values, [4]))
        for normalization in Self.all {
            let part = try Preprocessing(
                fitting: normalization, to: whole.selecting(RowSelection(rows.map { Int64($0) })))
            #expect(bits(part) == bits(try fit(normalization, tensor(own, [4]))))
        }
    }

    /// The parts are added up in their order, by however many threads: the same each time.
    @Test func everyTimeTheSameBits() throws {
        var random = SeededRandom(4)
        let data = try data(
            tensor((0..<1_500_000).map { _ in Double.random(in: 0...1, using: &random) }, [5, 3], .float32))
        for normalization in Self.all {
            let first = bits(try Preprocessing(fitting: normalization, to: data))
            for _ in 0..<3 { #expect(bits(try Preprocessing(fitting: normalization, to: data)) == first) }
        }
    }

    @Test func numbersInFilesThatAreNotFiniteAreFound() throws {
        let directory = try TestDirectory()
        var values = Array(repeating: Float(1), count: 60_000)
        values[3 * 12_345 + 2] = .nan
        let file = try directory.hdf5 { try $0.createDataset("/x", .float32, shape: [20_000, 3]).write(values) }
        let data = try Dataset(reading: DataSource(file: file, inputs: "/x", targets: nil), memoryLimit: 1 << 17)
        #expect(
            throws: DataError(
                "\(file): /x holds a number that is NaN or infinite, in row 12345, element 2; "
                    + "remove or fill such rows before training")
        ) { try Preprocessing(fitting: .standardize, to: data) }
    }

    // MARK: - Constants

    @Test func givenConstantsAreRepeated() throws {
        let tensor = try tensor([1, 2, 3, 4], [2, 2])
        let one = try fit(.constants(offset: [1], scale: [2]), tensor)
        #expect(one == Preprocessing(kind: .constants, scope: .all, offset: [1], scale: [2]))
        #expect(try seen(tensor, by: one) == [0, 2, 4, 6])
        let channels = try fit(.constants(offset: [1, 2]), tensor)
        #expect(channels == Preprocessing(kind: .constants, scope: .channel, offset: [1, 2], scale: [1, 1]))
        #expect(try seen(tensor, by: channels) == [0, 0, 2, 2])
        let mixed = try fit(.constants(offset: [1, 2, 3, 4], scale: [1, -1]), tensor)
        #expect(
            mixed == Preprocessing(kind: .constants, scope: .feature, offset: [1, 2, 3, 4], scale: [1, -1, 1, -1]))
        #expect(try seen(tensor, by: fit(.constants(scale: [1, -1]), tensor)) == [1, -2, 3, -4])
    }

    @Test(
        arguments: [
            (
                [1, 2, 3], [1], [8, 8, 2] as Shape,
                "data.normalize.offset has 3 numbers, but inputs has rows of 8×8×2; give 1 for all, or 2, one for each "
                    + "entry of the last axis, or 128, one for each number of a row"
            ),
            (
                [1], [], [4],
                "data.normalize.scale has 0 numbers, but inputs has rows of 4; give 1 for all, or 4, one for each entry "
                    + "of the last axis"
            ),
            ([.nan], [1], [1], "data.normalize.offset is nan, but must be a finite number that a float can hold"),
            (
                [0, 1e39], [1], [2],
                "data.normalize.offset[1] is 1e+39, but must be a finite number that a float can hold"
            ),
            (
                [0], [0], [1],
                "data.normalize.scale is 0.0, but must be a finite number other than 0 that a float can hold"
            ),
            (
                [0], [1, .infinity], [2],
                "data.normalize.scale[1] is inf, but must be a finite number other than 0 that a float can hold"
            ),
        ] as [([Double], [Double], Shape, String)])
    func constantsThatDoNotFitAreRefused(offset: [Double], scale: [Double], shape: Shape, sentence: String) throws {
        let tensor = try tensor(Array(repeating: 1, count: shape.count), shape)
        #expect(throws: DataError(sentence)) { try fit(.constants(offset: offset, scale: scale), tensor) }
    }

    // MARK: - For the model

    @Test func theConstantsAreRepeatedOverTheRow() throws {
        let preprocessing = Preprocessing(kind: .standardize, offset: [1, 2], scale: [3, 4])
        let constants = try #require(try preprocessing.rowConstants([2, 2]))
        #expect((0..<4).map { constants.offset[$0] } == [1, 2, 1, 2])
        #expect((0..<4).map { constants.scale[$0] } == [3, 4, 3, 4])
        #expect((0..<4).map { constants.exactOffset[$0] } == [1, 2, 1, 2])
    }

    @Test func constantsFitTheirShape() {
        let preprocessing = Preprocessing(kind: .standardize, offset: [1, 2], scale: [3, 4])
        #expect(preprocessing.fits([5, 2]))
        #expect(!preprocessing.fits([2, 5]))
        #expect(Preprocessing.none.fits([3]))
        #expect(!Preprocessing(kind: .none, offset: [1], scale: [1]).fits([1]))
        #expect(Preprocessing(kind: .minMax, scope: .feature, offset: [1, 2], scale: [3, 4]).fits([2, 1]))
        #expect(!Preprocessing(kind: .scale, offset: [0], scale: [.infinity]).fits([1]))
    }

    @Test func blackIsWhatAZeroBecomes() {
        #expect(Preprocessing.none.black([2, 2]) == [])
        #expect(Preprocessing(kind: .standardize, offset: [1, 2], scale: [3, 4]).black([2, 2]) == [-3, -8])
        let features = Preprocessing(kind: .standardize, scope: .feature, offset: [1, 2, 3, 4], scale: [1, 1, 1, 1])
        #expect(features.black([2, 2]) == [-2, -3])
    }

    @Test(arguments: [
        (Preprocessing.none, "none"),
        (
            Preprocessing(kind: .standardize, offset: [1, 2], scale: [1, 1]),
            "standardize, by the mean and deviation of 2 features"
        ),
        (Preprocessing(kind: .minMax, scope: .all, offset: [1], scale: [1]), "min_max, by the range of all numbers"),
        (Preprocessing(kind: .scale, offset: [0], scale: [0.5]), "scale, by 0.5"),
        (Preprocessing(kind: .constants, offset: [2], scale: [0.5]), "constants, (x - 2.0)·0.5"),
    ])
    func inWords(preprocessing: Preprocessing, words: String) { #expect("\(preprocessing)" == words) }
}
