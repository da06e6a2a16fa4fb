import Batches
import Kernels
import Network

/// Compares a model's gradients with central differences of its loss, one parameter tensor after the other.
///
/// For each parameter tensor, the derivative of the loss L is measured along directions u: along the gradient itself,
/// where the signal is largest, along the four coordinates with the largest gradients, and along four random
/// coordinates. It is (L(p + h·u) - L(p - h·u)) / 2h for h and for h/2, combined by Richardson extrapolation.
///
/// Two effects could make a correct gradient look wrong:
/// - Kinks (relu, max pooling, absolute error) between p - h·u and p + h·u. A kink shows in the losses: the slopes on
///   its two sides do not approach each other as h shrinks. It also shows in the gradient, which jumps where a relu
///   switches or another element becomes the maximum. Such a measurement is discarded, and another h is tried.
/// - Rounding. Losses are computed in single precision. Their rounding noise is measured around p, and a derivative
///   that does not stand out from it is not compared.
///
/// A derivative that disagrees is measured again with another h. It counts as wrong only where the two measurements
/// agree.
public struct GradientCheck: Sendable {
    /// The result for one parameter tensor.
    public struct Row: Sendable, Equatable {
        /// The parameter's name, such as `dense/kernel`.
        public let parameter: String
        /// Its layer, `dense`, and what that calls it, `kernel`; the layer is nil for a parameter of none.
        package let layer: String?
        package let nameInLayer: String
        /// The largest relative error, │measured - computed│ / max(│measured│, │computed│); nil where no derivative
        /// could be measured.
        public let worst: Double?
        /// The number of derivatives that were compared.
        public let compared: Int
        /// The number of derivatives that could not be measured.
        public let passedOver: Int
    }
    /// One for each parameter tensor that is trained.
    public let rows: [Row]
    /// The number of samples in the loss.
    public let samples: Int

    /// The relative error above which a gradient counts as wrong. Derivatives are measured to about a fifth of it. A
    /// factor that is off by 1% exceeds it.
    public static let tolerance = 5e-3

    public var passes: Bool { rows.allSatisfy { ($0.worst ?? 0) <= Self.tolerance } }

    /// Checks a model with one input at its initial parameters.
    /// - Parameters:
    ///   - seed: of the initial parameters.
    ///   - count: the number of rows, from the first, that make up the loss.
    /// - Throws: `DataError` for data that do not fit the model, `KernelError`.
    public init(
        _ objective: Objective, on data: Dataset, preprocessing: Preprocessing, seed: UInt64, samples count: Int = 8
    ) throws {
        try self.init(objective, on: data, preprocessing: [preprocessing], seed: seed, samples: count)
    }

    /// Checks a model with several inputs at its initial parameters.
    /// - Parameter preprocessing: of each input, in the model's order.
    /// - Throws: as for one input.
    public init(
        _ objective: Objective, on data: Dataset, preprocessing: [Preprocessing], seed: UInt64, samples count: Int = 8
    ) throws {
        try data.check(against: objective)
        guard data.hasTargets else { throw DataError("\(data.inputsPlace) has no targets to measure against") }
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: seed)
        let head = try data.head(max(count, 1))
        guard let pool = Pool(head) else { preconditionFailure("a head is in memory") }
        samples = head.count
        let pass = KernelPass(isTraining: true, seed: seed)
        let inspection = try Inspection(
            objective, parameters: parameters, pool: pool,
            feed: try ShardFeed(objective, on: data, preprocessing: preprocessing),
            rows: (0..<Int64(samples)).map { $0 }, pass)
        let longest = objective.layout.trainedEntries.map(\.shape.count).max() ?? 0
        let probe = try GradientProbe(inspection, parameters, longest: longest, pass)
        var random = Philox(seed: seed, stream: .gradientCheck)
        rows = objective.layout.trainedEntries.map { entry in
            var worst: Double?
            var (compared, passedOver) = (0, 0)
            func note(_ error: Double?) {
                guard let error else { return passedOver += 1 }
                compared += 1
                worst = max(worst ?? 0, error)
            }
            let gradients = probe.gradients.floats
            let norm = entry.range.reduce(0.0) { $0 + Double(gradients[$1]) * Double(gradients[$1]) }.squareRoot()
            let noise = probe.noise(entry.range, norm)
            if norm > 0 {
                note(
                    probe.error(entry.range, norm, noise, tolerance: Self.tolerance) {
                        Float(Double(gradients[$0]) / norm)
                    })
            }
            let largest = probe.largest(4, of: entry.range)
            let chosen = (0..<4).map { _ in entry.offset + Int(random.next() % UInt64(entry.shape.count)) }
            for index in Set(largest + chosen).sorted() {
                note(probe.error(index..<index + 1, norm, noise, tolerance: Self.tolerance) { _ in 1 })
            }
            return Row(
                parameter: entry.name, layer: entry.layer?.name, nameInLayer: entry.nameInLayer, worst: worst,
                compared: compared, passedOver: passedOver)
        }
    }
}

/// Measures derivatives of the loss around the parameters that it is given, which it leaves as they were.
private final class GradientProbe {
    /// At the parameters themselves.
    let gradients: AlignedMemory
    private let inspection: Inspection
    private let parameters: AlignedMemory
    private let pass: KernelPass
    private let loss: Double
    /// The parameters that a move changes.
    private let saved: AlignedMemory

    /// - Parameter longest: the elements of the largest tensor.
    /// - Throws: `KernelError.outOfMemory`.
    init(
        _ inspection: Inspection, _ parameters: AlignedMemory, longest: Int, _ pass: KernelPass
    ) throws(KernelError) {
        (self.inspection, self.parameters, self.pass) = (inspection, parameters, pass)
        gradients = try inspection.gradients.copy()
        saved = try AlignedMemory(floats: longest)
        loss = inspection.loss(pass)
    }

    /// The places of the largest gradients, from the largest on; of equal ones the first.
    func largest(_ count: Int, of range: Range<Int>) -> [Int] {
        var places: [Int] = []
        func size(_ index: Int) -> Float { abs(gradients.floats[index]) }
        for index in range {
            if places.count == count {
                guard size(index) > size(places[count - 1]) else { continue }
                places.removeLast()
            }
            places.insert(index, at: places.firstIndex { size($0) < size(index) } ?? places.endIndex)
        }
        return places
    }

    /// The loss at p + distance·direction, and the slope that the gradient has along the direction there.
    private func moved(
        _ distance: Float, _ range: Range<Int>, _ direction: (Int) -> Float
    ) -> (loss: Double, slope: Double) {
        let (own, saved) = (parameters.floats + range.lowerBound, saved.floats)
        saved.update(from: own, count: range.count)
        defer { own.update(from: saved, count: range.count) }
        for offset in 0..<range.count { own[offset] = saved[offset] + distance * direction(range.lowerBound + offset) }
        inspection.run(pass)
        let slope = range.reduce(0.0) { $0 + Double(inspection.gradients.floats[$1]) * Double(direction($1)) }
        return (inspection.lastLoss, slope)
    }

    /// How far rounding throws the loss: by what the losses on both sides depart from the middle, at places so near that
    /// only the slope, right or wrong, moves them.
    func noise(_ range: Range<Int>, _ norm: Double) -> Double {
        let least = 2 * max(abs(loss), 1e-3) * 0x1p-24
        guard norm > 0 else { return least }
        return (1...3).reduce(least) { noise, place in
            let distance = Float(place) * 2e-6
            let sides = [distance, -distance].map { distance in
                moved(distance, range) { Float(Double(gradients.floats[$0]) / norm) }.loss
            }
            return max(noise, abs(sides[0] + sides[1] - 2 * loss) / 2)
        }
    }

    private struct Measurement {
        /// By Richardson's extrapolation.
        let derivative: Double
        let isSmooth: Bool
    }

    private func measure(
        _ step: Float, _ computed: Double, _ rounding: Double, _ range: Range<Int>, _ direction: (Int) -> Float
    ) -> Measurement {
        let (right, left) = (moved(step, range, direction), moved(-step, range, direction))
        let (nearRight, nearLeft) = (moved(step / 2, range, direction), moved(-step / 2, range, direction))
        let h = Double(step)
        let coarse = (right.loss - left.loss) / (2 * h)
        let fine = (nearRight.loss - nearLeft.loss) / h
        let (coarseBend, fineBend) = (
            (right.loss - 2 * loss + left.loss) / h, 2 * (nearRight.loss - 2 * loss + nearLeft.loss) / h
        )
        let derivative = (4 * fine - coarse) / 3
        let size = max(abs(derivative), abs(computed))
        // The gradient's own: no leap at either side, and a change that grows evenly with the distance.
        let leap = abs(right.slope - 2 * computed + left.slope)
        let unevenness = abs(right.slope - left.slope - 2 * (nearRight.slope - nearLeft.slope))
        return Measurement(
            derivative: derivative,
            isSmooth: abs(coarse - fine) <= 1.5e-3 * size + 2 * rounding
                && abs(coarseBend - 2 * fineBend) <= 5e-3 * size + 8 * rounding
                && max(leap, unevenness) <= 6e-3 * size)
    }

    /// By how much the computed derivative is off; nil where it can't be measured.
    /// - Parameters:
    ///   - norm: that of the whole tensor's gradient, which single coordinates are rounded against.
    ///   - noise: of the loss.
    func error(
        _ range: Range<Int>, _ norm: Double, _ noise: Double, tolerance: Double, along direction: (Int) -> Float
    ) -> Double? {
        let computed = range.reduce(0.0) { $0 + Double(gradients.floats[$1]) * Double(direction($1)) }
        var doubted: Double?
        // A shorter step meets fewer kinks, and more rounding; a large loss, as of targets in the hundreds, needs a
        // longer one.
        for step: Float in [1e-2, 3e-3, 3e-2, 1e-3, 1e-1, 3e-4, 3e-1, 1] {
            let rounding = noise / Double(step)
            let measurement = measure(step, computed, rounding, range, direction)
            let size = max(abs(measurement.derivative), abs(computed))
            guard measurement.isSmooth, size > 1e-6 * norm, 3 * rounding <= 1e-3 * size else { continue }
            let error = abs(measurement.derivative - computed) / size
            if error <= tolerance { return error }
            if let doubted, abs(doubted - measurement.derivative) <= 2e-3 * size { return error }
            doubted = measurement.derivative
        }
        return nil
    }
}
