/// One mistake in a config: where it is and what to do about it.
public struct Problem: Sendable, Equatable {
    /// The way to the value, as in `model.layers[2].units`; empty for the whole file.
    public let path: String
    /// Where the value came from.
    public let origin: JSONNode.Origin
    /// The rest of the sentence, without file, line and path.
    public let message: String

    /// The line in the file, from 1; nil when the value did not come from a file.
    public var line: Int? { origin.line }

    public init(path: String, origin: JSONNode.Origin, message: String) {
        self.path = path
        self.origin = origin
        self.message = message
    }

    public init(path: String, line: Int?, message: String) {
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

/// Every mistake that one reading of a config found.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it; empty when the config was built in Swift.
    public let file: String
    /// The mistakes in the order of their lines; those without a line come last.
    public let problems: [Problem]

    public init(file: String, problems: [Problem]) {
        self.file = file
        self.problems = problems.enumerated().sorted { left, right in
            (left.element.line ?? Int.max, left.offset) < (right.element.line ?? Int.max, right.offset)
        }.map(\.element)
    }

    package init(file: String, path: String = "", origin: JSONNode.Origin = .code, message: String) {
        self.init(file: file, problems: [Problem(path: path, origin: origin, message: message)])
    }

    /// One sentence per line; several are preceded by their count.
    public var description: String {
        let sentences = problems.map { $0.sentence(file: file) }.joined(separator: "\n")
        guard problems.count > 1 else { return sentences }
        return "\(problems.count) mistakes" + (file.isEmpty ? "" : " in \(file)") + ":\n" + sentences
    }
}

/// Gathers the mistakes of one reading, so that the user sees them all at once.
public final class Diagnostics {
    public private(set) var problems: [Problem] = []

    public var isEmpty: Bool { problems.isEmpty }

    public init() {}

    public func add(_ problem: Problem) { problems.append(problem) }

    /// Ends a reading: throws everything that was gathered.
    /// - Parameter file: the file as the user named it; empty for a config built in Swift.
    public func throwIfAny(file: String) throws(ConfigurationError) {
        if !isEmpty { throw ConfigurationError(file: file, problems: problems) }
    }
}
