import Kernels
import TestSupport
import Testing

/// Values within 1e-6 of the mask made by a second Philox, gradients within 1e-5 of central differences.
struct DropoutKernelTests {
    @Test(arguments: [(1, 1), (1, 6), (3, 5), (4, 16)], [0.0, 0.25, 0.5, 0.9])
    func agreesWithTheFormula(_ size: (samples: Int, width: Int), _ rate: Double) throws {
        let pass = KernelPass(isTraining: true, seed: 0x1234_5678_9ABC_DEF0, step: 17, firstSample: 6)
        var random = SeededRandom(size.width)
        let check = KernelCheck(
            inputs: [random.floats(size.samples * size.width)], outputCount: size.samples * size.width, pass: pass)
        let kernel = DropoutKernel(samples: size.samples, width: size.width, rate: rate, layer: 11)
        let mask = Reference.dropoutMask(samples: size.samples, width: size.width, rate: rate, layer: 11, pass)
        expectNone(
            try check.problems(kernel, value: 1e-6, gradient: 1e-5) { zip($0[0], mask).map { $0 * $1 } })
    }

    @Test func nothingIsDroppedOutsideOfTraining() throws {
        var random = SeededRandom(2)
        let values = random.floats(20)
        let check = KernelCheck(inputs: [values], outputCount: 20, pass: KernelPass(isTraining: false))
        let result = try check.run(DropoutKernel(samples: 2, width: 10, rate: 0.5, layer: 1))
        #expect(result.output == values)
        #expect(result.gradients[0] == check.upstream)
    }

    @Test("The share of zeros is the rate, within four standard deviations", arguments: [0.1, 0.5, 0.8])
    func share(_ rate: Double) throws {
        let count = 40_000
        let mask = try mask(samples: 1, width: count, rate: rate, KernelPass(isTraining: true, seed: 3))
        let zeros = Double(mask.count { $0 == 0 })
        let deviation = (Double(count) * rate * (1 - rate)).squareRoot()
        #expect(abs(zeros - Double(count) * rate) < 4 * deviation)
        #expect(mask.allSatisfy { $0 == 0 || abs(Double($0) - 1 / (1 - rate)) < 1e-5 })
    }

    @Test("A sample's mask is the same in whichever shard it is computed")
    func sharding() throws {
        let pass = KernelPass(isTraining: true, seed: 9, step: 4)
        let whole = try mask(samples: 7, width: 13, rate: 0.4, pass)
        for first in 0..<7 {
            var shard = pass
            shard.firstSample = first
            let part = try mask(samples: 7 - first, width: 13, rate: 0.4, shard)
            #expect(part == Array(whole[(first * 13)...]))
        }
    }

    @Test("Seed, step, layer and sample each give another mask")
    func everyWordCounts() throws {
        let base = KernelPass(isTraining: true, seed: 1, step: 2, firstSample: 3)
        var masks = [try mask(samples: 1, width: 64, rate: 0.5, base)]
        for change: (inout KernelPass) -> Void in [
            { $0.seed = 2 }, { $0.seed = 1 | 1 << 32 }, { $0.step = 3 }, { $0.firstSample = 4 },
        ] {
            var pass = base
            change(&pass)
            masks.append(try mask(samples: 1, width: 64, rate: 0.5, pass))
        }
        masks.append(try mask(samples: 1, width: 64, rate: 0.5, base, layer: 9))
        #expect(Set(masks).count == masks.count)
    }

    private func mask(samples: Int, width: Int, rate: Double, _ pass: KernelPass, layer: UInt32 = 5) throws -> [Float] {
        let check = KernelCheck(
            inputs: [Array(repeating: 1, count: samples * width)], outputCount: samples * width, pass: pass)
        return try check.run(DropoutKernel(samples: samples, width: width, rate: rate, layer: layer)).output
    }
}
