import Charts
import Files

/// The config with everything written out, and the command that repeats the run.
struct ConfigSection: ReportSection {
    let title = "Config"
    let anchor = "config"

    func html(_ source: ReportSource) throws -> String? {
        guard let configuration = source.configuration else { return nil }
        var parts: [String] = []
        if source.state != nil, source.fold == nil {
            parts.append(ReportHTML.paragraph("This command repeats the run:"))
            parts.append(
                ReportHTML.preformatted("stormo train \(ShellWord.quoted("\(source.path)/config.json"))", label: "Command"))
        }
        parts.append(
            "<details><summary>The config with all defaults</summary>\n"
                + ReportHTML.preformatted(configuration.jsonText(), label: "Config") + "\n</details>")
        return parts.joined(separator: "\n")
    }
}
