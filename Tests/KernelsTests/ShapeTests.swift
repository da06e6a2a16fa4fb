import Kernels
import Testing

struct ShapeTests {
    @Test func figures() {
        let shape: Shape = [8, 4, 3]
        #expect(shape.rank == 3)
        #expect(shape.count == 96)
        #expect(shape.last == 3)
        #expect(shape[1] == 4)
        #expect("\(shape)" == "8×4×3")
    }

    @Test func scalar() {
        #expect(Shape.scalar.count == 1)
        #expect(Shape.scalar.rank == 0)
        #expect(Shape.scalar.last == 1)
        #expect("\(Shape.scalar)" == "scalar")
    }
}
