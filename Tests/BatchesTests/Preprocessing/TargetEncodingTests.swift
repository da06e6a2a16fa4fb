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

    @Test(arguments: [2, 3, 17, 100], [1, 2, 5, 33])
    func rowsInPlaceAndElsewhere(classes: Int, count: Int) {
        let labels = (0..<count).map { Float(($0 * 7 + $0 / 3) % classes) }
        let expected = labels.flatMap { label in (0..<classes).map { Float($0) == label ? Float(1) : 0 } }
        var elsewhere = Array(repeating: Float(9), count: count * classes)
        TargetEncoding.expand(labels: labels, count: count, classes: classes, into: &elsewhere)
        #expect(elsewhere == expected)
        var buffer = labels + Array(repeating: 9, count: count * (classes - 1)) + [-7]
        TargetEncoding.oneHot(labels: 1, classes: classes).encode(&buffer, samples: count)
        #expect(buffer == expected + [-7])
        TargetEncoding.stored.encode(&buffer, samples: count)
        #expect(buffer == expected + [-7])
    }

    @Test func severalLabelsForEachSample() {
        var buffer: [Float] = [1, 0, 0, 2] + Array(repeating: 9, count: 8)
        TargetEncoding.oneHot(labels: 2, classes: 3).encode(&buffer, samples: 2)
        #expect(buffer == [0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1])
    }

    @Test(arguments: [Float(-1), 3, .nan, 1e30])
    func aLabelOfNoClassMakesItsRowNaN(label: Float) {
        var rows = Array(repeating: Float(9), count: 6)
        TargetEncoding.expand(labels: [label, 1], count: 2, classes: 3, into: &rows)
        #expect(rows[..<3].allSatisfy { $0.isNaN })
        #expect(rows[3...] == [0, 1, 0])
    }
}
