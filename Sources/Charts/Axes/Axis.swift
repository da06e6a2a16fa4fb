/// What is measured along one side of a chart.
package struct Axis: Hashable, Sendable {
    package enum Quantity: Hashable, Sendable {
        case number
        /// Whole numbers, as of epochs: no tick stands between them.
        case count
        /// Seconds, shown in that one of ms, s, min, h and days which suits the largest.
        case seconds
    }

    package var label: String
    package var quantity: Quantity
    package var isLogarithmic: Bool
    /// What a value can be at all, as 0 to 1 of a share: an axis that ends at a tick ends here instead, where none lies beyond.
    package var range: ClosedRange<Double>?

    package init(
        _ label: String, _ quantity: Quantity = .number, isLogarithmic: Bool = false,
        range: ClosedRange<Double>? = nil
    ) {
        self.label = label
        self.quantity = quantity
        self.isLogarithmic = isLogarithmic
        self.range = range
    }

    /// An axis of a share of a whole.
    package static func share(_ label: String) -> Axis { Axis(label, range: 0...1) }

    /// The unit of an axis of seconds, and how many of it a second is.
    static func timeUnit(_ largest: Double) -> (name: String, perSecond: Double) {
        switch abs(largest) {
        case ..<0.5: ("ms", 1000)
        case ..<150: ("s", 1)
        case ..<9000: ("min", 1.0 / 60)
        case ..<172_800: ("h", 1.0 / 3600)
        default: ("days", 1.0 / 86_400)
        }
    }
}
