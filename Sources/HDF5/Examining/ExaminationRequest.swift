import Foundation

/// A file to be examined, as it is sent to the examiner's process.
struct ExaminationRequest: Sendable, Hashable {
    /// Absolute, since the two processes need not have the same working directory.
    let path: String
    let allowsExternal: Bool
    let reading: HDF5Reading

    init(_ path: String, allowsExternal: Bool, reading: HDF5Reading) {
        let directory = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
        self.path = directory + path
        self.allowsExternal = allowsExternal
        self.reading = reading
    }

    /// In bytes; 0 where there is no such file.
    var fileSize: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// See `ExaminationLimits`.
    var stepSeconds: Int { ExaminationLimits.stepSeconds(fileSize: fileSize) }

    /// The longest message, in bytes. Longer paths lead to nothing anyway.
    static let longest = 128 << 10

    /// Parts ended by NUL, which no path contains.
    var bytes: [UInt8] {
        var parts = [path, allowsExternal ? "1" : "0"]
        switch reading {
        case .everything: parts.append("everything")
        case .copies: parts.append("copies")
        case .objects(let paths): parts += ["objects"] + paths
        }
        return Array(parts.joined(separator: "\0").utf8)
    }

    /// Nil for bytes that are no request.
    init?(bytes: some Collection<UInt8>) {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count >= 3 else { return nil }
        (path, allowsExternal) = (parts[0], parts[1] == "1")
        switch parts[2] {
        case "everything": reading = .everything
        case "copies": reading = .copies
        default: reading = .objects(Array(parts[3...]))
        }
    }
}

/// How an examination ended.
enum ExaminationOutcome: Equatable {
    case fine
    /// The library crashed by this signal.
    case crashed(signal: Int)
    /// The library was still busy after so many seconds, of computing or, `waiting`, of reading.
    case endless(seconds: Int, waiting: Bool)
    /// The library wanted more memory than this, in bytes.
    case excessive(limit: Int)

    var text: String {
        switch self {
        case .fine: "fine 0"
        case .crashed(let signal): "crashed \(signal)"
        case .endless(let seconds, let waiting): "\(waiting ? "waiting" : "endless") \(seconds)"
        case .excessive(let limit): "excessive \(limit)"
        }
    }

    init?(_ text: Substring) {
        let words = text.split(separator: " ")
        guard words.count == 2, let number = Int(words[1]) else { return nil }
        switch words[0] {
        case "fine": self = .fine
        case "crashed": self = .crashed(signal: number)
        case "endless": self = .endless(seconds: number, waiting: false)
        case "waiting": self = .endless(seconds: number, waiting: true)
        case "excessive": self = .excessive(limit: number)
        default: return nil
        }
    }
}
