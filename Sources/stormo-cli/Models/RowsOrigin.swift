import Batches
import Configuration
import Files
import Foundation
import Interchange

/// Whether rows are among those that a model was trained on, as far as its config and the files tell.
enum RowsOrigin: Equatable {
    /// All of them.
    case trained
    /// Those that its run did not hold out; the parts that it did, in words.
    case trainedPartly(heldOut: String)
    case validation
    case test
    /// Other rows than those that it was trained on: other datasets of that file, or of one that is gone.
    case otherDatasets
    case otherFile
    /// Nothing can be said, since the file that it was trained on is gone.
    case unknown(file: String)
    /// Nothing can be said, since the model does not say what it was trained on.
    case untold

    /// - Parameters:
    ///   - data: what is read of the source.
    ///   - path: the model's, beside which its run may have written down what the data were.
    init(_ source: DataSource, _ data: Dataset, _ model: TrainedModel, _ path: String) {
        let config = model.configuration?["data"]
        guard let train = config?["train"] else {
            self = .untold
            return
        }
        let files = TrainedFiles(source, besides: path)
        let isTable = source.table != nil
        func isSame(_ name: String) -> (file: Bool, datasets: Bool) {
            guard let split = config?[name], split["fraction"] == nil,
                files.contain(any: Self.files(of: split), of: name)
            else { return (false, false) }
            if isTable { return (true, true) }
            let paths = UsualDatasets.allTexts(split["inputs"])
            return (true, Set(paths) == Set(source.inputParts.flatMap(\.paths)))
        }
        let parts = [("validation", config?["validation"]), ("test", config?["test"])].compactMap { name, split in
            (split?["fraction"]?.asNumber).map { "\(Self.percent($0)) for \(name)" }
        }
        let folds = config?["k_fold"]?.asInteger.map { ["a fold of \($0)"] } ?? []
        let heldOut = (folds + parts).joined(separator: " and ")
        let trained = heldOut.isEmpty ? Self.trained : .trainedPartly(heldOut: heldOut)
        let training = isSame("train")
        if training.datasets {
            self = trained
        } else if isSame("test").datasets {
            self = .test
        } else if isSame("validation").datasets {
            self = .validation
        } else if training.file {
            self = .otherDatasets
        } else if let gone = Self.files(of: train).first(where: { FileIdentity($0) == nil }) {
            switch files.areTrained(data) {
            case true?: self = trained
            case false?: self = isTable ? .otherFile : .otherDatasets
            case nil: self = .unknown(file: gone)
            }
        } else {
            self = .otherFile
        }
    }

    private static func files(of split: JSONNode) -> [String] {
        let files = UsualDatasets.texts(split["file"])
        return (try? DataSource(files: files, inputs: "", targets: nil).paths()) ?? files
    }

    /// `15%`.
    private static func percent(_ share: Double) -> String {
        let text = String(format: "%.1f", share * 100)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "%"
    }

    /// The end of a sentence about the rows; empty where nothing is known.
    var words: String {
        switch self {
        case .trained: ", which the model was trained on"
        case .trainedPartly(let heldOut): ", of which its run held out \(heldOut) and trained on the rest"
        case .validation: ", the validation rows of its run"
        case .test: ", the test rows of its run"
        case .otherDatasets: ", which the model was not trained on"
        case .otherFile: ", another file than the model was trained on"
        case .unknown(let file): ", perhaps trained on: \(file), the training file, is not there to be compared"
        case .untold: ""
        }
    }

    /// What JSON calls it.
    var word: String {
        switch self {
        case .trained: "trained"
        case .trainedPartly: "partly trained"
        case .validation: "validation"
        case .test: "test"
        case .otherDatasets: "other datasets"
        case .otherFile: "other file"
        case .unknown, .untold: "unknown"
        }
    }
}
