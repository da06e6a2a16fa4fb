import Kernels
import Network
import Testing

@testable import Batches

@Suite struct TargetEncodingTests {
    private func objective(
        _ loss: any Loss = .categoricalCrossEntropy, units: Int = 6, positions: Int = 1
    ) throws -> Objective {
        try Objective(
            Model(input: [2]) {
                Dense(units)
                if positions > 1 { Reshape([positions, units / positions]) }
                ActivationLayer(loss.activation ?? .linear).named("out")
            }, loss: loss)
    }

    @Test func whatIsEncoded() throws {
        for shape: Shape in [.scalar, [1]] {
            #expect(
                try TargetEncoding(objective(), targetRowShape: shape) == .oneHot(labels: 1, classes: 6))
        }
        #expect(try TargetEncoding(objective(), targetRowShape: [6]) == .stored)
        #expect(try TargetEncoding(objective(positions: 2), targetRowShape: [2]) == .oneHot(labels: 2, classes: 3))
        #expect(try TargetEncoding(objective(positions: 2), targetRowShape: [2, 3]) == .stored)
        #expect(try TargetEncoding(objective(.sparseCategoricalCrossEntropy), targetRowShape: .scalar) == .stored)
        #expect(try TargetEncoding(objective(.meanAbsoluteError), targetRowShape: [6]) == .stored)
        #expect(try TargetEncoding(objective(.binaryCrossEntropy), targetRowShape: [6]) == .stored)
    }

    private func sentence(_ objective: Objective, _ shape: Shape) -> String? {
        do throws(DataError) {
            _ = try TargetEncoding(objective, targetRowShape: shape, place: "a.h5: /y")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func sentences() throws {
        #expect(
            sentence(try objective(), [5])
                == "a.h5: /y holds 5 numbers for each sample, but the loss needs 6 numbers, or one label, since the "
                + "last layer 'out' gives 6 numbers; change that layer, the loss or the targets")
        #expect(
            sentence(try objective(positions: 2), .scalar)
                == "a.h5: /y holds one number for each sample, but the loss needs 2×3 numbers, or 2 labels, since the "
                + "last layer 'out' gives 2×3 numbers; change that layer, the loss or the targets")
        #expect(
            sentence(try objective(.binaryCrossEntropy), .scalar)
                == "a.h5: /y holds one number for each sample, but the loss needs 6 numbers, since the last layer "
                + "'out' gives 6 numbers; change that layer, the loss or the targets")
    }

    /// The targets of the given samples, as the loss takes them.
    private func gather(
        _ encoding: TargetEncoding, _ labels: [[Int32]], count: Int, behind: Float = -7
    ) throws -> [Float] {
        let stored = try StoredTensor(integers: labels, rowShape: [labels[0].count])
        let room = try AlignedMemory(floats: count + 1)
        room.floats.update(repeating: 9, count: count)
        room.floats[count] = behind
        let rows = (0..<labels.count).map { Int64($0) }
        encoding.gather(stored, into: .float32(room.floats), rows: rows, count: rows.count)
        #expect(room.floats[count] == behind)
        return (0..<count).map { room.floats[$0] }
    }

    @Test(arguments: [2, 3, 17, 100], [1, 2, 5, 33])
    func rowsInPlaceAndElsewhere(classes: Int, count: Int) throws {
        let labels = (0..<count).map { Int32(($0 * 7 + $0 / 3) % classes) }
        let expected = labels.flatMap { label in (0..<classes).map { $0 == label ? Float(1) : 0 } }
        var elsewhere = Array(repeating: Float(9), count: count * classes)
        TargetEncoding.expand(labels: labels, count: count, classes: classes, into: &elsewhere)
        #expect(elsewhere == expected)
        let gathered = try gather(
            .oneHot(labels: 1, classes: classes), labels.map { [$0] }, count: count * classes)
        #expect(gathered == expected)
        #expect(try gather(.stored, labels.map { [$0] }, count: count) == labels.map { Float($0) })
    }

    @Test func severalLabelsForEachSample() throws {
        #expect(
            try gather(.oneHot(labels: 2, classes: 3), [[1, 0], [0, 2]], count: 12)
                == [0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1])
    }

    /// Labels as integers, in the type that the loss takes.
    @Test func labelsStayIntegers() throws {
        let stored = try StoredTensor(integers: [[20_000_001], [Int32.max], [-1]], rowShape: .scalar)
        let room = try AlignedMemory(byteCount: 12)
        TargetEncoding.stored.gather(stored, into: TensorPointer(room.base, .int32), rows: [1, 0, 2], count: 3)
        #expect((0..<3).map { room.elements(of: Int32.self)[$0] } == [Int32.max, 20_000_001, -1])
    }

    @Test(arguments: [Int32(-1), 3, .min, .max])
    func aLabelOfNoClassMakesItsRowNaN(label: Int32) {
        var rows = Array(repeating: Float(9), count: 6)
        TargetEncoding.expand(labels: [label, 1] as [Int32], count: 2, classes: 3, into: &rows)
        #expect(rows[..<3].allSatisfy { $0.isNaN })
        #expect(rows[3...] == [0, 1, 0])
    }
}
