import Configuration
import Files
import Recipes

/// What a config says of a split that is images: a folder with a folder for each class, or a table with the names of files and
/// what is to be predicted. They are converted to HDF5 before they are read, as tables are.
///
/// ```
/// "images": {"size": [64, 48], "channels": 3, "bits": 8, "fit": "letterbox", "skip_damaged": true}
/// ```
/// What is nil follows from the images: their size where all have one, 1 channel where all are grey, 16 bits where one has
/// so many. Other splits get what the training split has.
public struct ImageSource: Hashable, Sendable {
    /// Height and width; one number in a config is both.
    public var size: [Int]?
    /// 1 for grey, 3 for colour.
    public var channels: Int?
    /// Bits of a value, 8 or 16.
    public var bits: Int?
    /// How images of other proportions come to the size; nil for `resize`.
    package var fit: ImageRecipe.Fit?
    /// Whether files that can't be decoded, and rows of a table that name none, are left out, rather than refused; of all splits.
    public var skipsDamaged = false

    public init() {}

    /// The key of a split.
    static let key = "images"

    /// Whether a split says that it is images.
    static func isGiven(_ reader: ObjectReader) -> Bool { (reader.node(key).map { $0.value != .null }) ?? false }

    /// The key that leaves damaged files out, as it is typed.
    package static let skipping = "\"images\": {\"skip_damaged\": true} in data.train"

    /// Whether a path is a folder, which is one of images.
    package static func isFolder(_ path: String) -> Bool { AtomicFile.isDirectory(path) }

    /// Reads `images` of a split.
    init(_ reader: ObjectReader) {
        guard let own = reader.object(Self.key) else { return }
        defer { own.finish() }
        switch own.node("size")?.value {
        case nil, .null?: break
        case .integer?: size = own.optionalInteger("size", in: ImageRecipe.sides).map { [$0, $0] }
        default:
            size = own.integers("size", in: ImageRecipe.sides)
            if let count = size?.count, count != 2 { own.fail("must be a side, or a height and a width", key: "size") }
        }
        func one(_ key: String, of known: [Int]) -> Int? {
            guard let value = own.optionalInteger(key, in: 1...) else { return nil }
            if !known.contains(value) {
                own.fail("must be \(known.map { "\($0)" }.joined(separator: " or ")), but is \(value)", key: key)
            }
            return value
        }
        channels = one("channels", of: ImageRecipe.knownChannels)
        bits = one("bits", of: ImageRecipe.knownBits)
        if let word = own.optionalString("fit") {
            fit = ImageRecipe.Fit(rawValue: word)
            if fit == nil {
                own.fail(
                    unknownWord(word, noun: "fit", among: ImageRecipe.Fit.allCases.map(\.rawValue)), key: "fit")
            }
        }
        skipsDamaged = own.optionalBool("skip_damaged") ?? false
    }

    /// As it stands in a config.
    var node: JSONNode {
        var members: [JSONNode.Member] = []
        if let size { members.append(.init(key: "size", value: JSONNode(size.map { JSONNode($0) }))) }
        if let channels { members.append(.init(key: "channels", value: JSONNode(channels))) }
        if let bits { members.append(.init(key: "bits", value: JSONNode(bits))) }
        if let fit { members.append(.init(key: "fit", value: JSONNode(fit.rawValue))) }
        if skipsDamaged { members.append(.init(key: "skip_damaged", value: JSONNode(true))) }
        return JSONNode(.object(members))
    }
}

extension TableSource {
    /// Reads the keys of a split that is a folder of images, which says inputs and targets itself.
    init(folder reader: ObjectReader, isTraining: Bool) {
        self.init()
        asker = TableAsker(reader)
        images = ImageSource(reader)
        for key in ["inputs", "targets", "sample_weight", "transpose_inputs", "transpose_targets"] + Self.keys
        where reader.node(key).map({ $0.value != .null }) ?? false {
            reader.fail(
                "is for HDF5 files and tables, and this split is a folder of images, whose folders are the classes; leave it "
                    + "out", key: key)
        }
        if !isTraining { refuseImages(reader) }
    }

    /// What becomes of images is said once.
    func refuseImages(_ reader: ObjectReader) {
        guard let images, images != ImageSource() else { return }
        reader.fail(
            "is said by data.train, and the images of other splits become the same; leave it empty",
            key: ImageSource.key)
    }
}
