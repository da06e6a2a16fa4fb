/// A part of a report: one file in `Sections`, and one line in `ReportSections`.
package protocol ReportSection: Sendable {
    /// The heading, such as `Learning curves`.
    var title: String { get }
    /// The name by which the page links to it: lower-case letters and hyphens.
    var anchor: String { get }
    /// What stands below the heading, as HTML; headings in it begin with `h3`. All text in it must be escaped (`Markup`).
    /// - Returns: nil where the run lacks what it is made of.
    /// - Throws: what reading that throws; the report then says so in the section's place.
    func html(_ source: ReportSource) throws -> String?
}

/// All sections in the order in which a report has them.
package enum ReportSections {
    package static let all: [any ReportSection] = [
        SummarySection(), FoldsSection(), GivenRowsSection(), CurvesSection(), NetworkSection(), FiguresSection(),
        ConfusionSection(), ClassesSection(), ThresholdsSection(), CalibrationSection(), ResidualsSection(),
        MistakesSection(), GradientsSection(), WarningsSection(), TimingSection(), DataSection(), ConfigSection(),
    ]
}
