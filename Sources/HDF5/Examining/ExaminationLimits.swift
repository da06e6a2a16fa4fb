internal import CFence
internal import CHDF5
import Foundation

/// What an examination may use: for files that make sense more than ever needed.
enum ExaminationLimits {
    /// Seconds of computing for one step, such as a dataset's header, one block of its rows, or the list of a group.
    static func stepSeconds(fileSize: Int) -> Int { 3 + min(60, fileSize >> 23) }

    /// Seconds without any computing in which a step must come to an end, however slow the disk is.
    static let patience = 120

    /// Bytes of memory beside what the process has at its start. The first part covers the library's caches; what it
    /// builds of a file's structure is of the structure's size.
    static func memory(fileSize: Int) -> Int {
        let (bytes, overflow) = fileSize.multipliedReportingOverflow(by: 4)
        return overflow ? .max : bytes.addingReportingOverflow(256 << 20).partialValue
    }

    /// Lets the process have so many bytes of address space more than it has now, and the library's blocks so many.
    static func setMemory(_ bytes: Int) {
        fence_limit(bytes)
        let (limit, overflow) = addressSpace().addingReportingOverflow(bytes)
        guard !overflow, limit > 0 else { return }
        lower(__rlimit_resource_t(RLIMIT_AS.rawValue), to: rlim_t(limit))
    }

    /// From now on the process ends by SIGXCPU after so many seconds of computing.
    static func restartClock(seconds: Int) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used = Int(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
        // The limit counts whole seconds.
        limit.rlim_cur = min(rlim_t(used + seconds + 1), limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
    }

    /// No file of what the process held in memory is to be left after a crash.
    static func forbidCoreDumps() {
        lower(__rlimit_resource_t(RLIMIT_CORE.rawValue), to: 0)
        chdf5_forbid_core_dumps()
    }

    private static func lower(_ resource: __rlimit_resource_t, to value: rlim_t) {
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = min(value, limit.rlim_max)
        setrlimit(resource, &limit)
    }

    private static func addressSpace() -> Int {
        // The first number is the size in pages.
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .max }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 64)
        let count = read(file, &text, text.count)
        let number = String(decoding: text.prefix(max(count, 0)).prefix { $0 != 0x20 }, as: UTF8.self)
        return Int(number).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } ?? .max
    }
}
