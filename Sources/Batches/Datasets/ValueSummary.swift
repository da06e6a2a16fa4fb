import Files
import HDF5
import Kernels
import Machine
import Network

/// What a split's numbers look like: whether two splits mean the same by them can be told from it in part.
package struct ValueSummary: Sendable, Hashable {
    /// Where the numbers stand, for messages.
    package let place: String
    package let type: StoredType
    package let lowest: Double
    package let highest: Double
    /// Whether all are whole numbers.
    package let isWhole: Bool

    /// Looks at a sample of the rows, spread over all of them.
    /// - Throws: `HDF5Error` and `DataError` for what can't be read.
    package init(_ field: Field, of data: Dataset, place: String) throws {
        var (lowest, highest, isWhole) = (Double.infinity, -Double.infinity, true)
        try data.sample(of: field) { rows, count in
            field.type.forEach(rows, count: count) { _, value in
                lowest = min(lowest, value)
                highest = max(highest, value)
                isWhole = isWhole && value == value.rounded()
            }
        }
        self.init(place: place, type: field.type, lowest: lowest, highest: highest, isWhole: isWhole)
    }

    package init(place: String, type: StoredType, lowest: Double, highest: Double, isWhole: Bool) {
        (self.place, self.type, self.lowest, self.highest, self.isWhole) = (place, type, lowest, highest, isWhole)
    }

    /// Those of the fields that a model remembers: inputs, and targets that are numbers rather than classes.
    /// - Returns: by the key under which a model keeps them.
    package static func all(of data: Dataset, for objective: Objective) throws -> [String: ValueSummary] {
        let outputs = data.hasTargets ? try data.places(.target, of: objective.outputs.map(\.name)) : []
        var result: [String: ValueSummary] = [:]
        for (place, entry) in data.fields.enumerated() {
            let output = outputs.firstIndex(of: place).map { objective.outputs[$0] }
            guard entry.role == .input || output?.targetForm.isOfValues == true else { continue }
            // Of a table the recipe says more.
            guard entry.field.encoder == nil else { continue }
            result[data.key(of: entry)] = try ValueSummary(entry.field, of: data, place: CodeNames.ofModel)
        }
        return result
    }

    /// The greatest magnitude.
    package var greatest: Double { max(abs(lowest), abs(highest)) }

    /// Whether the numbers are parts of one, as an image's are that was divided by 255.
    private var isWithinOne: Bool { !isWhole && greatest <= 1 }
    private var isBeyondOne: Bool { isWhole && greatest > 1 }

    private var words: String {
        "\(type.rawValue) from \(NumberText.short(lowest)) to \(NumberText.short(highest))"
    }

    /// Of a model file; nil where it says nothing.
    /// - Throws: `Damage` for what no training has written, `HDF5Error`.
    package init?(reading attributes: HDF5Attributes, _ name: String) throws {
        guard try attributes.contains("\(name)_type") else { return nil }
        let (word, range) = try (attributes.string("\(name)_type"), attributes.doubles("\(name)_range"))
        guard let type = StoredType(rawValue: word), range.count == 3, range[0] <= range[1] else {
            throw Damage("its \(name)_type and \(name)_range are none that training writes")
        }
        self.init(
            place: CodeNames.ofModel, type: type, lowest: range[0], highest: range[1], isWhole: range[2] == 1)
    }

    /// The type, and the least number, the greatest, and whether all are whole.
    package func write(to attributes: HDF5Attributes, _ name: String) throws {
        try attributes.set("\(name)_type", type.rawValue)
        try attributes.set("\(name)_range", [lowest, highest, isWhole ? 1 : 0])
    }

    /// Why numbers like these can't stand beside those that are trained on, or nil: whole numbers beside parts of one.
    func problem(beside training: ValueSummary) -> String? {
        guard isWithinOne && training.isBeyondOne || isBeyondOne && training.isWithinOne else { return nil }
        return "\(place) holds \(words), but \(training.place) \(training.words): one of them was scaled before it was "
            + "stored, and both are taken for the same; store them alike"
    }

    /// What is to be known where the types differ and the numbers may mean the same, or nil.
    func note(beside training: ValueSummary) -> String? {
        guard type != training.type else { return nil }
        return "\(place) holds \(words), and \(training.place) \(training.words); they are taken to mean the same"
    }
}
