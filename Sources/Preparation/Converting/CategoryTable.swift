import Foundation

/// Gives each different text a number, in the order in which they come, and counts how often each comes.
///
/// Texts are looked up by their bytes, without making strings of them.
struct CategoryTable {
    private(set) var counts: [Int] = []
    var count: Int { counts.count }

    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private var ends: [Int] = []
    /// Numbers of texts by the hash of their bytes, with the other half of the hash, so that other texts are hardly ever
    /// looked at. A power of two of them.
    /// Made with the first text: a table may have a million columns of numbers.
    private var slots: [Slot] = []

    private struct Slot {
        /// -1 where there is none.
        var number: Int32 = -1
        var tag: UInt32 = 0
    }

    func text(_ index: Int) -> String { String(decoding: range(index), as: UTF8.self) }

    var texts: [String] { (0..<count).map(text) }

    /// The number of a text, if it has one.
    func find(_ text: UnsafeRawBufferPointer) -> Int? {
        guard !slots.isEmpty else { return nil }
        let number = slots[slot(of: text, Self.hash(text))].number
        return number < 0 ? nil : Int(number)
    }

    /// Counts a text.
    /// - Returns: its number.
    @discardableResult
    mutating func add(_ text: UnsafeRawBufferPointer) -> Int {
        if slots.isEmpty { slots = [Slot](repeating: Slot(), count: 64) }
        let hash = Self.hash(text)
        let slot = slot(of: text, hash)
        if slots[slot].number >= 0 {
            let number = Int(slots[slot].number)
            counts[number] += 1
            return number
        }
        let number = count
        slots[slot] = Slot(number: Int32(number), tag: UInt32(truncatingIfNeeded: hash >> 32))
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        counts.append(1)
        if count * 2 > slots.count { grow() }
        return number
    }

    private func range(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    /// The slot that holds the text, or the free one where it belongs.
    private func slot(of text: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
        let (mask, tag) = (slots.count - 1, UInt32(truncatingIfNeeded: hash >> 32))
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].number >= 0, slots[slot].tag != tag || !matches(Int(slots[slot].number), text) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func matches(_ index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == text.count else { return false }
        guard let other = text.baseAddress else { return true }
        return bytes.withUnsafeBytes { own in
            guard let own = own.baseAddress else { return false }
            return memcmp(own + start, other, text.count) == 0
        }
    }

    private mutating func grow() {
        slots = [Slot](repeating: Slot(), count: slots.count * 2)
        let mask = slots.count - 1
        bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                let start = index == 0 ? 0 : ends[index - 1]
                let hash = Self.hash(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]]))
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot].number >= 0 { slot = (slot + 1) & mask }
                slots[slot] = Slot(number: Int32(index), tag: UInt32(truncatingIfNeeded: hash >> 32))
            }
        }
    }

    /// Eight bytes at a time, each mixed in by a multiplication whose upper half is folded into its lower one, as in wyhash
    /// (Wang Yi, 2019).
    @inline(__always)
    private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(text.count) ^ 0x9E37_79B9_7F4A_7C15
        @inline(__always)
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            hash = product.high ^ product.low
        }
        var index = 0
        while index + 8 <= text.count {
            mix(text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 1
        while index < text.count {
            rest = rest << 8 | UInt64(text[index])
            index += 1
        }
        mix(rest)
        mix(0xA076_1D64_78BD_642F)
        return hash
    }
}
