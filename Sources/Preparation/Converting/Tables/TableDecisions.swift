package import Recipes

/// What was decided of each column of a table of text.
package struct TableDecisions: Sendable {
    /// A column that is in no dataset.
    package struct LeftOut: Sendable, Hashable {
        package let name: String
        /// `identifier`, `index` or `dropped`.
        package let kind: String
        package let reason: String
    }

    /// Rows that are, or would be, written.
    package let rows: Int
    /// Declared, with what was seen.
    package let inputs: Recipe
    /// Without columns where there are no targets.
    package let targets: Recipe
    package let leftOut: [LeftOut]
    /// What is to be said of a column in a few words, by its name.
    package let remarks: [String: String]
    /// The columns whose remark is a warning.
    package let warned: Set<String>
    /// What was decided on the way and may surprise, a sentence each.
    package let notes: [String]
    /// Of these, those that a run and a command that uses a model say, too: what a column holds, such as names that look like
    /// numbers, and how many rows were left out.
    package let runNotes: [String]
    /// What was done and is probably not what is wanted, a sentence each.
    package let warnings: [String]
}
