/// Gives each different text a number, in the order in which they come, and counts how often each comes.
///
/// Texts are looked up by their bytes, without making strings of them.
struct CategoryTable {
    private(set) var counts: [Int] = []
    var count: Int { counts.count }

    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private var ends: [Int] = []
    /// Numbers of texts by the hash of their bytes; -1 where there is none. A power of two of them.
    /// Made with the first text: a table may have a million columns of numbers.
    private var slots: [Int32] = []

    func text(_ index: Int) -> String { String(decoding: range(index), as: UTF8.self) }

    var texts: [String] { (0..<count).map(text) }

    /// The number of a text, if it has one.
    func find(_ text: UnsafeRawBufferPointer) -> Int? {
        guard !slots.isEmpty else { return nil }
        let number = slots[slot(of: text)]
        return number < 0 ? nil : Int(number)
    }

    /// Counts a text.
    /// - Returns: its number.
    @discardableResult
    mutating func add(_ text: UnsafeRawBufferPointer) -> Int {
        if slots.isEmpty { slots = [Int32](repeating: -1, count: 64) }
        let slot = slot(of: text)
        if slots[slot] >= 0 {
            let number = Int(slots[slot])
            counts[number] += 1
            return number
        }
        let number = count
        slots[slot] = Int32(number)
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        counts.append(1)
        if count * 2 > slots.count { grow() }
        return number
    }

    private func range(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    /// The slot that holds the text, or the free one where it belongs.
    private func slot(of text: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(text) & mask
        while slots[slot] >= 0, !matches(Int(slots[slot]), text) { slot = (slot + 1) & mask }
        return slot
    }

    private func matches(_ index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == text.count else { return false }
        for offset in 0..<text.count where bytes[start + offset] != text[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                let start = index == 0 ? 0 : ends[index - 1]
                var slot = Self.hash(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]])) & mask
                while slots[slot] >= 0 { slot = (slot + 1) & mask }
                slots[slot] = Int32(index)
            }
        }
    }

    /// FNV-1a, 64 bits, its upper half folded in.
    @inline(__always)
    private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x7FFF_FFFF_FFFF_FFFF)
    }
}
