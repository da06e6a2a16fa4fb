import Configuration

/// `augment`: a list of objects with the transform's name as `type` and its constants.
extension Augmentation {
    private typealias Reader = @Sendable (ObjectReader) -> Transform

    private static let share = NumberBounds.between(0, 1)

    /// The transforms that a config may name.
    private static let kinds = Registry<Reader>(
        "transform",
        [
            (
                "random_crop",
                {
                    .randomCrop(
                        padding: $0.integer("padding", in: 0..., default: 4),
                        mode: $0.choice("mode", noun: "padding mode", default: .constant))
                }
            ),
            ("random_flip", { .randomFlip($0.choice("mode", noun: "direction", default: .horizontal)) }),
            (
                "random_translation",
                {
                    .randomTranslation(
                        height: $0.number("height_factor", share, default: 0.1),
                        width: $0.number("width_factor", share, default: 0.1))
                }
            ),
            ("random_rotation", { .randomRotation(degrees: $0.number("degrees", .between(0, 180), default: 15)) }),
            ("random_brightness", { .randomBrightness(factor: $0.number("factor", share, default: 0.2)) }),
            ("random_contrast", { .randomContrast(factor: $0.number("factor", share, default: 0.2)) }),
            (
                "cutout",
                {
                    .cutout(
                        size: $0.integer("size", in: 1..., default: 8),
                        probability: $0.number("probability", share, default: 1))
                }
            ),
            // More would leave nothing of any data, and could leave the range of a float.
            (
                "gaussian_noise",
                { .gaussianNoise(deviation: $0.number("stddev", .between(0, 1_000_000), default: 0.1)) }
            ),
            (
                "mixup",
                { .mixup(alpha: $0.number("alpha", .between(0, 1000, includingLower: false), default: 0.2)) }
            ),
        ])

    package static var names: [String] { kinds.builtInNames }

    /// Reads a key: the transforms of one input, or an object with those of each by its name.
    package static func readByName(_ reader: ObjectReader, key: String) -> ByName<Augmentation> {
        ByName(reading: reader, key: key, isOne: { _ in false }) { Augmentation(reading: $0.objects($1)) }
    }

    /// Reads the transforms; one that cannot be read is noted in the readers' diagnostics and left out.
    package init(reading readers: [ObjectReader]) {
        self.init(
            readers.compactMap { reader in
                guard let read = Self.kinds.type(of: reader) else { return nil }
                defer { reader.finish() }
                return read(reader)
            })
    }

    /// The list in full, defaults written out; reading it gives the same transforms.
    package var configuration: JSONNode {
        JSONNode(
            transforms.map { transform in
                var node: JSONNode = ["type": JSONNode(transform.name)]
                switch transform {
                case .randomCrop(let padding, let mode):
                    node["padding"] = JSONNode(padding)
                    node["mode"] = JSONNode(mode.rawValue)
                case .randomFlip(let mode):
                    node["mode"] = JSONNode(mode.rawValue)
                case .randomTranslation(let height, let width):
                    node["height_factor"] = JSONNode(height)
                    node["width_factor"] = JSONNode(width)
                case .randomRotation(let degrees):
                    node["degrees"] = JSONNode(degrees)
                case .randomBrightness(let factor), .randomContrast(let factor):
                    node["factor"] = JSONNode(factor)
                case .cutout(let size, let probability):
                    node["size"] = JSONNode(size)
                    node["probability"] = JSONNode(probability)
                case .gaussianNoise(let deviation):
                    node["stddev"] = JSONNode(deviation)
                case .mixup(let alpha):
                    node["alpha"] = JSONNode(alpha)
                }
                return node
            })
    }
}
