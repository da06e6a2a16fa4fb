import Batches
import Configuration
import Files
import Foundation
import Interchange

/// The rows of one of a run's splits, as the run itself cut them, with its model: `stormo evaluate RUN`.
///
/// The split is made again from the run's own config: the same data, seed, fraction, column and fold give the same rows. The
/// data are held against what the run wrote down of them (`sources.json`).
public final class EvaluatedSplit {
    public enum Name: String, Sendable, CaseIterable {
        case train, validation, test
    }

    public let name: Name
    public let model: TrainedModel
    public let data: Dataset
    /// What the rows are, for a line that tells of them: `the test split of runs/trees, 0.2 of trees.csv`.
    public let words: String
    /// Warnings of the data and of how they were cut.
    public let remarks: [RunRemark]
    // The converted tables that the rows are read from.
    private let tables: PreparedTables

    /// - Parameters:
    ///   - directory: the run's, or a fold's.
    ///   - name: nil for the test split, or the validation split where the run has none, or else the rows trained on.
    ///   - assignments: `data.train.file=…` and the like, where the run's data are elsewhere now.
    /// - Throws: `FileError` for a directory without a finished run; `ConfigurationError` for other assignments; `DataError` for
    ///   a split that the run does not have, and for data that are not those that it was begun with; what reading data and
    ///   model throws.
    public init(_ directory: String, _ name: Name? = nil, assignments: [String] = []) throws {
        let directory = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        if let sentence = FoldDirectory.sentence(directory) { throw FileError(sentence, isBadData: true) }
        let run = try EarlierRun(directory)
        let path = RunDirectory.modelPath(of: directory)
        guard access(path, F_OK) == 0 else {
            throw FileError(
                "\(directory) has no model.h5 yet, since its run is not finished; go on with it by stormo train --resume "
                    + "\(ShellWord.quoted(directory))", isBadData: true)
        }
        var document = run.document
        for assignment in assignments {
            guard assignment.drop(while: { $0 == " " }).hasPrefix("data.") else {
                throw DataError(
                    "--set \(assignment) has no effect on what is measured; say by data.train.file and the like where the run's data "
                        + "are, and leave out the rest")
            }
            try document.set(assignment)
        }
        try run.check(document)
        let configuration = try RunConfiguration(run.moved(document), directory: "")
        let fold = FoldDirectory.number(of: directory)
        let chosen = try Self.chosen(name, configuration.data, directory)
        var record = run.record
        record?.remedy =
            "or measure the model on what is there now: stormo evaluate \(ShellWord.quoted(directory)) --data "
            + ShellWord.quoted(Self.file(configuration.data, chosen))
        tables = try PreparedTables(
            configuration.data, cache: RunDirectory.cachePath(of: FoldDirectory.whole(of: directory)), resumes: true,
            begunWith: record)
        let splits = try RunData(tables.data, seed: configuration.seed, fold: fold)
        let all: [Dataset?] = [splits.training, splits.validation, splits.test]
        try record?.check(rows: all.map { $0?.count ?? 0 }, DataFingerprint(all))
        guard let data = all[Name.allCases.firstIndex(of: chosen) ?? 0] else {
            throw DataError("\(directory) has no rows in its \(chosen.rawValue) split")
        }
        model = try TrainedModel(contentsOf: path)
        (self.name, self.data) = (chosen, data)
        words = "the \(chosen.rawValue) split of \(directory), " + Self.words(configuration.data, chosen, fold)
        let others = run.warningsOfOthersBeside(configuration.data)
        remarks = (others + splits.splitWarnings + data.notices).map { .warning($0) }
    }

    /// The rows as answers name them: those of a table by their numbers in it.
    /// - Throws: `HDF5Error` and `DataError` where names and numbers can't be read.
    package func rows() throws -> AnswerRows { try AnswerRows(of: data, files: data.source?.paths() ?? []) }

    private static func chosen(_ name: Name?, _ data: DataConfiguration, _ directory: String) throws -> Name {
        let known = Name.allCases.filter {
            switch $0 {
            case .train: true
            case .validation: data.validation != nil || data.folds != nil
            case .test: data.test != nil
            }
        }
        guard let name else { return known.last ?? .train }
        guard known.contains(name) else {
            throw DataError(
                "\(directory) has no \(name.rawValue) split: its config has "
                    + (known.count > 1 ? known.map(\.rawValue).joined(separator: " and ") : "train alone"))
        }
        return name
    }

    /// The first file that a split is read from.
    private static func file(_ data: DataConfiguration, _ name: Name) -> String {
        let split = name == .validation ? data.validation : name == .test ? data.test : nil
        return (split?.source ?? data.train).file
    }

    /// Where the rows are: `0.2 of trees.csv`, `fold 2 of 5 of trees.csv`, `what the others leave of trees.csv`.
    private static func words(_ data: DataConfiguration, _ name: Name, _ fold: Int?) -> String {
        let whole = data.train.words
        if name == .validation, let fold, let folds = data.folds { return "fold \(fold + 1) of \(folds) of \(whole)" }
        let split = name == .validation ? data.validation : name == .test ? data.test : nil
        if let source = split?.source { return source.words }
        if let fraction = split?.fraction { return "\(fraction) of \(whole)" }
        let isCut = data.folds != nil || [data.validation, data.test].contains { $0?.fraction != nil }
        return isCut ? "what the others leave of \(whole)" : whole
    }
}
