import CVector
import Kernels
import TestSupport
import Testing

struct VectorLoopsTests {
    /// The sum of the first half of the shards and of the second, each made in the same way.
    private func treeSum(_ shards: ArraySlice<[Float]>) -> [Float] {
        if shards.count == 1 { return Array(shards[shards.startIndex]) }
        let middle = shards.startIndex + (shards.count + 1) / 2
        return zip(treeSum(shards[..<middle]), treeSum(shards[middle...])).map { $0 + $1 }
    }

    /// The same sum as a program: the halves' programs and an addition.
    private func program(_ shards: Range<Int>) -> [Int32] {
        if shards.count == 1 { return [Int32(shards.lowerBound)] }
        let middle = shards.lowerBound + (shards.count + 1) / 2
        return program(shards.lowerBound..<middle) + program(middle..<shards.upperBound) + [-1]
    }

    private func reduce(_ shards: [[Float]], from begin: Int, count: Int) throws -> (sum: [Float], squares: Double) {
        var buffers: [GuardedBuffer] = []
        for shard in shards { buffers.append(try GuardedBuffer(shard)) }
        let result = try GuardedBuffer(count: count)
        let list: [UnsafePointer<Float>?] = buffers.map { UnsafePointer($0.floats) }
        let squares = program(0..<shards.count).withUnsafeBufferPointer { program in
            list.withUnsafeBufferPointer {
                VectorLoops.reduce(into: result.floats, $0.baseAddress!, program, from: begin, count: count)
            }
        }
        #expect(result.isIntact)
        for (buffer, shard) in zip(buffers, shards) {
            #expect(buffer.values.map(\.bitPattern) == shard.map(\.bitPattern))
        }
        return (result.values, squares)
    }

    @Test("Shards are added up in one fixed tree, to the bit", arguments: 1...17)
    func reduction(_ shards: Int) throws {
        var random = SeededRandom(shards)
        let gradients = (0..<shards).map { _ in random.floats(100, in: -10...10) }
        for (begin, count) in [(0, 100), (37, 1), (3, 64), (17, 83)] {
            let result = try reduce(gradients, from: begin, count: count)
            let expected = treeSum(gradients.map { Array($0[begin..<begin + count]) }[...])
            #expect(result.sum.map(\.bitPattern) == expected.map(\.bitPattern))
            let squares = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(result.squares - squares) <= 1e-12 * squares)
        }
    }

    @Test func aWholeBlock() throws {
        var random = SeededRandom(5)
        let gradients = (0..<9).map { _ in random.floats(VectorLoops.block) }
        let result = try reduce(gradients, from: 0, count: VectorLoops.block)
        #expect(result.sum.map(\.bitPattern) == treeSum(gradients[...]).map(\.bitPattern))
    }

    @Test("The sum may take the place of the first shard's gradient", arguments: 1...9)
    func reductionInPlace(_ shards: Int) throws {
        var random = SeededRandom(shards)
        let gradients = (0..<shards).map { _ in random.floats(70) }
        let buffers = try gradients.map { try GuardedBuffer($0) }
        let list: [UnsafePointer<Float>?] = buffers.map { UnsafePointer($0.floats) }
        program(0..<shards).withUnsafeBufferPointer { program in
            list.withUnsafeBufferPointer {
                VectorLoops.fold(into: buffers[0].floats + 3, $0.baseAddress!, program, from: 3, count: 60)
            }
        }
        let sum = treeSum(gradients[...])
        let expected = gradients[0][..<3] + sum[3..<63] + gradients[0][63...]
        #expect(buffers[0].values.map(\.bitPattern) == expected.map(\.bitPattern))
        for buffer in buffers { #expect(buffer.isIntact) }
        for shard in 1..<shards { #expect(buffers[shard].values == gradients[shard]) }
    }

    @Test("Clipping leaves what is within the limit as it is, to the bit", arguments: [0, 1, 15, 16, 35])
    func clipping(count: Int) throws {
        var random = SeededRandom(3)
        let values =
            random.floats(count, in: -2...2) + [0.5, -0.5, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        let result = try GuardedBuffer(count: values.count)
        VectorLoops.clip(into: result.floats, values, limit: 0.5, count: values.count)
        let expected = values.map { $0.magnitude > 0.5 ? ($0 > 0 ? 0.5 : -0.5) : $0 }
        #expect(result.values.map(\.bitPattern) == expected.map(\.bitPattern))
        let inPlace = try GuardedBuffer(values)
        VectorLoops.clip(into: inPlace.floats, inPlace.floats, limit: 0.5, count: values.count)
        #expect(inPlace.values.map(\.bitPattern) == expected.map(\.bitPattern))
        #expect(result.isIntact && inPlace.isIntact)
    }

    @Test("A number that is not finite shows in the sum of squares", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(_ bad: Float) throws {
        for shards in [1, 2, 3, 8] {
            for place in [0, 15, 16, 34] {
                var gradients = Array(repeating: Array(repeating: Float(1), count: 35), count: shards)
                gradients[shards - 1][place] = bad
                #expect(!(try reduce(gradients, from: 0, count: 35).squares.isFinite))
                // Outside of the slice it is none of this slice's business.
                #expect((try reduce(gradients, from: place + 1, count: 34 - place)).squares.isFinite)
            }
        }
        #expect((try reduce([[.greatestFiniteMagnitude]], from: 0, count: 1)).squares.isFinite)
    }

    @Test func additionInPlaceAndApart() throws {
        let (a, b): ([Float], [Float]) = ([1, 2, 3], [10, 20, 30])
        let result = try GuardedBuffer(count: 3)
        VectorLoops.add(result.floats, a, b, count: 3)
        #expect(result.values == [11, 22, 33])
        VectorLoops.accumulate(result.floats, a, count: 3)
        #expect(result.values == [12, 24, 36])
        #expect(result.isIntact)
    }

    @Test func firstNonFinite() {
        for place in 0..<40 {
            var values = Array(repeating: Float.greatestFiniteMagnitude, count: 40)
            #expect(VectorLoops.firstNonFinite(values, count: 40) == nil)
            values[place] = place % 2 == 0 ? .nan : -.infinity
            values[39] = .infinity
            #expect(VectorLoops.firstNonFinite(values, count: 40) == place)
            #expect(VectorLoops.firstNonFinite(values, count: place) == nil)
            #expect(VectorLoops.firstNonFinite(values.map(Double.init), count: 40) == place)
        }
        // Finite in double precision, though not in single.
        #expect(VectorLoops.firstNonFinite([1e300, -1e300], count: 2) == nil)
    }

    @Test func argmax() {
        #expect(VectorLoops.argmax([0.5, 3, -1, 3], count: 4) == 1)
        #expect(VectorLoops.argmax([-5], count: 1) == 0)
        #expect(VectorLoops.argmax([.nan, -2, -1], count: 3) == 2)
        #expect(VectorLoops.argmax([-2, .nan, -3], count: 3) == 0)
        #expect(VectorLoops.argmax([.nan, .nan], count: 2) == 0)
    }
}
