import Configuration
import Kernels
import Metrics
import Network

/// `data.class_weight` of a config: the factor on a training sample's loss, by the sample's class.
///
/// The training loss of a batch of n samples is Σ weight · loss / n. As in Keras, the sum is divided by the number of
/// samples, not by the sum of the weights. Metrics are not weighted. The validation and test losses are not weighted by
/// class, but by sample weights, if there are any.
public enum ClassWeights: Sendable, Hashable {
    /// n / (k · n_c) for class c, where n is the number of training samples, n_c the number of those in class c, and k
    /// the number of classes that occur. The mean weight of the samples is 1, as with scikit-learn's
    /// `class_weight="balanced"`. A class without samples has weight 1.
    case balanced
    /// One weight for each class.
    case list([Double])
    /// Weights by label; other classes have weight 1.
    case table([Int: Double])

    static let bounds = NumberBounds.between(0, 1e9)
    private static let greatestLabel = Int(Int32.max)
    private static let forms = "\"balanced\", a list of weights, or an object of weights by label"

    /// Reads the key: those of one output, or an object with those of each by its name.
    static func readByName(_ reader: ObjectReader, key: String) -> ByName<ClassWeights> {
        // A table has weights by label.
        func isOne(_ node: JSONNode) -> Bool {
            guard case .object(let members) = node.value else { return true }
            return members.allSatisfy { member in
                switch member.value.value {
                case .string, .array, .object: Int(member.key) != nil
                default: true
                }
            }
        }
        return ByName(reading: reader, key: key, isOne: isOne) { ClassWeights(reading: $0, key: $1) }
    }

    /// Reads the key; nil where it is missing or `null`, or after a mistake has been noted.
    init?(reading reader: ObjectReader, key: String) {
        guard let node = reader.node(key) else { return nil }
        switch node.value {
        case .null: return nil
        case .string:
            guard reader.requiredWord(key, among: ["balanced"], noun: "class weight") != nil else { return nil }
            self = .balanced
        case .array:
            guard let weights = reader.numbers(key, Self.bounds) else { return nil }
            guard weights.count >= 2 else {
                reader.fail("must have a weight for each class, at least 2, but has \(weights.count)", key: key)
                return nil
            }
            self = .list(weights)
        case .object:
            guard let object = reader.object(key) else { return nil }
            var weights: [Int: Double] = [:]
            for word in object.presentKeys {
                let weight = object.requiredNumber(word, Self.bounds)
                // Only the plain spelling, so that no label has two names.
                guard let label = Int(word), label >= 0, label <= Self.greatestLabel, String(label) == word else {
                    object.fail("is not a label; labels are whole numbers from 0 to \(Self.greatestLabel)", key: word)
                    continue
                }
                weights[label] = weight
            }
            self = .table(weights)
        case .bool, .integer, .number:
            reader.fail("must be \(Self.forms), but is \(node.jsonText(pretty: false))", key: key)
            return nil
        }
    }

    package var configuration: JSONNode {
        switch self {
        case .balanced: "balanced"
        case .list(let weights): JSONNode(weights.map { JSONNode($0) })
        case .table(let weights):
            JSONNode(
                .object(weights.sorted { $0.key < $1.key }.map { .init(key: "\($0.key)", value: JSONNode($0.value)) }))
        }
    }

    /// Why targets of this layout have no class weights, or nil: the rest of a sentence that begins with the key. Fit
    /// are labels and one-hot rows, one for each sample, and a single binary output.
    package static func problem(with layout: MetricLayout) -> String? {
        switch layout.form {
        case .values: return "needs class or binary targets, but these are regression values; leave it out"
        case .binary(let outputs) where outputs != 1:
            return "needs one class for each sample, but there are \(outputs) binary outputs; leave it out"
        case .binary, .sparseLabels, .oneHot:
            guard layout.rowsPerSample != 1 else { return nil }
            return "needs one class for each sample, but there are \(layout.rowsPerSample); leave it out"
        }
    }

    /// The weights of the classes.
    /// - Parameter counts: the training samples of each class, as `ClassWeightTable.count` gives them.
    /// - Throws: `ClassWeightsError` for weights that are not those of such classes.
    package func weights(counts: [Int]) throws(ClassWeightsError) -> [Float] {
        let weights = try unchecked(counts)
        guard zip(weights, counts).contains(where: { $0 > 0 && $1 > 0 }) || counts.allSatisfy({ $0 == 0 }) else {
            throw ClassWeightsError("weighs every class of the training data by 0, so nothing would be trained")
        }
        return weights
    }

    private func unchecked(_ counts: [Int]) throws(ClassWeightsError) -> [Float] {
        let classes = counts.count
        switch self {
        case .balanced:
            let samples = Double(counts.reduce(0, +))
            let present = Double(counts.count { $0 > 0 })
            return counts.map { $0 > 0 ? Float(samples / (present * Double($0))) : 1 }
        case .list(let weights):
            guard weights.count == classes else {
                throw ClassWeightsError(
                    "has \(weights.count) weights, but there are \(classes) classes; give one for each")
            }
            return weights.map { Float($0) }
        case .table(let table):
            if let label = table.keys.filter({ $0 >= classes }).min() {
                throw ClassWeightsError(
                    "names the label \(label), but the labels of \(classes) classes end at \(classes - 1)")
            }
            return (0..<classes).map { Float(table[$0] ?? 1) }
        }
    }
}

/// Class weights that do not fit the classes. The description is the rest of a sentence that begins with the config's
/// key.
public struct ClassWeightsError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    package init(_ description: String) { self.description = description }
}

/// The weight of each class, looked up for the samples of a shard.
package struct ClassWeightTable: Sendable, Hashable {
    package let weights: [Float]
    private let form: TargetForm
    private let ignored: Int

    /// - Precondition: `ClassWeights.problem(with: layout)` is nil, and there is a weight for each class.
    package init(_ weights: [Float], layout: MetricLayout) {
        precondition(ClassWeights.problem(with: layout) == nil, "targets without classes have no class weights")
        precondition(weights.count == Self.classes(of: layout.form), "one weight for each class")
        self.weights = weights
        form = layout.form
        ignored = layout.ignored
    }

    private static func classes(of form: TargetForm) -> Int { form.classes ?? 2 }

    package func weight(of label: Int) -> Float { weights[label] }

    /// Writes the weight of each sample, by its label, its greatest target of a one-hot row, or by a binary target
    /// above ½. A sample of the ignored label, which has no loss, or of none of the classes weighs 1. Allocates
    /// nothing.
    /// - Parameter targets: as the loss takes them, samples × the form's target width.
    package func fill(_ sampleWeights: UnsafeMutablePointer<Float>, targets: TensorPointer, samples: Int) {
        weights.withUnsafeBufferPointer { weights in
            Self.forEachLabel(targets, samples: samples, form, ignored) { sample, label in
                sampleWeights[sample] = label >= 0 ? weights[label] : 1
            }
        }
    }

    /// Calls body for each sample with its class, or −1 where it has none.
    @inline(__always)
    private static func forEachLabel(
        _ targets: TensorPointer, samples: Int, _ form: TargetForm, _ ignored: Int,
        _ body: (_ sample: Int, _ label: Int) -> Void
    ) {
        switch form {
        case .sparseLabels(let classes):
            let labels = targets.int32s
            for sample in 0..<samples {
                body(sample, Int(labels[sample]) == ignored ? -1 : classIndex(labels[sample], classes: classes))
            }
        case .oneHot(let classes):
            let rows = targets.floats
            for sample in 0..<samples { body(sample, greatestIndex(rows + sample * classes, classes)) }
        case .binary, .values:
            let values = targets.floats
            for sample in 0..<samples { body(sample, values[sample] > 0.5 ? 1 : 0) }
        }
    }

    /// Adds the samples of each class to `counts`, which has one element for each; those of the ignored label do not
    /// count.
    package static func count(
        _ targets: TensorPointer, samples: Int, layout: MetricLayout, into counts: inout [Int]
    ) {
        precondition(counts.count == classes(of: layout.form), "one count for each class")
        counts.withUnsafeMutableBufferPointer { counts in
            forEachLabel(targets, samples: samples, layout.form, layout.ignored) { _, label in
                if label >= 0 { counts[label] += 1 }
            }
        }
    }

    /// The samples of each class in stored targets.
    /// - Throws: `KernelError.outOfMemory`.
    package static func count(
        _ targets: StoredTensor, encoding: TargetEncoding, layout: MetricLayout
    ) throws(KernelError) -> [Int] {
        var counts = Array(repeating: 0, count: classes(of: layout.form))
        let chunk = 256
        let element = layout.form.element
        let width = max(layout.form.targetWidth, targets.rowShape.count)
        let memory = try AlignedMemory(byteCount: chunk * width * element.byteCount)
        var rows: [Int64] = []
        rows.reserveCapacity(chunk)
        for start in stride(from: 0, to: targets.rows, by: chunk) {
            rows.removeAll(keepingCapacity: true)
            rows.append(contentsOf: Int64(start)..<Int64(min(start + chunk, targets.rows)))
            let encoded = TensorPointer(memory.base, element)
            encoding.gather(targets, into: encoded, rows: rows, count: rows.count)
            count(encoded, samples: rows.count, layout: layout, into: &counts)
        }
        return counts
    }
}
