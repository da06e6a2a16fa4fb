import Foundation

/// The machine that this process runs on, as far as it says how fast it is.
package struct MachineDescription: Sendable, Equatable {
    /// `AMD EPYC 9354 32-Core Processor`; nil where the system doesn't say.
    package var cpu: String?
    /// Those that the process may use.
    package var cpus: Int
    /// What the process may use, in bytes.
    package var memory: Int
    /// The instructions that our own loops use: `AVX2`.
    package var loops: String
    /// And those of oneDNN's kernels.
    package var kernels: String

    package init(cpu: String?, cpus: Int, memory: Int, loops: String, kernels: String) {
        (self.cpu, self.cpus, self.memory, self.loops, self.kernels) = (cpu, cpus, memory, loops, kernels)
    }

    /// This machine.
    package init(loops: String, kernels: String) {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        self.init(
            cpu: model.map { $0.trimmingCharacters(in: .whitespaces) }, cpus: AvailableCPUs.count,
            memory: AvailableMemory.bytes, loops: loops, kernels: kernels)
    }
}
