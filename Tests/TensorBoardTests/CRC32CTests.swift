import Testing

@testable import TensorBoard

struct CRC32CTests {
    /// The values that RFC 3720, appendix B.4, gives, and the check value of the catalogue of CRCs.
    @Test func agreesWithThePublishedValues() {
        #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.of(Array(repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.of(Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.of((0..<32).map { $0 }) == 0x46DD_794E)
        #expect(CRC32C.of((0..<32).reversed().map { $0 }) == 0x113F_DB5C)
        #expect(CRC32C.of([]) == 0)
    }

    /// (sum >> 15 | sum << 17) + 0xA282EAD8, worked out by hand for the check value.
    @Test func theMaskRotatesAndAdds() {
        #expect(CRC32C.masked(Array("123456789".utf8)) == 0xC78A_B0E5)
    }
}
