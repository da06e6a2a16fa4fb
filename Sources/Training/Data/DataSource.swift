/// Where a split stands: the files, and the paths in them.
public struct DataSource: Hashable, Sendable {
    /// Paths or patterns such as `parts/*.h5`; several files act as one dataset, in this order.
    public var files: [String]
    public var inputs: String
    public var targets: String?
    /// A number for each sample by which its loss counts.
    public var weights: String?
    /// Whether links into other files are followed.
    public var allowsExternalLinks = false

    public init(file: String, inputs: String, targets: String?) {
        self.init(files: [file], inputs: inputs, targets: targets)
    }

    public init(files: [String], inputs: String, targets: String?, weights: String? = nil) {
        self.files = files
        self.inputs = inputs
        self.targets = targets
        self.weights = weights
    }

    /// The file, for a sentence.
    public var file: String {
        files.count > 1 ? "\(files[0]) and \(files.count - 1) more" : files.first ?? ""
    }
}
