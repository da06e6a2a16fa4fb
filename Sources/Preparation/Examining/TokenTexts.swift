internal import HDF5

/// The texts of token numbers, as `TextConverter` keeps them: the attribute `vocabulary` of the inputs, or the dataset
/// `/vocabulary`.
struct TokenTexts {
    private let vocabulary: [String]
    /// Between two tokens: nothing between characters, a space between words.
    private let separator: String

    private static let name = "vocabulary"

    /// - Parameter dataset: the inputs, or what stands beside them.
    /// - Returns: nil where its values are no tokens, or nothing says what they are.
    init?(of dataset: HDF5Dataset, _ file: HDF5File) throws {
        switch dataset.elementType.memoryType {
        case .float16, .float32, .float64, nil: return nil
        default: break
        }
        let inputs = FirstRows.group(of: dataset.path) + "/inputs"
        var texts = try dataset.attributes.stringsIfPresent(Self.name)
        if texts == nil, try file.exists(inputs) {
            // What else stands beside the inputs, such as an identifier, has not their shape.
            let other = try file.dataset(inputs)
            guard other.shape == dataset.shape, other.elementType == dataset.elementType else { return nil }
            texts = try other.attributes.stringsIfPresent(Self.name)
        }
        if texts == nil, try file.exists("/" + Self.name) {
            let own = try file.dataset("/" + Self.name)
            if own.elementType == .string { texts = try own.readStrings() }
        }
        guard let texts else { return nil }
        vocabulary = texts
        separator = texts.allSatisfy { $0.unicodeScalars.count == 1 || $0.hasPrefix("<") && $0.hasSuffix(">") } ? "" : " "
    }

    /// What of a file is read for it.
    static func objects(besides path: String) -> [String] { [FirstRows.group(of: path) + "/inputs", "/" + name] }

    /// The text of some tokens, on one line; a number that is none stands as it is.
    func text(_ tokens: some Sequence<Int64>) -> String {
        tokens.map { token in
            guard let index = Int(exactly: token), vocabulary.indices.contains(index) else { return "<\(token)>" }
            return vocabulary[index].replacing("\n", with: "\\n").replacing("\t", with: "\\t").replacing("\r", with: "\\r")
        }.joined(separator: separator)
    }
}
