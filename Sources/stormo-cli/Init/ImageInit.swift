import Batches
import Configuration
import Files
import Preparation
import Recipes

/// `stormo init` for a folder of images.
enum ImageInit: InitSource {
    static let words = "a folder of images with a folder for each class"
    static let options: Set<String> = ["--skip-damaged"]

    static let leastRows = 10
    /// Images larger than this are made so small: of more pixels a CPU learns slowly, and seldom better.
    private static let usualSide = 64
    private static let mostSide = 96
    /// With more images there is less need of others.
    private static let fewRows = 20_000

    static func reads(_ path: String, _ options: InitOptions) -> Bool { AtomicFile.isDirectory(path) }

    static func survey(_ path: String, _ options: InitOptions) throws -> DataSurvey {
        let images = try FolderSurvey(path, skipsDamaged: options.skipsDamaged)
        let training = images.splits[0]
        guard let names = images.classNames else {
            throw DataError(
                "\(path) holds images without labels; put them into a folder for each class, or give init a CSV of their names "
                    + "and labels")
        }
        guard names.count > 1 else {
            throw DataError(
                "\(path) holds images of one class, '\(names.first ?? "")', so there is nothing to tell apart; give each class "
                    + "a folder")
        }
        guard training.count >= leastRows else {
            throw DataError(
                "\(path) has \(Figures.count(training.count, "image")), of which nothing can be learned and kept back to measure "
                    + "it; init wants \(leastRows) or more")
        }
        var findings: [DataSurvey.Finding] = []
        let recipe = try recipe(images.survey, &findings)
        let node = node(recipe, options)
        func split(_ name: String?) -> JSONNode? {
            guard let own = images.splits.first(where: { $0.name == name }) else { return nil }
            return ["file": JSONNode(options.configured + "/" + own.folder)]
        }
        var train: JSONNode = split("train") ?? ["file": JSONNode(options.configured)]
        train["images"] = node
        var survey = DataSurvey(
            rows: training.count,
            inputs: .images(height: recipe.height, width: recipe.width, channels: recipe.channels, hasAxis: true),
            targets: .classes(names: names, counts: training.counts, isOneHot: false), targetName: "the folder",
            train: train, validation: split("validation"), test: split("test"), findings: findings,
            report: { for note in images.notes { Console.print("note: \(note)") } })
        survey.augment = augment(recipe, rows: training.count, &survey.findings)
        return survey
    }

    /// What a config says of images.
    static func node(_ recipe: ImageRecipe, _ options: InitOptions) -> JSONNode {
        var node: JSONNode = ["size": [JSONNode(recipe.height), JSONNode(recipe.width)]]
        node["channels"] = JSONNode(recipe.channels)
        if recipe.bits == 16 { node["bits"] = 16 }
        node["fit"] = JSONNode(recipe.fit.rawValue)
        if options.skipsDamaged { node["skip_damaged"] = true }
        return node
    }

    /// The size, the channels and the fit.
    static func recipe(_ survey: ImageSurvey, _ findings: inout [DataSurvey.Finding]) throws -> ImageRecipe {
        func note(_ what: String, _ choice: String, _ reason: String) {
            findings.append(.init(what: "data.train.images." + what, choice: choice, reason: reason))
        }
        let (heights, widths) = (survey.heights, survey.widths)
        let middle = (height: heights[heights.count / 2], width: widths[widths.count / 2])
        let isOne = survey.other == nil
        var (height, width) = middle
        let most = max(height, width)
        if most > mostSide {
            height = max(height * usualSide / most, 1)
            width = max(width * usualSide / most, 1)
        }
        note(
            "size", "\(height)×\(width)",
            isOne
                ? most > mostSide
                    ? "all are \(middle.height)×\(middle.width), more than a CPU learns from quickly"
                    : "all images have it"
                : "of \(heights[0])×\(widths[0]) to \(heights[heights.count - 1])×\(widths[widths.count - 1]) pixels the "
                    + "middle" + (most > mostSide ? ", made small enough for a CPU" : ""))
        let colour = try survey.firstWithColours()
        let isGrey = colour == nil
        let stored = survey.count - survey.greys
        note(
            "channels", isGrey ? "1" : "3",
            colour.map { "there are colours, as in \($0)" }
                ?? (stored == 0
                    ? "all images are grey"
                    : "all images are grey, though \(Figures.count(stored)) \(stored == 1 ? "is" : "are") stored in colour")
        )
        if survey.deep > 0 { note("bits", "16", "\(Figures.count(survey.deep, "image")) of that depth") }
        let fit: ImageRecipe.Fit = isOne ? .resize : .letterbox
        note(
            "fit", fit.rawValue,
            isOne ? "all have the same proportions" : "proportions are kept, with black beside the image")
        return ImageRecipe(
            height: height, width: width, channels: isGrey ? 1 : 3, bits: survey.deep > 0 ? 16 : 8, fit: fit)
    }

    /// What gives a small set of images more variety. Mirroring is not safe to guess: letters and digits change by it.
    static func augment(
        _ recipe: ImageRecipe, rows: Int, _ findings: inout [DataSurvey.Finding]
    ) -> JSONNode? {
        guard min(recipe.height, recipe.width) >= 16, rows < fewRows else {
            findings.append(
                .init(
                    what: "data.augment", choice: "none",
                    reason: rows >= fewRows
                        ? "\(Figures.count(rows, "image")) have variety" : "images are too small to shift")
            )
            return nil
        }
        findings.append(
            .init(
                what: "data.augment", choice: "random_translation",
                reason:
                    "\(Figures.count(rows, "image")) are few: shifted by up to a tenth (random_flip helps where mirrored images "
                    + "mean the same)"))
        return [["type": "random_translation"]]
    }
}
