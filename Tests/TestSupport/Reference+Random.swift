import Kernels

extension Reference {
    /// Philox4x32-10 after the paper: Salmon et al., SC 2011.
    package static func philox(_ counter: [UInt32], key: [UInt32]) -> [UInt32] {
        var (c, k) = (counter, key)
        for round in 0..<10 {
            if round > 0 { k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85] }
            let (first, second) = (UInt64(0xD251_1F53) * UInt64(c[0]), UInt64(0xCD9E_8D57) * UInt64(c[2]))
            c = [
                UInt32(second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
                UInt32(first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first),
            ]
        }
        return c
    }

    /// What each element of a batch is multiplied with by dropout: 0 or 1 / (1 - rate).
    package static func dropoutMask(samples: Int, width: Int, rate: Double, layer: Int, _ pass: KernelPass) -> [Double]
    {
        guard pass.isTraining else { return Array(repeating: 1, count: samples * width) }
        let key = [UInt32(truncatingIfNeeded: pass.seed), UInt32(truncatingIfNeeded: pass.seed >> 32)]
        let threshold = UInt32(rate * 4_294_967_296)
        return (0..<samples * width).map { place in
            let (sample, element) = (place / width, place % width)
            let words = philox(
                [UInt32(element / 4), UInt32(pass.firstSample + sample), UInt32(pass.step), UInt32(layer)], key: key)
            return words[element % 4] >= threshold ? 1 / (1 - rate) : 0
        }
    }
}
