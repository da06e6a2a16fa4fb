internal import Recipes

/// Where a part of an image comes to lie in a row of the recipe's size. The proportions are those of Pillow's `ImageOps.pad`
/// and `ImageOps.fit`, whose boxes are in single precision.
struct ImageFit: Equatable {
    /// The part of the image that is taken, in pixels of the image.
    var left = 0.0
    var top = 0.0
    var right: Double
    var bottom: Double
    /// Where it is put, and how large, in pixels of the row.
    var x = 0
    var y = 0
    var width: Int
    var height: Int
}

extension ImageFit {
    /// - Parameters:
    ///   - height: of the image, once it is turned.
    init(_ recipe: ImageRecipe, height ownHeight: Int, width ownWidth: Int) {
        (right, bottom) = (Double(ownWidth), Double(ownHeight))
        (width, height) = (recipe.width, recipe.height)
        let (own, wanted) = (right / bottom, Double(recipe.width) / Double(recipe.height))
        guard own != wanted else { return }
        switch recipe.fit {
        case .resize: break
        case .letterbox:
            // Half a pixel to the even number, as Python rounds.
            if own > wanted {
                height = max(Int((bottom / right * Double(recipe.width)).rounded(.toNearestOrEven)), 1)
                y = Int((Double(recipe.height - height) * 0.5).rounded(.toNearestOrEven))
            } else {
                width = max(Int((right / bottom * Double(recipe.height)).rounded(.toNearestOrEven)), 1)
                x = Int((Double(recipe.width - width) * 0.5).rounded(.toNearestOrEven))
            }
        case .crop:
            if own > wanted {
                let taken = wanted * bottom
                left = (right - taken) * 0.5
                (left, right) = (Double(Float(left)), Double(Float(left + taken)))
            } else {
                let taken = right / wanted
                top = (bottom - taken) * 0.5
                (top, bottom) = (Double(Float(top)), Double(Float(top + taken)))
            }
        }
    }
}
