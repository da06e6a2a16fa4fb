import Batches
import Files
import Foundation
import HDF5
import Preparation
import Recipes
import Runs

/// What is said to who gives data where a config is wanted.
enum InitHint {
    /// Nil where the file may be a config.
    static func sentence(_ path: String) -> String? {
        let command = "stormo init \(ShellWord.quoted(path))"
        if TableSource.isTable(path) {
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let names = (try? TableOptions(TableSource(), path)).flatMap { try? SplitTables.columns(path, $0) }
            return
                "\(path) is a table, and a config is wanted, which says what to make of it; to write one: \(command) --target "
                + "COLUMN" + (names.map { ", where COLUMN is one of \(RecipeMapping.list($0))" } ?? "")
        }
        if AtomicFile.isDirectory(path) {
            func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
            if has("state.json") || !FoldDirectory.names(in: path).isEmpty {
                return "\(path) is a run, and a config is wanted; to go on with the run: stormo train --resume "
                    + ShellWord.quoted(path)
            }
            guard FolderHead.reads(path) else { return nil }
            return
                "\(path) is a folder of images, and a config is wanted, which says what to make of it; to write one: \(command)"
        }
        guard Inspect.looksLikeHDF5(path) else { return nil }
        return
            "\(path) is an HDF5 file, and a config is wanted, which says what to make of it; to write one: \(command)"
    }
}
