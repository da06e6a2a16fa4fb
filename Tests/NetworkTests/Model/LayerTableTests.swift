import Kernels
import Network
import Testing

struct LayerTableTests {
    @Test("A small CNN's figures, counted by hand")
    func figures() throws {
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(4, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max)
            Conv2D(6, kernelSize: (3, 3), useBias: false).named("deep")
            Dropout(0.25)
            Flatten()
            Dense(10, activation: .softmax)
        }
        let table = try LayerTable(model)
        #expect(table.rows.map(\.name) == ["conv2d", "max_pooling2d", "deep", "dropout", "flatten", "dense"])
        #expect(table.rows.map(\.type) == ["conv2d", "max_pooling2d", "conv2d", "dropout", "flatten", "dense"])
        #expect(table.rows.map(\.output) == [[8, 8, 4], [4, 4, 4], [2, 2, 6], [2, 2, 6], [24], [10]])
        // 3·3·1·4 + 4;  3·3·4·6;  24·10 + 10.
        #expect(table.rows.map(\.parameters) == [40, 0, 216, 0, 0, 250])
        #expect(table.parameters == 506)
        // 2·9·1 for each of 256 and 4 for each relu; 4 for each of 64; 2·9·4 for each of 24; 1 for each of 24; none;
        // 2·24 for each of 10, and 4 for each of the softmax.
        #expect(table.rows.map(\.operations) == [2 * 9 * 256 + 4 * 256, 256, 72 * 24, 24, 0, 480 + 40])
        #expect(table.operations == table.rows.reduce(0) { $0 + $1.operations })
        #expect(table.rows[2].inputs == ["max_pooling2d"])
    }

    @Test("A name that begins another is not counted with it")
    func namesThatBeginAlike() throws {
        let model = try Model(input: [2]) {
            Dense(3).named("a")
            Dense(4).named("ab")
        }
        #expect(try LayerTable(model).rows.map(\.parameters) == [9, 16])
    }

    @Test func branchesAndPooling() throws {
        let model = try Model(input: [4, 4, 2]) {
            Pooling(.average, poolSize: (2, 2), strides: (1, 1), padding: .same).named("p")
            Add().named(inputs: ["p", "input"])
            GlobalAveragePooling2D()
        }
        let table = try LayerTable(model)
        #expect(table.rows.map(\.output) == [[4, 4, 2], [4, 4, 2], [2]])
        #expect(table.rows.map(\.operations) == [4 * 32, 32, 16 * 2])
        #expect(table.rows[1].inputs == ["p", "input"])
    }
}
