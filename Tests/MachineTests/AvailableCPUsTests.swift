import Foundation
import Testing

@testable import Machine

@Suite struct AvailableCPUsTests {
    @Test(arguments: [("0", 1), ("0-3", 4), ("0-1,4,6-7", 5), ("\t2-2", 1)])
    func affinityCountsTheList(list: String, count: Int) {
        #expect(AvailableCPUs.affinity(list) == count)
    }

    @Test func allowedCPUsAreInOrder() {
        #expect(AvailableCPUs.allowed("0-1,4,6-7") == [0, 1, 4, 6, 7])
        #expect(AvailableCPUs.allowed().count == AvailableCPUs.affinity())
        // All of a machine's CPUs are no choice of a launcher's.
        #expect(!AvailableCPUs.isNarrowed(to: 1 << 20))
    }

    private func controlGroups(_ files: [String: String]) throws -> String {
        let root = NSTemporaryDirectory() + "stormo-cgroup-\(UUID().uuidString)"
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(root)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return root
    }

    @Test func theTightestQuotaOfTheGroupsAboveCounts() throws {
        let root = try controlGroups([
            "cpu.max": "max 100000", "a/cpu.max": "150000 100000\n", "a/b/cpu.max": "400000 100000",
        ])
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(AvailableCPUs.quota(root: root, membership: "0::/a/b\n") == 2)
        #expect(AvailableCPUs.quota(root: root, membership: "0::/\n") == nil)
    }

    @Test func versionOneIsUnderstood() throws {
        let root = try controlGroups(["cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"])
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(AvailableCPUs.quota(root: root, membership: nil) == 1)
        let unlimited = try controlGroups(["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"])
        defer { try? FileManager.default.removeItem(atPath: unlimited) }
        #expect(AvailableCPUs.quota(root: unlimited, membership: nil) == nil)
    }

    @Test func thereIsAlwaysOne() { #expect(AvailableCPUs.count >= 1) }
}
