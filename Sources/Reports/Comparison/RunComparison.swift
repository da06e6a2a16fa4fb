import Charts
import Configuration
import Files
import Foundation
import Runs

/// Runs beside each other: what each came to, and the keys of their configs in which they differ.
package struct RunComparison: Sendable {
    /// What rows are ordered by; a name that is none of these words is a key of the configs, or its end.
    package enum Order: Hashable, Sendable {
        /// The best first.
        case figure
        case name, state, epochs, updated
        case key(String)

        package static let words: [String: Order] = [
            "best": .figure, "name": .name, "state": .state, "epochs": .epochs, "updated": .updated,
        ]
    }

    /// One run, or several that differ in their seed alone.
    package struct Row: Sendable {
        /// One at least.
        package let runs: [RunSummary]
        package let value: ComparedFigure.Value?
        /// For each of the comparison's keys.
        package let settings: [JSONNode?]

        /// `runs/a`, or of several `runs/a, 5 seeds`.
        package var name: String {
            runs.count == 1 ? runs[0].path : "\(runs[0].path), \(Set(runs.map(\.seed)).count) seeds"
        }
    }

    package struct Key: Sendable {
        package let path: String
        /// The end of it that tells it from the others.
        package let name: String
    }

    /// Nil where the runs have none in common.
    package let figure: ComparedFigure?
    package private(set) var keys: [Key] = []
    package private(set) var rows: [Row] = []
    /// Why figures of some runs are missing.
    package private(set) var failures: [FileError] = []

    /// - Parameters:
    ///   - metric: the figure to compare by; nil for the one that the runs watch.
    ///   - groupsSeeds: whether runs whose configs differ in nothing but seed and name are one row.
    /// - Throws: `ReportError` where no run has the figure.
    package init(_ runs: [RunSummary], metric: String? = nil, groupsSeeds: Bool = false) throws {
        let figure = try ComparedFigure(metric, of: runs)
        self.figure = figure
        let groups =
            groupsSeeds
            ? SeedGroups.grouped(runs) { $0.configuration.map { RunHistory.settings($0).jsonText(pretty: false) } }
            : runs.map { [$0] }
        let differing = DifferingKeys(groups.map { Self.compared($0[0].configuration, withSeed: !groupsSeeds) }).keys
        keys = zip(differing, DifferingKeys.shortest(differing.map(\.path), taken: Set(Order.words.keys))).map {
            Key(path: $0.path, name: $1)
        }
        for (index, group) in groups.enumerated() {
            var values: [ComparedFigure.Value] = []
            for run in SeedGroups.withoutRepeats(group, seed: \.seed, epochs: \.state.epoch).kept {
                do {
                    if let value = try figure?.value(of: run) { values.append(value) }
                } catch let error as FileError {
                    failures.append(error)
                }
            }
            let value = values.count < 2 ? values.first : ComparedFigure.Value(values.map(\.mean))
            rows.append(Row(runs: group, value: value, settings: differing.map { $0.values[index] }))
        }
    }

    /// What is compared: all but the name, which the run's path tells; of groups what their runs have in common.
    private static func compared(_ configuration: JSONNode?, withSeed: Bool) -> JSONNode? {
        guard var node = configuration else { return nil }
        if !withSeed { return RunHistory.settings(node) }
        node["name"] = Optional<JSONNode>.none
        return node
    }

    // MARK: - Order

    /// Orders the rows; those that lack what they are ordered by come last, and equal ones are in the order of their names.
    /// - Throws: `ReportError` where the configs do not differ in such a key.
    package mutating func sort(by order: Order, isReversed: Bool = false) throws {
        let rank: (Row) -> Rank?
        switch order {
        case .figure:
            let sign = figure?.direction == .highest ? -1.0 : 1
            rank = { row in row.value.flatMap { $0.mean.isNaN ? nil : .number(sign * $0.mean) } }
        case .name: rank = { .text($0.name) }
        case .state: rank = { .text($0.runs[0].standing.rawValue) }
        case .epochs: rank = { .number(Double($0.runs[0].folds?.finished ?? $0.runs[0].state.epoch)) }
        case .updated: rank = { row in row.runs.map(\.state.updated.timeIntervalSince1970).max().map { .number($0) } }
        case .key(let name):
            let index = try place(of: name)
            rank = { row in row.settings[index].map(Rank.init) }
        }
        let ranked = rows.map { (row: $0, rank: rank($0)) }
        rows = ranked.sorted { first, second in
            switch (first.rank, second.rank) {
            case (let one?, let other?) where one != other: return isReversed ? other < one : one < other
            case (_?, nil): return true
            case (nil, _?): return false
            default: return Rank.text(first.row.name) < Rank.text(second.row.name)
            }
        }.map(\.row)
    }

    private enum Rank: Comparable {
        case number(Double)
        case text(String)

        init(_ value: JSONNode) { self = value.asNumber.map { .number($0) } ?? .text(DifferingKeys.text(value)) }

        static func < (first: Rank, second: Rank) -> Bool {
            switch (first, second) {
            case (.number(let one), .number(let other)): one < other
            case (.text(let one), .text(let other)): one.compare(other, options: .numeric) == .orderedAscending
            case (.number, .text): true
            case (.text, .number): false
            }
        }
    }

    /// Keeps these keys alone, in this order.
    /// - Parameter names: paths or their ends.
    /// - Throws: `ReportError` where the configs do not differ in one.
    package mutating func keep(keys names: [String]) throws { choose(try names.map(place)) }

    /// Keeps the first keys alone.
    package mutating func keep(firstKeys count: Int) { choose(Array(keys.indices.prefix(count))) }

    private mutating func choose(_ places: [Int]) {
        keys = places.map { keys[$0] }
        rows = rows.map { row in Row(runs: row.runs, value: row.value, settings: places.map { row.settings[$0] }) }
    }

    private func place(of name: String) throws -> Int {
        if let exact = keys.firstIndex(where: { $0.path == name || $0.name == name }) { return exact }
        let ends = keys.indices.filter { keys[$0].path.hasSuffix("." + name) }
        if ends.count == 1 { return ends[0] }
        if ends.count > 1 {
            throw ReportError(
                "'\(name)' may be " + ends.map { keys[$0].path }.joined(separator: " or ") + "; say which")
        }
        let known = keys.map(\.path)
        let near = nearestWord(to: name, among: known + keys.map(\.name)).map { "did you mean '\($0)'?" }
        throw ReportError(
            "the runs' configs do not differ in '\(name)'; "
                + (near
                    ?? (known.isEmpty ? "they differ in nothing" : "they differ in " + known.joined(separator: ", "))))
    }

    /// A value of a config in few words.
    package static func text(_ value: JSONNode?) -> String { DifferingKeys.text(value) }
}
