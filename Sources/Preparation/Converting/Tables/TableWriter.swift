import Batches
internal import HDF5
internal import Recipes

/// Reads a table for the last time and writes its rows.
struct TableWriter {
    private let plan: TablePlan
    private let form: TableForm
    private let inputs: RowWriter
    private let targets: RowWriter?
    /// Of the columns that stand by themselves.
    private let kept: [RowWriter]
    /// On which line each row begins.
    private let lines: RowWriter?
    /// Which row of the table each row is, where some are left out.
    private let numbers: RowWriter?
    /// Whether rows in which a value is missing are left out.
    private let skipsMissing: Bool

    /// What is in the file.
    var written: [ConversionReport.Written] {
        var written = [described(ConversionReport.Written(inputs.dataset), plan.inputs, form.declared)]
        if let targets {
            written.append(
                described(ConversionReport.Written(targets.dataset, classNames: classNames), plan.targets))
        }
        for (writer, column) in zip(kept, plan.kept) {
            written.append(described(ConversionReport.Written(writer.dataset), [column]))
        }
        return written
    }

    private func described(
        _ written: ConversionReport.Written, _ columns: [TablePlan.Column], _ form: Recipe.Form? = nil
    ) -> ConversionReport.Written {
        var written = written
        written.recipe = TablePlan.recipe(columns, form: form)
        return written
    }

    private var classNames: [String]? { plan.targets.count == 1 ? plan.targets[0].categories : nil }

    init(
        _ file: HDF5File, _ target: ConversionTarget, _ plan: TablePlan, _ form: TableForm, rows: Int,
        skipsMissing: Bool
    ) throws {
        (self.plan, self.form, self.skipsMissing) = (plan, form, skipsMissing)
        let group = target.path(split: nil)
        inputs = try RowWriter(
            file, group + "/inputs", plan.inputType, rowShape: [plan.inputs.count], rows: rows, storage: target.storage)
        if plan.targets.isEmpty {
            targets = nil
        } else {
            targets = try RowWriter(
                file, group + "/targets", plan.targetType,
                rowShape: plan.targets.count == 1 ? [] : [plan.targets.count], rows: rows, storage: target.storage)
        }
        kept = try zip(plan.kept, plan.keptTypes).map { column, type in
            try RowWriter(file, group + "/" + column.name, type, rowShape: [], rows: rows, storage: target.storage)
        }
        for (writer, column) in zip(kept, plan.kept) {
            try writer.dataset.attributes.set(
                Recipe.attribute, TablePlan.recipe([column]).node.jsonText(pretty: false))
        }
        func counts(_ path: String) throws -> RowWriter {
            try RowWriter(file, group + path, .int64, rowShape: [], rows: rows, storage: target.storage)
        }
        lines = target.keepsLines ? try counts(TableSource.linesPath) : nil
        numbers = target.keepsLines && skipsMissing ? try counts(TableSource.rowsPath) : nil
        try describe(inputs.dataset, plan.inputs, form.declared)
        if let targets { try describe(targets.dataset, plan.targets) }
        if let classNames { try targets?.dataset.attributes.set("class_names", classNames) }
    }

    private func describe(_ dataset: HDF5Dataset, _ columns: [TablePlan.Column], _ declared: Recipe.Form? = nil) throws
    {
        if form.hasHeader { try dataset.attributes.set("column_names", columns.map(\.name)) }
        for column in columns where classNames == nil || dataset.path != targets?.dataset.path {
            if let categories = column.categories {
                try dataset.attributes.set("categories:\(column.name)", categories)
            }
        }
        try dataset.attributes.set(
            Recipe.attribute, TablePlan.recipe(columns, form: declared).node.jsonText(pretty: false))
    }

    func write(_ source: ByteSource, progress: (_ bytes: Int, _ rows: Int) -> Void) throws {
        let reader = try form.reader(source)
        if form.hasHeader { _ = try reader.next() }
        let width = form.names.count
        let used = plan.inputs + plan.targets + plan.kept
        var keptRows = kept.map { EncodedRow($0.memoryType, 1) }
        var inputRow = EncodedRow(inputs.memoryType, plan.inputs.count)
        // Integers have no NaN; only codes are missing among them.
        let missingTarget: Double = [.float32, .float64].contains(plan.targetType) ? .nan : -1
        var targetRow = EncodedRow(targets?.memoryType ?? .float32, plan.targets.count)
        var number: Int64 = -1
        while try reader.next() {
            try TableProfile.checkWidth(reader, width, form)
            number += 1
            if skipsMissing, used.contains(where: { $0.words.contains(reader.bytes($0.index)) }) { continue }
            guard inputs.count < inputs.rows else { throw changed(source) }
            // By address: a column that is handed on is not copied.
            try plan.inputs.withUnsafeBufferPointer { columns in
                for position in columns.indices {
                    inputRow.set(position, try value(columns[position], reader, source, missing: .nan))
                }
            }
            try inputRow.bytes.withUnsafeBytes { try inputs.append($0) }
            if let targets {
                for position in plan.targets.indices {
                    targetRow.set(position, try value(plan.targets[position], reader, source, missing: missingTarget))
                }
                try targetRow.bytes.withUnsafeBytes { try targets.append($0) }
            }
            for (index, column) in plan.kept.enumerated() {
                let missing: Double = [.float32, .float64].contains(plan.keptTypes[index]) ? .nan : -1
                keptRows[index].set(0, try value(column, reader, source, missing: missing))
                try keptRows[index].bytes.withUnsafeBytes { try kept[index].append($0) }
            }
            if let lines { try lines.append([Int64(reader.line)]) }
            if let numbers { try numbers.append([number]) }
            if inputs.count & 0xFFF == 0 { progress(reader.position, inputs.count) }
        }
        guard inputs.count == inputs.rows else { throw changed(source) }
        try inputs.finish()
        try targets?.finish()
        for writer in kept { try writer.finish() }
        try lines?.finish()
        try numbers?.finish()
        progress(source.count, inputs.count)
    }

    @inline(__always)
    private func value(
        _ column: TablePlan.Column, _ reader: RecordReader, _ source: ByteSource, missing: Double
    ) throws -> Double {
        guard let value = column.value(reader.bytes(column.index), point: form.point, missing: missing) else {
            throw changed(source)
        }
        return value
    }

    private func changed(_ source: ByteSource) -> DataError {
        DataError("\(source.name) has changed while it was read; convert it again")
    }
}
