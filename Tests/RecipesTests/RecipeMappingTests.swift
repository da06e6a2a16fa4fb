import Testing

@testable import Recipes

struct RecipeMappingTests {
    private let reference = Recipe([
        RecipeColumn("area", .number, missing: .mean),
        RecipeColumn("street", .category, categories: ["Grvl", "Pave"]),
        RecipeColumn("note", .empty),
    ])

    private func map(_ own: Recipe, fills: Bool = false) throws -> RecipeMapping {
        try RecipeMapping(of: own, at: "new.h5", onto: reference, at: "the model's training data", fillsColumns: fills)
    }

    @Test func columnsByNameAndCodesByText() throws {
        #expect(try map(reference).isIdentity)
        let own = Recipe([
            RecipeColumn("street", .category, categories: ["Dirt", "Pave", "Grvl"]),
            RecipeColumn("id", .number),
            RecipeColumn("note", .number),
            RecipeColumn("area", .number),
        ])
        let mapping = try map(own)
        #expect(!mapping.isIdentity)
        #expect(mapping.places == [3, 0, 2])
        #expect(mapping.codes == [nil, [2, 1, 0], nil])
        #expect(mapping.columns[1].categories == ["Grvl", "Pave", "Dirt"])
        // What is missing is done as the reference says; what it does not know, the other may tell.
        #expect(mapping.columns[0].missing == .mean)
        #expect(mapping.columns[2].kind == .number)
        #expect(mapping.unused == ["id"])
    }

    @Test func whatDoesNotFit() throws {
        func sentence(_ own: Recipe) -> String {
            do {
                _ = try map(own)
                return "nothing was thrown"
            } catch { return "\(error)" }
        }
        #expect(
            sentence(Recipe([RecipeColumn("area", .number), RecipeColumn("note", .empty)]))
                == "new.h5 has no column 'street', which the model's training data has; its columns are area, note")
        #expect(
            sentence(
                Recipe([
                    RecipeColumn("area", .category, categories: ["big"]), RecipeColumn("street", .empty),
                    RecipeColumn("note", .empty),
                ]))
                == "new.h5 holds the texts big in column 'area', but the model's training data numbers; convert it with "
                + "--like, or name the column by --categorical where its numbers are names")
        let filled = try map(Recipe([RecipeColumn("area", .number)]), fills: true)
        #expect(filled.places == [0, nil, nil])
    }
}
