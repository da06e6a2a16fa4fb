/// Where a split stands: the files, and the paths in them.
public struct DataSource: Hashable, Sendable {
    /// The dataset of a field, or several that are joined, by the name of the input or output that it belongs to.
    public struct Part: Hashable, Sendable {
        /// Nil where there is one, and of weights for those of all outputs.
        public var name: String?
        /// Several, such as columns of a table, are joined along the last axis.
        public var paths: [String]
        /// How the axes are put in order, as NumPy's `transpose` takes them: the samples first, the channels last. Nil
        /// where they stand so.
        public var axes: [Int]?

        public init(_ paths: [String], name: String? = nil, axes: [Int]? = nil) {
            (self.name, self.paths, self.axes) = (name, paths, axes)
        }

        /// The paths, for a sentence.
        public var words: String { paths.joined(separator: ", ") }
    }

    /// Paths or patterns such as `parts/*.h5`; several files act as one dataset, in this order.
    public var files: [String]
    public var inputParts: [Part]
    /// None where there is nothing to compare with.
    public var targetParts: [Part]
    /// A number for each sample by which its loss counts.
    public var weightParts: [Part]
    /// Whether links into other files are followed.
    public var allowsExternalLinks = false

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

    /// The paths of the inputs, for a sentence.
    public var inputs: String { inputParts.map(\.words).joined(separator: ", ") }

    /// The file, for a sentence.
    public var file: String {
        files.count > 1 ? "\(files[0]) and \(files.count - 1) more" : files.first ?? ""
    }
}

/// Where there is one input, or one target.
extension DataSource {
    /// The paths of the inputs; several, such as columns of a table, are joined along the last axis.
    public var inputPaths: [String] {
        get { inputParts.first?.paths ?? [] }
        set { inputParts = [Part(newValue, axes: transposeInputs)] }
    }

    public var targets: String? {
        get { targetParts.first?.paths.first }
        set { targetParts = newValue.map { [Part([$0], axes: transposeTargets)] } ?? [] }
    }

    /// A number for each sample by which its loss counts.
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
