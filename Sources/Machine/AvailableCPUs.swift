import CVector
import Foundation

/// The CPUs that this process may use, which can be fewer than the host has.
package enum AvailableCPUs {
    /// The smaller of the affinity mask's size and the control group's quota, at least 1.
    package static var count: Int { max(1, min(affinity(), quota() ?? Int.max)) }

    /// The number of CPUs in the affinity mask, or in a list such as `0-3,8`.
    static func affinity(_ list: String? = nil) -> Int {
        let count = allowed(list).count
        return count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
    }

    /// The CPUs of a list such as `0-3,8`, in order; by default of the affinity mask with which the process began.
    package static func allowed(_ list: String? = nil) -> [Int] {
        // The system call is hidden from Swift, but the kernel says the same in text. Of the process's first thread, which is
        // never pinned.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let own = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: ":").last
        let text = list ?? own.map(String.init) ?? ""
        return text.split(separator: ",").flatMap { range in
            let ends = range.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            guard let first = ends.first, let last = ends.last, last >= first else { return [Int]() }
            return Array(first...last)
        }
    }

    /// Whether a launcher, such as `taskset` or that of a cluster, has given the process exactly so many CPUs of more.
    package static func isNarrowed(to count: Int) -> Bool {
        let own = allowed().count
        return own == count && own < Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// Keeps the calling thread on one CPU from now on. It stays where it is where the system refuses.
    package static func pinThread(to cpu: Int) { _ = stormo_pin_thread(Int32(cpu)) }

    /// The CPU time a second that the control groups allow, in whole CPUs rounded up; nil for no limit.
    ///
    /// Reads version 2 (`cpu.max`) for the process's group and the groups above it, and version 1.
    /// - Parameters:
    ///   - root: where the control groups are mounted.
    ///   - membership: the text of `/proc/self/cgroup`.
    static func quota(
        root: String = "/sys/fs/cgroup",
        membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
    ) -> Int? {
        var limits: [Double] = []
        func numbers(_ path: String) -> [String] {
            ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
                .split(whereSeparator: \.isWhitespace).map(String.init)
        }
        let group = membership?.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
        var parts = group.split(separator: "/").map(String.init)
        while true {
            let values = numbers(([root] + parts + ["cpu.max"]).joined(separator: "/"))
            if values.count == 2, let quota = Double(values[0]), let period = Double(values[1]), period > 0 {
                limits.append(quota / period)
            }
            guard !parts.isEmpty else { break }
            parts.removeLast()
        }
        for folder in ["cpu", "cpu,cpuacct"] {
            let quota = numbers("\(root)/\(folder)/cpu.cfs_quota_us").first.flatMap(Double.init)
            let period = numbers("\(root)/\(folder)/cpu.cfs_period_us").first.flatMap(Double.init)
            if let quota, let period, quota > 0, period > 0 { limits.append(quota / period) }
        }
        return limits.min().map { max(1, Int($0.rounded(.up))) }
    }
}
