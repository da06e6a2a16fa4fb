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
    ])

    private static var fitted: Recipe {
        var recipe = declared
        recipe.columns[0].fit = .number(fill: 12.25, indicator: false)
        recipe.columns[1].fit = .number(fill: 3, indicator: true)
        recipe.columns[2].fit = .number(fill: 9.5, indicator: false)
        recipe.columns[3].fit = .category(own: [0, 2], pooled: [1], marksMissing: true, fill: nil)
        recipe.columns[4].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 0)
        recipe.columns[5].fit = .unused
        return recipe
    }

    @Test func jsonComesBack() throws {
        for recipe in [Self.declared, Self.fitted] {
            let text = recipe.node.jsonText()
            #expect(try Recipe(text: text, file: "r.json") == recipe)
        }
        #expect(
            Recipe([RecipeColumn("a", .number, missing: .mean)]).node.jsonText(pretty: false)
                == #"{"format":1,"columns":[{"name":"a","kind":"number","missing":"mean"}]}"#)
    }

    @Test func featuresOfAFittedRecipe() {
        #expect(Self.fitted.featureCount == 10)
        #expect(
            Self.fitted.features == [
                "area", "rooms", "rooms is missing", "rent", "street=Grvl", "street=Dirt \"old\"", "street is rare",
                "street is missing", "roof=none", "roof=flat",
            ])
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
                "r.json:1: columns[0].kind: is 'word'; known are number, category, empty"
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
                #"{"format": 1, "columns": [{"name": "a", "kind": "number", "unit": "kg"}]}"#,
                "r.json:1: columns[0].unit: unknown key; known: 'kind', 'name', 'missing', 'fit'"
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
