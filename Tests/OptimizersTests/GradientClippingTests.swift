import Testing

@testable import Optimizers

@Suite struct GradientClippingTests {
    @Test func aNormWithinTheLimitKeepsTheGradient() {
        for clipping in [GradientClipping.norm(2), .globalNorm(2)] {
            #expect(clipping.scale(norm: 2) == 1)
            #expect(clipping.scale(norm: 0.1) == 1)
            #expect(clipping.scale(norm: 0) == 1)
            #expect(clipping.scale(norm: 8) == 0.25)
            #expect(clipping.needsNorm)
        }
        for clipping in [GradientClipping.none, .value(2)] {
            #expect(clipping.scale(norm: 8) == 1)
            #expect(!clipping.needsNorm)
        }
        #expect(GradientClipping.norm(1).isByTensor)
        #expect(!GradientClipping.globalNorm(1).isByTensor)
    }
}
