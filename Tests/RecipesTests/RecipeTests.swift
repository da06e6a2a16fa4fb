import Configuration
import TestSupport
import Testing

@testable import Recipes

struct RecipeTests {
    private static let declared = Recipe([
        RecipeColumn("area", .number, missing: .mean),
        RecipeColumn("rooms", .number),
        RecipeColumn("rent", .number, missing: .number(9.5)),
        RecipeColumn("street", .category, missing: .category, categories: ["Grvl", "Pave", "Dirt \"old\""]),
        RecipeColumn("roof", .category, missing: .text("none"), categories: ["none", "flat"]),
        RecipeColumn("note", .empty),
        RecipeColumn("sold", .date, missing: .median),
        RecipeColumn("open", .time, missing: .indicator),
        RecipeColumn("garden", .boolean, missing: .category, categories: ["no", "yes"]),
        RecipeColumn("cellar", .boolean, missing: .text("Yes"), categories: ["no", "yes"]),
    ])

    private static var fitted: Recipe {
        var recipe = declared
        recipe.columns[0].fit = .number(fill: 12.25, indicator: false)
        recipe.columns[1].fit = .number(fill: 3, indicator: true)
        recipe.columns[2].fit = .number(fill: 9.5, indicator: false)
        recipe.columns[3].fit = .category(own: [0, 2], pooled: [1], marksMissing: true, fill: nil)
        recipe.columns[4].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 0)
        recipe.columns[5].fit = .unused
        recipe.columns[6].fit = .date(parts: [.days, .year, .weekday], fill: 19_783, indicator: false)
        recipe.columns[7].fit = .date(parts: [.time], fill: 0.5, indicator: true)
        recipe.columns[8].fit = .category(own: [0, 1], pooled: [], marksMissing: true, fill: nil)
        recipe.columns[9].fit = .category(own: [1], pooled: [], marksMissing: false, fill: 1)
        recipe.columns[0].unit = "m²"
        recipe.columns[1].marks = ["-", "<5"]
        recipe.columns[8].marks = []
        recipe.columns[6].order = .monthFirst
        recipe.columns[6].isZoned = true
        recipe.columns[6].seen = RecipeColumn.Seen(missing: 2, range: 19_000...19_999.5)
        recipe.columns[3].seen = RecipeColumn.Seen(missing: 0, range: nil)
        return recipe
    }

    @Test func jsonComesBack() throws {
        for recipe in [Self.declared, Self.fitted] {
            let text = recipe.node.jsonText()
            #expect(try Recipe(text: text, file: "r.json") == recipe)
        }
        #expect(Self.fitted.declared.columns[6].seen == nil)
        #expect(Self.fitted.declared.columns[0].unit == "m²")
        var when = RecipeColumn("when", .date)
        when.isZoned = true
        #expect(
            Recipe([when]).node.jsonText(pretty: false)
                == #"{"format":1,"columns":[{"name":"when","kind":"date","zone":"utc"}]}"#)
        #expect(
            Recipe([RecipeColumn("a", .number, missing: .mean)]).node.jsonText(pretty: false)
                == #"{"format":1,"columns":[{"name":"a","kind":"number","missing":"mean"}]}"#)
    }

    @Test func recipesWrittenBeforeAreRead() throws {
        let text = #"""
            {"format":1,"columns":[{"name":"area","kind":"number","missing":"mean","fit":{"fill":2,"indicator":false}},
            {"name":"street","kind":"category","categories":["false","true"],"width":32,"fit":{"own":["true"],"pooled":[],
            "marks_missing":false}}]}
            """#
        var columns = [
            RecipeColumn("area", .number, missing: .mean),
            RecipeColumn("street", .category, categories: ["false", "true"]),
        ]
        columns[0].fit = .number(fill: 2, indicator: false)
        columns[1].fit = .category(own: [1], pooled: [], marksMissing: false, fill: nil)
        #expect(try Recipe(text: text, file: "r.json") == Recipe(columns))
    }

    @Test func featuresOfAFittedRecipe() {
        #expect(Self.fitted.featureCount == 21)
        #expect(
            Self.fitted.features == [
                "area", "rooms", "rooms is missing", "rent", "street=Grvl", "street=Dirt \"old\"", "street is rare",
                "street is missing", "roof=none", "roof=flat", "sold", "sold year sin", "sold year cos",
                "sold weekday sin",
                "sold weekday cos", "open time sin", "open time cos", "open is missing", "garden=yes",
                "garden is missing",
                "cellar=yes",
            ])
        // One feature tells of both texts; what did not occur is unknown.
        #expect(Self.fitted.columns[8].featureOfCode == [-1, 0])
        #expect(Self.fitted.columns[8].featureOfMissing == 1)
        #expect(Self.fitted.columns[9].featureOfCode == [nil, 0])
        #expect(Self.fitted.columns[9].featureOfMissing == 0)
        #expect(Self.fitted.columns[9].code(of: "TRUE") == 1)
        #expect(Self.fitted.columns[3].featureOfCode == [0, 2, 1])
        #expect(Self.fitted.columns[3].featureOfMissing == 3)
        #expect(Self.fitted.columns[4].featureOfMissing == 0)
        #expect(Self.fitted.isFitted)
        #expect(!Self.declared.isFitted)
        #expect(!Self.declared.isPlain)
        #expect(Recipe([RecipeColumn("a", .number)]).isPlain)
    }

    @Test(
        arguments: [
            (
                #"{"columns": [{"name": "a", "kind": "number"}]}"#,
                "r.json:1: format: is missing; give a whole number, 1 or more"
            ),
            (
                #"{"format": 2, "columns": [{"name": "a", "kind": "number"}]}"#,
                "r.json:1: format: is 2, which this version of stormo does not read"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "word"}]}"#,
                "r.json:1: columns[0].kind: is 'word'; known are number, category, boolean, date, time, empty"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "number", "missing": "mode"}]}"#,
                "r.json:1: columns[0].missing: is 'mode'; known for this kind are none, constant, mean, median, indicator"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "number", "missing": "constant"}]}"#,
                "r.json:1: columns[0].constant: must be what a missing number becomes"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "number"}, {"name": "a", "kind": "number"}]}"#,
                "r.json:1: columns[1]: is the second column called 'a'"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "category", "categories": ["x", "x"]}]}"#,
                "r.json:1: columns[0].categories: holds a text twice, or too many"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "category", "categories": ["x"], "fit": {"own": ["y"], "pooled": [], "marks_missing": false}}]}"#,
                "r.json:1: columns[0].fit.own: names what is none of the column's categories, or one twice"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "category", "categories": ["x"], "fit": {"own": ["x"], "pooled": ["x"], "marks_missing": false}}]}"#,
                "r.json:1: columns[0].fit.pooled: names a category that has a feature of its own"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "boolean", "categories": ["x"]}]}"#,
                "r.json:1: columns[0].categories: must hold the text for no and the one for yes"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "boolean", "categories": ["n", "y", "z"], "fit": {"own": ["z"], "pooled": [], "marks_missing": false}}]}"#,
                "r.json:1: columns[0].fit.own: names more than the two texts of a boolean"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "date", "fit": {"parts": ["year", "days"], "fill": 1, "indicator": false}}]}"#,
                "r.json:1: columns[0].fit.parts: must name the parts of the date that are features, each once and in order"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "number", "seen": {"range": [2, 1]}}]}"#,
                "r.json:1: columns[0].seen.range: must be the least and the greatest number"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "date", "missing": "constant", "constant": "x"}]}"#,
                "r.json:1: columns[0].constant: must be what a missing date becomes"
            ),
            (
                #"{"format": 1, "columns": [{"name": "a", "kind": "number", "colour": "kg"}]}"#,
                "r.json:1: columns[0].colour: unknown key; known: 'kind', 'name', 'na', 'unit', 'seen', 'missing', 'fit'"
            ),
        ])
    func whatIsNoRecipe(text: String, sentence: String) {
        do {
            _ = try Recipe(text: text, file: "r.json")
            Issue.record("nothing was thrown")
        } catch {
            #expect("\(error)" == sentence)
        }
    }
}
