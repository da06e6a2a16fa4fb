import Testing

@testable import Preparation

struct CategoryTableTests {
    @Test func numbersTextsInTheirOrder() {
        var table = CategoryTable()
        func add(_ text: String) -> Int {
            var text = text
            return text.withUTF8 { table.add(UnsafeRawBufferPointer($0)) }
        }
        func find(_ text: String) -> Int? {
            var text = text
            return text.withUTF8 { table.find(UnsafeRawBufferPointer($0)) }
        }
        #expect(find("a") == nil)
        for round in 0..<3 {
            for number in 0..<5_000 { #expect(add("text \(number)") == number, "round \(round)") }
        }
        #expect(add("") == 5_000)
        #expect(table.count == 5_001)
        #expect(table.counts[..<5_000].allSatisfy { $0 == 3 })
        #expect(table.texts[4_999...] == ["text 4999", ""])
        #expect(find("text 17") == 17)
        #expect(find("text 5000") == nil)
        #expect(find("") == 5_000)
    }
}
