import Configuration

/// `augment`: a list of objects with the transform's name as `type` and its constants.
extension Augmentation {
    package static let names = [
        "random_crop", "random_flip", "random_translation", "random_rotation", "random_brightness",
        "random_contrast", "cutout", "gaussian_noise", "mixup",
    ]

    /// Reads the transforms; one that cannot be read is noted in the readers' diagnostics and left out.
    package init(reading readers: [ObjectReader]) {
        self.init(
            readers.compactMap { reader in
                guard let name = reader.requiredWord("type", among: Self.names, noun: "transform") else {
                    return nil
                }
                defer { reader.finish() }
                return Self.transform(name, reader)
            })
    }

    private static func transform(_ name: String, _ reader: ObjectReader) -> Transform? {
        let share = NumberBounds.between(0, 1)
        switch name {
        case "random_crop":
            return .randomCrop(
                padding: reader.integer("padding", in: 0..., default: 4),
                mode: reader.choice("mode", noun: "padding mode", default: .constant))
        case "random_flip":
            return .randomFlip(reader.choice("mode", noun: "direction", default: .horizontal))
        case "random_translation":
            return .randomTranslation(
                height: reader.number("height_factor", share, default: 0.1),
                width: reader.number("width_factor", share, default: 0.1))
        case "random_rotation":
            return .randomRotation(degrees: reader.number("degrees", .between(0, 180), default: 15))
        case "random_brightness":
            return .randomBrightness(factor: reader.number("factor", share, default: 0.2))
        case "random_contrast":
            return .randomContrast(factor: reader.number("factor", share, default: 0.2))
        case "cutout":
            return .cutout(
                size: reader.integer("size", in: 1..., default: 8),
                probability: reader.number("probability", share, default: 1))
        case "gaussian_noise":
            // More would leave nothing of any data, and could leave the range of a float.
            return .gaussianNoise(deviation: reader.number("stddev", .between(0, 1_000_000), default: 0.1))
        case "mixup":
            return .mixup(alpha: reader.number("alpha", .between(0, 1000, includingLower: false), default: 0.2))
        default:
            return nil
        }
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
