import Charts
import Configuration
import Files
import Foundation
import Runs

/// What a run left of each epoch, as charts need it: `metrics.csv` and `times.csv` of its directory, with its config and its
/// state. A run that is going on has what it has so far.
package struct RunHistory: Sendable {
    /// The run's directory, as it was named.
    package let path: String
    /// In the file's order, without `epoch` and `step`.
    package let columns: [String]
    package let epochs, steps: [Double]
    /// The seconds from the run's start to each epoch's end, summed over `times.csv`; where a time is missing, NaN from
    /// there on.
    package let seconds: [Double]
    /// In samples a second; NaN where it is missing.
    package let paces: [Double]
    /// By column; what was not defined is NaN.
    package let values: [String: [Double]]
    package let configuration: JSONNode
    package let state: RunState?

    /// Reads a run's directory.
    /// - Throws: `FileError` where it is none, has no epoch yet, or a file in it is damaged.
    package init(directory path: String) throws {
        guard let history = try Self(soFar: path) else {
            throw FileError(
                (try? RunState(directory: path))?.phase == .failed
                    ? "\(path) has no epoch: the run failed in its first"
                    : "\(path) has no epoch yet; wait until the first is over")
        }
        self = history
    }

    /// Reads what a run's directory has so far.
    /// - Returns: nil where it has no epoch yet.
    /// - Throws: `FileError` where it is none, or a file in it is damaged.
    package init?(soFar path: String) throws {
        self.path = path
        guard AtomicFile.isDirectory(path) else {
            throw FileError("there is no directory \(path); name the directory of a run")
        }
        let metrics = path + "/metrics.csv"
        guard access(metrics, F_OK) == 0 else {
            throw FileError(
                "\(path) has no metrics.csv, so it is not the directory of a run, or one that has not begun; 'stormo runs' lists runs"
            )
        }
        let rows = try Self.rows(metrics)
        guard let header = rows.first, header.prefix(2) == ["epoch", "step"] else {
            throw FileError("\(metrics) is damaged: its first line does not begin with epoch,step", isBadData: true)
        }
        guard rows.count > 1 else { return nil }
        var table: [[Double]] = header.map { _ in [] }
        for (index, row) in rows.dropFirst().enumerated() {
            let place = "\(metrics):\(index + 2)"
            guard row.count == header.count else {
                throw FileError(
                    "\(place): has \(row.count) values, but the first line names \(header.count) columns; the file is damaged",
                    isBadData: true)
            }
            for (column, text) in row.enumerated() {
                guard let value = text.isEmpty && column > 1 ? .nan : Double(text) else {
                    throw FileError("\(place): \(header[column]) is '\(text)', which is no number", isBadData: true)
                }
                table[column].append(value)
            }
            if index > 0, !(table[0][index] > table[0][index - 1]) {
                throw FileError(
                    "\(place): epoch \(row[0]) does not follow \(rows[index][0]); the file is damaged", isBadData: true)
            }
        }
        columns = Array(header.dropFirst(2))
        (epochs, steps) = (table[0], table[1])
        values = Dictionary(zip(columns, table.dropFirst(2))) { first, _ in first }
        (seconds, paces) = try Self.times(path + "/times.csv", epochs: epochs)
        configuration = try ConfigurationDocument(contentsOf: path + "/config.json").root
        state = try RunState(directory: path)
    }

    private static func rows(_ path: String) throws -> [[String]] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileError("\(path) can't be read: \(AtomicFile.reason())")
        }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The seconds up to each epoch's end, and the pace in it. A resumed run may have an epoch twice: the last one counts.
    private static func times(_ path: String, epochs: [Double]) throws -> (seconds: [Double], paces: [Double]) {
        guard access(path, F_OK) == 0 else { return (epochs.map { _ in .nan }, epochs.map { _ in .nan }) }
        var took: [Double: (seconds: Double, pace: Double)] = [:]
        for row in try rows(path).dropFirst() where row.count > 1 {
            guard let epoch = Double(row[0]) else { continue }
            took[epoch] = (Double(row[1]) ?? .nan, row.count > 2 ? Double(row[2]) ?? .nan : .nan)
        }
        var sum = 0.0
        let seconds = epochs.map { epoch in
            sum += took[epoch]?.seconds ?? .nan
            return sum
        }
        return (seconds, epochs.map { took[$0]?.pace ?? .nan })
    }

    /// The config without what tells runs of one experiment apart, the seed and the name, and without what does not change
    /// what they learn: what they write down, and when they save.
    package var settings: JSONNode { Self.settings(configuration) }

    static func settings(_ configuration: JSONNode) -> JSONNode {
        var settings = configuration
        for key in ["seed", "name", "logging", "checkpoint"] { settings[key] = Optional<JSONNode>.none }
        return settings
    }

    package var seed: Int? { configuration["seed"]?.asInteger }
    /// Its number among the folds of a cross-validation, from 0; nil for a run of its own.
    var fold: Int? { FoldDirectory.number(of: path) }

    /// The columns of a run's table without `epoch` and `step`, from its first line alone; none where there is no table.
    static func columns(of directory: String) -> [String] {
        guard let file = FileHandle(forReadingAtPath: directory + "/metrics.csv") else { return [] }
        defer { try? file.close() }
        let start = (try? file.read(upToCount: 1 << 16)) ?? Data()
        let line = String(decoding: start, as: UTF8.self).prefix { !$0.isNewline }
        return line.split(separator: ",").dropFirst(2).map(String.init)
    }

    /// The best finite value of a column and its epoch; the last where neither way is better.
    func best(_ column: String, _ direction: Finding.Direction?) -> (value: Double, epoch: Int)? {
        let finite = (values[column] ?? []).enumerated().filter(\.element.isFinite)
        let best =
            switch direction {
            case .lowest: finite.min { $0.element < $1.element }
            case .highest: finite.max { $0.element < $1.element }
            case nil: finite.last
            }
        return best.map { ($0.element, Int(epochs[$0.offset])) }
    }
}
