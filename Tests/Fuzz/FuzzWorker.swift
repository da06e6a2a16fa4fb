import Foundation

/// The process that reads: notes which input it is at, so that the one who waits knows which one ended it.
struct FuzzWorker {
    let directory: String
    let reader: Reader
    let seed: Int

    /// What an input did; the file `progress` has one letter for each.
    enum Mark: Character {
        case begun = "."
        case accepted = "a"
        case refused = "r"
        /// Took more memory than its size warrants.
        case greedy = "g"
    }

    /// The address space above what the program has when it begins.
    private static let addressSpace: rlim_t = 4 << 30
    /// Kilobytes that reading a file of some kilobytes may take: the library's caches, and JSON as nodes.
    private static let memory = 192 << 10

    func run(_ indices: Range<Int>) throws {
        var limit = rlimit(rlim_cur: Self.addressSpace, rlim_max: Self.addressSpace)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        // A crash is counted, not dumped.
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
        let seeds = try Self.seeds(directory, reader)
        let progress = open("\(directory)/progress", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        func note(_ mark: Mark, at place: Int) {
            var byte = mark.rawValue.asciiValue ?? 0
            pwrite(progress, &byte, 1, place)
        }
        for (place, index) in indices.enumerated() {
            let path = try Self.write(index, seed, reader, seeds, directory)
            note(.begun, at: place)
            let before = Self.peak
            var mark = Mark.accepted
            do { try reader.read(path, index) } catch { mark = .refused }
            note(Self.peak - before > Self.memory ? .greedy : mark, at: place)
        }
    }

    private static var peak: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    static func seeds(_ directory: String, _ reader: Reader) throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        while let data = FileManager.default.contents(atPath: "\(directory)/\(reader.rawValue)-\(seeds.count).seed") {
            seeds.append([UInt8](data))
        }
        return seeds
    }

    /// Makes the input of a number; it depends on nothing else.
    /// - Returns: its path.
    static func write(_ index: Int, _ seed: Int, _ reader: Reader, _ seeds: [[UInt8]], _ directory: String) throws
        -> String
    {
        var mutation = Mutation(seed: seed, index: index)
        let path = "\(directory)/input.\(reader == .config ? "json" : "h5")"
        let choice = mutation.pick(seeds.count)
        var bytes = seeds[choice]
        if reader == .config, mutation.pick(4) > 0 {
            bytes = Array(mutation.damagedJSON(String(decoding: bytes, as: UTF8.self)).utf8)
        } else if reader == .model || reader == .checkpoint, mutation.pick(3) == 0 {
            // The texts within, and nothing of the structure around them.
            let source = directory + "/whole.h5"
            try Data(bytes).write(to: URL(fileURLWithPath: source))
            let target = mutation.pick(6)
            var texts = 0
            if (try? UnsealedCopy.make(
                of: source, at: path,
                change: { name, text in
                    texts += 1
                    let isChosen = ["model", "model", "loss", "preprocessing", "vectors", "numbers"][target] == name
                    return isChosen ? mutation.damagedJSON(text).replacingOccurrences(of: "\0", with: "") : text
                })) != nil
            {
                return path
            }
        } else {
            bytes = mutation.damaged(bytes)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
