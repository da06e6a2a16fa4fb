import ArgumentParser
import Batches
import Files
import Foundation
import HDF5
import Preparation

/// What a shell offers behind options that name something in a file of the command line: a column of its table, a dataset of an
/// HDF5 file. What can't be read offers nothing, since a shell that completes has no place for errors.
enum NamesInFile {
    static var completion: CompletionKind { .custom { words, _, prefix in names(in: words, beginningWith: prefix) } }

    private static func names(in words: [String], beginningWith prefix: String) -> [String] {
        // The first is the program.
        for word in words.dropFirst() where !word.hasPrefix("-") && isRegularFile(word) {
            let names = TableSource.isTable(word) ? columns(of: word) : datasets(of: word)
            if !names.isEmpty { return names.filter { $0.hasPrefix(prefix) } }
        }
        return []
    }

    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func columns(of path: String) -> [String] {
        (try? SplitTables.columns(path, TableOptions(TableSource(), path))) ?? []
    }

    private static func datasets(of path: String) -> [String] {
        guard Inspect.looksLikeHDF5(path), let file = try? HDF5File.open(path) else { return [] }
        // A model in front of the data has datasets of its own.
        if (try? file.exists("/stormo")) ?? false { return [] }
        return (try? file.allDatasetPaths()) ?? []
    }
}
