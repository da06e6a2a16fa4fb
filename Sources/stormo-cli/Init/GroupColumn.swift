import Batches
import Recipes

/// Looks for a column of a table that says whose rows these are: a patient's, a customer's. Rows of one are alike, so that a
/// model knows those that it is validated on, where some of them are trained on.
enum GroupColumn {
    /// Words in the names of such columns.
    private static let words: Set<String> = [
        "id", "patient", "subject", "person", "participant", "user", "customer", "client", "member", "household",
        "family",
        "group", "session", "animal", "device", "machine", "sensor", "site", "batch", "donor", "student", "school",
    ]
    private static let fewest = 5

    /// - Returns: the input with such a name that has many values, each in some two rows or more; nil where there is none.
    static func find(_ data: Dataset) -> DataSurvey.Groups? {
        let field = data.inputs
        guard let recipe = field.recipe, let tensor = field.tensor else { return nil }
        let width = field.rowShape.count
        for (index, column) in recipe.columns.enumerated() where isName(column.name) {
            guard [.category, .number].contains(column.kind) else { continue }
            var values: Set<Double> = []
            var areWhole = true
            tensor.forEach { place, value in
                guard place % width == index, !value.isNaN else { return }
                areWhole = areWhole && value == value.rounded()
                values.insert(value)
            }
            if areWhole, values.count >= fewest, 2 * values.count <= data.count {
                return DataSurvey.Groups(name: column.name, count: values.count)
            }
        }
        return nil
    }

    /// `patient`, `patient_id`, `PatientID`, `user id`.
    private static func isName(_ name: String) -> Bool {
        var parts: [String] = [""]
        var wasLower = false
        for character in name {
            if !character.isLetter {
                parts.append("")
            } else {
                if character.isUppercase, wasLower { parts.append("") }
                parts[parts.count - 1] += character.lowercased()
            }
            wasLower = character.isLowercase
        }
        return parts.contains(where: words.contains)
    }
}
