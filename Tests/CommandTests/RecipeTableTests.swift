import Recipes
import Testing

@testable import stormo_cli

struct RecipeTableTests {
    private static var columns: [RecipeColumn] {
        var columns = [
            RecipeColumn("a column with a name that is long", .number, missing: .mean),
            RecipeColumn("when", .date, missing: .indicator),
            RecipeColumn("at", .time), RecipeColumn("flag", .boolean, missing: .mode, categories: ["no", "yes"]),
            RecipeColumn(
                "town", .category, missing: .category,
                categories: (0..<40).map { "a town by the river, number \($0)" }),
            RecipeColumn("gone", .number),
        ]
        columns[0].unit = "mmHg"
        columns[0].seen = RecipeColumn.Seen(missing: 1234, range: -123_456.789...9_876_543_210)
        columns[0].fit = .number(fill: 123.456_789, indicator: false)
        columns[1].order = .dayFirst
        columns[1].seen = RecipeColumn.Seen(missing: 2, range: 0...19_783.25)
        columns[1].fit = .date(parts: [.days, .year, .weekday], fill: 9_000.5, indicator: true)
        columns[2].seen = RecipeColumn.Seen(missing: 0, range: 0.25...0.75)
        columns[2].fit = .date(parts: [.time], fill: 0.5, indicator: false)
        columns[3].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 1)
        columns[4].fit = .category(own: Array(0..<32), pooled: Array(32..<40), marksMissing: true, fill: nil)
        columns[5].fit = .unused
        return columns
    }

    @Test func noLineIsLongerThanATerminal() {
        let remarks = ["at": String(repeating: "a very long remark ", count: 9)]
        for width in [78, 80] {
            let lines = RecipeTable(Recipe(Self.columns), remarks: remarks, warned: ["at"], width: width).lines
            #expect(lines.allSatisfy { $0.count <= width })
        }
        // On a narrow one columns follow in further tables.
        let narrow = RecipeTable(Recipe(Self.columns), remarks: remarks, warned: ["at"], width: 40).lines
        #expect(narrow.allSatisfy { $0.count <= 40 }, "\(narrow.joined(separator: "\n"))")
        #expect(narrow.filter { $0.hasPrefix("town") }.count > 1)
        #expect(
            RecipeTable(Recipe(Self.columns), remarks: ["at": "a remark"], warned: ["at"], width: 80).lines == [
                "column           kind          missing  becomes          values           inputs",
                "a column with a  number, mmHg    1,234  mean 123.457     -123457 to            1",
                "name that is                                             9.87654e+09",
                "long",
                "when             date, d/m/y         2  indicator        1970-01-01 to         6",
                "                                        1994-08-23       2024-03-01",
                "                                                         06:00",
                "at               time                                    06:00 to 18:00        2",
                "flag             boolean                mode yes         no, yes               1",
                "town             category               category         a town by the        34",
                "                                                         river, nu…, a",
                "                                                         town by the",
                "                                                         river, nu…, …",
                "                                                         (40)",
                "gone             number                                                        0",
                "- when: becomes days since 1970, part of the year, weekday",
                "! at: a remark",
                "- town: 8 rare categories share an input",
                "- gone: left out: no row that was trained on has a value",
            ])
    }
}
