package import Configuration

/// What is done to images of any size so that they become rows of one shape: uint8 or uint16 values (height, width,
/// channels).
///
/// It stands as JSON in the attribute `image_recipe` of the dataset that images were converted to, and of the model that
/// was trained on them:
/// ```
/// {"format": 1, "height": 64, "width": 48, "channels": 3, "bits": 8, "fit": "letterbox"}
/// ```
/// An image is decoded, turned as the orientation in its EXIF data says, laid on white where it is transparent, made grey or
/// colour, and brought to the size by bilinear interpolation that counts every pixel (`stormo_image_resize` has the
/// formula). The names of classes are the recipe of the targets, one category.
package struct ImageRecipe: Sendable, Hashable {
    package var height: Int
    package var width: Int
    /// 1: luma by ITU-R BT.601, 0.299 red + 0.587 green + 0.114 blue; 3: red, green, blue.
    package var channels: Int
    /// Of a value: 8 give uint8, 16 give uint16. Images of the other depth are scaled, so that white stays white.
    package var bits: Int
    package var fit: Fit

    /// How an image of other proportions comes to the size.
    package enum Fit: String, Sendable, CaseIterable {
        /// Without regard to its proportions.
        case resize
        /// As large as the whole of it can be, in the middle, with black (0) beside it.
        case letterbox
        /// As large as it must be to fill the size, and its middle cut out.
        case crop
    }

    package static let attribute = "image_recipe"
    package static let sides = 1...16_384
    package static let knownChannels = [1, 3]
    package static let knownBits = [8, 16]
    private static let format = 1

    package init(height: Int, width: Int, channels: Int, bits: Int = 8, fit: Fit = .resize) {
        (self.height, self.width, self.channels, self.bits, self.fit) = (height, width, channels, bits, fit)
    }

    package var shape: [Int] { [height, width, channels] }
    package var rowBytes: Int { height * width * channels * (bits / 8) }

    /// `64×48, colour, letterbox`.
    package var words: String {
        "\(height)×\(width), \(channels == 1 ? "grey" : "colour")" + (bits == 16 ? ", 16 bits" : "")
            + ", \(fit.rawValue)"
    }

    package var node: JSONNode {
        [
            "format": JSONNode(Self.format), "height": JSONNode(height), "width": JSONNode(width),
            "channels": JSONNode(channels), "bits": JSONNode(bits), "fit": JSONNode(fit.rawValue),
        ]
    }

    /// - Throws: `ConfigurationError` for what is none.
    package init(text: String, file: String) throws(ConfigurationError) {
        try self.init(ConfigurationDocument(text: text, file: file).root, file: file)
    }

    /// - Throws: `ConfigurationError` for what is none.
    package init(_ node: JSONNode, file: String) throws(ConfigurationError) {
        let diagnostics = Diagnostics()
        let reader = ObjectReader(node, path: "", diagnostics: diagnostics)
        reader.requireFormat(Self.format)
        let (height, width) = (
            reader.requiredInteger("height", in: Self.sides), reader.requiredInteger("width", in: Self.sides)
        )
        let (channels, bits) = (reader.requiredInteger("channels", in: 1...), reader.requiredInteger("bits", in: 1...))
        if let channels, !Self.knownChannels.contains(channels) { reader.fail("must be 1 or 3", key: "channels") }
        if let bits, !Self.knownBits.contains(bits) { reader.fail("must be 8 or 16", key: "bits") }
        let word = reader.requiredString("fit")
        let fit = word.flatMap { Fit(rawValue: $0) }
        if let word, fit == nil {
            reader.fail("is '\(word)'; known are \(Fit.known)", key: "fit")
        }
        reader.finish()
        try diagnostics.throwIfAny(file: file)
        self.init(height: height ?? 1, width: width ?? 1, channels: channels ?? 1, bits: bits ?? 8, fit: fit ?? .resize)
    }
}

extension ImageRecipe.Fit {
    /// All of them, for a sentence.
    package static var known: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
