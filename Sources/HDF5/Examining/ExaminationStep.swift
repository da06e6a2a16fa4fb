import Foundation

/// What an examination is about: text in memory that the process which examines shares with the one which waits for
/// it, so that after a crash there is a last word.
///
/// `@unchecked Sendable`: one process writes, the other reads when that one has ended, or to see whether anything
/// has changed.
final class ExaminationStep: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private static let size = 4096

    /// Nil where memory is short.
    init?() {
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        self.memory = memory
    }

    deinit { munmap(memory, Self.size) }

    /// Changes with each step.
    var number: Int { memory.load(as: Int.self) }

    var text: String {
        let bytes = UnsafeRawBufferPointer(start: memory + 8, count: Self.size - 8)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    func begin(_ text: String) {
        let bytes = UnsafeMutableRawBufferPointer(start: memory + 8, count: Self.size - 8)
        var text = text
        text.withUTF8 { utf8 in
            let count = min(utf8.count, bytes.count - 1)
            bytes.copyBytes(from: utf8.prefix(count))
            bytes[count] = 0
        }
        count()
    }

    /// The same step goes on.
    func count() { memory.storeBytes(of: number &+ 1, as: Int.self) }

    func clear() { memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size) }
}
