import Charts
import Runs

/// What the run read, and what it ran on.
struct DataSection: ReportSection {
    let title = "Data and versions"
    let anchor = "data"

    func html(_ source: ReportSource) throws -> String? {
        var parts: [String] = []
        if let record = source.record, !record.fields.isEmpty {
            let rows = record.fields.map { own in
                [
                    own.split, own.role + (own.name.map { " \($0)" } ?? ""), own.place, AxisText.value(Double(own.rows)),
                    own.shape.isEmpty ? "1" : own.shape.map(String.init).joined(separator: "×"), own.type,
                ]
            }
            parts.append(
                ReportHTML.table(DataTable(["split", "what", "from", "rows", "shape of a row", "type"], rows), label: "Data"))
        }
        let files = source.files
        if !files.isEmpty {
            let rows = files.map { own in
                [
                    own.split, own.path, own.bytes.map { AxisText.value(Double($0)) } ?? "",
                    own.checksum.map { String(format: "%08x", $0) } ?? "",
                ]
            }
            parts.append(ReportHTML.heading("Files"))
            parts.append(ReportHTML.table(DataTable(["split", "file", "bytes", "CRC-32"], rows), label: "Files"))
        }
        for (index, process) in (source.record?.processes ?? []).suffix(5).enumerated() {
            if index == 0 { parts.append(ReportHTML.heading("Processes")) }
            let machine = process.machine
            parts.append(
                ReportHTML.facts([
                    ("from", "\(SummarySection.date(process.started)) to \(SummarySection.date(process.ended))"),
                    ("command", process.command.joined(separator: " ")),
                    ("workers", "\(process.workers), shards \(process.shards)"),
                    (
                        "machine",
                        "\(machine.cpu ?? "unknown CPU"), \(ReportText.count(machine.cpus, "CPU")), "
                            + "\(AxisText.value(Double(machine.memory) / Double(1 << 30), digits: 3)) GiB"
                    ),
                    ("instructions", "\(machine.loops) in loops, \(machine.kernels) in oneDNN's kernels"),
                    (
                        "versions",
                        process.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                    ),
                ]))
        }
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
}
