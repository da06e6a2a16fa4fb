import Charts

struct SummarySection: ReportSection {
    let title = "Summary"
    let anchor = "summary"

    func html(_ source: ReportSource) throws -> String? { nil }
}
