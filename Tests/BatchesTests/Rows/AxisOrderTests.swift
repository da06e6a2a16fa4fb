import Testing

@testable import Batches

@Suite struct AxisOrderTests {
    @Test(arguments: [[0], [1, 0], [3, 0, 1, 2], Array((0..<32).reversed())])
    func eachAxisOnce(order: [Int]) { #expect(order.isOrderOfAxes) }

    @Test(arguments: [[], [1], [0, 0], [0, 2], [-1, 0], [1, 2, 3], Array(0..<33)])
    func anythingElse(order: [Int]) { #expect(!order.isOrderOfAxes) }
}
