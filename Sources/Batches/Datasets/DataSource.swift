/// Where a split stands: the files, and the paths in them.
public struct DataSource: Hashable, Sendable {
    /// Paths or patterns such as `parts/*.h5`; several files act as one dataset, in this order.
    public var files: [String]
    /// The paths of the inputs; several, such as columns of a table, are joined along the last axis.
    public var inputPaths: [String]
    public var targets: String?
    /// A number for each sample by which its loss counts.
    public var weights: String?
    /// How the axes of the inputs are put in order, as NumPy's `transpose` takes them: the samples first, the channels
    /// last. Nil where they stand so.
    public var transposeInputs: [Int]?
    public var transposeTargets: [Int]?
    /// Whether links into other files are followed.
    public var allowsExternalLinks = false

    public init(file: String, inputs: String, targets: String?) {
        self.init(files: [file], inputs: inputs, targets: targets)
    }

    public init(files: [String], inputs: String, targets: String?, weights: String? = nil) {
        self.files = files
        inputPaths = [inputs]
        self.targets = targets
        self.weights = weights
    }

    /// The paths of the inputs, for a sentence.
    public var inputs: String { inputPaths.joined(separator: ", ") }

    /// The file, for a sentence.
    public var file: String {
        files.count > 1 ? "\(files[0]) and \(files.count - 1) more" : files.first ?? ""
    }
}
