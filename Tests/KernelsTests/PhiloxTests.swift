import CVector
import Kernels
import TestSupport
import Testing

struct PhiloxTests {
    /// The philox4x32-10 lines of `tests/kat_vectors` in Random123, the authors' own library.
    @Test(
        arguments: [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])])
    func knownAnswers(_ counter: [UInt32], _ key: [UInt32], _ expected: [UInt32]) {
        var block = [UInt32](repeating: 0, count: 4)
        stormo_philox(&block, counter, key)
        #expect(block == expected)
        #expect(Reference.philox(counter, key: key) == expected)
    }

    @Test("A stream is the blocks of its counter, low word first")
    func words() {
        let seed: UInt64 = 0x0123_4567_89AB_CDEF
        var philox = Philox(seed: seed, stream: .shuffling, index: 12)
        let blocks = (0..<3).flatMap {
            Reference.philox([$0, Philox.Stream.shuffling.rawValue, 12, 0xFFFF_FFFF], key: [0x89AB_CDEF, 0x0123_4567])
        }
        for pair in 0..<6 {
            #expect(philox.next() == UInt64(blocks[2 * pair + 1]) << 32 | UInt64(blocks[2 * pair]))
        }
        var uniform = Philox(seed: seed, stream: .shuffling, index: 12)
        for word in blocks { #expect(uniform.uniform() == Float(word >> 8) / 16_777_216) }
    }

    @Test func purposesDoNotShareNumbers() {
        var firsts: Set<UInt64> = []
        for stream in [Philox.Stream.initialisation, .shuffling, .gradientCheck] {
            for index in 0..<4 {
                var philox = Philox(seed: 1, stream: stream, index: index)
                firsts.insert(philox.next())
            }
        }
        #expect(firsts.count == 12)
    }

    @Test func uniformNumbersFillTheirRange() {
        var philox = Philox(seed: 7, stream: .gradientCheck)
        let values = (0..<20_000).map { _ in Double(philox.uniform()) }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0, +) / 20_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean - 0.5) < 0.01)
        #expect(abs(variance - 1.0 / 12) < 0.003)
    }

    /// The order of old: from the last element to the first, each with one of those up to it.
    @Test func theShuffleNeverChanges() {
        var (random, again) = (Philox(seed: 9, stream: .shuffling), Philox(seed: 9, stream: .shuffling))
        var elements = Array(0..<50)
        elements.withUnsafeMutableBufferPointer { random.shuffle($0) }
        var expected = Array(0..<50)
        for index in stride(from: 49, to: 0, by: -1) {
            expected.swapAt(index, Int(again.next().multipliedFullWidth(by: UInt64(index + 1)).high))
        }
        #expect(elements == expected && elements != Array(0..<50))
        #expect(random.next() == again.next())
    }

    @Test(arguments: [0, 1, 3, 1000])
    func integersKeepTheirBound(bound: Int) {
        var random = Philox(seed: 4, stream: .gradientCheck)
        for _ in 0..<100 { #expect((0..<max(bound, 1)).contains(random.integer(below: bound))) }
    }
}
