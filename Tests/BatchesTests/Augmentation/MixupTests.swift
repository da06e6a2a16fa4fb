import Kernels
import TestSupport
import Testing

@testable import Batches

struct MixupTests {
    /// The targets of `count` samples: each a class of its own, so that a mixed target tells who was mixed and how.
    private func classes(_ count: Int) -> [Float] {
        (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }
    }

    private func mix(
        _ transforms: [any SampleTransform], _ inputs: [Float], _ targets: [Float], count: Int,
        step: Int,
        firstSample: Int = 0
    ) throws -> (inputs: [Float], targets: [Float]) {
        let (samples, labels) = (try GuardedBuffer(inputs), try GuardedBuffer(targets))
        let augmenter = try Augmenter(
            Augmentation(transforms), shape: Shape([inputs.count / count]),
            targetWidth: targets.count / count, seed: 9)
        augmenter.apply(to: samples.floats, targets: labels.floats, count: count, step: step, firstSample: firstSample)
        #expect(samples.isIntact && labels.isIntact)
        return (samples.values, labels.values)
    }

    @Test(
        "Inputs are mixed as the targets are, from samples that are not mixed yet", arguments: 1...12)
    func mixing(_ count: Int) throws {
        var random = SeededRandom(count)
        let width = 7
        let inputs = random.floats(count * width)
        for step in 0..<6 {
            let result = try mix([.mixup(alpha: 0.8)], inputs, classes(count), count: count, step: step)
            var distances: Set<Int> = []
            for sample in 0..<count {
                let target = Array(result.targets[sample * count..<(sample + 1) * count])
                let share = target[sample]
                let others = target.indices.filter { $0 != sample && target[$0] != 0 }
                #expect(others.count == (count == 1 ? 0 : 1))
                #expect(abs(target.reduce(0, +) - 1) < 1e-6 && target.allSatisfy { $0 >= 0 })
                let other = others.first ?? sample
                if count > 1 { distances.insert((other - sample + count) % count) }
                for place in 0..<width {
                    let mixed = share * inputs[sample * width + place] + (1 - share) * inputs[other * width + place]
                    #expect(abs(result.inputs[sample * width + place] - mixed) < 1e-6)
                }
            }
            #expect(distances.count == min(count - 1, 1), "all partners are at one distance")
        }
    }

    @Test("Each sample has its own λ, which depends on its place in the batch alone")
    func shares() throws {
        let count = 6
        let inputs = Array(repeating: Float(0), count: count)
        func shares(count: Int, step: Int, firstSample: Int) throws -> [Float] {
            let result = try mix(
                [.mixup(alpha: 2)], Array(inputs.prefix(count)), classes(count), count: count, step: step,
                firstSample: firstSample)
            return (0..<count).map { result.targets[$0 * count + $0] }
        }
        let whole = try shares(count: 6, step: 1, firstSample: 0)
        #expect(Set(whole).count == 6)
        #expect(try shares(count: 2, step: 1, firstSample: 0) == Array(whole[..<2]))
        #expect(try shares(count: 4, step: 1, firstSample: 2) == Array(whole[2...]))
        #expect(try shares(count: 6, step: 2, firstSample: 0) != whole)
        for sample in 0..<6 {
            var random = Philox(seed: 9, step: 1, sample: sample, transform: 0)
            _ = random.next()
            #expect(whole[sample] == Float(random.beta(2)))
        }
    }

    @Test("Every other sample comes to be the partner")
    func partners() throws {
        var seen: Set<Int> = []
        for step in 0..<60 {
            let result = try mix([.mixup(alpha: 2)], [0, 0, 0, 0, 0], classes(5), count: 5, step: step)
            seen.formUnion((1..<5).filter { result.targets[$0] > 0 })
        }
        #expect(seen == [1, 2, 3, 4])
    }

    @Test("What stands before mixup is done to all samples before, what stands after it afterwards")
    func order() throws {
        var random = SeededRandom(2)
        let (inputs, targets) = (random.floats(4 * 9), classes(4))
        let noise: any SampleTransform = .gaussianNoise(deviation: 1)
        let nothing: any SampleTransform = .gaussianNoise(deviation: 0)
        let mixup: any SampleTransform = .mixup(alpha: 1)
        func run(_ list: [any SampleTransform], _ from: ([Float], [Float])) throws -> ([Float], [Float]) {
            try mix(list, from.0, from.1, count: 4, step: 3)
        }
        let together = try run([noise, mixup, noise, mixup], (inputs, targets))
        // The same in four goes; each transform keeps its place in the list, and with it its numbers.
        var apart = try run([noise], (inputs, targets))
        apart = try run([nothing, mixup], apart)
        apart = try run([nothing, nothing, noise], apart)
        apart = try run([nothing, nothing, nothing, mixup], apart)
        #expect(together.0 == apart.0)
        #expect(together.1 == apart.1)
    }
}
