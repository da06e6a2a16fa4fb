public import Kernels

/// One array of a dataset with its role: values of a model input, targets of an output, or sample weights.
public struct DataField: Sendable {
    /// What a field is used for.
    public enum Role: Sendable, Hashable, CaseIterable {
        /// The values of a model input.
        case input
        /// What an output is compared with.
        case target
        /// A number for each sample, 0 or more, that its loss is multiplied by.
        case weight

        /// As messages call what there is of it.
        package var words: String {
            switch self {
            case .input: "inputs"
            case .target: "targets"
            case .weight: "weights"
            }
        }

        /// What the names are the names of.
        var owner: String { self == .input ? "input" : "output" }
    }

    public let role: Role
    /// The name of the input or output. Nil where the model has only one, and for weights that apply to all outputs.
    public let name: String?
    package let field: Field

    package init(_ role: Role, _ field: Field, name: String? = nil) {
        (self.role, self.name, self.field) = (role, name, field)
    }

    /// Rows of numbers, one array for each sample.
    /// - Parameter shape: of one row; nil for a vector as long as the first row.
    /// - Throws: `DataError` where the rows differ in length, `KernelError.outOfMemory`.
    public init(_ role: Role, _ rows: [[Float]], name: String? = nil, shape: Shape? = nil) throws {
        self.init(role, try Field(rows, shape: shape, name: Self.place(role, name)), name: name)
    }

    /// Rows of integers, such as token ids, or the labels of a sample's positions.
    /// - Parameter shape: of one row; nil for a vector as long as the first row.
    /// - Throws: `DataError` where the rows differ in length or an integer does not fit into 32 bits,
    ///   `KernelError.outOfMemory`.
    public init(
        _ role: Role, integers rows: [[some BinaryInteger]], name: String? = nil, shape: Shape? = nil
    ) throws {
        self.init(role, try Field(integers: rows, shape: shape, name: Self.place(role, name)), name: name)
    }

    /// One label for each sample.
    /// - Throws: `DataError` for a label that does not fit into 32 bits, `KernelError.outOfMemory`.
    public init(_ role: Role, labels: [some BinaryInteger], name: String? = nil) throws {
        self.init(role, try Field(labels: labels, name: Self.place(role, name)), name: name)
    }

    /// The shape of one row, as stored.
    public var shape: Shape { field.rowShape }

    func with(_ field: Field) -> DataField { DataField(role, field, name: name) }

    /// What a message calls it where it comes from a program: `inputs`, `inputs 'age'`.
    static func place(_ role: Role, _ name: String?) -> String {
        role.words + (name.map { " '\($0)'" } ?? "")
    }
}

extension Dataset {
    /// The fields of a role, in order.
    public func fields(_ role: DataField.Role) -> [DataField] { fields.filter { $0.role == role } }

    /// What a model calls what it keeps of a field: `inputs`, and of several `inputs:age`.
    package func key(of field: DataField) -> String {
        CodeNames.key(field.role.words, fields(field.role).count > 1 ? field.name : nil)
    }

    /// The first input, which mostly is the only one.
    package var inputs: Field { fields[0].field }
    /// The first targets, which mostly are the only ones; nil where there is nothing to compare with, as in prediction.
    package var targets: Field? { first(.target) }
    /// By how much each sample's loss counts; nil where all count the same. Of several, the first.
    package var weights: Field? { first(.weight) }

    private func first(_ role: DataField.Role) -> Field? { fields.first { $0.role == role }?.field }

    /// The places in `fields` of what each of a model's inputs takes, or what each of its outputs is compared with.
    ///
    /// A single field without a name belongs to the single input or output there is.
    /// - Parameter names: of the model's inputs or outputs.
    /// - Throws: `DataError` where a name has no field or a field no name.
    package func places(_ role: DataField.Role, of names: [String]) throws(DataError) -> [Int] {
        let own = fields.indices.filter { fields[$0].role == role }
        let known = "\(names.count == 1 ? "\(role.owner) is" : "\(role.owner)s are") \(names.joined(separator: ", "))"
        func sentence(_ what: String) -> DataError { DataError("the data \(what); the model's \(known)") }
        if own.count == 1, fields[own[0]].name == nil {
            guard names.count == 1 else {
                throw DataError(
                    "\(place(of: fields[own[0]])) is given as all \(role.words), but the model's \(known); give the \(role.words) "
                        + "of each by its name")
            }
            return own
        }
        for place in own {
            guard let name = fields[place].name, !names.contains(name) else { continue }
            throw sentence("name \(role.words) '\(name)', which the model does not have")
        }
        var places: [Int] = []
        for name in names {
            guard let place = own.first(where: { fields[$0].name == name }) else {
                throw sentence("have no \(role.words) '\(name)'")
            }
            places.append(place)
        }
        return places
    }

    /// The places in `fields` of the weights of each output; nil where all of its samples count the same.
    /// - Throws: `DataError` for weights of what is no output.
    package func weightPlaces(of names: [String]) throws(DataError) -> [Int?] {
        let own = fields.indices.filter { fields[$0].role == .weight }
        for place in own {
            guard let name = fields[place].name, !names.contains(name) else { continue }
            throw DataError(
                "the data name weights of '\(name)', which is no output; the model's outputs are "
                    + names.joined(separator: ", "))
        }
        return names.map { name in own.first { fields[$0].name == nil || fields[$0].name == name } }
    }
}
