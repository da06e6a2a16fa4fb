import Configuration
import Testing

@testable import Recipes

struct ImageRecipeTests {
    @Test func jsonComesBack() throws {
        for fit in ImageRecipe.Fit.allCases {
            let recipe = ImageRecipe(height: 64, width: 48, channels: 3, bits: 16, fit: fit)
            #expect(try ImageRecipe(text: recipe.node.jsonText(), file: "a") == recipe)
        }
        #expect(
            ImageRecipe(height: 64, width: 48, channels: 3, fit: .letterbox).node.jsonText(pretty: false)
                == #"{"format":1,"height":64,"width":48,"channels":3,"bits":8,"fit":"letterbox"}"#)
        #expect(ImageRecipe(height: 64, width: 48, channels: 1).words == "64×48, grey, resize")
        #expect(ImageRecipe(height: 2, width: 3, channels: 3, bits: 16).shape == [2, 3, 3])
        #expect(ImageRecipe(height: 2, width: 3, channels: 3, bits: 16).rowBytes == 36)
    }

    @Test func mistakesAreNamed() {
        let text = #"{"format": 2, "height": 0, "width": 48, "channels": 2, "bits": 12, "fit": "stretch", "x": 1}"#
        let error = #expect(throws: ConfigurationError.self) { try ImageRecipe(text: text, file: "a.h5") }
        let words = "\(error.map { "\($0)" } ?? "")"
        for mistake in [
            "format: is 2, which this version of stormo does not read", "height: must be from 1 to 16384, but is 0",
            "channels: must be 1 or 3", "bits: must be 8 or 16", "fit: is 'stretch'; known are resize, letterbox, crop",
            "x: unknown key",
        ] { #expect(words.contains(mistake), "\(words)") }
    }
}
