import Foundation
internal import Kernels

/// Makes the rows of a kind of data, each a function of the seed and its number.
struct SyntheticRows: Sendable {
    let kind: SyntheticKind
    let shape: Shape
    let classes: Int
    let noise: Float
    let seed: UInt64
    /// Blobs: a centre for each class. Regression: the directions of its linear and its wavy part.
    private let centres: [[Float]]
    /// Images: noise by a random byte, the quantiles of a normal distribution.
    private let quantiles: [Float]

    init(_ kind: SyntheticKind, shape: Shape, classes: Int, noise: Float, seed: UInt64) {
        self.kind = kind
        self.shape = shape
        self.classes = classes
        self.noise = noise
        self.seed = seed
        switch kind {
        case .blobs: centres = Self.spreadPoints(classes, shape.count, seed)
        case .regression: centres = Self.directions(2, shape.count, seed)
        default: centres = []
        }
        quantiles = kind == .images ? Self.normalQuantiles(scaledBy: noise * 64) : []
    }

    /// Points of -1...1 far from each other: each the farthest of some candidates (Mitchell 1991).
    private static func spreadPoints(_ count: Int, _ width: Int, _ seed: UInt64) -> [[Float]] {
        var points: [[Float]] = []
        for index in 0..<count {
            var random = SyntheticRandom(seed: seed, index: -1 - index)
            var best: (distance: Float, point: [Float]) = (-1, [])
            for _ in 0..<(points.isEmpty ? 1 : 32) {
                let candidate: [Float] = (0..<width).map { _ in random.uniform(-1...1) }
                let distance = points.lazy.map { squaredDistance($0, candidate) }.min() ?? 0
                if distance > best.distance { best = (distance, candidate) }
            }
            points.append(best.point)
        }
        return points
    }

    private static func squaredDistance(_ a: [Float], _ b: [Float]) -> Float {
        var sum: Float = 0
        for (x, y) in zip(a, b) { sum += (x - y) * (x - y) }
        return sum
    }

    /// Directions of length 1.
    private static func directions(_ count: Int, _ width: Int, _ seed: UInt64) -> [[Float]] {
        (0..<count).map { index in
            var random = SyntheticRandom(seed: seed, index: -1 - index)
            let vector: [Float] = (0..<width).map { _ in random.normal() }
            let squares: Float = vector.reduce(0) { $0 + $1 * $1 }
            let length = max(squares.squareRoot(), 1e-6)
            return vector.map { $0 / length }
        }
    }

    /// 256 equally likely values, by the tails' share that each stands for; found by halving.
    private static func normalQuantiles(scaledBy scale: Float) -> [Float] {
        (0..<256).map { index in
            let share = (Double(index) + 0.5) / 256
            var (low, high) = (-6.0, 6.0)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if 0.5 * erfc(-middle / 2.squareRoot()) < share { low = middle } else { high = middle }
            }
            return scale * Float((low + high) / 2)
        }
    }

    /// Rows of numbers of single precision; all kinds but images.
    /// - Parameter label: the class, or nil to draw one.
    /// - Returns: the label, or the target of a regression.
    func fill(_ row: UnsafeMutablePointer<Float>, index: Int, label: Int?) -> Float {
        var random = SyntheticRandom(seed: seed, index: index)
        let drawn = kind.isClassification ? random.below(classes) : 0
        let label = label ?? drawn
        switch kind {
        case .blobs:
            let centre = centres[label]
            for feature in 0..<shape.count { row[feature] = centre[feature] + noise * random.normal() }
        case .spirals:
            let radius = random.uniform(0.05...1)
            let turn = 4 * radius + 2 * Float.pi * Float(label) / Float(classes) + noise * random.normal()
            (row[0], row[1]) = (radius * sin(turn), radius * cos(turn))
        case .moons:
            let angle = random.uniform(0...Float.pi)
            (row[0], row[1]) = label == 0 ? (cos(angle), sin(angle)) : (1 - cos(angle), 0.5 - sin(angle))
            for feature in 0..<2 { row[feature] += noise * random.normal() }
        case .regression:
            var (line, wave): (Float, Float) = (0, 0)
            for feature in 0..<shape.count {
                let value = random.normal()
                row[feature] = value
                line += centres[0][feature] * value
                wave += centres[1][feature] * value
            }
            return line + 0.5 * sin(2 * wave) + noise * random.normal()
        case .sequences:
            // One more wave in the whole length for each class, from two on.
            let speed = 2 * Float.pi * Float(label + 2) / Float(shape[0])
            let phases = (0..<shape[1]).map { _ in random.uniform(0...2 * Float.pi) }
            for step in 0..<shape[0] {
                for feature in 0..<shape[1] {
                    row[step * shape[1] + feature] =
                        sin(speed * Float(step) + phases[feature]) + noise * random.normal()
                }
            }
        case .images: preconditionFailure("images are bytes")
        }
        return Float(label)
    }

    /// An image of h·w·channels bytes: a grating of a random phase and contrast, with noise.
    /// - Returns: the label.
    func fill(_ row: UnsafeMutablePointer<UInt8>, index: Int, label: Int?) -> Float {
        var random = SyntheticRandom(seed: seed, index: index)
        let drawn = random.below(classes)
        let label = label ?? drawn
        let (height, width, channels) = (shape[0], shape[1], shape[2])
        let angle = Float.pi * Float(label) / Float(classes)
        let waves: Float = label % 2 == 0 ? 3 : 4.5
        let step = 2 * Float.pi * waves / Float(max(height, width))
        let contrast = random.uniform(0.5...1) * 64
        let phase = random.uniform(0...2 * Float.pi)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { across in
            quantiles.withUnsafeBufferPointer { quantiles in
                for channel in 0..<channels {
                    // In colour, the channels' waves are shifted by a class's own amount.
                    let shift = Float(channel) * 2 * Float.pi * Float(label % 5) / 5
                    for x in 0..<width {
                        let turn = step * cos(angle) * Float(x) + phase + shift
                        across[2 * x] = contrast * sin(turn)
                        across[2 * x + 1] = contrast * cos(turn)
                    }
                    for y in 0..<height {
                        let turn = step * sin(angle) * Float(y)
                        let (sine, cosine) = (sin(turn), cos(turn))
                        var bits: UInt64 = 0
                        for x in 0..<width {
                            if x & 7 == 0 { bits = random.next() }
                            // sin(a + b) = sin a cos b + cos a sin b saves a sine for each pixel.
                            let wave = across[2 * x] * cosine + across[2 * x + 1] * sine
                            let value = 128 + wave + quantiles[Int(bits & 0xFF)]
                            bits >>= 8
                            row[(y * width + x) * channels + channel] = UInt8(max(0, min(255, value)))
                        }
                    }
                }
            }
        }
        return Float(label)
    }
}
