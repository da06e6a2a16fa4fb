/// Fields of comma-separated values, by RFC 4180.
package enum CSVText {
    /// A text as a field: in quotes where it holds a comma, a quote or a line break, a quote within it doubled. An empty text
    /// stands in quotes, by which it is told from what is missing.
    package static func field(_ text: String) -> String {
        guard text.isEmpty || text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
