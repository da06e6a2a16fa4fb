import Foundation

extension DataSource {
    /// The files that the paths and patterns stand for, those of a pattern sorted by name. Whoever reads a source asks
    /// here, so that a pattern means the same everywhere.
    /// - Throws: `DataError` for a pattern that no file matches.
    package func paths() throws -> [String] { try files.flatMap(Self.expand) }

    /// The files that a pattern stands for; the path itself where it is no pattern, or the name of a file.
    private static func expand(_ pattern: String) throws -> [String] {
        guard pattern.contains(where: { "*?[".contains($0) }), access(pattern, F_OK) != 0 else { return [pattern] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0, found.gl_pathc > 0 else {
            throw DataError("no file matches the pattern \(pattern)")
        }
        return try (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0] }.map { path in
            guard let name = String(validatingCString: path) else {
                throw DataError(
                    "the pattern \(pattern) matches a file whose name is not UTF-8 (\(String(cString: path))); rename it"
                )
            }
            return name
        }
    }
}

extension DataConfiguration {
    /// The files of all splits.
    /// - Throws: `DataError` for a pattern that no file matches.
    package func paths() throws -> [String] {
        try ([train] + [validation, test].compactMap { $0?.source }).flatMap { try $0.paths() }
    }
}
