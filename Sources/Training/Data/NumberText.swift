/// Numbers in messages.
enum NumberText {
    /// In as few digits as say it, without a needless `.0`: `-9999`, `9.96921e+36`, `0.5`.
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(Float(value))"
    }
}
