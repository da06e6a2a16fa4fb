import Testing

@testable import Recipes

struct BooleanWordsTests {
    @Test func whatTextsSay() {
        for text in ["true", "TRUE", "Yes", "t", "Y", "on", "1"] { #expect(BooleanWords.value(text) == true) }
        for text in ["false", "False", "no", "F", "n", "OFF", "0"] { #expect(BooleanWords.value(text) == false) }
        for text in ["", "maybe", "truely", "2", "yes!"] { #expect(BooleanWords.value(text) == nil) }
        #expect(BooleanWords.other("YES") == "no")
        #expect(BooleanWords.other("f") == "t")
        #expect(BooleanWords.place("n")?.pair != BooleanWords.place("no")?.pair)
    }
}
