import Testing

@testable import Recipes

struct ColumnTallyTests {
    private func fit(_ column: RecipeColumn, _ values: [Double], blocks: Int = 1) -> RecipeColumn.Fit? {
        var sum = ColumnTally(column)
        let length = (values.count + blocks - 1) / blocks
        for start in stride(from: 0, to: values.count, by: length) {
            var tally = ColumnTally(column)
            for value in values[start..<min(start + length, values.count)] { tally.add(value) }
            sum.join(tally)
        }
        return sum.fitted(column).fit
    }

    @Test func numbers() {
        let values: [Double] = [1, .nan, 2, 9, .nan, 4]
        for blocks in 1...4 {
            #expect(fit(RecipeColumn("a", .number), values, blocks: blocks) == .number(fill: 4, indicator: false))
            #expect(
                fit(RecipeColumn("a", .number, missing: .mean), values, blocks: blocks)
                    == .number(fill: 4, indicator: false))
            #expect(
                fit(RecipeColumn("a", .number, missing: .median), values, blocks: blocks)
                    == .number(fill: 3, indicator: false))
            #expect(
                fit(RecipeColumn("a", .number, missing: .indicator), values, blocks: blocks)
                    == .number(fill: 4, indicator: true))
            #expect(
                fit(RecipeColumn("a", .number, missing: .number(-1)), values, blocks: blocks)
                    == .number(fill: -1, indicator: false))
        }
        #expect(fit(RecipeColumn("a", .number, missing: .median), [3, 1, 2]) == .number(fill: 2, indicator: false))
        // Nothing was missing, so that nothing could be learned of it.
        #expect(fit(RecipeColumn("a", .number, missing: .indicator), [1, 3]) == .number(fill: 2, indicator: false))
        #expect(fit(RecipeColumn("a", .number, missing: .mean), [.nan, .nan]) == .unused)
    }

    @Test func categories() {
        var column = RecipeColumn("c", .category, categories: ["a", "b", "c", "d", "e"])
        let values: [Double] = [4, 1, 1, .nan, 2, 2, 0, -1]
        #expect(
            fit(column, values) == .category(own: [0, 1, 2, 4], pooled: [], marksMissing: false, fill: nil))
        column.missing = .mode
        #expect(fit(column, values) == .category(own: [0, 1, 2, 4], pooled: [], marksMissing: false, fill: 1))
        column.missing = .category
        #expect(fit(column, values) == .category(own: [0, 1, 2, 4], pooled: [], marksMissing: true, fill: nil))
        #expect(fit(column, [0, 0]) == .category(own: [0], pooled: [], marksMissing: false, fill: nil))
        column.missing = .text("d")
        #expect(fit(column, values) == .category(own: [0, 1, 2, 3, 4], pooled: [], marksMissing: false, fill: 3))
        // The most frequent keep a feature of their own; among equals the first ones.
        column.missing = .none
        column.width = 3
        #expect(fit(column, values) == .category(own: [0, 1, 2], pooled: [4], marksMissing: false, fill: nil))
    }
}
