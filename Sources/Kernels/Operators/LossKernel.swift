internal import CVector

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The losses, each as the mean over the elements or rows of a sample. With p the prediction and t the target:
///
/// | name | loss of a sample |
/// |---|---|
/// | meanSquaredError(factor) | factor · mean (p - t)²; the textbook's ½ is `factor: 0.5` |
/// | meanAbsoluteError | mean │p - t│ |
/// | huber(δ) | mean of ½(p - t)² where │p - t│ ≤ δ, else δ(│p - t│ - ½δ) |
/// | binaryCrossEntropy | mean of -t log p - (1 - t) log(1 - p) |
/// | categoricalCrossEntropy | mean over rows of -Σ t log p |
/// | sparseCategoricalCrossEntropy | mean over rows of -log p[t], but for rows of the ignored label |
public enum LossFunction: Hashable, Sendable {
    case meanSquaredError(factor: Float)
    case meanAbsoluteError
    case huber(delta: Float)
    case binaryCrossEntropy
    case categoricalCrossEntropy
    case sparseCategoricalCrossEntropy

    public var isCrossEntropy: Bool {
        switch self {
        case .binaryCrossEntropy, .categoricalCrossEntropy, .sparseCategoricalCrossEntropy: true
        case .meanSquaredError, .meanAbsoluteError, .huber: false
        }
    }
}

/// dst[n] = the loss of sample n.
///
/// Inputs: prediction and target; or, for a cross-entropy from logits, the logits, the probabilities that follow
/// from them (sigmoid or softmax) and the target. From logits z the value is computed without the logarithm of a
/// small number, as log Σeᶻ - z[t] and max(z, 0) - z·t + log(1 + e^-│z│), and the gradient is p - t.
/// From probabilities, p is kept within 1e-7 of 0 and 1, as in Keras.
///
/// A row whose label is the ignored one has neither loss nor gradient, and the mean of its sample is over the other
/// rows. A sample without any other has a loss of 0.
public final class LossKernel: Kernel {
    private let function: LossFunction
    private let fromLogits: Bool
    private let samples: Int
    private let rows: Int
    private let width: Int
    /// NaN where no label is ignored, which equals no label.
    private let ignored: Float
    private static let margin: Float = 1e-7

    private var prediction, probabilities, target, loss: UnsafeMutablePointer<Float>?
    private var gradient, lossGradient: UnsafeMutablePointer<Float>?

    /// - Parameters:
    ///   - rows: the rows of a sample's prediction, each with its own distribution over `width` classes.
    ///   - width: the elements of a row. For losses that are not over classes only the product counts.
    ///   - ignored: the label that sparse categorical cross-entropy passes over; it need not be one of a class.
    public init(
        _ function: LossFunction, fromLogits: Bool, samples: Int, rows: Int, width: Int, ignoring ignored: Int? = nil
    ) {
        self.function = function
        self.fromLogits = fromLogits
        self.samples = samples
        self.rows = rows
        self.width = width
        self.ignored = ignored.map { Float($0) } ?? .nan
    }

    public func bind(_ binding: Binding) {
        prediction = binding.inputs[0]
        probabilities = binding.inputs[fromLogits ? 1 : 0]
        target = binding.inputs[fromLogits ? 2 : 1]
        loss = binding.output
        gradient = binding.inputGradients[0]
        lossGradient = binding.outputGradient
    }

    public func forward(_ pass: Pass) {
        guard let z = prediction, let p = probabilities, let t = target, let loss else { return }
        switch function {
        case .meanSquaredError(let factor):
            elements(loss) { i in
                let d = z[i] - t[i]
                return factor * d * d
            }
        case .meanAbsoluteError:
            elements(loss) { i in abs(z[i] - t[i]) }
        case .huber(let delta):
            elements(loss) { i in
                let d = abs(z[i] - t[i])
                return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta)
            }
        case .binaryCrossEntropy where fromLogits:
            elements(loss) { i in max(z[i], 0) - z[i] * t[i] + log1pf(expf(-abs(z[i]))) }
        case .binaryCrossEntropy:
            elements(loss) { i in
                let q = clamped(p[i])
                return -t[i] * logf(q) - (1 - t[i]) * log1pf(-q)
            }
        case .categoricalCrossEntropy:
            eachRow(loss) { row in
                let (z, p, t) = (z + row * width, p + row * width, t + row * width)
                var sum: Float = 0
                if fromLogits {
                    let total = logSum(z, p)
                    for k in 0..<width where t[k] != 0 { sum += t[k] * (total - z[k]) }
                } else {
                    for k in 0..<width where t[k] != 0 { sum -= t[k] * logf(clamped(p[k])) }
                }
                return sum
            }
        case .sparseCategoricalCrossEntropy:
            for sample in 0..<samples {
                var sum: Float = 0
                var counted = 0
                for row in sample * rows..<(sample + 1) * rows where t[row] != ignored {
                    counted += 1
                    guard let label = label(t[row]) else {
                        sum = .nan
                        continue
                    }
                    let (z, p) = (z + row * width, p + row * width)
                    sum += fromLogits ? logSum(z, p) - z[label] : -logf(clamped(p[label]))
                }
                loss[sample] = counted > 0 ? sum / Float(counted) : 0
            }
        }
    }

    public func backward(_ pass: Pass) {
        guard let z = prediction, let p = probabilities, let t = target, let dz = gradient, let lossGradient else {
            return
        }
        for sample in 0..<samples {
            let g = lossGradient[sample] / Float(counted(sample, t))
            let start = sample * rows * width
            let elements = start..<start + rows * width
            switch function {
            case .meanSquaredError(let factor): for i in elements { dz[i] = g * 2 * factor * (z[i] - t[i]) }
            case .meanAbsoluteError: for i in elements { dz[i] = z[i] > t[i] ? g : z[i] < t[i] ? -g : 0 }
            case .huber(let delta): for i in elements { dz[i] = g * min(max(z[i] - t[i], -delta), delta) }
            case .binaryCrossEntropy where fromLogits: for i in elements { dz[i] = g * (p[i] - t[i]) }
            case .binaryCrossEntropy:
                for i in elements {
                    dz[i] = isInside(p[i]) ? g * (p[i] - t[i]) / (p[i] * (1 - p[i])) : 0
                }
            case .categoricalCrossEntropy:
                for row in sample * rows..<(sample + 1) * rows {
                    let (p, t, dz) = (p + row * width, t + row * width, dz + row * width)
                    if fromLogits {
                        var mass: Float = 0
                        for k in 0..<width { mass += t[k] }
                        for k in 0..<width { dz[k] = g * (p[k] * mass - t[k]) }
                    } else {
                        for k in 0..<width { dz[k] = isInside(p[k]) ? -g * t[k] / p[k] : 0 }
                    }
                }
            case .sparseCategoricalCrossEntropy:
                for row in sample * rows..<(sample + 1) * rows {
                    let (p, dz) = (p + row * width, dz + row * width)
                    guard t[row] != ignored else {
                        dz.update(repeating: 0, count: width)
                        continue
                    }
                    guard let label = label(t[row]) else {
                        dz.update(repeating: .nan, count: width)
                        continue
                    }
                    if fromLogits {
                        for k in 0..<width { dz[k] = g * p[k] }
                        dz[label] -= g
                    } else {
                        dz.update(repeating: 0, count: width)
                        if isInside(p[label]) { dz[label] = -g / p[label] }
                    }
                }
            }
        }
    }

    /// The elements or rows over which a sample's loss is the mean; 1 where all rows are ignored.
    @inline(__always)
    private func counted(_ sample: Int, _ target: UnsafePointer<Float>) -> Int {
        guard function.isRowwise else { return rows * width }
        guard !ignored.isNaN else { return rows }
        var count = 0
        for row in sample * rows..<(sample + 1) * rows where target[row] != ignored { count += 1 }
        return max(count, 1)
    }

    /// log Σ eᶻ, from the largest logit and its probability, which is at least 1 / width.
    @inline(__always)
    private func logSum(_ z: UnsafePointer<Float>, _ p: UnsafePointer<Float>) -> Float {
        let largest = stormo_argmax(z, width)
        return z[largest] - logf(p[largest])
    }

    @inline(__always)
    private func label(_ value: Float) -> Int? {
        guard value >= 0, value < Float(width) else { return nil }
        return Int(value)
    }

    @inline(__always)
    private func clamped(_ p: Float) -> Float { min(max(p, Self.margin), 1 - Self.margin) }

    @inline(__always)
    private func isInside(_ p: Float) -> Bool { p > Self.margin && p < 1 - Self.margin }

    @inline(__always)
    private func elements(_ loss: UnsafeMutablePointer<Float>, _ value: (Int) -> Float) {
        let count = rows * width
        for sample in 0..<samples {
            var sum: Float = 0
            for i in sample * count..<(sample + 1) * count { sum += value(i) }
            loss[sample] = sum / Float(count)
        }
    }

    @inline(__always)
    private func eachRow(_ loss: UnsafeMutablePointer<Float>, _ value: (Int) -> Float) {
        for sample in 0..<samples {
            var sum: Float = 0
            for row in sample * rows..<(sample + 1) * rows { sum += value(row) }
            loss[sample] = sum / Float(rows)
        }
    }
}

extension LossFunction {
    /// Whether the loss is a mean over rows, each a distribution over classes, rather than over elements.
    public var isRowwise: Bool { self == .categoricalCrossEntropy || self == .sparseCategoricalCrossEntropy }
}
