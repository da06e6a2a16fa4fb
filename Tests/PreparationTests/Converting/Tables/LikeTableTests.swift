import HDF5
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct LikeTableTests {
    private let fixture: ConvertingFixture
    private let like: LikeTable

    init() throws {
        fixture = try ConvertingFixture()
        like = LikeTable(
            inputs: Recipe([
                RecipeColumn("size", .number, missing: .mean),
                RecipeColumn("zip", .category, missing: .mode, categories: ["10", "9", "8"]),
            ]),
            targets: Recipe([RecipeColumn("t", .category, categories: ["yes", "no"])]), place: "model.h5")
    }

    private func options(_ change: (inout TableOptions) -> Void = { _ in }) -> TableOptions {
        var options = TableOptions()
        options.like = like
        change(&options)
        return options
    }

    private func recipe(_ file: HDF5File, _ name: String = "inputs") throws -> Recipe {
        try Recipe(text: file.dataset("/train/\(name)").attributes.string("recipe"), file: "out.h5")
    }

    @Test func columnsKindsAndCodesAreThoseOfTheOther() throws {
        let path = try fixture.write("t,id,zip,size\nno,1,9,2.5\nno,2,7,\nmaybe,3,,4\n", to: "a.csv")
        let (file, report) = try fixture.convert(TableConverter(path, options: options()))
        let values = try file.dataset("/train/inputs").read(Float.self).map { $0.isNaN ? -9 : $0 }
        // 7 is new: its code stands behind the others.
        #expect(values == [2.5, 1, -9, 3, 4, -9])
        #expect(try file.dataset("/train/targets").read(Int32.self) == [1, 1, 2])
        #expect(
            try recipe(file).columns == [
                RecipeColumn("size", .number, missing: .mean),
                RecipeColumn("zip", .category, missing: .mode, categories: ["10", "9", "8", "7"]),
            ])
        #expect(try recipe(file, "targets").columns[0].categories == ["yes", "no", "maybe"])
        #expect(report.notes.contains("left out, since model.h5 does not name it: id"))
        #expect(
            report.notes.contains(
                "2 missing values stay missing in the file; in training they become what model.h5 says"))
        // The file says it again.
        let again = try LikeTable(file)
        #expect(again.inputs == (try recipe(file)))
        #expect(again.targets == (try recipe(file, "targets")))
    }

    @Test func rowsWithoutATarget() throws {
        let path = try fixture.write("size,zip\n1,8\n", to: "a.csv")
        let (file, _) = try fixture.convert(TableConverter(path, options: options()))
        #expect(try file.allDatasetPaths() == ["/train/inputs"])
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [1, 2])
        // What is not there is told of by whoever uses the model.
        let short = try fixture.write("zip,t\n8,no\n", to: "b.csv")
        #expect(try recipe(fixture.convert(TableConverter(short, options: options())).0).names == ["zip"])
    }

    @Test func whatDoesNotFit() throws {
        let texts = try fixture.write("size,zip,t\nbig,9,no\nsmall,8,no\n", to: "a.csv")
        fixture.expect(
            "@a.csv, line 2: column 'size' holds 'big', but numbers in model.h5; repair it, or leave it empty where it means "
                + "a missing value", from: TableConverter(texts, options: options()))
        let other = try fixture.write("a,b\n1,2\n", to: "a.csv")
        fixture.expect(
            "@a.csv has none of the columns of model.h5: size, zip; its columns are a, b",
            from: TableConverter(other, options: options()))
    }
}
