import Recipes
import Testing

@testable import Preparation

struct ImageFitTests {
    private func fit(_ fit: ImageRecipe.Fit, _ height: Int, _ width: Int, into size: (Int, Int)) -> ImageFit {
        ImageFit(ImageRecipe(height: size.0, width: size.1, channels: 1, fit: fit), height: height, width: width)
    }

    @Test func resizingTakesEverything() {
        #expect(fit(.resize, 10, 40, into: (20, 20)) == ImageFit(right: 40, bottom: 10, width: 20, height: 20))
    }

    @Test func aLetterboxShowsAll() {
        // As wide as there is room, in the middle.
        #expect(fit(.letterbox, 10, 40, into: (20, 20)) == ImageFit(right: 40, bottom: 10, y: 8, width: 20, height: 5))
        #expect(fit(.letterbox, 40, 10, into: (20, 20)) == ImageFit(right: 10, bottom: 40, x: 8, width: 5, height: 20))
        #expect(fit(.letterbox, 40, 20, into: (20, 10)) == ImageFit(right: 20, bottom: 40, width: 10, height: 20))
        // Never less than a pixel.
        #expect(fit(.letterbox, 1, 900, into: (9, 9)).height == 1)
    }

    @Test func aCropFillsAll() {
        #expect(
            fit(.crop, 10, 40, into: (20, 20)) == ImageFit(left: 15, right: 25, bottom: 10, width: 20, height: 20))
        #expect(
            fit(.crop, 40, 10, into: (20, 20)) == ImageFit(top: 15, right: 10, bottom: 25, width: 20, height: 20))
        let third = fit(.crop, 10, 40, into: (30, 10))
        #expect(abs(third.right - third.left - 10.0 / 3) < 1e-5)
    }
}
