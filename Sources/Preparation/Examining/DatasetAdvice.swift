import Foundation
internal import HDF5
internal import Kernels

/// What to do about what an examination found.
enum DatasetAdvice {
    private static let largeChunk = 8 << 20
    private static let largeDataset = 1 << 30

    static func sentences(for report: DatasetReport) -> [String] {
        storage(report) + values(report) + labels(report)
    }

    private static func storage(_ report: DatasetReport) -> [String] {
        guard let memoryBytes = report.memoryBytes, report.rows > 1 else { return [] }
        let rowBytes = memoryBytes / report.rows
        let wanted = DatasetFile.chunkRows(rowBytes: rowBytes, rows: report.rows)
        var sentences: [String] = []
        if case .chunked(let chunk) = report.layout {
            let bytes = chunk.reduce(report.type.size) { $0.multipliedReportingOverflow(by: $1).partialValue }
            if zip(chunk.dropFirst(), report.shape.dropFirst()).contains(where: { $0 < $1 }) {
                sentences.append(
                    "chunks cut rows (\(Shape(chunk)) of \(Shape(report.shape))): reading one row takes several; "
                        + "rechunk to whole rows, about \(wanted) a chunk")
            } else if chunk.first == 1, wanted > 1 {
                sentences.append("chunks of one row: rechunk to about \(wanted) rows")
            } else if bytes > largeChunk, wanted < chunk.first ?? 0 {
                sentences.append(
                    "chunks of \(bytes >> 20) MiB: a row costs as much as all \(chunk.first ?? 0) of its chunk; "
                        + "rechunk to about \(wanted) rows")
            }
        }
        if case .float64 = report.type, report.values?.fitsSingle == true, report.count > 1 {
            sentences.append("float64 holds nothing here that float32 would not: half of the size is enough")
        }
        if report.filters.isEmpty, memoryBytes >= largeDataset {
            sentences.append("stored as it is: stormo data rechunk --gzip may make the file smaller")
        }
        return sentences
    }

    private static func values(_ report: DatasetReport) -> [String] {
        guard let values = report.values else { return [] }
        var sentences: [String] = []
        func tell(_ found: DatasetReport.Irregular?, _ one: String, _ many: String) {
            guard let found else { return }
            let what = found.count == 1 ? "1 value is \(one)" : "\(found.count) values are \(many)"
            sentences.append("\(what), the first in row \(found.firstRow): remove or fill such rows before training")
        }
        // In a table it marks what is missing, and the recipe says what becomes of it.
        if report.recipe == nil { tell(values.nan, "NaN", "NaN") }
        tell(values.infinite, "infinite", "infinite")
        if report.shape.count == 2, !values.constant.isEmpty {
            let names = values.constant.prefix(10).map { report.featureName($0) }
            let more = values.constant.count > 10 ? " and \(values.constant.count - 10) more" : ""
            sentences.append(
                "\(values.constant.count == 1 ? "feature" : "features") \(names.joined(separator: ", "))\(more) "
                    + "never \(values.constant.count == 1 ? "changes" : "change"), and can be left out")
        }
        if let sentence = scale(report, values) { sentences.append(sentence) }
        return sentences
    }

    /// Of inputs alone: targets are not normalised.
    private static func scale(_ report: DatasetReport, _ values: DatasetReport.Values) -> String? {
        guard report.shape.count >= 2, !["targets", "labels", "y"].contains(report.name), let all = values.all else {
            return nil
        }
        let largest = max(abs(all.minimum), abs(all.maximum))
        let range = "the values reach from \(text(all.minimum)) to \(text(all.maximum))"
        switch report.type {
        case .uint8 where largest > 20:
            return "\(range): let the config say \"normalize\": \"scale\""
        case .float16, .float32, .float64:
            let deviations = values.features.compactMap { $0?.deviation }.filter { $0 > 0 }
            if let least = deviations.min(), let most = deviations.max(), most > 100 * least {
                return "the features differ in scale (deviations from \(text(least)) to \(text(most))): "
                    + "let the config say \"normalize\": \"standardize\""
            }
            guard largest > 20 || (all.maximum > all.minimum && largest < 0.01) else { return nil }
            return "\(range), far from 1: let the config say \"normalize\": \"standardize\""
        default: return nil
        }
    }

    private static func labels(_ report: DatasetReport) -> [String] {
        guard report.holdsClasses, let labels = report.labels, labels.values.count > 1,
            2 * labels.values.count <= labels.rows
        else {
            return []
        }
        var sentences: [String] = []
        if labels.isGrouped {
            sentences.append(
                "the labels are \(labels.isSorted ? "sorted" : "grouped by class"): a split by position or a small "
                    + "shuffle window would see few classes; keep \"shuffle\" on, and split by stormo data split")
        }
        if labels.imbalance > 10, let most = labels.counts.max(), let least = labels.counts.min(),
            let mostIndex = labels.counts.firstIndex(of: most), let leastIndex = labels.counts.firstIndex(of: least)
        {
            sentences.append(
                "class \(report.labelName(labels.values[mostIndex])) is \(text(labels.imbalance.rounded())) times as "
                    + "frequent as class \(report.labelName(labels.values[leastIndex])): let the config say "
                    + "data.class_weight \"balanced\"")
        }
        return sentences
    }

    private static func text(_ value: Double) -> String { String(format: "%.4g", value) }
}

extension DatasetReport {
    fileprivate var count: Int { shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue } }
}
