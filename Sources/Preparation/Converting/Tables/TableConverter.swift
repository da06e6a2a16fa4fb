import Batches
internal import HDF5
internal import Recipes

/// Converts a table of text: CSV, TSV and the like (RFC 4180), gzipped too.
///
/// It is read twice: first to learn what each column holds, then to write. Columns of numbers become the matrix
/// `inputs` (rows, columns) with the attribute `column_names`. A column of texts becomes codes, by the sorted order of
/// its texts, which are kept: for an input in the attribute `categories:NAME`, for the target in `class_names`. What is
/// missing is NaN, or -1 among the codes of targets. The attribute `recipe` declares what training makes of the columns:
/// see `Recipe`.
///
/// The inputs are uint8 where all are whole numbers from 0 to 255, float64 where they are whole numbers beyond 2^24
/// (which float32 would round), and else float32. Targets of codes or whole numbers are int32 (int64 where need be),
/// others float32; one target column gives (rows), several give (rows, columns).
package struct TableConverter: Converter {
    package let path: String
    package let options: TableOptions

    package init(_ path: String, options: TableOptions = TableOptions()) {
        self.path = path
        self.options = options
    }

    package func convert(
        to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        let source = try Inflate.open(path)
        let form = try TableForm(source, options)
        let (inputs, targets) = try chooseColumns(form, source)
        let kept = try keptColumns(form, source)
        var passes = 2
        let profile = try profile(source, form, inputs, targets + kept) { pass, bytes, rows in
            passes = max(passes, pass + 1)
            progress(
                PreparationProgress(done: (pass - 1) * source.count + bytes, total: passes * source.count, rows: rows))
        }
        try checkMissing(profile, form)
        guard profile.rows > 0 else {
            throw DataError(
                profile.skippedRows > 0
                    ? "\(path): each of its \(profile.skippedRows) rows has a missing value; say --missing mean or "
                        + "--missing VALUE, or --drop the columns that lack most"
                    : "\(path) has no rows" + (form.hasHeader ? " below its header" : ""))
        }
        let plan = try TablePlan(profile, inputs: inputs, targets: targets, kept: kept, form, options, source)
        var report = ConversionReport()
        report.notes = notes(form, inputs + targets + kept, targets, profile) + plan.notes
        report.warnings = plan.warnings
        if options.like != nil {
            let used = Set(inputs + targets)
            report.leftOut = form.names.indices.filter { !used.contains($0) }.map { form.names[$0] }
        }
        try DatasetFile.write(target.file) { file in
            let writer = try TableWriter(file, target, plan, form, rows: profile.rows)
            try writer.write(source, skipsMissing: options.missing == .skip) { bytes, rows in
                progress(
                    PreparationProgress(
                        done: (passes - 1) * source.count + bytes, total: passes * source.count, rows: rows))
            }
            report.datasets = writer.written
        }
        return report
    }

    private func chooseColumns(_ form: TableForm, _ source: ByteSource) throws -> (inputs: [Int], targets: [Int]) {
        if let like = options.like { return try columns(like: like, form) }
        let dropped = try Set(options.dropped.map { try form.column($0, "--drop", source) })
        // A row index is no feature, unless it is asked for.
        let categorical = try options.categorical.map { try form.column($0, "--categorical", source) }
        if let index = categorical.first(where: dropped.contains) {
            throw DataError("column '\(form.names[index])' is named by --categorical and by --drop")
        }
        let beside = try Set(keptColumns(form, source))
        let chosen = try Set(options.targets.map { try form.column($0, "--target", source) })
        let named = chosen.union(categorical)
        for (option, others) in [("--drop", dropped), ("--target", chosen)] {
            if let index = beside.first(where: others.contains) {
                throw DataError("column '\(form.names[index])' is named by --keep and by \(option)")
            }
        }
        let kept = form.names.indices.filter {
            !dropped.contains($0) && !beside.contains($0) && (!form.index.contains($0) || named.contains($0))
        }
        var targets: [Int] = []
        if options.hasTargets {
            for selector in options.targets {
                let index = try form.column(selector, "--target", source)
                guard !dropped.contains(index) else {
                    throw DataError("column '\(form.names[index])' is named by --target and by --drop")
                }
                if !targets.contains(index) { targets.append(index) }
            }
            if options.targets.isEmpty, let last = kept.last { targets = [last] }
        }
        let targeted = Set(targets)
        let wanted = try options.inputs.map { try Set($0.map { try form.column($0, "inputs", source) }) }
        let inputs = (wanted.map { wanted in form.names.indices.filter(wanted.contains) } ?? kept)
            .filter { !targeted.contains($0) }
        guard !inputs.isEmpty else {
            throw DataError(
                "\(path) has \(form.names.count == 1 ? "one column only" : "no column left for inputs"); a dataset "
                    + "needs inputs beside the targets"
                    + (form.names.count == 1 ? "; give the right --delimiter, or say --no-targets" : ""))
        }
        return (inputs, targets)
    }

    /// The columns that become datasets of their own.
    private func keptColumns(_ form: TableForm, _ source: ByteSource) throws -> [Int] {
        var columns: [Int] = []
        for selector in options.kept {
            let index = try form.column(selector, "--keep", source)
            let name = form.names[index]
            guard !["inputs", "targets", ".", ".."].contains(name), !name.contains("/"), !name.utf8.contains(0) else {
                throw DataError(
                    "\(path): column '\(name)' can't be kept by that name, which no dataset beside inputs and targets may have; "
                        + "give it another one in the file")
            }
            if !columns.contains(index) { columns.append(index) }
        }
        return columns
    }

    /// The columns that another table names, in its order, as far as they are there.
    private func columns(like: LikeTable, _ form: TableForm) throws -> (inputs: [Int], targets: [Int]) {
        let places = Dictionary(form.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let inputs = like.inputs.names.compactMap { places[$0] }
        guard !inputs.isEmpty else {
            throw DataError(
                "\(path) has none of the columns of \(like.place): \(RecipeMapping.list(like.inputs.names)); its columns are "
                    + RecipeMapping.list(form.names))
        }
        let targets = options.hasTargets ? like.targets?.names ?? [] : []
        // Rows to be predicted come without.
        guard targets.allSatisfy({ places[$0] != nil }) else { return (inputs, []) }
        return (inputs, targets.compactMap { places[$0] })
    }

    private func profile(
        _ source: ByteSource, _ form: TableForm, _ inputs: [Int], _ targets: [Int],
        progress: (_ pass: Int, _ bytes: Int, _ rows: Int) -> Void
    ) throws -> TableProfile {
        var columns = [TableProfile.Column](repeating: TableProfile.Column(), count: form.names.count)
        for index in columns.indices { columns[index].isUsed = false }
        let used = inputs + targets
        for index in used { columns[index].isUsed = true }
        for index in targets { columns[index].isTarget = true }
        for selector in options.categorical {
            columns[try form.column(selector, "--categorical", source)].isNamed = true
        }
        for index in used where options.like?.column(form.names[index])?.kind == .category {
            columns[index].isNamed = true
        }
        let skips = options.missing == .skip
        let first = try TableProfile(source, form, columns, skipsMissing: skips) { progress(1, $0, $1) }
        // Where a column has texts, its numbers are names as well, which were not collected.
        let mixed = used.filter { index in
            let column = first.columns[index]
            return column.texts > 0 && column.numbers > 0 && !column.isNamed && column.numbers < 9 * column.texts
                && options.like == nil
        }
        guard !mixed.isEmpty else { return first }
        for index in mixed { columns[index].isNamed = true }
        return try TableProfile(source, form, columns, skipsMissing: skips) { progress(2, $0, $1) }
    }

    private func checkMissing(_ profile: TableProfile, _ form: TableForm) throws {
        guard profile.missing > 0, options.missing == .refuse, options.like == nil else { return }
        func place(_ place: (line: Int, column: Int)) -> String {
            "line \(place.line), column '\(form.names[place.column])'"
        }
        let places = profile.missingPlaces.map(place)
        let several = profile.missing > places.count ? "first in " : "in "
        throw DataError(
            "\(path): \(profile.missing == 1 ? "1 value is" : "\(profile.missing) values are") missing, "
                + "\(several)\(places.joined(separator: "; ")); say --missing skip to leave such rows out, "
                + "--missing mean or --missing VALUE to fill them, or --drop a column")
    }

    private func notes(_ form: TableForm, _ used: [Int], _ targets: [Int], _ profile: TableProfile) -> [String] {
        var notes: [String] = []
        if options.hasHeader == nil {
            notes.append(
                form.hasHeader
                    ? "the first line names the columns (--no-header if it is data)"
                    : "the first line is data, the columns have no names (--header if it names them)")
        }
        if let like = options.like {
            let left = form.names.indices.filter { !used.contains($0) }.map { form.names[$0] }
            if !left.isEmpty {
                notes.append(
                    "left out, since \(like.place) does not name \(left.count == 1 ? "it" : "them"): \(RecipeMapping.list(left))"
                )
            }
        }
        for index in form.index
        where options.like == nil && !used.contains(index) && !options.dropped.contains(form.names[index]) {
            let column =
                form.names[index] == String(index)
                ? "column \(index) has no name: it was taken for a row index"
                : "column '\(form.names[index])' is a row index that pandas wrote: it was taken for one"
            notes.append("\(column) and left out (give it a name in the file to use it)")
        }
        for selector in options.kept {
            notes.append("column '\(selector)' is no input, and stands in a dataset of its own")
        }
        if options.like == nil, options.hasTargets, options.targets.isEmpty, let target = targets.first {
            notes.append("the target is '\(form.names[target])', the last column (--target names another)")
        }
        if profile.skippedRows > 0 {
            notes.append(
                profile.skippedRows == 1
                    ? "1 row with missing values was left out"
                    : "\(profile.skippedRows) rows with missing values were left out")
        } else if profile.missing > 0 {
            notes.append(
                "\(profile.missing == 1 ? "1 missing value stays" : "\(profile.missing) missing values stay") missing in the "
                    + "file; in training \(filling)")
        }
        let lacking = targets.map { profile.rows - profile.columns[$0].numbers - profile.columns[$0].texts }.max() ?? 0
        if lacking > 0 {
            notes.append(
                "\(lacking == 1 ? "1 row has" : "\(lacking) rows have") no target: training leaves "
                    + "\(lacking == 1 ? "it" : "them") out, predict answers for \(lacking == 1 ? "it" : "them")")
        }
        return notes
    }

    /// What becomes of missing values in training.
    private var filling: String {
        switch options.missing {
        case .refuse, .skip: "they become what \(options.like?.place ?? "the recipe") says"
        case .mean: "numbers become the mean of the rows that are trained on, texts the most frequent one"
        case .median: "numbers become the median of the rows that are trained on, texts the most frequent one"
        case .indicator:
            "numbers become the mean of the rows that are trained on, beside a feature that tells so, texts a category of "
                + "their own"
        case .value(let text): "they become \(text)"
        }
    }
}
