import Foundation

/// Has inputs read by one process after another, and watches those.
struct FuzzBatches {
    let scratch: String
    let reader: Reader
    let seed: Int
    let patience: Double
    /// Where the inputs that did harm are kept.
    let findings: String

    struct Outcome {
        var accepted = 0
        var refused = 0
        var findings: [String] = []
    }

    private static let batch = 1000

    func run(_ indices: Range<Int>) throws -> Outcome {
        var outcome = Outcome()
        var next = indices.lowerBound
        while next < indices.upperBound {
            let batch = next..<min(next + Self.batch, indices.upperBound)
            let end = try self.batch(batch)
            for (place, mark) in end.marks.enumerated() {
                switch mark {
                case .accepted: outcome.accepted += 1
                case .refused: outcome.refused += 1
                case .greedy: outcome.findings.append(try keep(batch.lowerBound + place, "takes too much memory"))
                case .begun: outcome.findings.append(try keep(batch.lowerBound + place, end.reason))
                }
            }
            guard !end.marks.isEmpty else {
                outcome.findings.append("the reading process ended before its first input: \(end.reason)")
                return outcome
            }
            next += end.marks.count
        }
        return outcome
    }

    private func batch(_ indices: Range<Int>) throws -> (marks: [FuzzWorker.Mark], reason: String) {
        let progress = scratch + "/progress"
        try? FileManager.default.removeItem(atPath: progress)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--worker", scratch, "--reader", reader.rawValue, "--seed", "\(seed)", "--first", "\(indices.lowerBound)",
            "--count", "\(indices.count)",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        var (last, since) = ("", Date())
        var reason = ""
        while ended.wait(timeout: .now() + 0.2) == .timedOut {
            let now = Self.text(progress)
            if now != last { (last, since) = (now, Date()) }
            if Date().timeIntervalSince(since) > patience {
                reason = "hangs for more than \(patience) s"
                kill(process.processIdentifier, SIGKILL)
                ended.wait()
                break
            }
        }
        if reason.isEmpty {
            let status = process.terminationStatus
            reason =
                process.terminationReason == .uncaughtSignal ? "crashes by signal \(status)" : "exits with \(status)"
        }
        return (Self.text(progress).compactMap { FuzzWorker.Mark(rawValue: $0) }, reason)
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Makes the input again and keeps it.
    private func keep(_ index: Int, _ reason: String) throws -> String {
        try FileManager.default.createDirectory(atPath: findings, withIntermediateDirectories: true)
        let made = try FuzzWorker.write(index, seed, reader, FuzzWorker.seeds(scratch, reader), scratch)
        let name = "\(findings)/\(reader.rawValue)-\(seed)-\(index).\(reader == .config ? "json" : "h5")"
        try? FileManager.default.removeItem(atPath: name)
        try FileManager.default.copyItem(atPath: made, toPath: name)
        return "input \(index) \(reason): \(name)"
    }
}
