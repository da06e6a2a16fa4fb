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

    @Test func theCountFollowsTheDimensions() {
        var shape: Shape = [2, 3]
        shape.dimensions[1] = 5
        #expect(shape.count == 10)
        #expect(shape == [2, 5])
    }

    @Test("A product that no integer holds counts as the largest")
    func tooLarge() {
        #expect(Shape([1 << 40, 1 << 40]).count == .max)
        #expect("\(Shape([1 << 40, 1 << 40]))" == "1099511627776×1099511627776")
    }
}
