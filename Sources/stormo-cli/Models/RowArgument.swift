import Batches
import Configuration
import Interchange
import Kernels
import Network
import Recipes
import Runs

/// A row of data on the command line, as JSON: `{"age": 41, "job": "fixed"}` by columns, or `[5.1, 3.5]` by place.
///
/// A model that was trained on a table gets it through its recipe, as a table of one row. Others get numbers.
struct RowArgument {
    private let text: String
    private let node: JSONNode
    /// What messages call it.
    static let place = "--row"

    /// - Throws: `UsageError` for what is no JSON object and no list.
    init(_ text: String) throws {
        self.text = text
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw UsageError("--row is empty; write it as '{\"age\": 41, \"job\": \"fixed\"}' or '[5.1, 3.5]'")
        }
        do {
            // A document is an object; this may be a list. What begins as an object is first read by itself, so that its mistakes
            // are those of what was typed.
            if text.first(where: { !$0.isWhitespace }) == "{" {
                _ = try ConfigurationDocument(text: text, file: Self.place)
            }
            let document = try ConfigurationDocument(text: "{\"row\": \(text)\n}", file: Self.place)
            guard let row = document.root["row"], case .object(let all) = document.root.value, all.count == 1 else {
                throw UsageError("--row is not JSON")
            }
            node = row
        } catch let error as ConfigurationError {
            let why =
                error.problems.first.map { $0.path.isEmpty ? $0.message : "'\($0.path)' \($0.message)" } ?? "\(error)"
            throw UsageError(
                "--row is not JSON: \(why); write it as '{\"age\": 41, \"job\": \"fixed\"}'")
        }
        switch node.value {
        case .object, .array: break
        default:
            throw UsageError(
                "--row must be a JSON object or a list, as '{\"age\": 41, \"job\": \"fixed\"}' or '[5.1, 3.5]', but is \(text)"
            )
        }
    }

    // MARK: - Tables

    /// The values of the row, for a model that was trained on a table.
    /// - Parameter allowsMissing: whether columns may be left out, which are then taken for missing values.
    /// - Throws: `UsageError` for columns that the model does not take, or that the row does not have.
    func values(for model: TrainedModel, allowsMissing: Bool) throws -> [String: ColumnValue] {
        let names = model.tables["inputs"]?.names ?? []
        let targets = model.tables["targets"]?.names ?? []
        guard case .object(let members) = node.value else {
            throw UsageError(
                "--row must be an object by the columns of the table that the model was trained on: "
                    + RecipeMapping.list(names))
        }
        var values: [String: ColumnValue] = [:]
        for member in members {
            if targets.contains(member.key), !names.contains(member.key) {
                Console.error("note: --row has '\(member.key)', which is what the model predicts; it is left out")
                continue
            }
            guard names.contains(member.key) else {
                throw UsageError("--row: " + unknownWord(member.key, noun: "column", among: names))
            }
            values[member.key] = try Self.value(member)
        }
        let missing = names.filter { values[$0] == nil }
        guard missing.isEmpty || allowsMissing else {
            throw UsageError(
                Self.lacks(missing) + "; give \(missing.count == 1 ? "it" : "them"), or null where it is not known"
            )
        }
        if !missing.isEmpty {
            let values = missing.count == 1 ? "its value is" : "their values are"
            Console.error("warning: \(Self.lacks(missing)); \(values) taken for missing")
        }
        return values
    }

    private static func value(_ member: JSONNode.Member) throws -> ColumnValue {
        switch member.value.value {
        case .null: .missing
        case .bool(let value): .flag(value)
        // What no double holds is read as it stands.
        case .integer(let value): Int(exactly: Double(value)) == value ? .number(Double(value)) : .text("\(value)")
        case .number(let value): .number(value)
        case .string(let text): .text(text)
        case .array, .object:
            throw UsageError("--row: '\(member.key)' must be a number, a text, true, false or null")
        }
    }

    // MARK: - Numbers

    /// The row for a model that takes numbers as they are.
    /// - Throws: `UsageError` for what does not fit the model.
    func dataset(for model: TrainedModel) throws -> Dataset {
        let inputs = model.objective.model.inputs
        guard inputs.count > 1 else {
            let names = model.columnLists[CodeNames.inputColumns]
            return try Dataset([
                Self.field(try values(names, count: inputs[0].shape.count), inputs[0], model, name: nil)
            ])
        }
        guard case .object(let members) = node.value else {
            throw UsageError(
                "--row must be an object with a list for each input of the model: \(inputs.map(\.name).joined(separator: ", "))"
            )
        }
        if let other = members.first(where: { member in !inputs.contains { $0.name == member.key } }) {
            throw UsageError("--row: " + unknownWord(other.key, noun: "input", among: inputs.map(\.name)))
        }
        return try Dataset(
            inputs.map { input in
                guard let own = node[input.name] else {
                    throw UsageError("--row has no input '\(input.name)', which the model takes")
                }
                let numbers = try Self.numbers(own, "--row: '\(input.name)'")
                try Self.check(numbers.count, input.shape.count, "--row: '\(input.name)'", input.shape)
                return try Self.field(numbers, input, model, name: input.name)
            })
    }

    private func values(_ names: [String]?, count: Int) throws -> [Double] {
        guard case .object(let members) = node.value else {
            let numbers = try Self.numbers(node, "--row")
            try Self.check(numbers.count, count, "--row", nil)
            return numbers
        }
        guard let names, names.count == count else {
            throw UsageError(
                "--row names columns, but the model knows no names of its \(count) inputs; give a list of \(count) numbers"
            )
        }
        for member in members where !names.contains(member.key) {
            throw UsageError("--row: " + unknownWord(member.key, noun: "column", among: names))
        }
        let missing = names.filter { node[$0] == nil }
        guard missing.isEmpty else {
            throw UsageError(Self.lacks(missing))
        }
        return try names.flatMap { try Self.numbers(node[$0] ?? JSONNode(.null), "--row: '\($0)'") }
    }

    private static func lacks(_ columns: [String]) -> String {
        "--row has no \(columns.count == 1 ? "column" : "columns") "
            + columns.map { "'\($0)'" }.joined(separator: ", ") + ", which the model takes"
    }

    private static func check(_ count: Int, _ wanted: Int, _ place: String, _ shape: Shape?) throws {
        guard count == wanted else {
            throw UsageError(
                "\(place) has \(count) numbers, but the model takes \(shape.map { "\($0)" } ?? "\(wanted)")")
        }
    }

    /// The numbers of a list, and of the lists in it.
    private static func numbers(_ node: JSONNode, _ place: String) throws -> [Double] {
        switch node.value {
        case .integer(let value): [Double(value)]
        case .number(let value): [value]
        case .bool(let value): [value ? 1 : 0]
        case .array(let nodes): try nodes.flatMap { try numbers($0, place) }
        case .null, .string, .object:
            throw UsageError("\(place) must hold numbers, but has \(node.jsonText(pretty: false))")
        }
    }

    private static func field(
        _ values: [Double], _ input: ModelInput, _ model: TrainedModel, name: String?
    ) throws -> DataField {
        guard model.objective.model.element(of: input) == .int32 else {
            if let value = values.first(where: { !Float($0).isFinite }) {
                throw UsageError("--row has \(value), which is beyond what the model's numbers of 32 bits can hold")
            }
            return try DataField(.input, [values.map { Float($0) }], name: name, shape: input.shape)
        }
        let integers = try values.map { value in
            guard let integer = Int(exactly: value) else {
                throw UsageError("--row has \(value), but the model takes whole numbers")
            }
            return integer
        }
        return try DataField(.input, integers: [integers], name: name, shape: input.shape)
    }
}
