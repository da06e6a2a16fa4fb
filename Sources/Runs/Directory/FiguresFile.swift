import Configuration
import Files
import Foundation

/// `metrics.json` in the directory of a run, with its `FinalFigures`, or of a cross-validation, with its `FoldFigures`.
enum FiguresFile {
    static let name = "metrics.json"
    static let format = 1

    static func path(_ directory: String) -> String { directory + "/" + name }

    /// Opens the file and reads it.
    /// - Parameters:
    ///   - areOfFolds: which of the two is wanted.
    ///   - read: notes its mistakes with the reader.
    /// - Returns: nil where the directory has no such file, or the other of the two.
    /// - Throws: `FileError` for a file that is damaged.
    static func read<Figures>(
        _ directory: String, areOfFolds: Bool, _ read: (ObjectReader) -> Figures
    ) throws -> Figures? {
        let path = path(directory)
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let document = try ConfigurationDocument(contentsOf: path)
            guard (document.root["folds"] != nil) == areOfFolds else { return nil }
            let diagnostics = Diagnostics()
            let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
            root.requireFormat(format)
            let figures = read(root)
            try diagnostics.throwIfAny(file: path)
            return figures
        } catch {
            throw FileError("\(path) is damaged: \(error)", isBadData: true)
        }
    }
}
