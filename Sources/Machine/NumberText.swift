import Foundation

/// Numbers in messages.
package enum NumberText {
    /// In as few digits as say it, without a needless `.0`: `-9999`, `9.96921e+36`, `0.5`.
    package static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(Float(value))"
    }

    /// In two digits: `0.0012`, `1.5e+08`.
    package static func rough(_ value: Double) -> String { String(format: "%.2g", value) }
}
