import Foundation
import Kernels
import Recipes
import TestSupport
import Testing

@testable import Batches

struct RowEncoderTests {
    /// A number, a number with an indicator, a category with pooled and missing ones, an unused one, a category that is
    /// filled.
    private var recipe: Recipe {
        var columns = [
            RecipeColumn("a", .number), RecipeColumn("b", .number, missing: .indicator),
            RecipeColumn("c", .category, missing: .category, categories: ["p", "q", "r", "s", "t"]),
            RecipeColumn("d", .number, missing: .mean),
            RecipeColumn("e", .category, missing: .mode, categories: ["x", "y"]),
        ]
        columns[0].fit = .number(fill: 1, indicator: false)
        columns[1].fit = .number(fill: 7.5, indicator: true)
        columns[2].fit = .category(own: [1, 3], pooled: [0, 4], marksMissing: true, fill: nil)
        columns[3].fit = .unused
        columns[4].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 1)
        return Recipe(columns)
    }

    /// What a row becomes, by the book.
    private func features(_ row: [Double]) -> [Double] {
        let (b, c, e) = (row[1], row[2], row[4])
        let slots: [Double: [Double]] = [1: [1, 0, 0, 0], 3: [0, 1, 0, 0], 0: [0, 0, 1, 0], 4: [0, 0, 1, 0]]
        return [row[0], b.isNaN ? 7.5 : b, b.isNaN ? 1 : 0]
            // What nobody was trained on is taken for missing.
            + (c.isNaN ? [0, 0, 0, 1] : slots[c] ?? [0, 0, 0, 1]) + (e == 0 ? [1, 0] : [0, 1])
    }

    private let rows: [[Double]] = [
        [1.5, 2.25, 0, .nan, 0], [-3, .nan, 1, 5, 1], [0.1, 4, 2, 5, .nan], [8, 1e-3, 3, .nan, 1], [9, 2, 4, 1, 0],
        [2, 3, .nan, 1, 0], [2, 3, 7, 1, 0],
    ]

    @Test(arguments: [StoredType.float32, .float64, .float16])
    func featuresOfRows(type: StoredType) throws {
        let encoder = RowEncoder(recipe)
        #expect(encoder.rawCount == 5)
        #expect(encoder.featureCount == 9)
        func stored(_ value: Double) -> Double {
            switch type {
            case .float32: Double(Float(value))
            case .float16: Double(Float16(value))
            default: value
            }
        }
        let tensor = try StoredTensor(type, rows: rows.count, rowShape: [5]) { base in
            for (index, value) in rows.joined().enumerated() {
                switch type {
                case .float32: base.assumingMemoryBound(to: Float.self)[index] = Float(value)
                case .float16: base.assumingMemoryBound(to: Float16.self)[index] = Float16(value)
                default: base.assumingMemoryBound(to: Double.self)[index] = value
                }
            }
        }
        let all = try encoder.features(of: tensor)
        #expect(all.type == (type == .float64 ? .float64 : .float32))
        var values: [Double] = []
        all.forEach { values.append($1) }
        #expect(values == rows.flatMap { features($0.map(stored)) })

        // Chosen rows, normalised on the way, as rows without an encoder are.
        let (offset, scale) = ((0..<9).map { 0.5 * Double($0) }, (0..<9).map { 1 / Double($0 + 1) })
        let constants = try RowConstants(offset: offset, scale: scale, width: 9)
        let chosen: [Int64] = [3, 0, 5, 5]
        var result = [Float](repeating: -1, count: 4 * 9)
        encoder.gather(type, from: tensor.memory.base, rows: chosen, count: 4, into: &result, constants: constants)
        let expected = chosen.flatMap { row in
            features(rows[Int(row)].map(stored)).enumerated().map { feature, value in
                type == .float64
                    ? Float((value - offset[feature]) * Double(Float(scale[feature])))
                    : (Float(value) - Float(offset[feature])) * Float(scale[feature])
            }
        }
        #expect(result == expected)
        encoder.gather(type, from: tensor.memory.base, rows: chosen, count: 4, into: &result, constants: nil)
        #expect(result == chosen.flatMap { features(rows[Int($0)].map(stored)).map { Float($0) } })
    }

    @Test func whatMayNotBeMissingIsNoNumber() throws {
        var columns = [RecipeColumn("a", .number), RecipeColumn("c", .category, categories: ["p", "q"])]
        columns[0].fit = .number(fill: 4, indicator: false)
        columns[1].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: nil)
        let tensor = try StoredTensor([[Float.nan, 0], [1, .nan]], rowShape: [2])
        func values(_ encoder: RowEncoder) throws -> [Double?] {
            var values: [Double?] = []
            try encoder.features(of: tensor).forEach { values.append($1.isNaN ? nil : $1) }
            return values
        }
        #expect(try values(RowEncoder(Recipe(columns))) == [nil, 1, 0, 1, nil, nil])
        #expect(try values(RowEncoder(Recipe(columns), fillsAll: true)) == [4, 1, 0, 1, 0, 0])
    }

    @Test func datesAndBooleans() throws {
        var columns = [
            RecipeColumn("d", .date, missing: .mean), RecipeColumn("t", .time, missing: .indicator),
            RecipeColumn("b", .boolean, missing: .category, categories: ["no", "yes"]),
            RecipeColumn("e", .date, missing: .number(0.25)),
            RecipeColumn("f", .boolean, missing: .mode, categories: ["no", "yes"]),
        ]
        columns[0].fit = .date(parts: [.days, .year, .weekday, .time], fill: 19_000, indicator: false)
        columns[1].fit = .date(parts: [.time], fill: 0.5, indicator: true)
        columns[2].fit = .category(own: [0, 1], pooled: [], marksMissing: true, fill: nil)
        columns[3].fit = .date(parts: [.days, .time], fill: 0.25, indicator: false)
        columns[4].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 0)
        let encoder = RowEncoder(Recipe(columns))
        #expect(encoder.featureCount == 7 + 3 + 2 + 3 + 1)
        func circle(_ turns: Double) -> [Double] { [sin(2 * .pi * turns), cos(2 * .pi * turns)] }
        // 2024-03-01 06:00, a Friday.
        let rows: [[Double]] = [[19_783.25, 0.75, 1, 1.5, 0], [.nan, .nan, .nan, .nan, .nan], [-3, 0, 0, 2, 1]]
        let expected: [[Double]] = [
            [19_783.25] + circle(19_783.25 / 365.2425) + circle(4.0 / 7) + circle(0.25) + circle(0.75) + [0, 1, 0, 1.5]
                + circle(0.5) + [0],
            // A mean of days is no season: the middle of the circle. A day that somebody gives has its own parts.
            [19_000, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0.25] + circle(0.25) + [0],
            [-3] + circle(-3 / 365.2425) + circle(0) + circle(0) + circle(0) + [0, 0, 0, 2] + circle(0) + [1],
        ]
        let tensor = try StoredTensor(.float64, rows: 3, rowShape: [5]) { base in
            for (index, value) in rows.joined().enumerated() {
                base.assumingMemoryBound(to: Double.self)[index] = value
            }
        }
        var values: [Double] = []
        try encoder.features(of: tensor).forEach { values.append($1) }
        #expect(values.count == 48)
        for (value, wanted) in zip(values, expected.joined()) { #expect(abs(value - wanted) < 1e-9) }
        // Where nothing may be missing it is no number in any of the features.
        columns[0].missing = .none
        var first = Recipe([columns[0]])
        first.columns[0].missing = .none
        let lacking = try StoredTensor([[Float.nan]], rowShape: [1])
        var found: [Double] = []
        try RowEncoder(first).features(of: lacking).forEach { found.append($1) }
        #expect(found.allSatisfy { $0.isNaN })
    }
}
