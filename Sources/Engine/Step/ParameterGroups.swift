import Configuration
import Network
import Optimizers

/// The trained parameters of a network in groups that step alike: with the factor that their layer has on the learning
/// rate, and with their layer's weight decay or the optimizer's, unless they are excluded from it.
///
/// What is excluded is named by words: a kind (`kernel`, `bias`, `normalization`), else the name of a layer or of a parameter
/// (`logits`, `logits/bias`), or a pattern of either in which `*` stands for any characters. Keras's
/// `exclude_from_weight_decay(var_names=…)` and PyTorch's parameter groups are the models.
package struct ParameterGroups {
    /// In the order of the layout, neighbours that step alike as one.
    package let segments: [ParameterSegment]

    /// - Throws: `ParameterGroupsError` for a word that matches nothing, and for what has nothing to act on.
    package init(_ objective: Objective, _ optimizer: any Optimizer, excluding words: [String])
        throws(ParameterGroupsError)
    {
        let (layout, steps) = (objective.layout, objective.model.steps)
        let excluded = try Self.excluded(words, layout)
        func training(_ entry: ParameterLayout.Entry) -> LayerTraining {
            entry.layer.map { steps[$0.index].training } ?? LayerTraining()
        }
        for (index, step) in steps.enumerated() where step.training.weightDecay != nil {
            func fail(_ message: String) -> ParameterGroupsError { .init(.layer(index), message) }
            guard type(of: optimizer).hasWeightDecay else {
                throw fail("needs an optimizer that has a weight decay, but \(optimizer.typeName) has none")
            }
            let own = layout.trainedEntries.filter { $0.layer?.index == index }
            if own.allSatisfy({ excluded.contains($0.offset) }) {
                throw fail(
                    "has nothing to act on, since optimizer.\(OptimizerConfiguration.exclusionKey) names all parameters of "
                        + "the layer; leave one of the two out")
            }
        }
        if !words.isEmpty, optimizer.weightDecay == 0, steps.allSatisfy({ ($0.training.weightDecay ?? 0) == 0 }) {
            throw ParameterGroupsError(
                .exclusion(nil), "has nothing to act on, since weight_decay is 0; leave one of the two out")
        }

        let entries = Array(layout.trainedEntries)
        var segments: [ParameterSegment] = []
        for (index, entry) in entries.enumerated() {
            let training = training(entry)
            let segment = ParameterSegment(
                end: index + 1 < entries.count ? entries[index + 1].offset : layout.trained.upperBound,
                rateFactor: training.rateFactor,
                weightDecay: excluded.contains(entry.offset) ? 0 : training.weightDecay ?? optimizer.weightDecay)
            if let last = segments.last,
                (last.rateFactor, last.weightDecay) == (segment.rateFactor, segment.weightDecay)
            {
                segments[segments.count - 1].end = segment.end
            } else {
                segments.append(segment)
            }
        }
        self.segments = segments
    }

    /// The places of the trained parameters that the words name.
    private static func excluded(_ words: [String], _ layout: ParameterLayout) throws(ParameterGroupsError) -> Set<Int>
    {
        let kinds = ParameterKind.allCases.map(\.rawValue)
        var excluded: Set<Int> = []
        for (index, word) in words.enumerated() {
            let found = layout.entries.filter { matches(word, $0) }
            excluded.formUnion(found.lazy.filter { $0.role == .trained }.map(\.offset))
            // A kind is no misspelling where a network has none of it: configs of one family share their list.
            if kinds.contains(word) || found.contains(where: { $0.role == .trained }) { continue }
            guard found.isEmpty else {
                throw ParameterGroupsError(
                    .exclusion(index), "names '\(word)', which is not trained and so does not decay; leave it out")
            }
            var known = kinds
            for entry in layout.trainedEntries {
                if let layer = entry.layer?.name, !known.contains(layer) { known.append(layer) }
            }
            known += layout.trainedEntries.map(\.name)
            throw ParameterGroupsError(
                .exclusion(index), unknownWord(word, noun: "layer, parameter or kind of parameters", among: known))
        }
        if excluded.isEmpty, !words.isEmpty {
            throw ParameterGroupsError(
                .exclusion(nil), "excludes nothing, since the network has no such parameters; leave it out")
        }
        return excluded
    }

    private static func matches(_ word: String, _ entry: ParameterLayout.Entry) -> Bool {
        if ParameterKind(rawValue: word) != nil { return entry.kind.rawValue == word }
        return [entry.name, entry.layer?.name].contains { name in
            name.map { matches(Array(word.unicodeScalars)[...], Array($0.unicodeScalars)[...]) } ?? false
        }
    }

    /// Whether a text is as a pattern says, in which `*` stands for any characters or none. Each `*` takes as few as it can,
    /// and the last one gives way, so the time is the product of the lengths at most.
    static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var (p, t) = (pattern.startIndex, text.startIndex)
        var star: (pattern: Int, text: Int)?
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == text[t] {
                (p, t) = (p + 1, t + 1)
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (p, t) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}

/// Groups of parameters that do not fit the network or the optimizer.
package struct ParameterGroupsError: Error, Equatable, CustomStringConvertible {
    package enum Place: Equatable, Sendable {
        /// A word of `exclude_from_weight_decay`, or all of it.
        case exclusion(Int?)
        /// A layer's own `weight_decay`.
        case layer(Int)
    }
    package let place: Place
    package let message: String

    init(_ place: Place, _ message: String) { (self.place, self.message) = (place, message) }

    /// Where it stands in a config.
    package var path: String {
        switch place {
        case .exclusion(let index):
            "optimizer.\(OptimizerConfiguration.exclusionKey)" + (index.map { "[\($0)]" } ?? "")
        case .layer(let index): "model.layers[\(index)].weight_decay"
        }
    }

    package var description: String { "\(path): \(message)" }
}
