import Configuration
import Files
import Foundation
import Reports
import Runs

/// A run of another process, as its files tell of it.
struct WatchedRun {
    enum Standing: Sendable, Equatable {
        /// There is no run yet.
        case awaited
        case going
        case over
    }

    /// As it was named.
    let path: String
    /// Of a cross-validation, the fold that began last.
    private(set) var directory: String
    private(set) var standing = Standing.awaited
    private(set) var state: RunState?
    private(set) var history: [EpochRecord] = []
    private(set) var figures: [String] = []
    /// Until the last epoch's end, in seconds; NaN where it is not known.
    private(set) var seconds: [Double] = []
    /// When the last epoch ended.
    private(set) var lastEpoch: Date?
    /// Why its files can't be read now.
    private(set) var failure: String?
    /// When the fold at hand was seen to be over, of a cross-validation that has more to come.
    private var pause: Date?
    private var signature: [Int] = []

    /// How long the next fold may take to begin.
    private static let longestPause = 15.0

    init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        directory = self.path
    }

    /// Reads what has changed.
    mutating func read(now: Date = Date()) {
        directory = FoldDirectory.names(in: path).last.map { "\(path)/\($0)" } ?? path
        // The lock first: who gives it up has written its last state.
        let isHeld = RunLock.isHeld(directory)
        do {
            state = try RunState(directory: directory)
            if isHeld || state != nil { try readHistory() }
            failure = nil
        } catch {
            failure = "\(error)"
        }
        guard let state else {
            standing = isHeld ? .going : .awaited
            return
        }
        if isHeld {
            (standing, pause) = (.going, nil)
        } else if state.phase == .finished, hasMoreFolds {
            let since = pause ?? now
            pause = since
            standing = now.timeIntervalSince(since) > Self.longestPause ? .over : .going
        } else {
            standing = .over
        }
    }

    /// Whether the fold at hand is not the last one.
    private var hasMoreFolds: Bool {
        guard let number = FoldDirectory.number(of: directory), directory != path,
            let all = (try? ConfigurationDocument(contentsOf: directory + "/config.json"))?.root["data"]?["k_fold"]?
                .asInteger
        else { return false }
        return number + 1 < all
    }

    private mutating func readHistory() throws {
        let files = ["metrics.csv", "times.csv"].map { "\(directory)/\($0)" }
        var signature: [Int] = [directory.hashValue]
        for file in files {
            var status = stat()
            guard stat(file, &status) == 0 else { continue }
            signature += [Int(status.st_ino), Int(status.st_size)]
            lastEpoch = Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
        }
        guard signature != self.signature else { return }
        let history =
            access(files[0], F_OK) == 0 && access("\(directory)/config.json", F_OK) == 0
            ? try RunHistory(soFar: directory) : nil
        (self.history, figures) = (history?.records ?? [], history?.figures ?? figures)
        seconds = history?.seconds ?? []
        self.signature = signature
    }

    /// What a dashboard shows of it.
    func content(now: Date = Date()) -> DashboardState {
        var content = DashboardState(name: directory, epochs: state?.epochs ?? 0, figures: figures)
        content.history = history
        let done = history.last?.epoch ?? 0
        content.epoch = min(done + 1, max(content.epochs, 1))
        content.samplesPerSecond = history.last?.samplesPerSecond
        content.elapsed = state.map { now.timeIntervalSince($0.started) } ?? 0
        // Where the epoch at hand is can't be seen, but how long the last ones took.
        let recent = zip(seconds.suffix(11).dropFirst(), seconds.suffix(11)).map { $0 - $1 }
        let mean = recent.isEmpty ? seconds.last ?? .nan : recent.reduce(0, +) / Double(recent.count)
        var share = 0.0
        if mean > 0, let lastEpoch, standing == .going, done < content.epochs {
            share = min(max(now.timeIntervalSince(lastEpoch) / mean, 0), 0.99)
            content.left = (Double(content.epochs - done) - share) * mean
        }
        content.fraction = (Double(done) + share) / Double(max(content.epochs, 1))
        content.notice =
            failure
            ?? (standing == .awaited
                ? "waiting for a run to begin in \(path)" : history.isEmpty ? "the first epoch is not over yet" : nil)
        return content
    }
}
