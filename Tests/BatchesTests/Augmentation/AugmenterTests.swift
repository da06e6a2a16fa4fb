import Kernels
import TestSupport
import Testing

@testable import Batches
@testable import Engine

/// One transform of each kind that changes single samples.
private let singles: [any SampleTransform] = [
    .randomCrop(padding: 2, mode: .constant), .randomCrop(padding: 2, mode: .reflect),
    .randomFlip(.horizontal),
    .randomFlip(.vertical), .randomFlip(.horizontalAndVertical),
    .randomTranslation(height: 1, width: 0.3),
    .randomRotation(degrees: 180), .randomBrightness(factor: 0.5), .randomContrast(factor: 1),
    .cutout(size: 3, probability: 0.7), .cutout(size: 4, probability: 1),
    .gaussianNoise(deviation: 0.3),
]

struct AugmenterTests {
    private static let seed: UInt64 = 0x1234_5678_9ABC_DEF0

    /// The batch after augmentation, cut into so many shards, and its targets.
    private static func run(
        _ transforms: [any SampleTransform], _ shape: Shape, _ inputs: [Float],
        targets: [Float] = [],
        black: [Float] = [], shards: Int = 1, seed: UInt64 = seed, step: Int = 5, firstSample: Int = 0
    ) throws -> (inputs: [Float], targets: [Float]) {
        let count = inputs.count / shape.count
        let targetWidth = targets.count / count
        let plan = ShardPlan(shards: shards, workers: 1)
        let (changed, changedTargets) = (try GuardedBuffer(inputs), try GuardedBuffer(targets))
        for shard in 0..<shards {
            let samples = plan.samples(of: shard, in: count)
            let augmenter = try Augmenter(
                Augmentation(transforms), shape: shape, targetWidth: targetWidth, seed: seed, black: black)
            augmenter.apply(
                to: changed.floats + samples.lowerBound * shape.count,
                targets: changedTargets.floats + samples.lowerBound * targetWidth, count: samples.count,
                step: step,
                firstSample: firstSample + samples.lowerBound)
        }
        #expect(changed.isIntact && changedTargets.isIntact)
        return (changed.values, changedTargets.values)
    }

    private static func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    private static func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
    }

    @Test(
        "Each transform does what its definition says, within 5e-5; copies to the bit",
        arguments: singles,
        [[3, 3, 1], [8, 8, 1], [5, 9, 3], [28, 28, 1], [6, 70, 2], [4, 5, 5]] as [Shape])
    func definitions(_ transform: any SampleTransform, _ shape: Shape) throws {
        var random = SeededRandom(shape.count)
        let black = random.floats(shape.last)
        let count = 6
        let inputs = random.floats(count * shape.count)
        let result = try Self.run([transform], shape, inputs, black: black, firstSample: 3).inputs
        for sample in 0..<count {
            let range = sample * shape.count..<(sample + 1) * shape.count
            let image = NaiveImage(
                Array(inputs[range]), height: shape[0], width: shape[1], channels: shape[2], black: black)
            let words = NaiveWords(seed: Self.seed, step: 5, sample: 3 + sample, transform: 0)
            let expected = image.applying(transform, words).values
            switch transform {
            case is RandomCrop, is RandomFlip, is RandomTranslation, is Cutout:
                #expect(Array(result[range]) == expected)
            default: #expect(Self.largestDifference(Array(result[range]), expected) < 5e-5)
            }
        }
    }

    @Test("Transforms follow each other in their order, each with numbers of its own")
    func order() throws {
        var random = SeededRandom(3)
        let (shape, black): (Shape, [Float]) = ([7, 8, 2], [0.5, -2])
        let inputs = random.floats(4 * shape.count)
        for transforms in [singles, singles.reversed()] {
            let result = try Self.run(transforms, shape, inputs, black: black).inputs
            for sample in 0..<4 {
                let range = sample * shape.count..<(sample + 1) * shape.count
                var image = NaiveImage(Array(inputs[range]), height: 7, width: 8, channels: 2, black: black)
                for (index, transform) in transforms.enumerated() {
                    image = image.applying(
                        transform, NaiveWords(seed: Self.seed, step: 5, sample: sample, transform: index))
                }
                #expect(Self.largestDifference(Array(result[range]), image.values) < 2e-4)
            }
        }
    }

    @Test(
        "A sample's augmentation is the same, to the bit, in whichever shard it is",
        arguments: [2, 3, 5, 11, 13])
    func sharding(_ shards: Int) throws {
        var random = SeededRandom(4)
        let inputs = random.floats(11 * 6 * 5 * 3)
        let whole = try Self.run(singles, [6, 5, 3], inputs, black: [1, 2, 3]).inputs
        let parts = try Self.run(singles, [6, 5, 3], inputs, black: [1, 2, 3], shards: shards).inputs
        #expect(Self.bits(whole) == Self.bits(parts))
        #expect(Self.bits(whole) != Self.bits(inputs))
    }

    @Test("Seed, step, sample and place in the list each give other numbers")
    func everyWordCounts() throws {
        let inputs = Array(repeating: Float(0), count: 64)
        let noise: any SampleTransform = .gaussianNoise(deviation: 1)
        for transform in [noise, .randomBrightness(factor: 1)] as [any SampleTransform] {
            func run(
                _ list: [any SampleTransform], seed: UInt64 = 1, step: Int = 2, firstSample: Int = 3
            ) throws -> [Float] {
                try Self.run(
                    list, [8, 8, 1], inputs, black: [1], seed: seed, step: step, firstSample: firstSample
                ).inputs
            }
            let results = [
                try run([transform]), try run([transform], seed: 2),
                try run([transform], seed: 1 | 1 << 32),
                try run([transform], step: 3), try run([transform], firstSample: 4),
                try run([.randomBrightness(factor: 0), transform]),
            ]
            #expect(Set(results).count == results.count)
        }
    }

    @Test(
        "Transforms of no strength leave every bit as it is",
        arguments: [
            .randomCrop(padding: 0, mode: .constant), .randomCrop(padding: 0, mode: .reflect),
            .randomTranslation(height: 0, width: 0), .randomRotation(degrees: 0),
            .randomBrightness(factor: 0),
            .randomContrast(factor: 0), .cutout(size: 3, probability: 0), .gaussianNoise(deviation: 0),
        ] as [any SampleTransform])
    func identity(_ transform: any SampleTransform) throws {
        var random = SeededRandom(5)
        var inputs = random.floats(10 * 4 * 4 * 2)
        inputs[0] = -0.0
        inputs[1] = .leastNonzeroMagnitude
        inputs[2] = -.infinity
        inputs[3] = 1e30
        let result = try Self.run([transform], [4, 4, 2], inputs, black: [3, 4]).inputs
        #expect(Self.bits(result) == Self.bits(inputs))
    }

    @Test(
        "No transform writes beside its samples or makes a NaN, in images down to one pixel",
        arguments: singles,
        [[1, 1, 1], [1, 7, 2], [5, 1, 3], [2, 2, 1], [3, 130, 2], [32, 32, 3]] as [Shape])
    func bounds(_ transform: any SampleTransform, _ shape: Shape) throws {
        // A padding that is larger than the image can be mirrored is refused before.
        if transform is RandomCrop, min(shape[0], shape[1]) < 3 { return }
        let inputs = Array(repeating: Float(1), count: 20 * shape.count)
        let result = try Self.run([transform, .gaussianNoise(deviation: 1)], shape, inputs).inputs
        #expect(result.allSatisfy { $0.isFinite })
    }

    @Test("Noise needs no image", arguments: [1, 3, 4, 63, 64, 65, 130])
    func features(_ width: Int) throws {
        let result = try Self.run(
            [.gaussianNoise(deviation: 2)], Shape([width]), Array(repeating: 1, count: 3 * width)
        ).inputs
        for sample in 0..<3 {
            let words = NaiveWords(seed: Self.seed, step: 5, sample: sample, transform: 0)
            for place in 0..<width {
                let expected = Float(1 + 2 * NaiveImage.normal(place, words))
                #expect(abs(result[sample * width + place] - expected) < 1e-5)
            }
        }
    }

    @Test func noiseIsNormal() throws {
        let count = 200_000
        let values = try Self.run(
            [.gaussianNoise(deviation: 1)], Shape([count]), Array(repeating: 0, count: count)
        ).inputs.map { Double($0) }
        func moment(_ power: Int) -> Double {
            values.reduce(0.0) { sum, value in
                sum + (0..<power).reduce(1) { product, _ in product * value }
            }
                / Double(count)
        }
        // Within four standard deviations of each moment's own estimate.
        for (power, expected, deviation) in [(1, 0.0, 1.0), (2, 1, 2.0), (3, 0, 15.0), (4, 3, 96.0)] {
            #expect(abs(moment(power) - expected) < 4 * (deviation / Double(count)).squareRoot())
        }
        let beyond = Double(values.count { abs($0) > 1.959_963_985 }) / Double(count)
        #expect(abs(beyond - 0.05) < 4 * (0.05 * 0.95 / Double(count)).squareRoot())
    }

    @Test("About half are flipped, and each direction by itself")
    func flips() throws {
        let count = 4000
        let inputs = (0..<count).flatMap { _ in [1, 2, 3, 4] as [Float] }
        let result = try Self.run([.randomFlip(.horizontalAndVertical)], [2, 2, 1], inputs).inputs
        var seen: [[Float]: Int] = [:]
        for sample in 0..<count { seen[Array(result[4 * sample..<4 * sample + 4]), default: 0] += 1 }
        #expect(Set(seen.keys) == [[1, 2, 3, 4], [2, 1, 4, 3], [3, 4, 1, 2], [4, 3, 2, 1]])
        let deviation = (Double(count) * 0.25 * 0.75).squareRoot()
        for (_, times) in seen { #expect(abs(Double(times) - Double(count) / 4) < 4 * deviation) }
    }

    @Test(
        "Shifts cover their range evenly",
        arguments: [
            (.randomCrop(padding: 2, mode: .constant), 2, 2),
            (.randomTranslation(height: 0.2, width: 0.4), 1, 2),
        ] as [(any SampleTransform, Int, Int)])
    func shifts(_ transform: any SampleTransform, _ high: Int, _ wide: Int) throws {
        let count = 5000
        var image = Array(repeating: Float(0), count: 25)
        image[12] = 1
        let result = try Self.run([transform], [5, 5, 1], (0..<count).flatMap { _ in image }).inputs
        var times = Array(repeating: 0, count: 25)
        for place in result.indices where result[place] == 1 { times[place % 25] += 1 }
        let share = 1 / Double((2 * high + 1) * (2 * wide + 1))
        let deviation = (Double(count) * share * (1 - share)).squareRoot()
        for y in 0..<5 {
            for x in 0..<5 {
                let seen = Double(times[5 * y + x])
                let isReached = abs(y - 2) <= high && abs(x - 2) <= wide
                #expect(isReached ? abs(seen - share * Double(count)) < 4 * deviation : seen == 0)
            }
        }
    }

    @Test("Factors cover their range, and cutouts come as often as they should")
    func ranges() throws {
        let count = 4000
        let inputs = (0..<count).flatMap { _ in [-1, 1, 1, -1] as [Float] }
        for transform in [.randomBrightness(factor: 0.4), .randomContrast(factor: 0.4)] as [any SampleTransform] {
            let result = try Self.run([transform], [2, 2, 1], inputs).inputs
            let factors = (0..<count).map { Double(result[4 * $0 + 1]) }
            #expect(factors.allSatisfy { $0 > 0.599 && $0 < 1.401 })
            #expect(factors.min() ?? 1 < 0.61 && factors.max() ?? 1 > 1.39)
            #expect(
                abs(factors.reduce(0, +) / Double(count) - 1) < 4 * 0.4 / (3 * Double(count)).squareRoot())
        }
        let cut = try Self.run([.cutout(size: 1, probability: 0.3)], [2, 2, 1], inputs, black: [9]).inputs
        let cuts = cut.count { $0 == 9 }
        #expect(abs(Double(cuts) - 0.3 * Double(count)) < 4 * (Double(count) * 0.3 * 0.7).squareRoot())
    }

    @Test("A quarter turn moves every pixel to its place")
    func quarterTurn() throws {
        let augmenter = try Augmenter(
            Augmentation([.randomRotation(degrees: 90)]), shape: [3, 3, 1], targetWidth: 0, seed: 1)
        let image = try GuardedBuffer([1, 2, 3, 4, 5, 6, 7, 8, 9])
        RandomRotation.rotate(image.floats, radians: .pi / 2, augmenter.scratch)
        #expect(Self.largestDifference(image.values, [7, 4, 1, 8, 5, 2, 9, 6, 3]) < 1e-5)
        #expect(image.isIntact)
    }
}
