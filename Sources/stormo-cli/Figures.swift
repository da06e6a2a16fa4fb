import Batches
import Engine
import Foundation
import Kernels
import Network

/// Numbers as people read them.
enum Figures {
    /// `1,258`.
    static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (value < 0 ? "-" : "") + grouped
    }

    /// `1,258 samples`, `1 sample`.
    static func count(_ value: Int, _ noun: String) -> String { "\(count(value)) \(noun)\(value == 1 ? "" : "s")" }

    /// `650 parameters`, or where not all are trained `650 parameters (130 trained, 520 frozen)`.
    static func parameters(_ layout: ParameterLayout) -> String {
        let total = count(layout.parameterCount, "parameter")
        guard layout.trainedCount < layout.parameterCount else { return total }
        let parts = ParameterRole.allCases.map { (layout.parameterCount($0), $0.rawValue) }
        return total + " (" + parts.filter { $0.0 > 0 }.map { "\(count($0.0)) \($0.1)" }.joined(separator: ", ") + ")"
    }

    /// A loss or a metric with four decimals, or with four digits where those would show nothing; `n/a` for NaN.
    static func figure(_ value: Double) -> String {
        let size = abs(value)
        return switch size {
        case _ where value.isNaN: "n/a"
        case 0: "0.0000"
        case ..<0.001, 1e7...: String(format: "%.3e", value)
        case 1000...: String(format: "%.1f", value)
        default: String(format: "%.4f", value)
        }
    }

    /// `823`, `9.1k`, `112k`, `1.3M`: three digits at most.
    static func short(_ value: Double) -> String {
        var value = value
        var unit = 0
        let units = ["", "k", "M", "G", "T"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return String(format: value < 9.95 && unit > 0 ? "%.1f" : "%.0f", value) + units[unit]
    }

    /// `640 B`, `78.6 KiB`, `1.2 GiB`.
    static func bytes(_ count: Int) -> String {
        if count < 1024 { return "\(count) B" }
        var value = Double(count)
        var unit = -1
        let units = ["KiB", "MiB", "GiB", "TiB"]
        repeat {
            value /= 1024
            unit += 1
        } while value >= 1023.95 && unit < units.count - 1
        return String(format: "%.1f", value) + " " + units[unit]
    }

    /// `0:07`, `12:34`, `1:02:03`.
    static func time(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let whole = Int(max(seconds, 0).rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }
}

/// Shapes of what a model takes and gives.
extension Figures {
    /// `28×28×1`; of several `image 28×28×1, age 1`.
    static func shapes(_ shapes: [(name: String, shape: Shape)]) -> String {
        if shapes.count == 1 { return shapes[0].shape.rank == 0 ? "" : "\(shapes[0].shape)" }
        return shapes.map { "\($0.name) \($0.shape.rank == 0 ? [1] : $0.shape)" }.joined(separator: ", ")
    }

    static func shapes(of data: Dataset) -> String {
        let inputs = data.fields(.input)
        return inputs.count == 1
            ? "\(inputs[0].field.rowShape)" : shapes(inputs.map { ($0.name ?? "", $0.field.rowShape) })
    }

    static func shapes(of objective: Objective) -> String { shapes(objective.outputs.map { ($0.name, $0.shape) }) }
}
