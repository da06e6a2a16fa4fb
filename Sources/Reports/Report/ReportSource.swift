import Configuration
import Engine
import Files
import Foundation
import Interchange
import Runs

/// What a report is made of: what a run left, or a model file alone. The small files of a directory are read at once; the model,
/// answers and the rows that the network was given when a section first asks for them.
package final class ReportSource {
    /// The run's directory or the model's file, as it was named.
    package let path: String
    /// What the report calls it.
    package let name: String
    /// Nil for a model's file, and for a run without an epoch.
    package let history: RunHistory?
    package let state: RunState?
    /// Nil while the run goes on.
    package let figures: FinalFigures?
    /// Nil for a run of before, which did not write it.
    package let record: RunRecord?
    /// The files that the run's data are from.
    package let files: [DataRecord.SplitFile]
    /// Of a cross-validation each of its folds that has begun, else none.
    package let folds: [ReportSource]
    /// Whether the page can lead to theirs.
    let linksFolds: Bool
    /// What they came to together; nil while the last goes on.
    package let foldFigures: FoldFigures?
    /// Resolved; nil for a model that was trained without a config.
    package let configuration: JSONNode?
    /// Of a fold its number, from 0.
    package let fold: Int?
    /// Whether rows of the data may be shown, and paths as they are.
    package let showsRows: Bool
    private let suppliers: Suppliers

    /// What is costly, each made once at most.
    struct Suppliers {
        var model: () throws -> TrainedModel? = { nil }
        var answers: () throws -> ReportAnswers? = { nil }
        var given: () throws -> GivenRows? = { nil }
    }

    private var madeModel: Result<TrainedModel?, any Error>?
    private var madeAnswers: Result<ReportAnswers?, any Error>?
    private var madeGiven: Result<GivenRows?, any Error>?

    /// The run's model; nil where it has none yet.
    /// - Throws: `FileError`, `HDF5Error` for one that can't be read.
    package var model: TrainedModel? {
        get throws { try Self.once(&madeModel, suppliers.model) }
    }

    /// The model's answers to the split that tells most of it; nil while the run goes on.
    /// - Throws: as `ReportAnswers`.
    package var answers: ReportAnswers? {
        get throws { try Self.once(&madeAnswers, suppliers.answers) }
    }

    /// The first rows of training as the network was given them.
    /// - Throws: `DataError`, `HDF5Error` where they can't be read.
    package var given: GivenRows? {
        get throws { try Self.once(&madeGiven, suppliers.given) }
    }

    private static func once<T>(_ made: inout Result<T, any Error>?, _ make: () throws -> T) throws -> T {
        let result = made ?? Result { try make() }
        made = result
        return try result.get()
    }

    /// What a run's directory holds.
    /// - Parameter suppliers: what is at hand already.
    /// - Throws: `FileError` where the directory is none of a run, or a file in it is damaged.
    init(run path: String, showsRows: Bool, _ suppliers: Suppliers) throws {
        self.path = path
        self.showsRows = showsRows
        self.suppliers = suppliers
        guard AtomicFile.isDirectory(path) else {
            throw FileError("there is no directory \(path); name the directory of a run, or a model file")
        }
        guard access(path + "/config.json", F_OK) == 0 else {
            throw FileError(
                "\(path) has no config.json, so it is not the directory of a run; 'stormo runs' lists runs")
        }
        (folds, foldFigures, linksFolds) = ([], nil, false)
        configuration = try ConfigurationDocument(contentsOf: path + "/config.json").root
        record = try RunRecord(directory: path)
        files = try DataRecord(directory: path)?.splitFiles ?? []
        history = access(path + "/metrics.csv", F_OK) == 0 ? try RunHistory(soFar: path) : nil
        state = try RunState(directory: path)
        figures = try FinalFigures(directory: path)
        fold = FoldDirectory.number(of: path)
        var name = path.split(separator: "/").last.map(String.init) ?? path
        if case .string(let own)? = configuration?["name"]?.value { name = own }
        self.name = fold.map { "\(name), fold \($0 + 1)" } ?? name
    }

    /// A run's directory, whether or not the run is over.
    /// - Parameter answers: to other rows than the run's own.
    /// - Throws: as the other.
    package convenience init(
        run path: String, showsRows: Bool = true, answers: (() throws -> ReportAnswers?)? = nil
    ) throws {
        let hasModel = access(RunDirectory.modelPath(of: path), F_OK) == 0
        try self.init(
            run: path, showsRows: showsRows,
            Suppliers(
                model: { hasModel ? try TrainedModel(contentsOf: RunDirectory.modelPath(of: path)) : nil },
                answers: answers ?? { hasModel ? try ReportAnswers(ofRun: path) : nil },
                given: { try GivenRows(ofRun: path) }))
    }

    /// A run of this process.
    /// - Parameter answers: once it is over.
    convenience init(
        live path: String, given: GivenRows?, answers: @escaping () throws -> ReportAnswers? = { nil }
    ) throws {
        try self.init(
            run: path, showsRows: true,
            Suppliers(
                model: {
                    let file = RunDirectory.modelPath(of: path)
                    return access(file, F_OK) == 0 ? try TrainedModel(contentsOf: file) : nil
                }, answers: answers, given: { given }))
    }

    /// A cross-validation's directory, with its folds' directories in it.
    /// - Parameter linksFolds: whether the page will stand in that directory, and theirs in theirs.
    /// - Throws: as the other.
    package init(folds names: [String], in path: String, showsRows: Bool = true, linksFolds: Bool = true) throws {
        self.path = path
        self.linksFolds = linksFolds
        self.showsRows = showsRows
        folds = try names.map { try ReportSource(run: "\(path)/\($0)", showsRows: showsRows) }
        foldFigures = try FoldFigures(directory: path)
        (history, state, figures, record, fold) = (nil, nil, nil, nil, nil)
        files = folds.first?.files ?? []
        configuration = folds.first?.configuration
        name = path.split(separator: "/").last.map(String.init) ?? path
        suppliers = Suppliers()
    }

    /// A model's file alone.
    /// - Parameter answers: of the data that are named with it; nil for none.
    /// - Throws: `FileError`, `HDF5Error` for a file that can't be read.
    package init(
        model path: String, _ model: TrainedModel, showsRows: Bool = true,
        answers: @escaping () throws -> ReportAnswers? = { nil }
    ) {
        self.path = path
        self.showsRows = showsRows
        (history, state, figures, record, fold) = (nil, nil, model.figuresOfRun, nil, nil)
        (folds, foldFigures, files, linksFolds) = ([], nil, [], false)
        configuration = model.configuration
        name = path.split(separator: "/").last.map(String.init) ?? path
        suppliers = Suppliers(model: { model }, answers: answers)
    }
}
