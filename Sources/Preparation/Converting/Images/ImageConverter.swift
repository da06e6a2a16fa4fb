import Batches
import Files
internal import HDF5
package import Recipes

/// How images become rows. What is nil follows from the images.
package struct ImageOptions: Sendable {
    /// Height and width; nil where all images are of one size, which is then theirs.
    package var height: Int?
    package var width: Int?
    /// 1 or 3; nil for 1 where all images are grey.
    package var channels: Int?
    /// 8 or 16; nil for 16 where one image has so many.
    package var bits: Int?
    package var fit = ImageRecipe.Fit.resize
    /// Whether images that can't be decoded, and rows of a table that name none, are left out rather than refused.
    package var skipsDamaged = false
    /// What leaves damaged ones out, where who asks can have that: `--skip-damaged`. A refusal says so.
    package var skipping: String?
    /// What says all of this instead.
    package var recipe: ImageRecipe?
    /// What the column of a folder's classes is called.
    package var classColumn = ImageConverter.classColumn

    package init() {}
}

/// Converts images: `inputs` uint8 or uint16 (rows, height, width, channels) with the attribute `image_recipe`,
/// `file_names` (rows), and where a folder for each class says labels `targets` int32 (rows) with the folders' names, sorted, as
/// `class_names` and as the categories of a `recipe`.
///
/// Where the folders are named `train`, `validation` (or `val`) and `test`, each is a split with folders of classes.
/// `ImageRecipe` says what is done to an image. The order of rows is that of the names, whatever the number of threads.
package struct ImageConverter: Converter {
    package enum Source: Sendable {
        case folder(String)
        case files([String])
        /// A table with a column of names.
        case table(String, column: String, TableOptions)
    }

    package let source: Source
    package let options: ImageOptions

    package init(_ source: Source, options: ImageOptions = ImageOptions()) {
        self.source = source
        self.options = options
    }

    /// What the names of images stand in, beside the inputs.
    package static let namesDataset = Dataset.fileNames
    /// What the column of a target that folders say is called.
    package static let classColumn = "class"

    package func convert(
        to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        var list: ImageList
        var table: ImageTable?
        switch source {
        case .folder(let path): list = try ImageList(folder: path)
        case .files(let paths): list = ImageList(files: paths)
        case .table(let path, let column, let options):
            let own = try ImageTable(
                path, column: column, options: options, skipsNameless: self.options.skipsDamaged,
                skipping: self.options.skipping)
            (list, table) = (own.list, own)
        }
        var report = ConversionReport()
        let count = list.images.count
        let (damaged, kept) = options.skipsDamaged ? try removeDamaged(&list) : ([], Array(0..<count))
        // The rows of a table that is copied in part.
        let rows = table == nil || damaged.isEmpty ? nil : kept
        let survey = try ImageSurvey(list.images.map(\.path))
        if let (_, sentence) = survey.failures.first { throw refusal(sentence) }
        let recipe = try recipe(survey)
        let decoder = ImageDecoder(recipe: recipe)
        let total = list.splits.reduce(0) { $0 + $1.images.count }
        let bytes = target.storage.gzip > 0 ? nil : total.multipliedReportingOverflow(by: recipe.rowBytes)
        try DatasetFile.write(target.file, estimatedBytes: bytes.flatMap { $0.overflow ? nil : $0.partialValue }) {
            file in
            var done = 0
            for split in list.splits {
                let group = target.path(split: split.name)
                report.datasets += try write(
                    split.images, list.classNames, table, rows, to: file, group == "/" ? "" : group, target.storage,
                    decoder
                ) { progress(PreparationProgress(done: done + $0, total: total, rows: done + $0)) }
                done += split.images.count
            }
        }
        report.images = recipe
        report.notes = list.notes + (table?.notes ?? []) + notes(survey, recipe, damaged)
        report.warnings = table?.warnings ?? []
        return report
    }

    private func write(
        _ images: [ImageList.Image], _ classNames: [String]?, _ table: ImageTable?, _ rows: [Int]?, to file: HDF5File,
        _ group: String, _ storage: DatasetStorage, _ decoder: ImageDecoder, progress: (Int) -> Void
    ) throws -> [ConversionReport.Written] {
        let recipe = decoder.recipe
        let inputs = try RowWriter(
            file, group + "/inputs", recipe.bits == 16 ? .uint16 : .uint8, rowShape: recipe.shape, rows: images.count,
            storage: storage)
        try inputs.dataset.attributes.set(ImageRecipe.attribute, recipe.node.jsonText(pretty: false))
        do {
            try decoder.decode(images.map(\.path)) { rows, _ in
                try inputs.append(rows)
                progress(inputs.count)
            }
        } catch let error as DataError {
            throw refusal("\(error)")
        }
        try inputs.finish()
        var written = [ConversionReport.Written(inputs.dataset)]
        if let classNames {
            let targets = try RowWriter(
                file, group + "/targets", .int32, rowShape: [], rows: images.count, storage: storage)
            try targets.dataset.attributes.set("class_names", classNames)
            let column = RecipeColumn(options.classColumn, .category, categories: classNames)
            try targets.dataset.attributes.set(Recipe.attribute, Recipe([column]).node.jsonText(pretty: false))
            try targets.append(images.map { Int32($0.label ?? -1) })
            try targets.finish()
            written.append(ConversionReport.Written(targets.dataset, classNames: classNames))
            written[1].recipe = Recipe([column])
        }
        if let table {
            try table.copyOthers(to: file, group, rows, storage)
            written += table.report.datasets.dropFirst()
        }
        let names = images.map(\.name)
        try TextBudget.check(names, "the names of the images", "shorten them")
        let dataset = try file.root.createStrings(
            group + "/" + Self.namesDataset, names, gzip: names.isEmpty ? nil : max(storage.gzip, 1))
        written.append(ConversionReport.Written(dataset))
        return written
    }

    /// The sentence for an image that can't be decoded.
    private func refusal(_ sentence: String) -> DataError {
        DataError(options.skipping.map { Self.offer($0, sentence) } ?? sentence)
    }

    /// A sentence about a file, with what leaves it out. A command at its end is to stay whole, and so comes last.
    package static func offer(_ skipping: String, _ sentence: String) -> String {
        // What can't be opened is a matter of its place.
        guard !sentence.hasPrefix("cannot open") else { return sentence }
        guard let place = sentence.firstRange(of: "; make a PNG") else {
            return sentence + " (\(skipping) leaves such files out)"
        }
        return sentence[..<place.lowerBound] + " (\(skipping) leaves such files out)" + sentence[place.lowerBound...]
    }

    /// What is asked for, or what the images have.
    private func recipe(_ survey: ImageSurvey) throws -> ImageRecipe {
        if let recipe = options.recipe { return recipe }
        guard let first = survey.first else { throw DataError("\(words) holds no image that can be decoded") }
        let channels = options.channels ?? (survey.greys == survey.count ? 1 : 3)
        let bits = options.bits ?? (survey.deep > 0 ? 16 : 8)
        if let height = options.height, let width = options.width {
            guard ImageRecipe.sides.contains(height), ImageRecipe.sides.contains(width) else {
                throw DataError("images of \(height)×\(width) can't be made; each side has 1 to 16384 pixels")
            }
            return ImageRecipe(height: height, width: width, channels: channels, bits: bits, fit: options.fit)
        }
        if let other = survey.other {
            throw DataError(
                "\(other.path) has \(other.height)×\(other.width) pixels, but \(first.path) has "
                    + "\(first.height)×\(first.width); give the size that all shall have, as in "
                    + "--size \(first.height)x\(first.width)")
        }
        return ImageRecipe(
            height: first.height, width: first.width, channels: channels, bits: bits, fit: options.fit)
    }

    private var words: String {
        switch source {
        case .folder(let path): path
        case .files(let paths): paths.count == 1 ? paths[0] : "\(paths.count) files"
        case .table(let path, _, _): path
        }
    }

    /// So many of the files that are left out are named.
    private static let mostNamed = 20

    /// Says which files were left out: one with its sentence, several by their names and the first one's sentence.
    package static func note(leftOut damaged: [(path: String, sentence: String)]) -> String? {
        guard let first = damaged.first else { return nil }
        guard damaged.count > 1 else { return "1 image was left out: \(first.sentence)" }
        let more = damaged.count - mostNamed
        let names = damaged.prefix(mostNamed).map(\.path).joined(separator: ", ")
        return "\(damaged.count) images were left out: \(names)\(more > 0 ? " and \(more) more" : ""). Of the first: "
            + first.sentence
    }

    private func notes(_ survey: ImageSurvey, _ recipe: ImageRecipe, _ damaged: [(path: String, sentence: String)])
        -> [String]
    {
        var notes: [String] = []
        if let note = Self.note(leftOut: damaged) { notes.append(note) }
        if options.recipe == nil, options.channels == nil, recipe.channels == 1 {
            notes.append("all images are grey: one channel (--channels 3 makes them colour)")
        }
        let scaled = recipe.bits == 16 ? survey.count - survey.deep : survey.deep
        if scaled > 0 {
            notes.append(
                "\(scaled == 1 ? "1 image has" : "\(scaled) images have") \(recipe.bits == 16 ? 8 : 16) bits a value, scaled to "
                    + "\(recipe.bits): white stays white")
        }
        return notes
    }

    /// Decodes everything once to know which images are whole.
    /// - Returns: the others with their sentences, and the numbers of those that are whole.
    private func removeDamaged(
        _ list: inout ImageList
    ) throws -> (damaged: [(path: String, sentence: String)], kept: [Int]) {
        let all = list.images
        var (damaged, sentences): (Set<ImageList.Image>, [(path: String, sentence: String)]) = ([], [])
        let decoder = ImageDecoder(recipe: ImageRecipe(height: 1, width: 1, channels: 1))
        try decoder.decode(all.map(\.path), skipsDamaged: true) { _, failures in
            for (index, sentence) in failures {
                damaged.insert(all[index])
                sentences.append((all[index].path, sentence))
            }
        }
        for index in list.splits.indices {
            list.splits[index].images.removeAll { damaged.contains($0) }
            guard !list.splits[index].images.isEmpty else {
                throw DataError(
                    "\(words) holds no image that can be decoded\(list.splits[index].name.map { " for \($0)" } ?? "")"
                        + (sentences.first.map { "; of \(sentences.count) that are left out the first: \($0.sentence)" } ?? ""))
            }
        }
        return (sentences, all.indices.filter { !damaged.contains(all[$0]) })
    }
}
