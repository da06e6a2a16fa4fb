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

    @Test func booleans() {
        var column = RecipeColumn("b", .boolean, missing: .mode, categories: ["no", "yes"])
        #expect(fit(column, [1, 0, 1, .nan]) == .category(own: [0, 1], pooled: [], marksMissing: false, fill: 1))
        // What did not occur is unknown to the model.
        #expect(fit(column, [0, 0]) == .category(own: [0], pooled: [], marksMissing: false, fill: 0))
        column.missing = .category
        #expect(fit(column, [1, 0, -1]) == .category(own: [0, 1], pooled: [], marksMissing: true, fill: nil))
        column.missing = .text("TRUE")
        #expect(fit(column, [0, .nan]) == .category(own: [0, 1], pooled: [], marksMissing: false, fill: 1))
    }

    @Test func datesBecomeThePartsThatVary() {
        let date = RecipeColumn("d", .date, missing: .mean)
        // 2024-02-26.
        let monday = 19_779.0
        func parts(_ values: [Double], _ column: RecipeColumn = date) -> [DatePart]? {
            let found = (1...3).map { blocks -> [DatePart]? in
                guard case .date(let parts, _, _)? = fit(column, values, blocks: blocks) else { return nil }
                return parts
            }
            #expect(Set(found).count == 1)
            return found[0]
        }
        #expect(parts([monday]) == [.days])
        #expect(parts([monday, monday + 1]) == [.days, .weekday])
        #expect(parts([monday, monday + 7, .nan]) == [.days, .year])
        #expect(parts([monday + 0.25, monday + 0.5]) == [.days, .time])
        #expect(parts([monday, monday + 100.5]) == [.days, .year, .weekday, .time])
        // The first days of years: 1970-01-01, 1971-01-01 and 1972-01-01.
        #expect(parts([0, 365, 730]) == [.days, .weekday])
        let time = RecipeColumn("t", .time, missing: .indicator)
        #expect(parts([0.5, 0.5], time) == [.time])
        #expect(fit(time, [0.25, .nan, 0.75]) == .date(parts: [.time], fill: 0.5, indicator: true))
        #expect(fit(date, [.infinity, 1]) != nil)
    }

    @Test func whatWasSeen() {
        var tally = ColumnTally(RecipeColumn("a", .number, missing: .mean))
        for value in [3, .nan, -1, 7.5] { tally.add(value) }
        #expect(tally.fitted(RecipeColumn("a", .number)).seen == RecipeColumn.Seen(missing: 1, range: -1...7.5))
        let texts = ColumnTally(RecipeColumn("a", .category, categories: ["x"]))
        #expect(texts.fitted(RecipeColumn("a", .category)).seen == RecipeColumn.Seen(missing: 0, range: nil))
    }
}
