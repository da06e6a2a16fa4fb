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
                + "--like, or say --column area=category where its numbers are names")
        let filled = try map(Recipe([RecipeColumn("area", .number)]), fills: true)
        #expect(filled.places == [0, nil, nil])
    }

    private func map(_ own: RecipeColumn, onto reference: RecipeColumn) throws -> RecipeMapping {
        try RecipeMapping(of: Recipe([own]), at: "new.h5", onto: Recipe([reference]), at: "the model's training data")
    }

    private func sentence(_ own: RecipeColumn, onto reference: RecipeColumn) -> String {
        do {
            _ = try map(own, onto: reference)
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    @Test func booleansByWhatTheySay() throws {
        func column(_ kind: RecipeColumn.Kind, _ texts: String...) -> RecipeColumn {
            RecipeColumn("b", kind, categories: texts)
        }
        func codes(_ own: RecipeColumn, onto reference: RecipeColumn) throws -> [Int]? {
            try map(own, onto: reference).codes[0]
        }
        let reference = column(.boolean, "no", "yes")
        #expect(try codes(column(.boolean, "No", "Yes"), onto: reference) == nil)
        #expect(try codes(column(.boolean, "false", "true"), onto: reference) == nil)
        // A file with one of the texts, or with others.
        #expect(try codes(column(.category, "YES"), onto: reference) == [1])
        let more = try map(column(.category, "maybe", "Yes", "n"), onto: reference)
        #expect(more.codes == [[2, 1, 0]])
        #expect(more.columns[0].categories == ["no", "yes", "maybe"])
        // Two files of one split, of which one has more than two texts.
        #expect(more.columns[0].kind == .category)
        var fitted = reference
        fitted.fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: nil)
        let known = try map(column(.boolean, "n", "y", "x"), onto: fitted)
        #expect(known.codes == [nil])
        #expect(known.columns[0].kind == .boolean)
        #expect(known.columns[0].categories == ["no", "yes", "x"])
        #expect(known.columns[0].featureOfCode == [-1, 0, nil])
        // Models that were trained before there were booleans.
        let before = column(.category, "No", "Unknown", "Yes")
        #expect(try codes(column(.boolean, "no", "yes"), onto: before) == [0, 2])
        #expect(
            sentence(column(.boolean, "no", "yes"), onto: column(.category, "YES", "Yes", "no"))
                == "new.h5 has one code for texts of column 'b' that differ by their case, but the model's training data has one "
                + "for each: the texts YES, Yes, no; convert it with --like")
        #expect(
            sentence(RecipeColumn("b", .number), onto: reference)
                == "new.h5 holds numbers in column 'b', but the model's training data the texts no, yes; convert it with --like"
        )
    }

    @Test func unitsAreCompared() throws {
        func column(_ unit: String?) -> RecipeColumn {
            var column = RecipeColumn("weight", .number)
            column.unit = unit
            return column
        }
        #expect(try map(column("kg"), onto: column("kg")).notices == [])
        #expect(
            sentence(column("lb"), onto: column("kg"))
                == "new.h5 holds 'lb' in column 'weight', but the model's training data 'kg'; bring its numbers into 'kg' and "
                + "convert it again")
        #expect(
            try map(column(nil), onto: column("kg")).notices == [
                "new.h5 names no unit in column 'weight', and the model's training data 'kg': the numbers are taken for the "
                    + "same unit"
            ])
        let unsaid = try map(column("kg"), onto: column(nil))
        #expect(
            unsaid.notices == [
                "new.h5 holds 'kg' in column 'weight', and the model's training data names none: the numbers are taken for the "
                    + "same unit"
            ])
        #expect(unsaid.columns[0].unit == "kg")
    }

    @Test func timeZonesAreCompared() throws {
        func column(_ isZoned: Bool, _ range: ClosedRange<Double> = 1...2.5) -> RecipeColumn {
            var column = RecipeColumn("when", .date)
            (column.isZoned, column.seen) = (isZoned, RecipeColumn.Seen(missing: 0, range: range))
            return column
        }
        #expect(try map(column(true), onto: column(true)).notices == [])
        #expect(
            try map(column(true), onto: column(false)).notices == [
                "new.h5 says the time zone in column 'when', and the model's training data does not: the times are taken for UTC"
            ])
        #expect(
            try map(column(false), onto: column(true)).notices == [
                "new.h5 does not say the time zone in column 'when', and the model's training data does: the times are taken for UTC"
            ])
        // A day begins at another time in each zone.
        #expect(
            try map(column(false, 1...2), onto: column(true)).notices == [
                "new.h5 holds days without a time in column 'when', and the model's training data times with a time zone: the days "
                    + "are taken for midnight in UTC"
            ])
        #expect(try map(column(false, 1...2), onto: column(false)).notices == [])
    }

    @Test func datesAreDates() throws {
        #expect(
            sentence(RecipeColumn("d", .number), onto: RecipeColumn("d", .date))
                == "new.h5 holds numbers in column 'd', but the model's training data dates; convert it with --like")
        #expect(
            sentence(RecipeColumn("d", .time), onto: RecipeColumn("d", .category, categories: ["12:00"]))
                == "new.h5 holds times in column 'd', but the model's training data the texts 12:00; convert it with --like"
        )
        var first = RecipeColumn("d", .date)
        first.order = .dayFirst
        #expect(try map(RecipeColumn("d", .date), onto: first).isIdentity)
    }
}
