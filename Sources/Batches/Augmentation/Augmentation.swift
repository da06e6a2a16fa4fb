import Configuration
import Kernels
import Network

/// Random transforms of the training samples, applied in order before a sample reaches the model.
///
/// The random numbers of a transform depend on the run's seed, the step, the sample's index in the mini-batch and the
/// transform's index in the list. They do not depend on the worker that applies it. Validation and test samples are
/// never augmented.
public struct Augmentation: Sendable, Hashable {
    public var transforms: [any SampleTransform]

    public init(_ transforms: [any SampleTransform] = []) { self.transforms = transforms }

    /// The first transform that cannot be applied to such samples, and why, as the rest of a sentence that begins
    /// with its place; nil if all can.
    package func problem(inputShape: Shape, targets: TargetForm) -> (index: Int, message: String)? {
        for (index, transform) in transforms.enumerated() {
            if let message = transform.problem(inputShape: inputShape, targets: targets) { return (index, message) }
        }
        return nil
    }

    /// The transforms as values that can be compared.
    private var values: [AnyHashable] { transforms.map { transform in AnyHashable(transform) } }

    public static func == (a: Augmentation, b: Augmentation) -> Bool { a.values == b.values }

    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}

/// `augment`: a list of objects with the transform's name as `type` and its constants.
extension Augmentation {
    package static var names: [String] { TransformRegistry.kinds.builtInNames }

    /// Reads a key: the transforms of one input, or an object with those of each by its name.
    package static func readByName(_ reader: ObjectReader, key: String) -> ByName<Augmentation> {
        ByName(reading: reader, key: key, isOne: { _ in false }) { Augmentation(reading: $0.objects($1)) }
    }

    /// Reads the transforms; one that cannot be read is noted in the readers' diagnostics and left out.
    package init(reading readers: [ObjectReader]) {
        self.init(
            readers.compactMap { reader in
                guard let kind = TransformRegistry.kinds.type(of: reader) else { return nil }
                defer { reader.finish() }
                return kind.init(reading: reader)
            })
    }

    /// The list in full, defaults written out; reading it gives the same transforms.
    package var configuration: JSONNode { JSONNode(transforms.map(\.typedConfiguration)) }
}
