import Charts

/// The pieces of HTML that sections share; all take text and escape it.
enum ReportHTML {
    static func paragraph(_ text: String) -> String { "<p>\(Markup.escaped(text))</p>" }
    static func remark(_ text: String) -> String { "<p class=\"remark\">\(Markup.escaped(text))</p>" }
    static func heading(_ text: String) -> String { "<h3>\(Markup.escaped(text))</h3>" }

    /// Names with what each is; those without a value are left out.
    static func facts(_ facts: [(name: String, value: String?)]) -> String {
        let lines = facts.compactMap { name, value in
            value.map { "<dt>\(Markup.escaped(name))</dt><dd>\(Markup.escaped($0))</dd>" }
        }
        return "<dl>\(lines.joined(separator: "\n"))</dl>"
    }

    /// A table that is scrolled where it is too wide.
    /// - Parameter label: what it holds, for who can't see it.
    static func table(_ table: DataTable, label: String) -> String {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(Markup.escaped(label))\">\n"
            + HTMLTable.html(table) + "\n</div>" + (table.remark.map { "\n" + remark($0) } ?? "")
    }

    /// Text whose lines and spaces are kept.
    static func preformatted(_ text: String, label: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Markup.escaped(String($0)) }
        return "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(Markup.escaped(label))\">"
            + lines.joined(separator: "\n") + "</pre>"
    }

    static func figures(_ charts: [any Chart]) -> String {
        func html(_ chart: some Chart) -> String { ChartFigure.html(chart) }
        return charts.map { html($0) }.joined(separator: "\n")
    }
}

/// Numbers and times in words.
enum ReportText {
    /// `1 row`, `1,258 rows`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(AxisText.value(Double(count))) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `0.35 s`, `4.2 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "an unknown time" }
        if seconds < 60 { return "\(AxisText.value(seconds, digits: 2)) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 172_800 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
        return "\(whole / 86_400) days \(whole / 3600 % 24) h"
    }
}
