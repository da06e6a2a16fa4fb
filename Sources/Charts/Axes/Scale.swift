import Foundation

/// The way from values to pixels along one axis, with ticks.
struct Scale: Sendable {
    let axis: Axis
    let low, high: Double
    /// Pixels; for the vertical axis the lower end lies at the greater one.
    var from = 0.0
    var to = 1.0
    private let unit: (name: String, perSecond: Double)?

    /// Numbers beyond this overflow in differences, and are treated as no numbers.
    static let limit = 1e300

    static func isDrawable(_ value: Double, _ axis: Axis) -> Bool {
        abs(value) <= limit && (!axis.isLogarithmic || value >= 1 / limit)
    }

    /// - Parameters:
    ///   - values: what is to lie on the axis; those that can't are left aside.
    ///   - most: ticks; where it is given, the axis ends at ticks, else with the values.
    init(_ axis: Axis, _ values: some Sequence<Double>, endingAtTicks most: Int? = nil) {
        self.axis = axis
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values where Self.isDrawable(value, axis) { (low, high) = (min(low, value), max(high, value)) }
        if low > high { (low, high) = axis.isLogarithmic ? (0.1, 1) : (0, 1) }
        let (least, greatest) = (low, high)
        // Values that differ in their last bits, or less than powers of ten are exact, are one value.
        if high - low <= max(abs(low), abs(high)) * 1e-12 || !axis.isLogarithmic && high - low < 1e-290 {
            if axis.isLogarithmic {
                (low, high) = (low / 2, high * 2)
            } else {
                let reach = axis.quantity == .count || abs(low) < 1e-280 ? 1 : abs(low) * 0.1
                (low, high) = (low - reach, high + reach)
            }
        }
        if let most, !axis.isLogarithmic {
            let step = Ticks.step(high - low, most: most, isWhole: axis.quantity == .count)
            let (down, up) = ((low / step + 1e-9).rounded(.down) * step, (high / step - 1e-9).rounded(.up) * step)
            // Sums as large as these steps may lose them.
            if down <= low, up >= high { (low, high) = (down, up) }
        }
        if let range = axis.range {
            (low, high) = (max(low, min(range.lowerBound, least)), min(high, max(range.upperBound, greatest)))
        }
        (self.low, self.high) = (low, high)
        unit = axis.quantity == .seconds ? Axis.timeUnit(max(abs(low), abs(high))) : nil
    }

    func callAsFunction(_ value: Double) -> Double {
        let share =
            axis.isLogarithmic
            ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
        return from + share * (to - from)
    }

    /// At most so many ticks, with their labels.
    func ticks(most: Int) -> [(value: Double, label: String)] {
        if axis.isLogarithmic {
            let ticks = Ticks.logarithmic(low, high, most: most)
            return Array(zip(ticks, AxisText.logarithmicLabels(ticks)))
        }
        let perSecond = unit?.perSecond ?? 1
        let ticks = Ticks.linear(low * perSecond, high * perSecond, most: most, isWhole: axis.quantity == .count)
        return Array(zip(ticks.map { $0 / perSecond }, AxisText.labels(ticks)))
    }

    /// The axis's name with its unit: `time (min)`.
    var title: String { unit.map { "\(axis.label) (\($0.name))" } ?? axis.label }
}
