/// All mistakes that were found in a config.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it; empty when the config was built in Swift.
    public let file: String
    /// The mistakes in the order of their lines; those without a line come last. Where there are very many, only the
    /// first that were found.
    public let problems: [Problem]
    /// The number of mistakes, those that are not in `problems` included.
    public let count: Int

    /// How many are printed.
    static let mostShown = 50

    /// - Parameter count: how many there are, if more than are given.
    package init(file: String, problems: [Problem], count: Int? = nil) {
        self.file = file
        self.count = max(count ?? 0, problems.count)
        self.problems = problems.enumerated().sorted { left, right in
            (left.element.line ?? Int.max, left.offset) < (right.element.line ?? Int.max, right.offset)
        }.map(\.element)
    }

    package init(file: String, path: String = "", origin: JSONNode.Origin = .code, message: String) {
        self.init(file: file, problems: [Problem(path: path, origin: origin, message: message)])
    }

    /// One sentence per line; several are preceded by their count. The first 50 are shown.
    public var description: String {
        let shown = problems.prefix(Self.mostShown)
        let sentences = shown.map { $0.sentence(file: file) }.joined(separator: "\n")
        guard count > 1 else { return sentences }
        return "\(count) mistakes" + (file.isEmpty ? "" : " in \(file)")
            + (shown.count < count ? "; the first \(shown.count) are" : "") + ":\n" + sentences
    }
}

extension ConfigurationError {
    /// One mistake in a config: where it is and what to do about it.
    public struct Problem: Sendable, Equatable {
        /// The path of the value, such as `model.layers[2].units`; empty for the whole file.
        public let path: String
        /// Where the value came from.
        public let origin: JSONNode.Origin
        /// The rest of the sentence, without file, line and path.
        public let message: String

        /// The line in the file, from 1; nil when the value did not come from a file.
        public var line: Int? { origin.line }

        /// Of what is too long to be read, as a key of a megabyte, the beginning and the end are kept.
        package init(path: String, origin: JSONNode.Origin, message: String) {
            self.path = Self.shortened(path, to: 400)
            self.origin = origin
            self.message = Self.shortened(message, to: 4000)
        }

        private static func shortened(_ text: String, to most: Int) -> String {
            guard text.utf8.count > most else { return text }
            return "\(text.prefix(most / 4)) … \(text.suffix(most / 4))"
        }

        package init(path: String, line: Int?, message: String) {
            self.init(path: path, origin: line.map { .line($0) } ?? .code, message: message)
        }

        /// The whole sentence: `digits.json:14: model.layers[2].activaton: unknown key`, and for an override
        /// `--set training.epochs: must be 1 or more, but is 0`.
        func sentence(file: String) -> String {
            var parts: [String] = []
            switch origin {
            case .line(let line): parts.append(file.isEmpty ? "line \(line)" : "\(file):\(line)")
            case .assignment(let assigned): parts.append("--set \(assigned)")
            case .code: if !file.isEmpty { parts.append(file) }
            }
            if !path.isEmpty, origin != .assignment(path) { parts.append(path) }
            parts.append(message)
            return parts.joined(separator: ": ")
        }
    }
}

/// Gathers the mistakes of one reading, so that the user sees them all at once.
package final class Diagnostics {
    /// The mistakes, of very many the first.
    package private(set) var problems: [ConfigurationError.Problem] = []
    /// How many there are.
    package private(set) var count = 0

    /// Beyond what anybody reads they are only counted, so that a file of a million costs no more than its size.
    static let mostKept = 1000

    package var isEmpty: Bool { count == 0 }

    /// The file that is read, as the user named it; empty for a config built in Swift.
    package let file: String

    package init(file: String = "") { self.file = file }

    package func add(_ problem: ConfigurationError.Problem) {
        add(path: problem.path, origin: problem.origin, problem.message)
    }

    /// - Parameter message: found only where it is kept.
    func add(path: @autoclosure () -> String, origin: JSONNode.Origin, _ message: @autoclosure () -> String) {
        count += 1
        if count <= Self.mostKept {
            problems.append(ConfigurationError.Problem(path: path(), origin: origin, message: message()))
        }
    }

    /// Ends a reading: throws everything that was gathered.
    /// - Parameter file: the file as the user named it; empty for a config built in Swift.
    package func throwIfAny(file: String) throws(ConfigurationError) {
        if !isEmpty { throw ConfigurationError(file: file, problems: problems, count: count) }
    }
}
