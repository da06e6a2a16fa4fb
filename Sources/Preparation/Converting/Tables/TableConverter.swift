import Batches
internal import HDF5
internal import Recipes

/// Converts a table of text: CSV, TSV and the like (RFC 4180), gzipped too.
///
/// It is read twice: first to learn what each column holds, then to write. The columns become the matrix `inputs` (rows,
/// columns) with the attribute `column_names`: numbers in their unit, dates as days since 1970-01-01, times as fractions of
/// the day. A column of texts becomes codes, by the sorted order of its texts, which are kept: for an input in the attribute
/// `categories:NAME`, for the target in `class_names`. What is missing is NaN, or -1 among the codes of targets. What names
/// the rows is left out. The attribute `recipe` declares what training makes of the columns: see `Recipe`.
///
/// The inputs are uint8 where all are whole numbers from 0 to 255, float64 where float32 would round whole numbers or dates
/// (beyond 2^24, or with a time), and else float32. Targets of codes or whole numbers are int32 (int64 where need be),
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
        let table = try examine(source, passes: 2, progress: progress)
        var report = ConversionReport()
        report.decisions = table.decisions
        (report.notes, report.warnings) = (table.decisions.notes, table.decisions.warnings)
        try DatasetFile.write(target.file) { file in
            let writer = try TableWriter(
                file, target, table.plan, table.form, rows: table.decisions.rows,
                skipsMissing: options.missing == .skip)
            try writer.write(source) { bytes, rows in
                progress(
                    PreparationProgress(
                        done: (table.passes - 1) * source.count + bytes, total: table.passes * source.count, rows: rows)
                )
            }
            report.datasets = writer.written
        }
        return report
    }

    /// What a conversion would make of each column. Reads the table, writes nothing.
    /// - Throws: as `convert`.
    package func decisions(progress: (PreparationProgress) -> Void = { _ in }) throws -> TableDecisions {
        try examine(try Inflate.open(path), passes: 1, progress: progress).decisions
    }

    /// A table that was read once, or twice where its numbers turned out to be names.
    struct Examined {
        let form: TableForm
        let plan: TablePlan
        let decisions: TableDecisions
        let passes: Int
    }

    /// Finds out what the columns hold, and plans what becomes of them.
    func examine(
        _ source: ByteSource, passes: Int, progress: (PreparationProgress) -> Void
    ) throws -> Examined {
        let form = try TableForm(source, options)
        var columns = try chooseColumns(form, source)
        let policies = try MissingPolicies(options, form, source)
        var passes = passes
        var (profile, kinds) = try profile(source, form, columns) { pass, bytes, rows in
            passes = max(passes, pass + 1)
            progress(
                PreparationProgress(done: (pass - 1) * source.count + bytes, total: passes * source.count, rows: rows))
        }
        guard profile.rows > 0 else {
            throw DataError(
                profile.skippedRows > 0
                    ? "\(path): each of its \(profile.skippedRows) rows has a missing value (\(lacking(profile, form))), and such "
                        + "rows are left out; "
                        + (options.like == nil
                            ? "\(asker.say) \(asker.typed(.missing, "mean")) or \(asker.typed(.missing, "VALUE")), or "
                                + asker.dropping(some: "the columns that lack most")
                            : "fill them in")
                    : "\(path) has no rows" + (form.hasHeader ? " below its header" : ""))
        }
        let identifiers = columns.inputs.filter { kinds[$0]?.isIdentifier == true && !columns.asked.contains($0) }
        if identifiers.count < columns.inputs.count {
            let names = Set(identifiers)
            columns.inputs.removeAll { names.contains($0) }
            for index in identifiers {
                columns.leave(out: index, form.names[index], "identifier", kinds[index]?.remark ?? "")
            }
        } else {
            for index in identifiers {
                guard var kind = kinds[index] else { continue }
                kind.warn(
                    "column '\(form.names[index])' seems to name the rows, of which a model learns nothing for new ones: "
                        + "\(kind.remark); there is no other input")
                kinds[index] = kind
            }
        }
        try checkMissing(profile, form, columns.inputs, kinds, policies)
        let plan = try TablePlan(
            profile, inputs: columns.inputs, targets: columns.targets, kept: columns.kept, kinds: kinds, policies, form,
            options, source)
        let runNotes = noteOfSkippedRows(profile, form) + notesOfMissingClasses(plan, profile)
        let decisions = TableDecisions(
            rows: profile.rows, inputs: TablePlan.recipe(plan.inputs, form: form.declared),
            targets: TablePlan.recipe(plan.targets),
            leftOut: columns.leftOut, remarks: plan.remarks, warned: plan.warned,
            notes: notes(form, columns, identifiers, profile, policies) + policies.notes + plan.notes + runNotes,
            runNotes: plan.kindNotes + runNotes,
            warnings: (form.warning.map { [$0] } ?? []) + plan.warnings
                + (options.like == nil ? policies.unused(plan.inputs.map(\.kind)) : [])
                + identifiers.filter { !columns.inputs.contains($0) }.flatMap { kinds[$0]?.warnings ?? [] })
        return Examined(form: form, plan: plan, decisions: decisions, passes: passes)
    }

    /// Columns by their index.
    private struct Columns {
        var inputs: [Int]
        var targets: [Int]
        /// Those that become datasets of their own.
        var kept: [Int] = []
        /// Inputs that were asked for by name, and stay what they are said to be.
        var asked: Set<Int> = []
        var kinds: [Int: ColumnKind] = [:]
        /// How many of a category's texts get a feature of their own, where that is said.
        var widths: [Int: Int] = [:]
        /// The texts that stand for a missing value, where that is said.
        var marks: [Int: [String]] = [:]
        var leftOut: [TableDecisions.LeftOut] = []

        var used: [Int] { inputs + targets + kept }

        mutating func leave(out index: Int, _ name: String, _ kind: String, _ reason: String) {
            leftOut.append(TableDecisions.LeftOut(name: name, kind: kind, reason: reason))
        }
    }

    private func chooseColumns(_ form: TableForm, _ source: ByteSource) throws -> Columns {
        if let like = options.like { return try columns(like: like, form, source) }
        let wanted = try options.inputs.map { try Set($0.map { try form.column($0, .inputs, source) }) }
        let dropped = try Set(options.dropped.map { try form.column($0, .drop, source) })
        let categorical = try options.categorical.map { try form.column($0, .categorical, source) }
        if let index = categorical.first(where: dropped.contains) {
            throw twice(form.names[index], (.categorical, asker.name(.categorical)), asker.name(.drop))
        }
        var kinds = Dictionary(categorical.map { ($0, ColumnKind.category) }, uniquingKeysWith: { first, _ in first })
        var widths: [Int: Int] = [:]
        for (selector, word) in options.kinds {
            let kind = word.kind
            let index = try form.column(selector, .columns, source)
            let other =
                dropped.contains(index) && kind != .drop
                ? asker.name(.drop)
                : kinds[index].flatMap { $0 == kind ? nil : asker.name(.columns, form.names[index], $0.rawValue) }
            if let other {
                let own = asker.name(.columns, form.names[index], kind.rawValue)
                throw twice(form.names[index], (.columns, own), of: selector, other)
            }
            kinds[index] = kind
            widths[index] = word.width
        }
        let out = dropped.union(kinds.filter { $0.value.isLeftOut }.keys)
        func checkTarget(_ index: Int) throws {
            guard out.contains(index) else { return }
            let option =
                dropped.contains(index)
                ? asker.name(.drop) : asker.name(.columns, form.names[index], kinds[index]?.rawValue)
            throw twice(form.names[index], (.targets, asker.name(.targets)), option)
        }
        // A row index is no feature, unless it is asked for.
        let beside = try keptColumns(form, source)
        let chosen = try Set(options.targets.map { try form.column($0, .targets, source) })
        let named = chosen.union(kinds.keys).union(wanted ?? [])
        for (setting, others) in [(TableAsker.Setting.drop, out), (.targets, chosen)] {
            if let index = beside.first(where: others.contains) {
                throw twice(form.names[index], (.keep, asker.name(.keep)), asker.name(setting))
            }
        }
        let kept = form.names.indices.filter {
            !out.contains($0) && !beside.contains($0) && (!form.index.contains($0) || named.contains($0))
        }
        var targets: [Int] = []
        if options.hasTargets {
            for selector in options.targets {
                let index = try form.column(selector, .targets, source)
                try checkTarget(index)
                if !targets.contains(index) { targets.append(index) }
            }
            if options.targets.isEmpty, let last = kept.last { targets = [last] }
        }
        let targeted = Set(targets)
        let inputs = kept.filter { !targeted.contains($0) && wanted?.contains($0) != false }
        var columns = Columns(
            inputs: inputs, targets: targets, kept: beside, asked: wanted ?? [], kinds: kinds, widths: widths)
        let taken = Set(inputs + targets + beside)
        for (selector, word) in options.kinds where !word.kind.isLeftOut {
            let index = try form.column(selector, .columns, source)
            guard !taken.contains(index) else { continue }
            let own = asker.name(.columns, form.names[index], word.kind.rawValue)
            throw asker.mistake(
                .columns, of: selector,
                "\(own) has no effect, since the column is neither an input nor a target; leave it out, or name the column among "
                    + "the inputs",
                configured: "has no effect, since 'inputs' leaves the column out; name it there, or leave it out here")
        }
        for own in options.marks {
            let index = try form.column(own.column, .na, source)
            guard taken.contains(index) else {
                throw asker.mistake(
                    .na, of: own.column,
                    "\(asker.name(.na, form.names[index])) has no effect, since the column is left out; leave one of the two out",
                    configured: "has no effect, since the column is left out; leave one of the two out")
            }
            columns.marks[index] = own.texts
        }
        for index in form.names.indices where !taken.contains(index) {
            let isAsked = out.contains(index) || !form.index.contains(index)
            let kind = isAsked ? kinds[index] == .identifier ? "identifier" : "dropped" : "index"
            columns.leave(out: index, form.names[index], kind, isAsked ? "as asked" : "a row index")
        }
        guard !columns.inputs.isEmpty else {
            throw DataError(
                "\(path) has \(form.names.count == 1 ? "one column only" : "no column left for inputs"); a dataset "
                    + "needs inputs beside the targets"
                    + (form.names.count == 1 ? "; give the right \(asker.name(.delimiter))\(asker.orNoTargets)" : ""))
        }
        return columns
    }

    private var asker: TableAsker { options.asker }

    /// A column that two settings name.
    private func twice(
        _ name: String, _ own: (setting: TableAsker.Setting, name: String), of selector: String? = nil, _ other: String
    ) -> any Error {
        asker.mistake(
            own.setting, of: selector ?? name, "column '\(name)' is named by \(own.name) and by \(other)",
            configured: "names column '\(name)', which \(other) names too")
    }

    /// The columns that become datasets of their own.
    private func keptColumns(_ form: TableForm, _ source: ByteSource) throws -> [Int] {
        var columns: [Int] = []
        for selector in options.kept {
            let index = try form.column(selector, .keep, source)
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
    private func columns(like: LikeTable, _ form: TableForm, _ source: ByteSource) throws -> Columns {
        let places = try like.places(form, path)
        let inputs = like.inputs.names.compactMap { places[$0] }
        guard !inputs.isEmpty else {
            throw DataError(
                "\(path) has none of the columns of \(like.place): \(RecipeMapping.list(like.inputs.names)); its columns are "
                    + RecipeMapping.list(form.names) + delimiterAdvice(form))
        }
        let targets = options.hasTargets ? like.targets?.names ?? [] : []
        // Rows to be predicted come without.
        let kept = try keptColumns(form, source)
        let found = targets.compactMap { places[$0] }
        if let index = kept.first(where: { inputs.contains($0) || found.contains($0) }) {
            throw DataError(
                "\(path): column '\(form.names[index])' is \(inputs.contains(index) ? "an input" : "a target") of "
                    + "\(like.place), so it can't be kept beside; leave it out of \(asker.name(.keep))")
        }
        var columns = Columns(inputs: inputs, targets: found.count == targets.count ? found : [], kept: kept)
        let used = Set(columns.used)
        for index in form.names.indices where !used.contains(index) {
            columns.leave(out: index, form.names[index], "unused", "\(like.place) does not name it")
        }
        return columns
    }

    /// Where all names stand in one field that another delimiter would divide.
    private func delimiterAdvice(_ form: TableForm) -> String {
        guard form.names.count == 1, let other = [",", ";", "\t", "|"].first(where: form.names[0].contains) else {
            return ""
        }
        let words = [form.delimiter, other.utf8.first ?? 0].map { $0 == 0x09 ? "tab" : String(Unicode.Scalar($0)) }
        return "; its fields were to be separated by '\(words[0])', and seem to be by '\(words[1])': \(asker.say) "
            + asker.typed(.delimiter, words[1])
    }

    /// Reads the table, and finds out what its columns hold.
    private func profile(
        _ source: ByteSource, _ form: TableForm, _ chosen: Columns,
        progress: (_ pass: Int, _ bytes: Int, _ rows: Int) -> Void
    ) throws -> (TableProfile, [Int: FoundKind]) {
        var columns = [TableProfile.Column](repeating: TableProfile.Column(), count: form.names.count)
        for index in columns.indices { columns[index].isUsed = false }
        for index in chosen.used { columns[index].isUsed = true }
        for index in chosen.targets + chosen.kept { columns[index].isTarget = true }
        let likes = chosen.used.compactMap { index in
            options.like.flatMap { like in
                like.column(form.names[index]).map { (index, (column: $0, place: like.place)) }
            }
        }
        let like = Dictionary(uniqueKeysWithValues: likes)
        for index in chosen.used {
            let kind = like[index]?.column.kind ?? chosen.kinds[index]?.kind
            columns[index].words = MissingWords(like[index].map { $0.column.marks } ?? chosen.marks[index])
            columns[index].isNamed = kind?.isCoded ?? false
            columns[index].isRead = !columns[index].isNamed
        }
        let skips = options.missing == .skip
        var profile = try TableProfile(source, form, columns, skipsMissing: skips) { progress(1, $0, $1) }
        var kinds: [Int: FoundKind] = [:]
        func finder(_ index: Int, _ profile: TableProfile) -> KindFinder {
            KindFinder(
                column: profile.columns[index], name: form.names[index], rows: profile.rows, point: form.point,
                source: source.name, wanted: chosen.kinds[index], like: like[index],
                likeRange: options.like?.ranges[form.names[index]], isMarkSaid: form.isMarkSaid, asker: asker)
        }
        for index in chosen.used where profile.rows > 0 {
            kinds[index] = try finder(index, profile).find()
            kinds[index]?.width = chosen.widths[index] ?? like[index]?.column.width
        }
        // Where a column has texts, its numbers are names as well, which were not collected.
        let mixed = chosen.used.filter { index in
            kinds[index]?.kind == .category && profile.columns[index].numbers > 0 && !columns[index].isNamed
        }
        if !mixed.isEmpty {
            for index in mixed {
                (columns[index].isNamed, columns[index].isRead) = (true, false)
                columns[index].mayNameRows =
                    kinds[index]?.areNames == true && !columns[index].isTarget
                    && profile.columns[index].present == profile.rows
            }
            profile = try TableProfile(source, form, columns, skipsMissing: skips) { progress(2, $0, $1) }
            for index in mixed {
                guard var kind = kinds[index], kind.areNames else { continue }
                finder(index, profile).judge(&kind)
                kinds[index] = kind
            }
        }
        return (profile, kinds)
    }

    /// The columns that lack most, where all rows are left out: `area in 10, rooms in 3`.
    private func lacking(_ profile: TableProfile, _ form: TableForm) -> String {
        let columns = profile.columns.indices.filter { profile.columns[$0].skippedRows > 0 }
            .sorted { (profile.columns[$1].skippedRows, $0) < (profile.columns[$0].skippedRows, $1) }
        return columns.prefix(3).map { "'\(form.names[$0])' in \(profile.columns[$0].skippedRows)" }
            .joined(separator: ", ") + (columns.count > 3 ? ", …" : "")
    }

    private func noteOfSkippedRows(_ profile: TableProfile, _ form: TableForm) -> [String] {
        guard profile.skippedRows > 0 else { return [] }
        let rows = profile.skippedRows == 1 ? "1 row of \(path) with missing values was" :
            "\(profile.skippedRows) rows of \(path) with missing values were"
        return ["\(rows) left out: column \(lacking(profile, form))"]
    }

    /// Says of targets that are classes which words were taken for none.
    private func notesOfMissingClasses(_ plan: TablePlan, _ profile: TableProfile) -> [String] {
        plan.targets.compactMap { column in
            let found = profile.columns[column.index]
            guard column.kind.isCoded, let word = found.missingWord else { return nil }
            return "the target '\(column.name)' holds \(word.words)"
                + (found.missingWords > 1 ? " and such words in \(found.missingWords) rows in all" : "")
                + ", which stands for a missing value: \(found.missingWords == 1 ? "that row has" : "these rows have") no target; "
                + "if it is a class, \(asker.say) \(asker.marking(column.name, [])), so that empty cells alone are missing there"
        }
    }

    private func checkMissing(
        _ profile: TableProfile, _ form: TableForm, _ inputs: [Int], _ kinds: [Int: FoundKind],
        _ policies: MissingPolicies
    ) throws {
        guard profile.missing > 0, options.missing != .skip, options.like == nil else { return }
        var missing = 0
        var places: [(line: Int, column: Int)] = []
        for index in inputs {
            let column = profile.columns[index]
            guard !column.missingLines.isEmpty,
                try policies.policy(index, kinds[index]?.kind ?? .empty, hasMissing: true) == .none
            else { continue }
            missing += profile.rows - column.present
            places += column.missingLines.map { ($0, index) }
        }
        guard missing > 0 else { return }
        let shown = places.sorted { $0 < $1 }.prefix(3).map { "line \($0.line), column '\(form.names[$0.column])'" }
        let several = missing > shown.count ? "first in " : "in "
        throw DataError(
            "\(path): \(missing == 1 ? "1 value is" : "\(missing) values are") missing, "
                + "\(several)\(shown.joined(separator: "; ")); \(asker.say) \(asker.typed(.missing, "skip")) to leave such rows "
                + "out, \(asker.typed(.missing, "mean")) or \(asker.typed(.missing, "VALUE")) to fill them, or "
                + asker.dropping(some: "a column"))
    }

    private func notes(
        _ form: TableForm, _ columns: Columns, _ identifiers: [Int], _ profile: TableProfile,
        _ policies: MissingPolicies
    ) -> [String] {
        var notes: [String] = []
        let (used, targets) = (columns.used, columns.targets)
        if options.hasHeader == nil {
            notes.append(
                form.hasHeader
                    ? "the first line names the columns (\(asker.header(false))\(asker.there) if it is data)"
                    : "the first line is data, the columns have no names (\(asker.header(true))\(asker.there) if it names "
                        + "them)")
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
        where options.like == nil
            && columns.leftOut.contains(where: { $0.name == form.names[index] && $0.kind == "index" })
        {
            let column =
                form.names[index] == String(index)
                ? "column \(index) has no name: it was taken for a row index"
                : "column '\(form.names[index])' is a row index that pandas wrote: it was taken for one"
            notes.append("\(column) and left out (give it a name in the file to use it)")
        }
        for selector in options.kept {
            notes.append("column '\(selector)' is no input, and stands in a dataset of its own")
        }
        for index in identifiers where !used.contains(index) {
            let name = form.names[index]
            let kind = profile.columns[index].texts == nil ? "number" : "category"
            notes.append(
                "column '\(name)' has \(kind == "number" ? "consecutive integers" : "a different text in each row"): it was "
                    + "taken for an identifier and left out (\(asker.holding(name, kind))\(asker.there) keeps it)")
        }
        if profile.composed.count > 0 {
            let (count, line) = profile.composed
            notes.append(
                (count == 1 ? "1 text, in line \(line), was" : "\(count) texts, first in line \(line), were")
                    + " brought into Unicode's composed form (NFC), in which texts are compared")
        }
        if options.like == nil, options.hasTargets, options.targets.isEmpty, let target = targets.first {
            notes.append(
                "the target is '\(form.names[target])', the last column (\(asker.name(.targets)) names another)")
        }
        if profile.skippedRows == 0, profile.missing > 0 {
            notes.append(
                "\(profile.missing == 1 ? "1 missing value stays" : "\(profile.missing) missing values stay") missing in the "
                    + "file; in training \(policies.areUniform ? filling : "they become what the table above says")")
        }
        let lacking = targets.map { profile.rows - profile.columns[$0].present }.max() ?? 0
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
        case .mode: "texts become the most frequent one of the rows that are trained on"
        case .category: "texts become a category of their own"
        case .indicator:
            "numbers become the mean of the rows that are trained on, beside a feature that tells so, texts a category of "
                + "their own"
        case .value(let text): "they become \(text)"
        }
    }
}
