import Foundation
import Network

/// The answers of an output over classes: `class`, the most probable one by its name, or its number where it has none, and
/// `p_NAME`, the probability of each; or of the best ones `class` and `p`, `class_2` and `p_2` and so on. `true` in front is
/// the target's class.
struct ClassAnswers: OutputAnswers {
    let columns: [String]
    private let classes: Int
    private let names: [String]?
    private let top: Int?
    private let areLogits: Bool
    private let hasLabels: Bool
    private let values: OutputValues

    init(_ output: Objective.Output, _ names: [String]?, _ prefix: String, top: Int?, _ values: OutputValues) {
        classes = output.shape.last
        let known = names?.count == output.shape.last ? names : nil
        self.names = known
        (self.top, self.values) = (top, values)
        areLogits = output.predictsLogits
        if case .sparseLabels = output.targetForm { hasLabels = true } else { hasLabels = false }
        var columns = values.truths == nil ? [] : ["true"]
        if let top {
            for place in 1...max(top, 1) { columns += place == 1 ? ["class", "p"] : ["class_\(place)", "p_\(place)"] }
        } else {
            columns += ["class"] + (0..<classes).map { "p_\(known?[$0] ?? "\($0)")" }
        }
        self.columns = columns.map { prefix + $0 }
    }

    func append(_ line: Int, to cells: inout [AnswerCell]) {
        let range = line * classes..<(line + 1) * classes
        if let truths = values.truths {
            let label = hasLabels ? Int(truths[line]) : Self.greatest(truths[range])
            cells.append(label >= 0 && label < classes ? name(label) : .missing)
        }
        var own = Array(values.values[range])
        if areLogits { Self.takeSoftmax(&own) }
        guard let top else {
            let greatest = Self.greatest(own[...])
            cells.append(greatest < 0 ? .missing : name(greatest))
            for value in own { cells.append(.probability(value)) }
            return
        }
        guard !own.contains(where: \.isNaN) else {
            for _ in 0..<top { cells += [.missing, .missing] }
            return
        }
        // Of equal ones the lower number comes first, as in `class`.
        let order = own.indices.sorted { own[$0] > own[$1] || own[$0] == own[$1] && $0 < $1 }
        for place in order.prefix(top) { cells += [name(place), .probability(own[place])] }
    }

    private func name(_ index: Int) -> AnswerCell { names.map { .text($0[index]) } ?? .integer(index) }

    /// The place of the first greatest value; −1 where one is no number.
    static func greatest(_ values: ArraySlice<Float>) -> Int {
        guard let first = values.indices.first, !values.contains(where: \.isNaN) else { return -1 }
        var place = first
        for index in values.indices where values[index] > values[place] { place = index }
        return place - first
    }

    /// e^(z - max z) / Σ, in double precision.
    static func takeSoftmax(_ values: inout [Float]) {
        let most = Double(values.max() ?? 0)
        let powers = values.map { exp(Double($0) - most) }
        let sum = powers.reduce(0, +)
        values = powers.map { Float($0 / sum) }
    }
}
