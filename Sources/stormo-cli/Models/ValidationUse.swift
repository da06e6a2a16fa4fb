import Configuration

/// What a run chose by its validation rows, on which its model is therefore better than on rows that it has never seen.
enum ValidationUse {
    /// What was chosen: `epoch`, `end` where the last epoch was kept, `threshold`; none where nothing was.
    /// - Parameter config: the run's resolved one.
    static func chosen(_ config: JSONNode?) -> [String] {
        let training = config?["training"]
        var chosen: [String] = []
        if let stopping = training?["early_stopping"], case .string(let monitor)? = stopping["monitor"]?.value,
            monitor.hasPrefix("validation_")
        {
            chosen.append(stopping["restore_best"] == false ? "end" : "epoch")
        }
        if texts(training?["threshold"]).contains(where: { $0 == "f1" || $0 == "youden" }) { chosen.append("threshold") }
        return chosen
    }

    /// `they chose the epoch and the threshold, so these figures are better than those of new rows will be`; nil where nothing
    /// was chosen.
    static func words(_ config: JSONNode?) -> String? {
        let names = ["epoch": "the epoch", "end": "when training ended", "threshold": "the threshold"]
        let chosen = chosen(config).compactMap { names[$0] }
        guard !chosen.isEmpty else { return nil }
        return "they chose \(chosen.joined(separator: " and ")), so these figures are better than those of new rows will be"
    }

    /// A text, or those of an object by name.
    private static func texts(_ node: JSONNode?) -> [String] { UsualDatasets.allTexts(node) }
}
