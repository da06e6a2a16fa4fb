import Kernels
public import Network

/// Compares a model's gradients with central differences of its own loss, parameter by parameter.
///
/// For each parameter the derivative is measured along the gradient itself, where the signal is strongest, and along
/// some single coordinates: (L(p + h·u) - L(p - h·u)) / 2h for h and h/2, joined by Richardson's extrapolation. Where
/// the two disagree, or the slopes on both sides do not approach each other as h shrinks, a kink lies in between
/// (relu, max pooling), and the place is passed over. Losses are computed in single precision, so what lies below
/// their rounding is passed over too.
public struct GradientCheck: Sendable {
    public struct Row: Sendable, Equatable {
        /// `dense/kernel`.
        public let parameter: String
        /// The largest │measured - computed│ / max(│measured│, │computed│); nil where nothing could be measured.
        public let worst: Double?
        /// The derivatives that were compared, and those that were passed over.
        public let compared: Int
        public let passedOver: Int
    }
    public let rows: [Row]
    public let samples: Int

    /// The error above which a gradient is taken to be wrong: single precision stays below 1e-3 on most models, a
    /// wrong formula is off by tens of per cent.
    public static let tolerance = 2e-2

    public var passes: Bool { rows.allSatisfy { ($0.worst ?? 0) <= Self.tolerance } }

    /// - Parameters:
    ///   - count: how many rows of the data, from the first, make up the loss.
    /// - Throws: `DataError` for data that do not fit, `KernelError`.
    public init(
        _ objective: Objective, on data: Dataset, preprocessing: Preprocessing, seed: UInt64, samples count: Int = 8
    ) throws {
        try data.check(against: objective)
        guard data.targets != nil else { throw DataError("\(data.inputsPlace) has no targets to measure against") }
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: seed)
        let head = try data.head(max(count, 1))
        guard let pool = Pool(head) else { preconditionFailure("a head is in memory") }
        samples = head.count
        let pass = Pass(isTraining: true, seed: seed)
        let inspection = try Inspection(
            objective, parameters: parameters, pool: pool,
            feed: try ShardFeed(objective, on: data, preprocessing: preprocessing),
            rows: (0..<Int64(samples)).map { $0 }, pass)
        let gradients = Array(UnsafeBufferPointer(start: inspection.gradients.floats, count: objective.layout.count))
        let loss = inspection.loss(pass)
        var random = Philox(seed: seed, stream: .gradientCheck)

        /// The central difference, and by how much the slopes on both sides differ.
        func measure(_ range: Range<Int>, _ direction: (Int) -> Float, step: Float) -> (slope: Double, bend: Double) {
            let saved = range.map { parameters.floats[$0] }
            func moved(_ distance: Float) -> Double {
                for (offset, index) in range.enumerated() {
                    parameters.floats[index] = saved[offset] + distance * direction(index)
                }
                return inspection.loss(pass)
            }
            let (above, below) = (moved(step), moved(-step))
            for (offset, index) in range.enumerated() { parameters.floats[index] = saved[offset] }
            return ((above - below) / Double(2 * step), (above - 2 * loss + below) / Double(step))
        }
        rows = objective.layout.entries.map { entry in
            var worst: Double?
            var (compared, passedOver) = (0, 0)
            func compare(_ computed: Double, _ range: Range<Int>, _ direction: (Int) -> Float) {
                // A shorter step meets fewer kinks, and more rounding; a large loss, as of targets in the hundreds,
                // needs a longer one.
                for step: Float in [1e-2, 2e-3, 1e-1, 1] {
                    let coarse = measure(range, direction, step: step)
                    let fine = measure(range, direction, step: step / 2)
                    let measured = (4 * fine.slope - coarse.slope) / 3
                    let size = max(abs(measured), abs(computed))
                    // A loss is rounded to 2⁻²⁴ of itself; the extrapolation magnifies that.
                    let noise = 16 * max(abs(loss), 1e-3) * 0x1p-24 / Double(step)
                    let isSmooth =
                        abs(coarse.slope - fine.slope) <= 5e-3 * size + noise
                        && abs(coarse.bend - 2 * fine.bend) <= 5e-3 * size + 4 * noise
                    guard isSmooth, noise <= 2e-3 * size else { continue }
                    compared += 1
                    worst = max(worst ?? 0, abs(measured - computed) / size)
                    return
                }
                passedOver += 1
            }
            let norm = entry.range.reduce(0.0) { $0 + Double(gradients[$1]) * Double(gradients[$1]) }.squareRoot()
            if norm > 0 { compare(norm, entry.range) { Float(Double(gradients[$0]) / norm) } }
            let largest = entry.range.sorted { abs(gradients[$0]) > abs(gradients[$1]) }.prefix(4)
            let chosen = (0..<4).map { _ in entry.offset + Int(random.next() % UInt64(entry.shape.count)) }
            for index in Set(largest + chosen).sorted() {
                compare(Double(gradients[index]), index..<index + 1) { _ in 1 }
            }
            return Row(parameter: entry.name, worst: worst, compared: compared, passedOver: passedOver)
        }
    }
}
