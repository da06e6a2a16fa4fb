import Testing

@testable import Preparation

struct SplitFractionsTests {
    private func mistake(_ text: String) -> String? {
        do throws(SplitFractions.Mistake) {
            _ = try SplitFractions(text)
            return nil
        } catch { return error.description }
    }

    @Test func readsPairs() throws {
        let parts = try SplitFractions("train=0.8, validation=0.15,test=.05").parts
        #expect(parts.map(\.name) == ["train", "validation", "test"])
        #expect(parts.map(\.fraction) == [0.8, 0.15, 0.05])
    }

    @Test func saysWhatIsWrong() {
        #expect(mistake("train") == "'train' is no name=fraction, such as train=0.8")
        #expect(mistake("") == "'' is no name=fraction, such as train=0.8")
        #expect(mistake("train=0.5,train=0.5") == "the split 'train' is named twice")
        #expect(mistake("a=0.5,b=0.4") == "the fractions add up to 0.9, not to 1")
        #expect(mistake("a=1.5") == "the fraction of 'a' is 1.5; it must be above 0 and at most 1")
        #expect(mistake("a=nan") == "the fraction of 'a' is nan; it must be above 0 and at most 1")
        #expect(mistake("a/b=1") == "'a/b' is no name for a split")
    }

    @Test func givesWhatIsLeftToTheLargestRemainders() throws {
        let fractions = try SplitFractions("train=0.8,validation=0.1,test=0.1")
        #expect(fractions.counts(of: 100) == [80, 10, 10])
        // 5.6, 0.7, 0.7
        #expect(fractions.counts(of: 7) == [5, 1, 1])
        // 0.8, 0.1, 0.1
        #expect(fractions.counts(of: 1) == [1, 0, 0])
        // 10.4, 1.3, 1.3
        #expect(fractions.counts(of: 13) == [11, 1, 1])
        #expect(try SplitFractions("a=0.25,b=0.25,c=0.5").counts(of: 2) == [1, 0, 1])
        for rows in 0..<500 { #expect(fractions.counts(of: rows).reduce(0, +) == rows) }
    }

    @Test func carriesWhatIsOwed() throws {
        let fractions = try SplitFractions("train=0.8,test=0.2")
        var carry = [0.0, 0.0]
        // Classes of two rows each: 1.6 and 0.4, of which every third or so must give one to the test split.
        let counts = (0..<10).map { _ in fractions.counts(of: 2, carry: &carry) }
        #expect(counts.map { $0[0] }.reduce(0, +) == 16)
        #expect(counts.map { $0[1] }.reduce(0, +) == 4)
        #expect(counts.allSatisfy { $0[0] + $0[1] == 2 })
    }
}
