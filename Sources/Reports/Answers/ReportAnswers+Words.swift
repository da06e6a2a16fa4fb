import Charts

extension ReportAnswers {
    /// `359 rows of the test split of runs/digits; the model was not trained on them.`
    var sentence: String {
        let rows = ReportText.count(samples, "row")
        let of = total > samples ? "\(rows) of \(ReportText.count(total, "row")), evenly spread, of \(words)" : "\(rows) of \(words)"
        switch wasTrainedOn {
        case true?: return "\(of); the model was trained on them, so it looks better than it is."
        case false?: return "\(of); the model was not trained on them."
        case nil: return "\(of)."
        }
    }
}

extension ReportAnswers.Output {
    /// The names of its classes, its labels or its numbers, or their places where they have none. Of a single yes or no both.
    func names(_ answers: ReportAnswers) -> [String] {
        let form = output.targetForm
        let isOne = form.classes == nil && !form.isOfValues && form.predictionWidth == 1
        let known =
            form.isOfValues
            ? answers.model.targetNames(of: output.name)
            : form.classes != nil || isOne ? classNames : answers.model.labelNames(of: output.name)
        let count = isOne ? 2 : form.predictionWidth
        return (0..<count).map { index in known.flatMap { $0.count == count ? $0[index] : nil } ?? "\(index)" }
    }

    /// A chart's title, which says whose it is where there are several.
    func title(_ words: String, _ column: String? = nil) -> String {
        [words, name, column].compactMap { $0 }.joined(separator: ", ")
    }
}
