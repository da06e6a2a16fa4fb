import TestSupport
import Testing
import Tour

/// The program in `Tests/SwiftPackage`, compiled here without access to the package.
@Suite struct TourTests {
    @Test(.timeLimit(.minutes(1))) func aProgramOfItsOwn() async throws {
        let directory = try TestDirectory()
        let lines = try await tour(in: directory.path)
        #expect(
            lines == [
                "line: 60 of 60 epochs, loss mae validation_loss validation_mae, learned and the same once loaded",
                "cancelled: after some epochs",
                #"people: yes and no, ["no", "yes"]"#,
                "row 0 has no column 'income', which the model takes; its columns are age, job, income",
                "row 0, column 'job': 'boss' is none of the categories that the model knows: fixed, free, none; say fillsUnknown: "
                    + "true to take it for a missing value",
                "row 0: column 'age' holds 'old', but numbers in the model; repair it, or leave it empty where it means a missing value",
                "filled: 2 values",
                "the model takes the columns of a table, age, job, income, so name them: predict(named:)",
            ])
    }
}
