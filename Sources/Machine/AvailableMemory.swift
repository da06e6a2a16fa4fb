import Foundation

/// The memory that this process may use, which can be less than the host has.
package enum AvailableMemory {
    /// The smallest of the machine's memory, the control groups' limits and the process's own, in bytes.
    package static var bytes: Int {
        [Int(clamping: ProcessInfo.processInfo.physicalMemory), groups(), addressSpace()].compactMap { $0 }.min()!
    }

    /// The limit of the control groups; nil for none.
    static func groups(
        root: String = "/sys/fs/cgroup",
        membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
    ) -> Int? {
        func number(_ path: String) -> Int? {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
            return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let group = membership?.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
        var parts = group.split(separator: "/").map(String.init)
        var limits: [Int] = []
        while true {
            if let limit = number(([root] + parts + ["memory.max"]).joined(separator: "/")) { limits.append(limit) }
            guard !parts.isEmpty else { break }
            parts.removeLast()
        }
        if let limit = number("\(root)/memory/memory.limit_in_bytes") { limits.append(limit) }
        return limits.filter { $0 > 0 }.min()
    }

    /// The limit of `ulimit -v`; nil for none.
    private static func addressSpace() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit) == 0, limit.rlim_cur != rlim_t.max
        else {
            return nil
        }
        return Int(clamping: limit.rlim_cur)
    }
}
