import Foundation

/// Numbers as axes and tables show them.
package enum AxisText {
    /// Labels of an axis's ticks, all with as many digits as tell them apart: `0`, `0.5`, `1.0` are `0.0`, `0.5`, `1.0`;
    /// thousands have commas, and what would need many digits has a power of ten (`2e-05` is `2e-5`).
    package static func labels(_ ticks: [Double]) -> [String] {
        guard let largest = ticks.map(abs).max(), largest > 0 else { return ticks.map { _ in "0" } }
        let step = zip(ticks.dropFirst(), ticks).map { abs($0 - $1) }.filter { $0 > 0 }.min() ?? 0
        // The place of the last digit that matters.
        let place = step > 0 ? lastPlace(step, largest) : lastPlace(largest, largest)
        if largest < 1e6, place >= -5 {
            let decimals = max(0, -place)
            return ticks.map { grouped(String(format: "%.*f", decimals, $0 == 0 ? 0 : $0)) }
        }
        return ticks.map { tick in
            guard tick != 0 else { return "0" }
            let digits = min(max(Int(floor(log10(abs(tick)) + 1e-9)) - place, 0), 16)
            return scientific(String(format: "%.*e", digits, tick))
        }
    }

    /// The power of ten of the last digit of a number that isn't zero, at most nine places behind the largest's first.
    private static func lastPlace(_ value: Double, _ largest: Double) -> Int {
        let first = Int(floor(log10(value) + 1e-9))
        let lowest = Int(floor(log10(largest) + 1e-9)) - 12
        var place = first
        while place > lowest, place > first - 3 {
            let scaled = value / pow(10, Double(place))
            if abs(scaled - scaled.rounded()) < 1e-6 * scaled { break }
            place -= 1
        }
        return max(place, lowest)
    }

    /// Labels of a logarithmic axis, each with the digits that it needs itself.
    package static func logarithmicLabels(_ ticks: [Double]) -> [String] { ticks.map { value($0, digits: 6) } }

    /// A number with so many digits at most: `0.0123`, `1,258`, `1.2e-7`; `not a number`, `∞`, `−∞` for what is none.
    package static func value(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "−∞" : "∞" }
        if value == value.rounded(), abs(value) < 1e6 { return grouped(String(format: "%.0f", value == 0 ? 0 : value)) }
        let text = String(format: "%.*g", digits, value)
        return text.contains("e") ? scientific(text) : grouped(text)
    }

    /// `2e-05` as `2e-5`, `1e+07` as `1e7`, `1.50e+07` as it is but for that.
    private static func scientific(_ text: String) -> String {
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        return "\(parts[0])e\(exponent)"
    }

    /// With commas between thousands.
    private static func grouped(_ text: String) -> String {
        let sign = text.hasPrefix("-") ? "-" : ""
        let parts = text.dropFirst(sign.count).split(separator: ".", maxSplits: 1)
        let whole = Array(parts.first ?? "0")
        guard whole.count > 3 else { return text }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return sign + result + (parts.count > 1 ? "." + parts[1] : "")
    }
}
