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
/// | sparseCategoricalCrossEntropy | mean over rows of -log p[t], which is 0 for rows of the ignored label |
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
/// from them (sigmoid or softmax) and the target. From logits z the value is (z[m] - z[t]) + log(1 + Σ_{k≠m} e^(z[k] -
/// z[m])) with the largest logit z[m], where the sum is that of the other classes' p over p[m]; and z·(1 - t) for z > 0,
/// else -z·t, + log(1 + e^-│z│). So the small loss of a confident prediction keeps its digits. The gradient is p - t;
/// where p is near a t of 1 it is taken from the other classes, for the same reason.
/// From probabilities, p is kept within 1e-7 of 0 and 1, as in Keras. Losses are added up in double.
///
/// A row whose label is the ignored one has neither loss nor gradient. The sample's loss is still the sum over its rows
/// divided by the number of all of them; whoever adds up a batch divides by what counts in the whole of it
/// (`Objective.countedSamples`), since the mean is over the labels of the batch, not over the means of its samples.
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
            elements(loss) { i in
                (z[i] > 0 ? z[i] * (1 - t[i]) : -z[i] * t[i]) + log1pf(expf(-abs(z[i])))
            }
        case .binaryCrossEntropy:
            elements(loss) { i in
                let q = clamped(p[i])
                return -t[i] * logf(q) - (1 - t[i]) * log1pf(-q)
            }
        case .categoricalCrossEntropy:
            eachRow(loss) { row in
                let (z, p, t) = (z + row * width, p + row * width, t + row * width)
                var sum = 0.0
                if fromLogits {
                    let (largest, rest) = logSum(z, p)
                    for k in 0..<width where t[k] != 0 { sum += Double(t[k] * ((largest - z[k]) + rest)) }
                } else {
                    for k in 0..<width where t[k] != 0 { sum -= Double(t[k] * logf(clamped(p[k]))) }
                }
                return sum
            }
        case .sparseCategoricalCrossEntropy:
            for sample in 0..<samples {
                var sum = 0.0
                for row in sample * rows..<(sample + 1) * rows where t[row] != ignored {
                    guard let label = label(t[row]) else {
                        sum = .nan
                        continue
                    }
                    let (z, p) = (z + row * width, p + row * width)
                    if fromLogits {
                        let (largest, rest) = logSum(z, p)
                        sum += Double((largest - z[label]) + rest)
                    } else {
                        sum -= Double(logf(clamped(p[label])))
                    }
                }
                loss[sample] = Float(sum / Double(rows))
            }
        }
    }

    public func backward(_ pass: Pass) {
        guard let z = prediction, let p = probabilities, let t = target, let dz = gradient, let lossGradient else {
            return
        }
        let counted = Float(function.isRowwise ? rows : rows * width)
        for sample in 0..<samples {
            let g = lossGradient[sample] / counted
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
                        let mass = Float(stormo_sum(t, width))
                        for k in 0..<width { dz[k] = g * (p[k] * mass - t[k]) }
                        // A class that most of the target is for: 1 - p[k] is what the others have.
                        let k = stormo_argmax(t, width)
                        if t[k] > 0.5 * mass { dz[k] = g * ((mass - t[k]) - mass * others(p, than: k)) }
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
                        dz[label] = -g * others(p, than: label)
                    } else {
                        dz.update(repeating: 0, count: width)
                        if isInside(p[label]) { dz[label] = -g / p[label] }
                    }
                }
            }
        }
    }

    /// log Σ eᶻ, as the largest logit and what is to be added to it: at least 0, and at most log `width`.
    @inline(__always)
    private func logSum(_ z: UnsafePointer<Float>, _ p: UnsafePointer<Float>) -> (largest: Float, rest: Float) {
        let largest = stormo_argmax(z, width)
        let x = others(p, than: largest) / p[largest]
        // log(1 + x) with the digits that 1 + x loses put back (W. Kahan): faster than log1pf.
        let sum = 1 + x
        return (z[largest], sum == 1 ? x : logf(sum) * (x / (sum - 1)))
    }

    /// Σ p[k] over k ≠ the given class.
    @inline(__always)
    private func others(_ p: UnsafePointer<Float>, than k: Int) -> Float {
        guard width <= Int(STORMO_SUMMED) else {
            return Float(stormo_sum(p, k) + stormo_sum(p + k + 1, width - k - 1))
        }
        var (before, after): (Float, Float) = (0, 0)
        for i in 0..<k { before += p[i] }
        for i in k + 1..<width { after += p[i] }
        return before + after
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
            var sum = 0.0
            for i in sample * count..<(sample + 1) * count { sum += Double(value(i)) }
            loss[sample] = Float(sum / Double(count))
        }
    }

    @inline(__always)
    private func eachRow(_ loss: UnsafeMutablePointer<Float>, _ value: (Int) -> Double) {
        for sample in 0..<samples {
            var sum = 0.0
            for row in sample * rows..<(sample + 1) * rows { sum += value(row) }
            loss[sample] = Float(sum / Double(rows))
        }
    }
}

extension LossFunction {
    /// Whether the loss is a mean over rows, each a distribution over classes, rather than over elements.
    public var isRowwise: Bool { self == .categoricalCrossEntropy || self == .sparseCategoricalCrossEntropy }
}
