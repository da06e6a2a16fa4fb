/// The HDF5 files of a split, and the paths of its datasets in them.
public struct DataSource: Hashable, Sendable {
    /// The datasets that make up one field of the split.
    public struct Part: Hashable, Sendable {
        /// The name of the input or output. Nil where the model has only one, and for weights that apply to all
        /// outputs.
        public var name: String?
        /// The paths of the datasets. Several, such as columns of a table, are joined along the last axis.
        public var paths: [String]
        /// The permutation of the axes that puts the samples first and the channels last, as for NumPy's `transpose`.
        /// Nil where they are in that order. Only for a single path.
        public var axes: [Int]?

        public init(_ paths: [String], name: String? = nil, axes: [Int]? = nil) {
            (self.name, self.paths, self.axes) = (name, paths, axes)
        }

        /// The paths, as text for messages.
        public var words: String { paths.joined(separator: ", ") }
    }

    /// Paths, or patterns such as `parts/*.h5`, whose matches are sorted by name. The rows of several files are
    /// concatenated in this order.
    public var files: [String]
    public var inputParts: [Part]
    /// Empty where there are no targets, as in prediction.
    public var targetParts: [Part]
    /// A number for each sample, 0 or more, that its loss is multiplied by.
    public var weightParts: [Part]
    /// Whether HDF5 links, and datasets whose values lie elsewhere, may lead into other files.
    public var allowsExternalLinks = false
    /// Where the files are tables of text, what is said of their columns. The parts then name the datasets that they are
    /// converted to.
    public var table: TableSource?

    public init(files: [String], inputs: [Part], targets: [Part], weights: [Part] = []) {
        self.files = files
        (inputParts, targetParts, weightParts) = (inputs, targets, weights)
    }

    public init(file: String, inputs: String, targets: String?) {
        self.init(files: [file], inputs: inputs, targets: targets)
    }

    public init(files: [String], inputs: String, targets: String?, weights: String? = nil) {
        self.init(
            files: files, inputs: [Part([inputs])], targets: targets.map { [Part([$0])] } ?? [],
            weights: weights.map { [Part([$0])] } ?? [])
    }

    /// All of a role.
    func parts(_ role: DataField.Role) -> [Part] {
        switch role {
        case .input: inputParts
        case .target: targetParts
        case .weight: weightParts
        }
    }

    /// All datasets that are named.
    var allPaths: [String] { DataField.Role.allCases.flatMap { parts($0).flatMap(\.paths) } }

    /// The paths of all inputs, as text for messages.
    public var inputs: String { inputParts.map(\.words).joined(separator: ", ") }

    /// The first file and the number of others, as text for messages.
    public var file: String {
        files.count > 1 ? "\(files[0]) and \(files.count - 1) more" : files.first ?? ""
    }
}

/// Where there is one input, or one target.
extension DataSource {
    /// The paths of the first input; several, such as columns of a table, are joined along the last axis.
    public var inputPaths: [String] {
        get { inputParts.first?.paths ?? [] }
        set { inputParts = [Part(newValue, axes: transposeInputs)] }
    }

    public var targets: String? {
        get { targetParts.first?.paths.first }
        set { targetParts = newValue.map { [Part([$0], axes: transposeTargets)] } ?? [] }
    }

    /// A number for each sample, 0 or more, that its loss is multiplied by.
    public var weights: String? {
        get { weightParts.first?.paths.first }
        set { weightParts = newValue.map { [Part([$0])] } ?? [] }
    }

    public var transposeInputs: [Int]? {
        get { inputParts.first?.axes }
        set { if !inputParts.isEmpty { inputParts[0].axes = newValue } }
    }

    public var transposeTargets: [Int]? {
        get { targetParts.first?.axes }
        set { if !targetParts.isEmpty { targetParts[0].axes = newValue } }
    }
}
