import Testing

@testable import stormo_cli

struct SentenceListTests {
    @Test func repeatedOnesAreCounted() {
        #expect(SentenceList(["a", "b", "a", "a"]).lines == ["a (3 times)", "b"])
        #expect(SentenceList([]).lines.isEmpty)
    }

    @Test func ofManyAlikeThreeAreShown() {
        let many = (0..<30).map { "column 'x\($0)' holds \($0) values" }
        #expect(
            SentenceList(many + ["another"] + many).lines == [
                "column 'x0' holds 0 values (2 times)", "column 'x1' holds 1 values (2 times)",
                "column 'x2' holds 2 values (2 times)", "… and 27 more of this kind", "another",
            ])
        #expect(SentenceList(Array(many.prefix(3))).lines.count == 3)
    }
}
